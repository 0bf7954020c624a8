"""What the documentation says is what the code does."""

from __future__ import annotations

import doctest
import importlib
import os
import re
import subprocess
import sys
import tomllib
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ocoptrace.registry import Batch, Grade, Place, Producer, Product
from ocoptrace.registry.producer import Address
from ocoptrace.registry.story_event import StoryEvent

if TYPE_CHECKING:
    from types import ModuleType

    from ocoptrace.registry.entity import Entity

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
RUN = [
    "README.md",
    "docs/guides/epcis-sense.md",
    "docs/guides/event-hash.md",
    "docs/guides/fonts.md",
    "docs/guides/identifiers.md",
    "docs/guides/keys.md",
    "docs/guides/labels.md",
    "docs/guides/log-and-audit.md",
    "docs/guides/office-root.md",
    "docs/guides/own-data.md",
    "docs/guides/province-office.md",
    "docs/guides/stock-and-printers.md",
    "docs/guides/thermal-printers.md",
    "docs/guides/witness.md",
    "docs/tutorial/first-sticker.md",
    "docs/vi/bat-dau.md",
    "docs/vi/giay-va-may-in.md",
    "docs/vi/in-tem.md",
    "docs/vi/khoa-goc.md",
    "docs/vi/khoa.md",
    "docs/vi/lam-chung.md",
    "docs/vi/may-in-nhiet.md",
    "docs/vi/so-va-kiem-so.md",
    "docs/vi/van-phong-tinh.md",
]

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
OVERCLAIMS = re.compile(
    r"\bauthentic(ity)?\b|\bcompliant\b|\bthe law obliges\b|chính hãng|hàng thật", re.IGNORECASE
)
MARK = "@@@ block"


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors(page: str) -> set[str]:
    """Return the anchors of a page's headings, as site builders and forges make them."""
    words = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(page)]
    return {word.replace(" ", "-") for word in words}


@pytest.fixture(scope="module")
def renew() -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(DOCS)
        return importlib.import_module("renew")


@pytest.fixture(scope="module")
def parts(renew: ModuleType) -> dict[str, str]:
    made: dict[str, str] = renew.parts()
    return made


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_links_to_files_and_headings_resolve(path: Path) -> None:
    dead = []
    for first, second in LINK.findall(text_of(path)):
        target, _, anchor = (first or second).partition("#")
        if "://" in target:
            continue
        file = (path.parent / target).resolve() if target else path
        # A page of the site can only link to what is on the site.
        outside = DOCS in path.parents and DOCS not in file.parents
        if outside or not file.exists() or (anchor and anchor not in anchors(text_of(file))):
            dead.append(first or second)
    assert dead == []


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_pages_are_composed_and_claim_no_more_than_is_proven(path: Path) -> None:
    page = text_of(path)
    assert unicodedata.is_normalized("NFC", page)
    assert [match.group() for match in OVERCLAIMS.finditer(page)] == []


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_parts_that_the_code_makes_are_what_it_makes(
    path: Path, renew: ModuleType, parts: dict[str, str]
) -> None:
    page = text_of(path)
    assert renew.renewed(page, parts) == page, "run: .venv/bin/python docs/renew.py"


def test_every_part_that_the_code_makes_has_its_place(
    renew: ModuleType, parts: dict[str, str]
) -> None:
    placed = [name for path in PAGES for name in renew.names(text_of(path))]
    assert sorted(placed) == sorted(parts)


def test_example_files_are_what_the_code_makes(renew: ModuleType) -> None:
    made = renew.examples.files()
    folder = DOCS / "spec" / "examples"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == made


def test_examples_reach_the_best_words(parts: dict[str, str]) -> None:
    assert '"overall": "ok",' in parts["verdict"]
    assert '"overall": "ok_offline",' in parts["label verdict"]


def test_every_page_stands_in_the_navigation() -> None:
    listed = re.findall(r"([\w/-]+\.md)$", text_of(ROOT / "mkdocs.yml"), re.MULTILINE)
    assert sorted(listed) == sorted(str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md"))


def test_the_architecture_page_shows_the_layers_that_are_held() -> None:
    contracts = tomllib.loads(text_of(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = next(each["layers"] for each in contracts if each["type"] == "layers")
    drawn = "\n".join(layer.strip("()") for layer in layers)
    assert drawn in text_of(ROOT / "ARCHITECTURE.md")


def test_the_readme_shows_the_first_example_as_it_is() -> None:
    shown = dict(BLOCK.findall(text_of(ROOT / "README.md")))["python"]
    assert text_of(ROOT / "examples/first_label.py").endswith(f'"""\n\n{shown}')
    assert len(text_of(ROOT / "README.md").splitlines()) <= 120


@pytest.mark.parametrize("entry", [Address, Batch, Grade, Place, Producer, Product, StoryEvent])
def test_the_story_page_names_every_member(entry: type[Entity]) -> None:
    page = text_of(DOCS / "reference" / "story-file.md")
    members = {str(field.alias) for field in entry.model_fields.values()} - {"id", "type"}
    assert [member for member in sorted(members) if f"`{member}`" not in page] == []


def test_pictures_are_small_enough_to_load() -> None:
    sizes = {path.name: path.stat().st_size for path in (DOCS / "images").glob("*.png")}
    assert len(sizes) >= 8
    assert {name: size for name, size in sizes.items() if size >= 250_000} == {}


@pytest.mark.parametrize("name", RUN)
def test_commands_of_a_page_run_and_say_what_it_shows(name: str, tmp_path: Path) -> None:
    blocks = BLOCK.findall(text_of(ROOT / name))
    steps = [position for position, (kind, _) in enumerate(blocks) if kind == "sh"]
    assert steps
    script = "".join(f"echo '{MARK}'\n{blocks[position][1]}" for position in steps)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    done = subprocess.run(  # noqa: S603 - our own pages
        ["bash", "-euo", "pipefail", "-c", script],  # noqa: S607 - whichever bash there is
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    printed = done.stdout.split(f"{MARK}\n")[1:]
    checker = doctest.OutputChecker()
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    for position, got in zip(steps, printed, strict=True):
        kind, wanted = blocks[position + 1] if position + 1 < len(blocks) else ("", "")
        if kind == "text":
            assert checker.check_output(wanted, got, flags), f"{wanted}\nis not\n{got}"


def environment(folder: Path) -> dict[str, str]:
    """Return an environment with our commands, without the user's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OCOPTRACE")}
    commands = str(Path(sys.executable).parent)
    return kept | {
        "OCOPTRACE_LANG": "en",
        "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
        "PYTHONUTF8": "1",
        "XDG_CONFIG_HOME": str(folder / "config"),
    }
