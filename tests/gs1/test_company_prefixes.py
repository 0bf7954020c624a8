from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.gs1 import CompanyPrefixes, Gs1Error, digital_link_to_epc_urn
from ocoptrace.gs1.company_prefixes import VIETNAM


@pytest.mark.parametrize(
    ("digits", "length"),
    [
        ("8938505974000", 10),
        ("8934567000000", 7),
        ("8935000000000", 8),
        ("8936100000000", 9),
        ("8932800000000", 12),
        ("8939000000000", 12),
        ("8932100000000", None),
        ("893", None),
        ("4006381333931", None),
    ],
)
def test_what_is_known_of_vietnam(digits: str, length: int | None) -> None:
    assert VIETNAM.length(digits) == length


def test_the_longest_match_tells() -> None:
    table = CompanyPrefixes({"95": 6, "9520101": 7})
    assert (table.length("9520101001115"), table.length("9520102001115")) == (7, 6)


def test_a_table_of_ones_own_is_added_and_holds_first() -> None:
    table = VIETNAM | CompanyPrefixes.parse("# ours\n8934567 9\n\n9520101 7 # trial\n")
    assert table.length("8934567000000") == 9
    assert table.length("8934000000000") == 7
    urn = digital_link_to_epc_urn("https://b.vn/01/09520101001115/21/S", prefixes=table)
    assert urn == "urn:epc:id:sgtin:9520101.000111.S"


def test_the_list_that_gs1_publishes_is_read() -> None:
    entries = [{"prefix": "9520", "gcpLength": 7}, {"prefix": "952", "gcpLength": 0}]
    text = json.dumps({"GCPPrefixFormatList": {"date": "2026", "entry": entries}})
    table = CompanyPrefixes.parse("\ufeff" + text)
    assert (table.length("9520101"), table.length("9521")) == (7, None)


def test_a_length_that_no_table_knows_is_not_guessed() -> None:
    link = "https://b.vn/01/09520101001115/21/S"
    with pytest.raises(Gs1Error) as caught:
        digital_link_to_epc_urn(link)
    assert caught.value.code == "gs1.company_prefix_unknown"
    vietnam = digital_link_to_epc_urn("https://b.vn/414/8938505974002")
    assert vietnam == "urn:epc:id:sgln:8938505974.00.0"


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("8934 seven", "gs1.prefix_line", "line 1"),
        ("\n8934", "gs1.prefix_line", "line 2"),
        ("8934 7 8", "gs1.prefix_line", "line 1"),
        ("8934 3", "gs1.prefix_line", ""),
        ("8934567890123 7", "gs1.prefix_line", ""),
        ("{}", "gs1.prefix_list", ""),
        ('{"GCPPrefixFormatList": {"entry": [{"prefix": 1}]}}', "gs1.prefix_list", ""),
        ('{"a": ' * 100_000, "gs1.prefix_list", ""),
    ],
)
def test_what_is_refused_and_as_what(text: str, code: str, place: str) -> None:
    with pytest.raises(Gs1Error) as caught:
        CompanyPrefixes.parse(text)
    assert (caught.value.code, caught.value.place) == (code, place)


@given(st.text() | st.text("0123456789 #\n", max_size=30) | st.text('{}[]":,1e', max_size=30))
def test_any_text_is_a_table_or_a_gs1_error(text: str) -> None:
    with suppress(Gs1Error):
        CompanyPrefixes.parse(text)
