from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ocoptrace.errors import LabelError
from ocoptrace.labels.symbols import batch, encode
from ocoptrace.labels.symbols.batch import encode_many
from ocoptrace.labels.symbols.matrix import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocoptrace.labels.symbols import Level

SERIAL_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LINKS = {
    "sealed": "HTTPS://ID.EXAMPLE/01/09521234543213/10/ABC123/21/{serial}#{seal}",
    "sealed, long host": "HTTPS://TRUYXUAT.EXAMPLE.ORG/01/09521234543213/10/A1/21/{serial}#{seal}",
    "sealed plain name": "HTTPS://ID.EXAMPLE/OCOP/ABCD2345/MAM-TOM/ABC123/{serial}#{seal}",
    "not sealed": "HTTPS://ID.EXAMPLE/01/09521234543213/10/ABC123/21/{serial}",
    "lower case": "https://id.example/01/09521234543213/10/ABC123/21/{serial}?17=281231",
    "counted": "HTTPS://ID.EXAMPLE/01/09521234543213/21/{number}",
}
# Runs of digits, of alphanumeric and of other characters, of lengths about which cuts turn.
RUNS = st.one_of(
    st.text("0123456789", min_size=1, max_size=20),
    st.text("0123456789", min_size=100, max_size=200),
    st.text(SERIAL_ALPHABET + " $%*+-./:", min_size=1, max_size=16),
    st.text(st.characters(max_codepoint=0x7F), min_size=1, max_size=12),
)
TEXTS = st.lists(RUNS, min_size=1, max_size=8).map("".join)


def run(link: str, number: int) -> list[str]:
    chance = random.Random(link)  # noqa: S311 - the same links in every run
    return [
        link.format(
            serial="".join(chance.choices(SERIAL_ALPHABET, k=12)),
            seal="".join(chance.choices("0123456789", k=172)),
            number=number,
        )
        for number in range(number)
    ]


@pytest.fixture
def every_text_in_arrays() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch, "_FEWEST", 1)
        yield


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_a_run_of_links_gets_the_same_symbols_as_one_by_one(link: str, level: Level) -> None:
    links = run(link, 150)
    assert encode_many(links, level) == [encode(each, level) for each in links]


@pytest.mark.usefixtures("every_text_in_arrays")
@settings(max_examples=150)
@given(TEXTS, st.sampled_from(LEVELS))
@example("A" * 20 + "1" * 13, "M")
@example("A" + "a1" * 40, "L")
def test_any_text_gets_the_same_symbol(text: str, level: Level) -> None:
    assert encode_many([text], level) == [encode(text, level)]


@pytest.mark.usefixtures("every_text_in_arrays")
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("character", ["7", "Q", "q"])
def test_every_length_gets_the_same_symbol(character: str, level: Level) -> None:
    for length in range(1, 400, 9):
        text = character * length
        assert encode_many([text], level) == [encode(text, level)]


def test_a_mixed_run_keeps_its_order() -> None:
    texts = [each for link in LINKS.values() for each in run(link, 60)]
    random.Random(0).shuffle(texts)  # noqa: S311 - the same order in every run
    assert [matrix.text for matrix in encode_many(texts)] == texts


def test_texts_that_are_cut_each_its_own_way_are_drawn_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = [f"https://id.example/{'7' * n}{'q' * (40 - n)}" for n in range(10, 34)]
    alone = [encode(text) for text in texts]
    monkeypatch.delattr(batch, "encode")
    assert encode_many(texts) == alone


def test_more_than_a_chunk_is_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "CHUNK", 64)
    links = run(LINKS["not sealed"], 200)
    assert encode_many(links) == [encode(link) for link in links]


def test_nothing_gives_nothing() -> None:
    assert encode_many([]) == []


@pytest.mark.parametrize(
    ("texts", "level", "code", "place"),
    [
        (["A", "Lô"], "M", "label.link_characters", "/1"),
        (["A", "B", ""], "M", "label.link_characters", "/2"),
        (["1" * 7089], "M", "label.link_too_long", "/0"),
        (["A" * 10**6], "M", "label.link_too_long", "/0"),
        (["A"], "X", "label.level", "/0"),
    ],
    ids=["marks", "empty", "no version", "far too long", "level"],
)
def test_what_no_symbol_holds_is_refused_with_its_number(
    texts: list[str], level: Any, code: str, place: str
) -> None:
    with pytest.raises(LabelError) as refused:
        encode_many(texts, level)
    assert (refused.value.code, refused.value.place) == (code, place)
