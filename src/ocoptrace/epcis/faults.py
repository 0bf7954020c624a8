"""What pydantic found wrong, as findings with JSON pointers and codes of the catalogues.

>>> from pydantic import BaseModel, ValidationError
>>> class Crate(BaseModel):
...     lots: tuple[str, ...]
>>> try:
...     _ = Crate.model_validate({"lots": ["A1", 7]})
... except ValidationError as error:
...     [(finding.code, finding.place) for finding in faults(error, place="/crate")]
[('fields.not_text', '/crate/lots/1')]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from ocoptrace.errors import OcopTraceError
from ocoptrace.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pydantic import ValidationError

__all__ = ["error_of", "faults", "findings_of", "pointer", "shown"]

Kind = TypeVar("Kind", bound=OcopTraceError)

_CODES = {
    "missing": "fields.missing",
    "extra_forbidden": "fields.unknown",
    "literal_error": "fields.not_one_of",
    "string_type": "fields.not_text",
    "string_too_short": "fields.blank",
    "string_too_long": "fields.too_long",
    "too_long": "fields.too_long",
    "too_short": "fields.blank",
    "tuple_type": "fields.not_list",
    "dict_type": "fields.not_object",
    "model_type": "fields.not_object",
    "model_attributes_type": "fields.not_object",
    "bool_type": "fields.not_boolean",
    "int_type": "fields.not_whole",
    "greater_than_equal": "fields.out_of_range",
    "less_than_equal": "fields.out_of_range",
}
_NOT_MEMBERS = {"[key]"}
"""What pydantic puts into a location where the name of a member is at fault."""

_SHOWN = 60


def pointer(*parts: object) -> str:
    """Return the JSON pointer (RFC 6901) of member names and positions.

    >>> pointer("ilmd", "a/b", 0)
    '/ilmd/a~1b/0'
    """
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def shown(value: object) -> str:
    """Return a value as it is shown in a message: short, on one line, fit for any encoding."""
    text = value if isinstance(value, str) else repr(value)
    text = " ".join(text.split()).encode(errors="replace").decode()
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def faults(error: ValidationError, *, place: str = "") -> list[Finding]:
    """Return one finding for everything that a model refused.

    An error of ours that a validator raised keeps its own code and facts.

    Args:
        error: what pydantic raised.
        place: JSON pointer of the object that was validated.
    """
    return list(_findings(error.errors(include_url=False), place))


def findings_of(error: OcopTraceError) -> list[Finding]:
    """Return everything that an error carries; the error itself where that is all."""
    carried = [finding for finding in error.findings if isinstance(finding, Finding)]
    return carried or [Finding(error.code, "error", error.place, error.facts)]


def error_of(kind: type[Kind], findings: Sequence[Finding]) -> Kind:
    """Return an error that says the first finding and carries them all.

    Args:
        kind: class of the error.
        findings: at least one.
    """
    first = findings[0]
    return kind(first.code, place=first.place, findings=findings, **first.facts)


def _findings(errors: Iterable[Mapping[str, Any]], place: str) -> Iterable[Finding]:
    for detail in errors:
        location = [part for part in detail["loc"] if part not in _NOT_MEMBERS]
        where = place + pointer(*location)
        context = detail.get("ctx", {})
        ours = context.get("error")
        if isinstance(ours, OcopTraceError):
            within = ours.place if ours.place.startswith("/") else ""
            yield Finding(ours.code, "error", where + within, ours.facts)
            continue
        member = location[-1] if location else ""
        expected = context.get("expected", "").replace("'", "").replace(
            " or ", ", "
        ) or context.get("ge", context.get("le", context.get("max_length", "")))
        yield Finding(
            _code(detail),
            "error",
            where,
            {"member": member, "value": shown(detail["input"]), "expected": expected},
        )


def _code(detail: Mapping[str, Any]) -> str:
    """Return our code for what pydantic found, which is ours already where it has a point."""
    kind: str = detail["type"]
    if detail["input"] is None:
        return "fields.null"
    return kind if "." in kind else _CODES.get(kind, "fields.invalid")
