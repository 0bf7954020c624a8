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
from ocoptrace.gs1.checks import (
    CHARACTER_CLASSES,
    CHARACTER_SETS,
    check_digit,
    check_pair,
    has_check_digit,
    outside,
    slug,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ocoptrace.gs1.application_identifiers import Component
    from ocoptrace.gs1.faults import Fault

    Rule = tuple[int, int | None, str]

__all__ = ["ACCEPTS", "check_value", "value_fault", "value_pattern"]

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

_HOUR, _SIXTIETH = "(?:[01][0-9]|2[0-3])", "[0-5][0-9]"


def _date_pattern(first_days: str) -> str:
    """Return a pattern of YYMMDD with these for days 1 to 9; it knows leap years."""
    days = f"{first_days}|[12][0-9]"
    months = (
        f"(?:0[13578]|1[02])(?:{days}|3[01])",
        f"(?:0[469]|11)(?:{days}|30)",
        f"02(?:{first_days}|1[0-9]|2[0-8])",
    )
    return f"(?:[0-9]{{2}}(?:{'|'.join(months)})|(?:[02468][048]|[13579][26])0229)"


_PATTERNS = {
    "hh": _HOUR,
    "hhmi": _HOUR + _SIXTIETH,
    "mi": _SIXTIETH,
    "ss": _SIXTIETH,
    "yymmd0": _date_pattern("0[0-9]"),
    "yymmdd": _date_pattern("0[1-9]"),
}
"""Linters that a regular expression can stand for: one match is quicker than a call."""


class _Accepts(dict[str, "Callable[[str], object]"]):
    """By AI: what tells, by anything true, whether a value is one; made when first asked for.

    It only says yes or no, quickly; ``value_fault`` says why not.
    """

    def __missing__(self, code: str) -> Callable[[str], object]:
        rules = [rule for rule in _rules(code) if rule[2] not in _PATTERNS]
        matches = re.compile(value_pattern(code)).fullmatch
        accepts: Callable[[str], object] = matches
        if rules == [(0, _whole(code), "csum")]:

            def accepts(value: str) -> bool:
                return matches(value) is not None and has_check_digit(value)

        elif rules:

            def accepts(value: str) -> bool:
                return matches(value) is not None and _first_fault(rules, value) is None

        self[code] = accepts
        return accepts


def _rules(code: str) -> list[Rule]:
    """Return the linters of an AI with the slice of the value that each looks at."""
    start = 0
    rules: list[Rule] = []
    for component in known(code).components:
        fixed = component.minimum == component.maximum
        end = start + component.maximum if fixed else None
        rules += [
            (start, end, name)
            for name in (*component.linters, *_IMPLIED.get(component.kind, ()))
            # All digits already, so the company prefix is as well.
            if not (component.kind == "N" and name in ("gcppos1", "gcppos2"))
        ]
        start += component.maximum
    return rules


def _whole(code: str) -> int:
    return sum(component.maximum for component in known(code).components)


def _first_fault(rules: list[Rule], value: str) -> tuple[int, str, str, Fault] | None:
    """Return where the part starts, the part, the linter and the fault of the first found."""
    # Imported here: the commonest AIs need neither linters nor code lists.
    from ocoptrace.gs1.linters import LINTERS  # noqa: PLC0415

    for start, end, name in rules:
        if start and start >= len(value):
            return None
        part = value[start:end]
        if fault := LINTERS[name](part):
            return start, part, name, fault
    return None


def value_pattern(code: str) -> str:
    """Return a regular expression that every value of an AI matches in full.

    It tells length, characters and dates; check digits and code lists are beyond it.

    Raises:
        Gs1Error: an unknown AI.
    """
    return _pattern(known(code).components)


def _pattern(components: tuple[Component, ...]) -> str:
    pattern = ""
    for component in reversed(components):
        part = _component_pattern(component)
        pattern = f"(?:{part}{pattern})?" if component.optional else part + pattern
    return pattern


def _component_pattern(component: Component) -> str:
    for name in component.linters:
        if name in _PATTERNS:
            return _PATTERNS[name]
    minimum, maximum = component.minimum, component.maximum
    times = f"{minimum},{maximum}" if minimum != maximum else f"{maximum}"
    return f"{CHARACTER_CLASSES[component.kind]}{{{times}}}"


ACCEPTS = _Accepts()
"""By AI: a function that is true for the AI's values; an unknown AI raises Gs1Error."""


def check_value(code: str, value: str) -> None:
    """Check a value of an AI: length, characters, check digit, date, code lists.

    Raises:
        Gs1Error: an unknown AI, or a value that is not one of its values.
    """
    if not ACCEPTS[code](value):
        raise _why_not(code, value)


def value_fault(code: str, value: str) -> Gs1Error | None:
    """Return what ``check_value`` would raise, or None.

    >>> value_fault("10", "L1") is None, value_fault("17", "271331").code
    (True, 'gs1.date')
    """
    try:
        check_value(code, value)
    except Gs1Error as error:
        return error
    return None


def _why_not(code: str, value: str) -> Gs1Error:
    """Return why a value of an AI is refused."""
    shape = _pattern(tuple(part._replace(linters=()) for part in known(code).components))
    found = _first_fault(_rules(code), value) if re.fullmatch(shape, value) else None
    return _misshapen(code, value) if found is None else _faulty(code, value, found)


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
                at=start + next(at for at, each in enumerate(part, 1) if each in stray),
                expected=str(component),
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


def _faulty(code: str, value: str, found: tuple[int, str, str, Fault]) -> Gs1Error:
    """Return what a linter found, in words that name the value."""
    start, part, name, fault = found
    ai = known(code)
    expected = " ".join(str(component) for component in ai.components)
    if name == "csum":
        expected = check_digit(part[:-1])
    elif fault.error == "INCORRECT_CHECK_PAIR":
        expected = check_pair(part[:-2])
    return Gs1Error(
        f"gs1.{_MESSAGES.get(name, 'not_listed')}",
        place=f"({code})",
        ai=code,
        title=ai.title,
        value=shown(value),
        at=start + fault.start + 1,
        part=shown(part),
        found=shown(part[fault.start : fault.end]),
        expected=expected,
        fault=fault.error,
    )
