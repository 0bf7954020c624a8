"""``ocoptrace gs1``, run in this process: standard input is handed over as bytes."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LINK = "https://example.com/01/09520101001115/10/L-0601?17=271231&3103=000500"


@dataclass(frozen=True)
class Run:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def gs1(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    def run(*arguments: str, stdin: bytes = b"", lang: str = "en") -> Run:
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            main(["--lang", lang, "gs1", *arguments])
        said = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Run(ended.value.code, said.out, said.err)

    return run


def test_parse_shows_the_name_and_what_each_element_means(gs1: Callable[..., Run]) -> None:
    run = gs1("parse", LINK)
    assert run.code == 0
    assert "https://id.gs1.org/01/09520101001115/10/L-0601" in run.out
    assert "31 Dec 2027" in run.out
    assert "0.500 kg" in run.out
    assert "31/12/2027" in gs1("parse", LINK, lang="vi").out


def test_parse_answers_in_json(gs1: Callable[..., Run]) -> None:
    [row] = gs1("parse", LINK, "--json").json
    assert (row["kind"], row["level"], row["right"]) == ("digital_link", "batch", True)
    assert row["elements"][2] == {
        "ai": "17",
        "title": "USE BY or EXPIRY",
        "value": "271231",
        "dates": ["2027-12-31"],
    }
    assert row["elements"][3]["amount"] == {"number": "0.500", "unit": "kg"}


def test_parse_goes_on_behind_one_that_is_wrong(gs1: Callable[..., Run]) -> None:
    run = gs1("parse", "(01)09520101001119", "hello", LINK)
    assert run.code == 2
    assert "should be 5, but is 9" in run.err
    assert "plain text" in run.err
    assert "0.500 kg" in run.out


def test_many_come_from_standard_input_one_a_line(gs1: Callable[..., Run]) -> None:
    stdin = b"]d2010952010100111510L\x1d17271231\r\n\n" + LINK.encode() + b"\n(01)1"
    run = gs1("check", "--json", stdin=stdin)
    assert run.code == 1
    assert [row["right"] for row in run.json] == [True, True, False]
    assert [element["ai"] for element in run.json[0]["elements"]] == ["01", "10", "17"]


def test_check_tells_everything_that_is_wrong(gs1: Callable[..., Run]) -> None:
    run = gs1("check", "(01)09520101001119(17)271331", LINK)
    assert run.code == 1
    assert run.out.splitlines() == ["✗ (01)09520101001119(17)271331", f"✓ {LINK}"]
    assert "should be 5, but is 9" in run.err
    assert '"271331" is not a date' in run.err
    assert gs1("check", LINK).code == 0
    assert gs1("check", "hello").code == 1


def test_scan_takes_what_readers_send(gs1: Callable[..., Run]) -> None:
    run = gs1("scan", "]C1010952010100111510L1", "]Q1hello")
    assert run.code == 0
    assert "Element string (GS1-128)" in run.out
    assert "Plain text (QR Code): ]Q1hello" in run.out
    assert gs1("scan", "]E09520101001119").code == 1


def test_build_makes_a_link_of_elements_and_a_key(gs1: Callable[..., Run]) -> None:
    key = ("--key", "GTIN", "--prefix", "9520101", "--reference", "111")
    run = gs1("build", *key, "17=271231", "10=L1", "--host", "b.vn", "--stem", "/p", "--upper")
    assert run.code == 0
    assert run.out.splitlines() == [
        "HTTPS://B.VN/p/01/09520101001115/10/L1?17=271231",
        "(01)09520101001115(17)271231(10)L1",
    ]
    packed = gs1("build", *key, "10=L1", "--compress", "--json").json
    assert packed["name"] == "https://id.gs1.org/01/09520101001115/10/L1"
    assert len(packed["uri"]) < len(packed["name"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["10=L1"], "No GS1 key"),
        (["10"], "is not an element"),
        ([], "is not an element string"),
        (["--key", "isbn", "--prefix", "9520101"], "can be made here"),
        (["--key", "gtin", "--prefix", "95"], "4 to 12 digits"),
        (["--key", "gtin", "--prefix", "9520101", "--serial", "1"], "--serial"),
        (["01=09520101001119"], "should be 5"),
    ],
)
def test_build_refuses_with_words(gs1: Callable[..., Run], arguments: list[str], said: str) -> None:
    run = gs1("build", *arguments)
    assert (run.code, run.out) == (2, "")
    assert said in run.err


def test_epc_turns_both_ways(gs1: Callable[..., Run], tmp_path: Path) -> None:
    urn, link = "urn:epc:id:sgtin:9520101.000111.S", "https://id.gs1.org/01/09520101001115/21/S"
    run = gs1("epc", urn, link, "--prefix-length", "7")
    assert (run.code, run.out.splitlines()) == (0, [link, urn])
    table = tmp_path / "prefixes.txt"
    table.write_text("9520101 7\n")
    assert gs1("epc", link, "--prefixes", str(table), "--json").json == [
        {"text": link, "result": urn}
    ]


def test_epc_never_guesses_a_prefix(gs1: Callable[..., Run]) -> None:
    run = gs1("epc", "https://id.gs1.org/01/09520101001115/21/S")
    assert (run.code, run.out) == (2, "")
    assert "It is not known how many digits" in run.err
