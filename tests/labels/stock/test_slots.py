from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.errors import LabelError
from ocoptrace.labels import Stock, load_stock
from ocoptrace.labels.stock.slots import MAX_COPIES, Filling

STOCK = Stock.parse('page = "A4"\ngrid = [3, 2]\nlabel = [70, 37]', name="small")
SLOTS = st.frozensets(st.integers(1, 6), max_size=5)


def refused(filling: Filling) -> LabelError:
    with pytest.raises(LabelError) as raised:
        list(filling.pages("AB", STOCK))
    return raised.value


def test_slots_are_filled_row_by_row_or_column_by_column() -> None:
    assert Filling().slots(STOCK) == (1, 2, 3, 4, 5, 6)
    assert Filling(order="columns").slots(STOCK) == (1, 4, 2, 5, 3, 6)
    assert Filling(order="columns", start_slot=2).slots(STOCK, first=True) == (2, 5, 3, 6)


def test_used_slots_are_blank_on_the_first_page_and_skipped_ones_on_all() -> None:
    filling = Filling(start_slot=2, used=frozenset({3}), skip=frozenset({6}))
    pages = list(filling.pages("ABCDEFGHI", STOCK))
    assert [[slot for slot, _ in page] for page in pages] == [[2, 4, 5], [1, 2, 3, 4, 5], [1]]
    assert "".join(sticker for page in pages for _, sticker in page) == "ABCDEFGHI"


def test_a_first_page_that_is_used_up_is_not_printed() -> None:
    filling = Filling(start_slot=5, used=frozenset({5, 6}))
    (page,) = filling.pages("A", STOCK)
    assert page == ((1, "A"),)


@given(
    count=st.integers(0, 40),
    copies=st.integers(1, 4),
    start=st.integers(1, 6),
    used=SLOTS,
    skip=SLOTS,
    order=st.sampled_from(["rows", "columns"]),
)
def test_every_copy_is_printed_once_and_in_order(  # noqa: PLR0917 - one for each part of a filling
    count: int,
    copies: int,
    start: int,
    used: frozenset[int],
    skip: frozenset[int],
    order: Literal["rows", "columns"],
) -> None:
    filling = Filling(start_slot=start, used=used, skip=skip, copies=copies, order=order)
    pages = list(filling.pages(range(count), STOCK))
    printed = [sticker for page in pages for _, sticker in page]
    assert printed == [number for number in range(count) for _ in range(copies)]
    assert len(pages) == filling.page_count(count, STOCK)
    for page in pages:
        slots = [slot for slot, _ in page]
        assert len(set(slots)) == len(slots)
        assert not skip & set(slots)


def test_stickers_are_taken_when_their_page_is_reached() -> None:
    taken: list[int] = []
    endless = (taken.append(number) or number for number in range(10**9))
    pages = Filling().pages(endless, STOCK)
    next(pages)
    assert len(taken) == 6


def test_a_filling_that_cannot_be_is_refused() -> None:
    assert refused(Filling(start_slot=7)).code == "label.start_slot"
    assert refused(Filling(start_slot=0)).code == "label.start_slot"
    assert refused(Filling(skip=frozenset({7}))).code == "label.no_such_slot"
    assert refused(Filling(used=frozenset({0}))).code == "label.no_such_slot"
    assert refused(Filling(skip=frozenset(range(1, 7)))).code == "label.no_slot_left"
    for copies in (0, -1, MAX_COPIES + 1):
        with pytest.raises(LabelError) as raised:
            Filling(copies=copies)
        assert raised.value.code == "label.copies"


def test_a_roll_of_one_has_a_page_a_sticker() -> None:
    assert Filling(copies=3).page_count(4, load_stock("roll-50x30")) == 12
