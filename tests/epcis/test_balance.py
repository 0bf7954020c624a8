from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.epcis import parse_event
from ocoptrace.epcis.balance import (
    Amount,
    Excess,
    Movement,
    Shortfall,
    Stock,
    balance,
    loss,
    movements,
    outweighed,
)
from ocoptrace.epcis.number import of_lexeme
from ocoptrace.epcis.units import PIECE, UNITS, base

LOT = "https://id.gs1.org/01/09524071001014/10/ST260915"
WHEN = {"eventTime": "2025-08-20T07:15:00+07:00", "eventTimeZoneOffset": "+07:00"}
DIGITS = st.decimals(min_value=0, max_value=10**9, places=6)
AMOUNTS = st.builds(Amount, DIGITS, st.sampled_from(["KGM", "LTR", "H87"]))


def some(quantity: float, uom: str | None = None) -> list[dict[str, Any]]:
    element: dict[str, Any] = {"epcClass": LOT, "quantity": quantity}
    return [element if uom is None else element | {"uom": uom}]


def kilos(value: str) -> Amount:
    return Amount(Decimal(value), "KGM")


@pytest.mark.parametrize(
    ("lexeme", "uom", "expected"),
    [
        ("2", "TNE", ("2000", "KGM")),
        ("0.1", "GRM", ("0.0001", "KGM")),
        ("3", "DZN", ("36", "H87")),
        ("3", None, ("3", "H87")),
        ("3", "EA", ("3", "H87")),
        ("1.5", "MTQ", ("1500", "LTR")),
        ("1.5", "XYZ", ("1.5", "XYZ")),
        ("1234567890123456789012.34", "KGM", ("1234567890123456789012.34", "KGM")),
    ],
)
def test_an_amount_counts_in_one_unit(
    lexeme: str, uom: str | None, expected: tuple[str, str]
) -> None:
    amount = Amount.of(of_lexeme(lexeme), uom)
    assert (amount.value, amount.unit) == (Decimal(expected[0]), expected[1])


def test_every_unit_has_a_base_that_is_its_own_base() -> None:
    for unit in UNITS:
        assert base(base(unit)[0]) == (base(unit)[0], 1)


@given(st.lists(AMOUNTS), st.lists(AMOUNTS))
def test_what_outweighs_is_what_the_sums_say(before: list[Amount], after: list[Amount]) -> None:
    def total(amounts: list[Amount], unit: str) -> Decimal:
        return sum((amount.value for amount in amounts if amount.unit == unit), Decimal())

    went_in = {amount.unit for amount in before}
    both = went_in & {amount.unit for amount in after} if len(went_in) == 1 else set()
    assert {excess.unit: (excess.before, excess.after) for excess in outweighed(before, after)} == {
        unit: (total(before, unit), total(after, unit))
        for unit in both - {PIECE}
        if total(after, unit) > total(before, unit)
    }


@pytest.mark.parametrize(
    ("before", "after", "excess"),
    [
        ([(10, "H87")], [(200, "H87")], []),
        ([(5, None)], [(8, "EA")], []),
        ([(6, "KGM"), (1, "H87")], [(12, "H87")], []),
        ([(5, "KGM"), (10, "LTR")], [(12, "KGM")], []),
        ([(30, "H87"), (1, "KGM")], [("2.5", "KGM")], []),
        ([(5, "KGM"), (100, "GRM")], [(6, "KGM")], ["KGM"]),
        ([(5, "LTR")], [(6, "LTR"), (1, "H87")], ["LTR"]),
    ],
)
def test_more_may_come_out_where_pieces_or_another_unit_went_in(
    before: list[Any], after: list[Any], excess: list[str]
) -> None:
    sides = [[Amount.of(of_lexeme(str(n)), unit) for n, unit in side] for side in (before, after)]
    assert [each.unit for each in outweighed(*sides)] == excess


def test_tiny_and_huge_amounts_add_up_exactly() -> None:
    huge, tiny = Amount.of(of_lexeme("1e308"), "KGM"), Amount.of(of_lexeme("1e-300"), "KGM")
    assert outweighed([huge], [huge]) == []
    (excess,) = outweighed([huge], [huge, tiny])
    assert excess.after > excess.before == Decimal("1e308")


