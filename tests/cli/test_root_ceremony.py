"""The next root at the command line: drafted, shown, signed on machines apart, adopted."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace import messages
from ocoptrace.messages import LANGUAGES, Language

if TYPE_CHECKING:
    from pathlib import Path

HOLDERS = ("an", "binh", "chi")


def done(run: Any) -> str:
    assert run.code == 0, run.err
    out: str = run.out
    return out


def refused(run: Any, code: str, lang: Language = "en") -> bool:
    words = re.sub(r"\\{[a-z_]+\\}", ".+", re.escape(messages.text(code, lang)))
    return run.code == 2 and re.search(words, run.err) is not None


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, cli_in: Any) -> Path:
    """A folder with an office, its files, and a key of each holder."""
    cli = cli_in(tmp_path_factory.mktemp("ceremony"))
    done(cli("trust", "init", "office", "--host", "a.example"))
    done(cli("export", "trust", "-w", "office", "--out", "files"))
    for who in HOLDERS:
        (cli.folder / who).mkdir()
        done(cli("key", "new", f"{who}/key.pem"))
        done(cli("key", "export", f"{who}/key.pem", "--out", f"{who}.pem"))
    folder: Path = cli.folder
    return folder


@pytest.fixture
def room(cli: Any, made: Path) -> Any:
    shutil.copytree(made, cli.folder, dirs_exist_ok=True)
    return cli


def draft(room: Any, *options: str, out: str = "next.json") -> str:
    return done(room("trust", "root", "draft", "-w", "office", "--out", out, *options))


def sign(room: Any, key: str, *options: str, file: str = "next.json") -> Any:
    return room("trust", "root", "sign", file, "--after", "files/root.json", "--key", key, *options)


def shown(room: Any, file: str, *options: str) -> Any:
    return json.loads(done(room("trust", "root", "show", file, "--json", *options)))


def adopt_with(room: Any, *keys: str) -> None:
    for key in keys:
        done(sign(room, key, "--yes"))
    done(room("trust", "root", "adopt", "next.json", "-w", "office"))
    done(room("export", "trust", "-w", "office", "--out", "files"))


def hand_over(room: Any) -> None:
    adding = [word for who in HOLDERS for word in ("--add", f"{who}.pem")]
    going = [word for n in (1, 2, 3) for word in ("--drop", f"root-{n}")]
    draft(room, *adding, *going)
    adopt_with(
        room, "office/keys/root-1.pem", "office/keys/root-3.pem", "an/key.pem", "chi/key.pem"
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_draft_shows_what_it_changes(room: Any, lang: Language) -> None:
    run = room(
        "trust", "root", "draft", "-w", "office", "--add", "an.pem", "--drop", "root-2",
        "--threshold", "3", "--office-key", "--years", "2", lang=lang,
    )  # fmt: skip
    out = done(run)
    for word in ("key_new", "key_gone"):
        assert messages.text(f"cli.trust_root.{word}", lang) in out
    assert messages.text("cli.trust_root.root_role", lang, threshold=3, count=3) in out
    told = shown(room, "next-root.json", "--after", "files/root.json")
    assert (told["version"], told["root"]["threshold"]) == (2, 3)
    changes = [[key["change"] for key in told[role]["keys"]] for role in ("root", "bundle")]
    assert sorted(changes[0]) == ["", "", "gone", "new"]
    assert changes[1] == ["", "new"]
    assert not any(key["signed"] for key in told["root"]["keys"])


def test_a_key_goes_by_the_beginning_of_its_thumbprint(room: Any) -> None:
    keys = shown(room, "files/root.json")["root"]["keys"]
    draft(room, "--drop", keys[1]["thumbprint"][:16], "--add", "an.pem")
    told = shown(room, "next.json", "--after", "files/root.json")["root"]["keys"]
    assert [key["thumbprint"] for key in told if key["change"] == "gone"] == [keys[1]["thumbprint"]]
    run = room("trust", "root", "draft", "-w", "office", "--drop", "0" * 16)
    assert refused(run, "cli.no_such_key")


def test_too_few_keys_for_the_threshold_are_not_drafted(room: Any) -> None:
    going = [word for n in (1, 2, 3) for word in ("--drop", f"root-{n}")]
    run = room("trust", "root", "draft", "-w", "office", *going, "--add", "an.pem")
    assert refused(run, "signing.bad_threshold")
    assert not (room.folder / "next-root.json").exists()


def test_signing_asks_and_without_a_yes_nothing_is_signed(room: Any) -> None:
    draft(room, "--add", "an.pem")
    before = (room.folder / "next.json").read_bytes()
    run = sign(room, "an/key.pem")
    assert run.code == 130
    assert messages.text("cli.trust.fingerprint", "en", fingerprint="")[:-1] in run.out
    assert (room.folder / "next.json").read_bytes() == before


def test_a_key_of_neither_root_does_not_sign(room: Any) -> None:
    draft(room, "--add", "an.pem")
    assert refused(sign(room, "chi/key.pem", "--yes"), "signing.no_root_key")


def test_a_draft_follows_the_root_that_is_given(room: Any) -> None:
    draft(room)
    run = room(
        "trust", "root", "sign", "files/root.json", "--after", "files/root.json", "--key",
        "office/keys/root-1.pem", "--yes",
    )  # fmt: skip
    assert refused(run, "signing.root_step")


def test_a_root_that_too_few_signed_is_not_adopted(room: Any) -> None:
    draft(room, "--add", "an.pem")
    done(sign(room, "office/keys/root-1.pem", "--yes"))
    run = room("trust", "root", "adopt", "next.json", "-w", "office")
    assert refused(run, "signing.root_unsigned")
    done(sign(room, "an/key.pem", "--yes"))
    run = room("trust", "root", "adopt", "next.json", "-w", "office")
    assert refused(run, "signing.root_unsigned")


def test_holders_take_over_and_change(room: Any) -> None:
    done(room("trust", "pin", "files/root.json", "--bundle", "files/bundle.json", "--yes"))
    hand_over(room)
    draft(room, "--drop", "chi.pem", "--add", "files/../chi/key.pem", "--office-key", "--drop-old")
    # Whoever is named to go and to come, goes.
    told = shown(room, "next.json", "--after", "files/root.json")
    assert [key["change"] for key in told["root"]["keys"]] == ["", "", "gone"]
    adopt_with(room, "an/key.pem", "binh/key.pem")
    names = sorted(path.name for path in (room.folder / "files").iterdir())
    assert names == ["bundle.json", "root-1.json", "root-2.json", "root.json"]
    done(room("trust", "update", *(f"files/{name}" for name in names)))
    done(room("trust", "update", *(f"files/{name}" for name in names)))
    (pinned,) = json.loads(done(room("trust", "show", "--json")))
    assert pinned["root_version"] == 3


def test_a_machine_that_pinned_a_later_root_passes_over_earlier_ones(room: Any) -> None:
    first = (room.folder / "files/root.json").read_bytes()
    hand_over(room)
    done(room("trust", "pin", "files/root.json", "--yes"))
    (room.folder / "first.json").write_bytes(first)
    done(room("trust", "update", "first.json", "files/bundle.json"))
    done(room("trust", "init", "other", "--host", "b.example"))
    done(room("export", "trust", "-w", "other", "--out", "theirs"))
    assert refused(room("trust", "update", "theirs/root.json"), "cli.no_root")
