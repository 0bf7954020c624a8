"""Whether a value is one that its application identifier admits; if not, why not.

>>> check_value("17", "271231")
>>> check_value("17", "271331")
Traceback (most recent call last):
ocoptrace.errors.Gs1Error: (17): "271331" is not a date. Write it as YYMMDD, for example 271231 \
for 31 December 2027.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ocoptrace.errors import Gs1Error
from ocoptrace.gs1._shown import shown
from ocoptrace.gs1.application_identifiers import known
from ocoptrace.gs1.checks import CHARACTER_SETS, check_digit, check_pair, outside, slug

if TYPE_CHECKING:
    from collections.abc import Callable

    from ocoptrace.gs1.faults import Fault

__all__ = ["check_value"]

_CLASSES = {kind: f"[{re.escape(characters)}]" for kind, characters in CHARACTER_SETS.items()}
_IMPLIED = {"Z": ("cset64",)}  # its padding is more than a set of characters can say
_CHARACTER_SET_NAMES = {"X": "A-Z a-z 0-9 ! \" % & ' ( ) * + , - . / : ; < = > ? _"}
_MESSAGES = {
    "couponcode": "coupon",
    "couponposoffer": "coupon",
    "cset64": "padding",
    "csum": "check_digit",
    "csumalpha": "check_pair",
    "gcppos1": "company_prefix",
    "gcppos2": "company_prefix",
    "hasnondigit": "no_letter",
    "hh": "time",
    "hhmi": "time",
    "hyphen": "hyphen",
    "iban": "iban",
    "importeridx": "importer_index",
    "iso3166": "country",
    "iso3166999": "country",
    "iso3166alpha2": "country_letters",
    "iso4217": "currency",
    "latitude": "coordinate",
    "longitude": "coordinate",
    "mi": "time",
    "nonzero": "zero",
    "nozeroprefix": "leading_zero",
    "pcenc": "percent_sequence",
    "pieceoftotal": "piece_of_total",
    "posinseqslash": "sequence",
    "ss": "time",
    "yymmd0": "date",
    "yymmdd": "date_with_day",
    "yyyymmd0": "date_with_year",
    "yyyymmdd": "date_with_year",
    "zero": "not_zero",
}
"""The message for what a linter finds; a code list that is not named here is ``not_listed``."""

Rule = tuple[int, "int | None", str, "Callable[[str], Fault | None]"]


class _Rules(dict[str, "tuple[Callable[[str], object], tuple[Rule, ...]]"]):
    """By AI: how to match a value, and the linters with the slice that each looks at."""

    def __missing__(self, code: str) -> tuple[Callable[[str], object], tuple[Rule, ...]]:
        # Imported here: code lists and coupons need not load before a value is checked.
        from ocoptrace.gs1.linters import LINTERS  # noqa: PLC0415

        components = known(code).components
        pattern, start = "", 0
        rules: list[Rule] = []
        for component in reversed(components):
            part = f"{_CLASSES[component.kind]}{{{component.minimum},{component.maximum}}}"
            pattern = f"(?:{part}{pattern})?" if component.optional else part + pattern
        for component in components:
            fixed = component.minimum == component.maximum
            end = start + component.maximum if fixed else None
            rules += [
                (start, end, name, LINTERS[name])
                for name in (*component.linters, *_IMPLIED.get(component.kind, ()))
                # All digits already, so the company prefix is as well.
                if not (component.kind == "N" and name in ("gcppos1", "gcppos2"))
            ]
            start += component.maximum
        self[code] = found = re.compile(pattern).fullmatch, tuple(rules)
        return found


_RULES = _Rules()


def check_value(code: str, value: str) -> None:
    """Check a value of an AI: length, characters, check digit, date, code lists.

    Raises:
        Gs1Error: an unknown AI, or a value that is not one of its values.
    """
    matches, rules = _RULES[code]
    if not matches(value):
        raise _misshapen(code, value)
    for start, end, name, linter in rules:
        if start and start >= len(value):
            return
        part = value[start:end]
        fault = linter(part)
        if fault is not None:
            raise _faulty(code, value, part, name, fault)


def _misshapen(code: str, value: str) -> Gs1Error:
    """Return what is wrong with the length or the characters of a value."""
    ai = known(code)
    place, start = f"({code})", 0
    for component in ai.components:
        part = value[start : start + component.maximum]
        if component is ai.components[-1]:
            part = value[start:]
        if stray := outside(part, component.kind):
            error = "digits" if component.kind == "N" else "charset"
            return Gs1Error(
                f"gs1.{error}",
                place=place,
                ai=code,
                title=ai.title,
                value=shown(value),
                characters=shown(" ".join(f'"{character}"' for character in stray)),
                allowed=_CHARACTER_SET_NAMES.get(component.kind, CHARACTER_SETS[component.kind]),
                suggestion=shown(slug(value) or "A1"),
            )
        start += component.maximum
    minimum = sum(component.minimum for component in ai.components if not component.optional)
    maximum = sum(component.maximum for component in ai.components)
    return Gs1Error(
        "gs1.length",
        place=place,
        ai=code,
        title=ai.title,
        value=shown(value),
        expected=str(maximum) if minimum == maximum else f"{minimum}-{maximum}",
        found=len(value),
    )


def _faulty(code: str, value: str, part: str, name: str, fault: Fault) -> Gs1Error:
    """Return what a linter found, in words that name the value."""
    expected = ""
    if name == "csum":
        expected = check_digit(part[:-1])
    elif fault.error == "INCORRECT_CHECK_PAIR":
        expected = check_pair(part[:-2])
    return Gs1Error(
        f"gs1.{_MESSAGES.get(name, 'not_listed')}",
        place=f"({code})",
        ai=code,
        title=known(code).title,
        value=shown(value),
        part=shown(part),
        found=shown(part[fault.start : fault.end]),
        expected=expected,
        fault=fault.error,
    )
