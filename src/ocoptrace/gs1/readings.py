"""What values mean: amounts as decimals, dates as dates. Done on request, never while parsing.

>>> read_amount("3103", "000500"), read_amount("3932", "70412500").currency
(Amount(number=Decimal('0.500'), unit='kg', currency=''), '704')
>>> read_dates("17", "271231", year=2026), read_dates("17", "270200", year=2026)
((datetime.date(2027, 12, 31),), (datetime.date(2027, 2, 28),))
>>> read_dates("7003", "2712312359", year=2026)
(datetime.datetime(2027, 12, 31, 23, 59),)
>>> read_amount("10", "L1"), read_dates("10", "L1", year=2026)
(None, ())

Source: GS1 General Specifications, clauses 3 and 7.12.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple

from ocoptrace.errors import Gs1Error
from ocoptrace.gs1._shown import shown
from ocoptrace.gs1.application_identifiers import known
from ocoptrace.gs1.values import check_value

__all__ = ["Amount", "read_amount", "read_dates"]

_COUNTS = ("30", "37", "8005", "8111")
_TEMPERATURES = {"4330": "°F", "4331": "°C", "4332": "°F", "4333": "°C"}
_DATES = ("yymmd0", "yymmdd", "yyyymmdd", "yyyymmd0")
_TIMES = ("hh", "hhmi", "mi", "ss")
_YEARS = range(100, 9900)
_CENTURY, _HALF = 100, 50


class Amount(NamedTuple):
    """A measure, a count or a sum of money.

    Attributes:
        number: the amount, with the decimals that the AI implies.
        unit: as the data title names it (``kg``), ``%``, ``°C``; empty where it names none.
        currency: number of ISO 4217 where the value carries one; 704 is the Vietnamese dong.
    """

    number: Decimal
    unit: str = ""
    currency: str = ""


def read_amount(code: str, value: str) -> Amount | None:
    """Return the amount that a value is, or None where the AI carries none.

    Raises:
        Gs1Error: an unknown AI, or a value that is not one of its values.
    """
    check_value(code, value)
    if code in _COUNTS:
        return Amount(Decimal(value))
    if code in _TEMPERATURES:
        hundredths = Decimal(value.rstrip("-")).scaleb(-2)
        return Amount(-hundredths if value.endswith("-") else hundredths, _TEMPERATURES[code])
    if len(code) != len("310n") or not "31" <= code[:2] <= "39" or code[:2] == "38":
        return None
    components = known(code).components
    currency = value[:3] if "iso4217" in components[0].linters else ""
    number = Decimal(value[len(currency) :]).scaleb(-int(code[3]))
    return Amount(number, "%" if code.startswith("394") else _unit(known(code).title), currency)


def _unit(title: str) -> str:
    """Return what a data title has in brackets: NET WEIGHT (kg)."""
    return title.partition("(")[2].partition(")")[0]


def read_dates(code: str, value: str, *, year: int) -> tuple[date, ...]:
    """Return the dates that a value holds, with their time where it has one; mostly one.

    A day 00 is the last of its month. Times are those of the place where the thing is.

    Args:
        code: an AI.
        value: its value.
        year: the year of reading: of two digits, the year nearest to it is meant, from 49
            years before to 50 after.

    Raises:
        Gs1Error: an unknown AI, a value that is not one of its values, or a date that the
            year meant does not have.
    """
    check_value(code, value)
    if year not in _YEARS:
        raise Gs1Error("gs1.reference_year", found=year)
    days: list[date] = []
    clock, at = "", 0
    for component in known(code).components:
        part = value[at : at + component.maximum]
        at += component.maximum
        if part and any(linter in _DATES for linter in component.linters):
            days.append(_day(code, part, year))
        elif any(linter in _TIMES for linter in component.linters):
            clock += part
    if clock:
        hour, minute, second = (int(clock[start : start + 2] or "0") for start in (0, 2, 4))
        return (datetime.combine(days[0], time(hour, minute, second)),)
    return tuple(days)


def _day(code: str, text: str, reference: int) -> date:
    month, day = int(text[-4:-2]), int(text[-2:])
    year = int(text[:-4])
    if year < _CENTURY:
        year += reference - reference % _CENTURY
        if year - reference > _HALF:
            year -= _CENTURY
        elif year - reference <= -_HALF:
            year += _CENTURY
    last = monthrange(year, month)[1]
    if day > last:
        raise Gs1Error("gs1.date", place=f"({code})", part=shown(text))
    return date(year, month, day or last)
