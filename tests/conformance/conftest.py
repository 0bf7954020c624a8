"""Published test vectors: where they are, and how a test gets one case after another.

They belong to others and are not part of this project: ``OCOPTRACE_VECTORS`` names their
folder, else ``../shared/vectors`` beside the project is read. Without them these tests are
skipped; where ``CI`` is set they fail. A test asks for a file and for the number of cases:

    @pytest.mark.vectors("gs1/check_digits.json", 44)
    def test_check_digit(case): ...
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

collect_ignore = ["cwt_check.py"]  # runs where cwt is installed, and ocoptrace is not

FOLDER = Path(
    os.environ.get("OCOPTRACE_VECTORS") or Path(__file__).parents[3] / "shared" / "vectors"
)
ABSENT = f"no test vectors in {FOLDER}; set OCOPTRACE_VECTORS"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "vectors(file, count, known=None): run once with each case of a vector file; known "
        "returns why a case is not met, or None",
    )


@pytest.fixture(scope="session")
def vectors() -> Path:
    """Return the folder of the vectors."""
    if not FOLDER.is_dir():
        refuse_in_ci()
        pytest.skip(ABSENT)
    return FOLDER


def refuse_in_ci() -> None:
    if os.environ.get("CI"):
        raise pytest.UsageError(ABSENT)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    mark = metafunc.definition.get_closest_marker("vectors")
    if mark is None:
        return
    if not FOLDER.is_dir():
        refuse_in_ci()
        metafunc.parametrize("case", [pytest.param(None, marks=pytest.mark.skip(ABSENT))])
        return
    metafunc.parametrize("case", list(cases(*mark.args, **mark.kwargs)))


def cases(file: str, count: int, known: Callable[[Any], str | None] | None = None) -> Any:
    found = json.loads((FOLDER / file).read_text(encoding="utf-8-sig"))["vectors"]
    if len(found) < count:
        raise pytest.UsageError(f"{file} has {len(found)} cases, not {count}")
    for number, case in enumerate(found):
        reason = known(case) if known else None
        marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
        yield pytest.param(case, id=str(number), marks=marks)