def test_units_that_do_not_convert_are_not_compared() -> None:
    assert outweighed([kilos("1")], [Amount(Decimal(9), "LTR")]) == []
    assert outweighed([kilos("1")], [kilos("1.5")]) == [Excess("KGM", Decimal(1), Decimal("1.5"))]


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({"quantity": 2, "uom": "TNE"}, kilos("2000")),
        ({"quantity": 2}, Amount(Decimal(2), "H87")),
        ({"quantity": True, "uom": "KGM"}, None),
        ({"quantity": "2", "uom": "KGM"}, None),
        ({"quantity": 2, "uom": 5}, None),
        ({"quantity": of_lexeme("0e999999999999999999999"), "uom": "KGM"}, kilos("0")),
        ({"quantity": of_lexeme("7e-99999999999999999999"), "uom": "KGM"}, kilos("0")),
        ([], None),
        (None, None),
    ],
)
def test_a_loss_is_an_amount_or_nothing(stated: object, expected: Amount | None) -> None:
    event = WHEN | {"type": "ObjectEvent", "action": "ADD", "quantityList": some(1)}
    assert loss(parse_event(event | {"ocop:loss": stated})) == expected


def test_an_amount_is_never_longer_to_write_than_a_double_is_wide() -> None:
    for lexeme in ("9e-99999999", "5e-324", "1.7e308", "0e99999999"):
        assert len(f"{Amount.of(of_lexeme(lexeme), 'ONZ').value:f}") < 700


def test_both_halves_of_a_transformation_are_balanced_together() -> None:
    half = WHEN | {"type": "TransformationEvent", "transformationID": "urn:x:1"}
    start = parse_event(half | {"inputQuantityList": some(1, "TNE")})
    end = parse_event(
        half
        | {"outputQuantityList": some(900, "KGM"), "ocop:loss": {"quantity": 101, "uom": "KGM"}}
    )
    assert outweighed(*balance(start, end)) == [Excess("KGM", Decimal(1000), Decimal(1001))]
    assert outweighed(*balance(end)) == []


def test_where_an_amount_is_missing_nothing_is_said() -> None:
    event = WHEN | {
        "type": "TransformationEvent",
        "inputQuantityList": [*some(1, "KGM"), {"epcClass": LOT}],
        "outputQuantityList": some(2, "KGM"),
    }
    assert balance(parse_event(event)) == ([], [])


def test_a_container_is_filled_and_emptied_by_its_name() -> None:
    packed = WHEN | {
        "type": "AggregationEvent",
        "action": "DELETE",
        "parentID": "urn:epc:id:sscc:9524071.0000000001",
        "childQuantityList": some(4),
    }
    (movement,) = movements(parse_event(packed))
    assert (movement.change, movement.name, movement.single) == ("unpacked", LOT, False)
    assert movement.parent.startswith("https://id.gs1.org/00/")


class TestStock:
    def test_nothing_is_said_of_what_nobody_made_or_counted(self) -> None:
        stock = Stock()
        assert stock.take(LOT, kilos("5")) is None
        stock.make(LOT, kilos("1"))
        stock.make(LOT, None)
        assert stock.take(LOT, kilos("5")) is None

    def test_the_last_gram_is_there_and_not_one_more(self) -> None:
        stock = Stock()
        stock.make(LOT, kilos("0.3"))
        for _ in range(3):
            assert stock.take(LOT, kilos("0.1")) is None
        assert stock.take(LOT, kilos("0.001")) == Shortfall("KGM", Decimal("0.301"), Decimal("0.3"))

    def test_what_is_unpacked_is_there_again(self) -> None:
        stock = Stock()
        stock.make(LOT, kilos("5"))
        for _ in range(3):
            assert stock.move(Movement(LOT, "packed", kilos("5"), "")) is None
            assert stock.move(Movement(LOT, "unpacked", kilos("5"), "")) is None
        assert list(stock.left()) == [(LOT, kilos("5"))]

    def test_what_is_seen_is_not_used(self) -> None:
        stock = Stock()
        stock.make(LOT, kilos("5"))
        assert stock.see(LOT, kilos("5")) is None
        assert stock.take(LOT, kilos("5")) is None
        assert stock.see(LOT, kilos("6")) == Shortfall("KGM", Decimal(6), Decimal(5))

    def test_another_unit_than_it_was_made_in_falls_short_of_nothing(self) -> None:
        stock = Stock()
        stock.make(LOT, kilos("5"))
        assert stock.take(LOT, Amount(Decimal(1), "H87")) == Shortfall("H87", Decimal(1), Decimal())
