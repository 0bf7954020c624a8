from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from clock import Clock
from ocoptrace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STORIES = Path(__file__).parents[2] / "examples" / "stories"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a workspace with an office of its own; to be copied."""
    folder = tmp_path_factory.mktemp("founded") / "office"
    Workspace.create(folder, clock=Clock()).close()
    return folder


@pytest.fixture
def office(founded: Path, tmp_path: Path, clock: Clock) -> Iterator[Workspace]:
    shutil.copytree(founded, tmp_path / "office")
    workspace = Workspace.open(tmp_path / "office", clock=clock)
    yield workspace
    workspace.close()


@pytest.fixture
def make(tmp_path: Path, clock: Clock) -> Iterator[Callable[..., Workspace]]:
    """A maker of workspaces: under the office that is given, or with one of their own."""
    made: list[Workspace] = []

    def make(name: str, under: Workspace | None = None, **options: object) -> Workspace:
        if under is not None:
            options |= {kind: under.trust_file(kind) for kind in ("root", "bundle")}
        workspace = Workspace.create(tmp_path / name, clock=clock, **options)  # type: ignore[arg-type]
        made.append(workspace)
        return workspace

    yield make
    for workspace in made:
        workspace.close()


@pytest.fixture(scope="session")
def imported(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a workspace with an office and two registered stories; to be copied."""
    folder = tmp_path_factory.mktemp("imported") / "ocop"
    shutil.copytree(founded, folder)
    workspace = Workspace.open(folder, clock=Clock())
    for story in ("shrimp-paste.json", "neighbour.json"):
        workspace.import_registry(STORIES / story)
    workspace.close()
    return folder


@pytest.fixture
def commune(imported: Path, tmp_path: Path, clock: Clock) -> Iterator[Workspace]:
    """A workspace with an office, whose two producers have said nothing yet."""
    shutil.copytree(imported, tmp_path / "ocop")
    workspace = Workspace.open(tmp_path / "ocop", clock=clock)
    yield workspace
    workspace.close()
