from __future__ import annotations

import subprocess
import sys

import pytest

from ocoptrace import gs1

HEAVY = {"dataclasses", "decimal", "json", "pydantic", "pydantic_core", "tomllib", "urllib.parse"}
USE = """
import sys
from ocoptrace.gs1 import DigitalLink, ElementString
DigitalLink.parse("https://example.com/01/09520101001115/10/L1?17=271231")
ElementString.parse("(01)09520101001115(10)L1")
print(*sys.modules)
"""


def test_reading_a_link_loads_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", USE], capture_output=True, text=True, check=True)  # noqa: S603 - our own words
    assert "ocoptrace.gs1.digital_link" in done.stdout.split()
    assert HEAVY & set(done.stdout.split()) == set()


def test_every_exported_name_can_be_had_and_no_other() -> None:
    assert all(getattr(gs1, name) is not None for name in gs1.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Isbn'"):
        _ = gs1.Isbn
