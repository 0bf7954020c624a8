"""``ocoptrace demo``: the main job from end to end, and what it never does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ocoptrace import messages
from ocoptrace.labels import scan_file
from ocoptrace.messages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

FILES = (
    "attacks/changed-quantity.ocop",
    "attacks/forged-seal.txt",
    "attacks/neighbours-seal.txt",
    "bundle.json",
    "record.ocop",
    "root.json",
    "stickers.pdf",
    "stickers.png",
    "workspace/ocoptrace.db",
)
UNFINISHED = "ocoptrace-demo-unfinished"


@pytest.mark.parametrize("word", ["ok_offline", "ok", "altered", "unknown_issuer", "not_entitled"])
def test_every_verdict_of_the_story_is_shown(demo: Any, word: str) -> None:
    assert demo.out.count(f"[{word}]") == 1


def test_every_file_is_there_and_listed_with_its_purpose(demo: Any) -> None:
    for name in FILES:
        key = name.rpartition("/")[2].replace("-", "_").replace(".", "_")
        (line,) = [each for each in demo.out.splitlines() if each.startswith(f"demo/{name} ")]
        assert messages.text(f"cli.demo.file_{key}", "en") in line
        assert (demo.folder / name).stat().st_size > 100


def test_all_seven_steps_are_shown(demo: Any) -> None:
    steps = [line[:4] for line in demo.out.splitlines() if line[1:4] == "/7 "]
    assert steps == [f"{number}/7 " for number in range(1, 8)]


@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_the_sheet_is_read_back_at_each_resolution(demo: Any, dpi: int) -> None:
    assert f"24 of 24 codes read from the sheet at {dpi} dpi" in demo.out


def test_half_of_the_sheet_is_sealed(demo: Any) -> None:
    codes = [scan.text for scan in scan_file((demo.folder / "stickers.png").read_bytes())]
    assert len(set(codes)) == 24
    assert sum("#" in code for code in codes) == 12


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_second_run_changes_nothing_and_says_so(
    demo: Any, cli: Any, contents: Callable[[Path], dict[str, str]], lang: str
) -> None:
    demo.copy(".", to=cli.folder / "again")
    before = contents(cli.folder)
    run = cli("demo", "--out", "again", lang=lang)
    assert (run.code, run.err) == (0, "")
    assert run.out.splitlines()[0] == messages.text("cli.demo.there", lang, folder="again")
    assert "http://127.0.0.1:8000/01/09524071001014/10/ST260915" in run.out
    assert contents(cli.folder) == before


def test_fresh_makes_new_keys_and_a_new_log_and_speaks_vietnamese(demo: Any, cli: Any) -> None:
    demo.copy(".", to=cli.folder / "again")
    run = cli("demo", "--out", "again", "--fresh", lang="vi")
    assert run.code == 0, run.err
    again = cli.folder / "again"
    for key in sorted((demo.folder / "workspace" / "keys").iterdir()):
        new = again / "workspace" / "keys" / key.name
        assert not new.exists() or new.read_bytes() != key.read_bytes()
    assert origin(again) != origin(demo.folder)
    for step in ("register", "record", "export", "print", "read_back", "attack", "next"):
        assert messages.text(f"cli.demo.step_{step}", "vi") in run.out


def origin(folder: Path) -> str:
    """Return the log that a demo's trust bundle names."""
    bundle = json.loads(json.loads((folder / "bundle.json").read_text())["signed"])
    return str(bundle["logs"][0]["origin"])


@pytest.mark.parametrize("options", [(), ("--fresh",)])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_folder_that_is_not_ours_is_left_alone(
    cli: Any,
    contents: Callable[[Path], dict[str, str]],
    options: tuple[str, ...],
    lang: str,
) -> None:
    (cli.folder / "photos").mkdir()
    (cli.folder / "photos" / "wedding.jpg").write_bytes(b"dear")
    before = contents(cli.folder)
    run = cli("demo", "--out", "photos", *options, lang=lang)
    assert (run.code, run.out) == (2, "")
    assert messages.text("cli.demo_foreign", lang, path="photos") in run.err
    assert messages.remedy("cli.demo_foreign", lang) in run.err
    assert contents(cli.folder) == before


def test_a_demo_that_was_cut_short_is_only_redone_when_asked(
    cli: Any, contents: Callable[[Path], dict[str, str]]
) -> None:
    (cli.folder / "demo").mkdir()
    (cli.folder / "demo" / UNFINISHED).write_text("1\n")
    before = contents(cli.folder)
    run = cli("demo")
    assert (run.code, run.out) == (2, "")
    assert messages.text("cli.demo_unfinished", "en", path="demo") in run.err
    assert contents(cli.folder) == before


def test_the_printed_host_can_be_chosen(cli: Any) -> None:
    run = cli("demo", "--out", "made", "--host", "Tem.Example:8443")
    assert run.code == 0, run.err
    codes = [s.text for s in scan_file((cli.folder / "made" / "stickers.pdf").read_bytes())]
    assert len(codes) == 24
    assert all(code.startswith("HTTPS://TEM.EXAMPLE:8443/01/09524071001014/") for code in codes)


@pytest.mark.parametrize("options", [(), ("--fresh",)])
def test_a_story_with_a_fault_makes_nothing_and_removes_nothing(
    demo: Any,
    cli: Any,
    story: Path,
    contents: Callable[[Path], dict[str, str]],
    options: tuple[str, ...],
) -> None:
    (cli.folder / "bad.json").write_text(
        story.read_text().replace("9524071001014", "9524071001015")
    )
    if options:
        demo.copy(".", to=cli.folder / "demo")
    before = contents(cli.folder)
    run = cli("demo", *options, "--story", "bad.json")
    assert (run.code, run.out) == (2, "")
    assert "/products/MAMTOM/gtin" in run.err
    assert contents(cli.folder) == before
