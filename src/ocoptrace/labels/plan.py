"""Plans: what a TOML file in millimetres says, as checked values in micrometres.

>>> class Card(Plan):
...     width: Positive
...     margin: Length = 0
>>> Card.read({"width": 85.6}, name="card").width
85600
>>> Card.read({"width": 85.6, "colour": "red"}, name="card")
Traceback (most recent call last):
...
ocoptrace.errors.LabelError: /colour: The plan "card" is not right there: there is no such ...
"""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Annotated, Any, Final, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic import Field as Constrained
from pydantic_core import PydanticCustomError

from ocoptrace.errors import LabelError
from ocoptrace.findings import Finding
from ocoptrace.labels.display import mm
from ocoptrace.messages import Term, has

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pydantic_core import ErrorDetails

__all__ = [
    "Length",
    "Offset",
    "Plan",
    "Point",
    "Positive",
    "read_plan",
    "read_plan_file",
    "read_toml",
]

_LARGEST: Final = 2_000_000
_MAX_BYTES: Final = 256 * 1024
_MAX_FINDINGS: Final = 100


def _micrometres(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _LARGEST:
        raise PydanticCustomError("length", "a length in millimetres is a number")
    return mm(value)


Length = Annotated[int, BeforeValidator(_micrometres), Constrained(ge=0, le=_LARGEST)]
"""Micrometres, written as millimetres; 0 to 2 m."""
Positive = Annotated[int, BeforeValidator(_micrometres), Constrained(gt=0, le=_LARGEST)]
"""A Length above 0."""
Offset = Annotated[int, BeforeValidator(_micrometres), Constrained(ge=-_LARGEST, le=_LARGEST)]
"""Micrometres to the right or downwards, written as millimetres; may be negative."""
Point = tuple[Offset, Offset]
"""Two offsets, across and down."""


class Plan(BaseModel):
    """A part of a plan; frozen, and without members that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def read(cls, members: Mapping[str, Any], *, name: str) -> Self:
        """Return the plan that members describe.

        Raises:
            LabelError: ``label.plan_value`` with the place of the first member that is
                missing, unknown or out of range; ``findings`` has all of them.
        """
        try:
            return cls.model_validate(members)
        except ValidationError as error:
            findings = [
                Finding(
                    "label.plan_value",
                    "error",
                    "".join(f"/{part}" for part in _place(fault["loc"], members)),
                    {"name": name, "reason": _reason(fault["type"], fault["msg"])},
                )
                for fault in _faults(error)[:_MAX_FINDINGS]
            ]
            first = findings[0]
            raise LabelError(
                first.code, place=first.place, findings=findings, **first.facts
            ) from error


def _faults(error: ValidationError) -> list[ErrorDetails]:
    """Return what is wrong; a list is not too short for the items that are told already."""
    faults = error.errors(include_url=False)
    told = {fault["loc"][:length] for fault in faults for length in range(len(fault["loc"]))}
    return [fault for fault in faults if fault["type"] != "too_short" or fault["loc"] not in told]


def _reason(kind: str, words: str) -> str:
    """Return what is wrong, in the reader's language where a catalogue has it."""
    words = words.removeprefix("Value error, ")
    code = f"label.plan_reason.{kind}"
    return Term(words, code) if has(code, "en") else words


def _place(location: tuple[int | str, ...], members: Any) -> list[int | str]:
    """Return where a fault is in the members; what pydantic and validators add is left out."""
    place: list[int | str] = []
    here = members
    is_item = False
    for number, part in enumerate(location):
        fits = there = False
        if isinstance(here, dict) and isinstance(part, str):
            # Pydantic names the member of a union that it chose, right behind the item's number.
            fits = not (is_item and here.get("kind") == part)
            there = part in here
        elif isinstance(here, list | tuple) and isinstance(part, int):
            fits = True
            there = part < len(here)
        is_item = False
        if fits and there:
            here = here[part]
            is_item = isinstance(part, int)
        if fits and (there or number == len(location) - 1):
            place.append(part)
    return place


def read_toml(text: str, *, name: str) -> dict[str, Any]:
    """Return the members of TOML text.

    Raises:
        LabelError: ``label.plan_syntax``.
    """
    if len(text) > _MAX_BYTES:
        raise LabelError("label.plan_syntax", name=name, reason=f"over {_MAX_BYTES} characters")
    try:
        text.encode()
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise LabelError("label.plan_syntax", name=name, reason=str(error)) from error


def read_plan(text: str, *, name: str) -> dict[str, Any]:
    """Return the members of a plan in TOML, or in JSON where it begins with ``{``.

    Raises:
        LabelError: ``label.plan_syntax``.
    """
    if not text.lstrip().startswith("{"):
        return read_toml(text, name=name)
    if len(text) > _MAX_BYTES:
        raise LabelError("label.plan_syntax", name=name, reason=f"over {_MAX_BYTES} characters")
    try:
        members: dict[str, Any] = json.loads(text)
        # JSON may name half of a character, which no text can hold.
        json.dumps(members, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise LabelError("label.plan_syntax", name=name, reason=str(error)) from error
    return members


def read_plan_file(path: Path) -> str:
    """Return the text of a user's plan file.

    Raises:
        LabelError: ``label.plan_file``, ``label.plan_syntax``.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise LabelError("label.plan_file", path=str(path), reason=error.strerror) from error
    if len(data) > _MAX_BYTES:
        raise LabelError("label.plan_syntax", name=path.name, reason=f"over {_MAX_BYTES} bytes")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise LabelError("label.plan_syntax", name=path.name, reason=str(error)) from error
