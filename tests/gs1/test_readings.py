from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.gs1 import Amount, Gs1Error, check_value, read_amount, read_dates
from ocoptrace.gs1.application_identifiers import application_identifiers

CODES = application_identifiers()


@pytest.mark.parametrize(
    ("code", "value", "amount"),
    [
        ("3103", "000500", Amount(Decimal("0.500"), "kg")),
        ("3100", "000500", Amount(Decimal(500), "kg")),
        ("3315", "000001", Amount(Decimal("0.00001"), "m")),
        ("3160", "000002", Amount(Decimal(2), "m³")),
        ("30", "12", Amount(Decimal(12))),
        ("37", "24", Amount(Decimal(24))),
        ("3922", "12550", Amount(Decimal("125.50"))),
        ("3930", "70412500", Amount(Decimal(12500), "", "704")),
        ("3941", "0125", Amount(Decimal("12.5"), "%")),
        ("4331", "000450-", Amount(Decimal("-4.50"), "°C")),
        ("4330", "003200", Amount(Decimal("32.00"), "°F")),
    ],
)
def test_amounts(code: str, value: str, amount: Amount) -> None:
    read = read_amount(code, value)
    assert read == amount
    assert read is not None
    assert str(read.number) == str(amount.number)


@pytest.mark.parametrize("code", ["10", "01", "17", "400", "7003"])
def test_an_ai_without_an_amount_has_none(code: str) -> None:
    value = {"01": "09520101001115", "17": "271231", "7003": "2712312359"}.get(code, "A1")
    assert read_amount(code, value) is None


@pytest.mark.parametrize(
    ("code", "value", "year", "dates"),
    [
        ("17", "271231", 2026, (date(2027, 12, 31),)),
        ("15", "280200", 2026, (date(2028, 2, 29),)),
        ("11", "760101", 2026, (date(2076, 1, 1),)),
        ("11", "770101", 2026, (date(1977, 1, 1),)),
        ("11", "990101", 2049, (date(2099, 1, 1),)),
        ("11", "990101", 2048, (date(1999, 1, 1),)),
        ("11", "010101", 1999, (date(2001, 1, 1),)),
        ("11", "490101", 1999, (date(2049, 1, 1),)),
        ("11", "500101", 1999, (date(1950, 1, 1),)),
        ("7007", "260601", 2026, (date(2026, 6, 1),)),
        ("7007", "260601260630", 2026, (date(2026, 6, 1), date(2026, 6, 30))),
        ("7003", "2712312359", 2026, (datetime(2027, 12, 31, 23, 59),)),  # noqa: DTZ001
        ("8008", "26060107", 2026, (datetime(2026, 6, 1, 7),)),  # noqa: DTZ001
        ("8008", "260601073015", 2026, (datetime(2026, 6, 1, 7, 30, 15),)),  # noqa: DTZ001
        ("7250", "19631231", 2026, (date(1963, 12, 31),)),
        ("10", "271231", 2026, ()),
    ],
)
def test_dates(code: str, value: str, year: int, dates: tuple[date, ...]) -> None:
    assert read_dates(code, value, year=year) == dates


def test_a_day_that_the_century_does_not_have_is_refused() -> None:
    assert read_dates("17", "000229", year=2026) == (date(2000, 2, 29),)
    with pytest.raises(Gs1Error) as caught:
        read_dates("17", "000229", year=2060)
    assert caught.value.code == "gs1.date"


@pytest.mark.parametrize("year", [0, 26, 10000])
def test_a_year_of_reading_has_four_digits(year: int) -> None:
    with pytest.raises(Gs1Error) as caught:
        read_dates("17", "271231", year=year)
    assert caught.value.code == "gs1.reference_year"


@given(st.sampled_from(CODES), st.text("0123456789-", min_size=1, max_size=20))
def test_any_right_value_can_be_read(code: str, value: str) -> None:
    with suppress(Gs1Error):
        check_value(code, value)
        read_amount(code, value)
        read_dates(code, value, year=2026)


@given(st.dates(date(1978, 1, 1), date(2076, 12, 31)))
def test_a_date_within_the_window_comes_back(day: date) -> None:
    assert read_dates("13", f"{day:%y%m%d}", year=2026) == (day,)
