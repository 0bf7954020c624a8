from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.web.wording import Wording, reader_language


@pytest.mark.parametrize(
    ("asked", "accepted", "expected"),
    [
        ("en", "vi", "en"),
        ("vi", "en", "vi"),
        ("ko", "en", "en"),
        ("EN", "", "vi"),
        (None, "", "vi"),
        (None, "en-US,en;q=0.9", "en"),
        (None, "ko,en;q=0.5", "en"),
        (None, "ko-KR", "vi"),
        (None, "en;q=0.4, vi-VN;q=0.9", "vi"),
        (None, "EN; q=0.8", "en"),
        (None, "en;q=0", "vi"),
        (None, "en;q=best", "vi"),
        (None, "*", "vi"),
    ],
)
def test_the_reader_is_asked_before_the_browser(
    asked: str | None, accepted: str, expected: str
) -> None:
    assert reader_language(asked, accepted) == expected


@given(st.text(), st.text())
def test_any_header_gives_a_language(asked: str, accepted: str) -> None:
    assert reader_language(asked, accepted) in {"vi", "en"}


def test_numbers_have_the_marks_of_the_language() -> None:
    assert Wording("vi").number(18456) == "18.456"
    assert Wording("en").number(18456) == "18,456"
    assert Wording("vi").amount(7.92, "KGM") == "7,92 kg"
    assert Wording("en").amount(3, "XYZ") == "3 XYZ"


def test_a_time_elsewhere_names_its_offset() -> None:
    busan = datetime.fromisoformat("2026-10-20T09:05:00+09:00")
    assert Wording("en").moment(busan) == "09:05, 20 Oct 2026 (UTC+09:00)"
