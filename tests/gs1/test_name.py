from __future__ import annotations

import subprocess
import sys
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.gs1 import (
    SERIAL_ALPHABET,
    DigitalLink,
    Gs1Error,
    PlainName,
    is_demo_key,
    parse_name,
)


@pytest.mark.parametrize(
    ("uri", "kind"),
    [
        ("https://example.com/ocop/A1/B1", PlainName),
        ("HTTPS://EXAMPLE.COM/OCOP/A1/B1", PlainName),
        ("https://example.com/Ocop/A1/B1", PlainName),
        ("https://example.com/01/09520101001115", DigitalLink),
        ("https://example.com/x/ocop/01/09520101001115", DigitalLink),
    ],
)
def test_path_tells_the_kind(uri: str, kind: type) -> None:
    assert type(parse_name(uri)) is kind


@given(st.text())
def test_any_text_is_a_name_or_a_gs1_error(text: str) -> None:
    with suppress(Gs1Error):
        parse_name(text)


@pytest.mark.parametrize(
    ("path", "demo"),
    [
        ("01/09520101001115", True),
        ("01/19520101001112", True),
        ("01/08931234567897", False),
        ("01/00000095200002", False),
        ("414/9520000000004", True),
        ("417/8931234567897", False),
        ("00/095200000000000004", True),
        ("8003/09520000000004X", True),
        ("8004/9520X", True),
        ("ocop/A952/B952", False),
    ],
)
def test_example_prefix_is_found_in_every_kind_of_key(path: str, *, demo: bool) -> None:
    assert is_demo_key(parse_name(f"https://example.com/{path}")) is demo


def test_serial_alphabet_has_32_letters_that_are_not_misread() -> None:
    assert len(set(SERIAL_ALPHABET)) == len(SERIAL_ALPHABET) == 32
    assert not set("ILOU") & set(SERIAL_ALPHABET)


def test_importing_names_loads_nothing_heavy() -> None:
    script = (
        "import sys, ocoptrace.gs1\n"
        "heavy = {'dataclasses', 'pydantic', 'cryptography', 'lxml', 'json'}\n"
        "raise SystemExit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
