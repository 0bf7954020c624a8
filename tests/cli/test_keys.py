"""Keys at the command line: made, told of, locked, replaced; and what is refused."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
import termios
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace import messages
from ocoptrace.messages import LANGUAGES, Language
from ocoptrace.signing import PublicKey, Root
from ocoptrace.store import read_key
from soft_tokens import OTHER_PIN, PIN, soft_tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SOURCE = Path(__file__).parents[2] / "src"
PATIENCE = 20  # seconds, for a machine with much to do
WORDS = "bốn con cò bay qua đồng muối"


def secret(path: Path, words: str = WORDS) -> Path:
    """Write a passphrase into a file that only its owner reads."""
    path.write_text(words + "\n", encoding="utf-8")
    path.chmod(0o600)
    return path


def said(run: Any, code: str, lang: Language = "en") -> bool:
    """Tell whether an error and its remedy stand on standard error, whatever their facts."""
    return all(
        re.search(re.sub(r"\\{[a-z_]+\\}", ".+", re.escape(words)), run.err)
        for words in (messages.text(code, lang), messages.remedy(code, lang))
    )


def shown(cli: Any, *arguments: object) -> Any:
    run = cli(*arguments, "--json")
    assert run.code == 0, run.err
    return json.loads(run.out)


@pytest.fixture(scope="module")
def coop(
    tmp_path_factory: pytest.TempPathFactory, cli_in: Callable[[Path], Any], story: Path
) -> Any:
    """A workspace with an office of its own and one producer."""
    cli = cli_in(tmp_path_factory.mktemp("coop"))
    for command in (("init",), ("import", story)):
        assert cli(*command).code == 0
    return cli


@pytest.mark.parametrize("algorithm", ["ES256", "Ed25519"])
def test_a_key_is_made_without_a_workspace(cli: Any, algorithm: str) -> None:
    run = cli("key", "new", "buyer.pem", "--algorithm", algorithm)
    assert run.code == 0
    assert messages.text("cli.key.unlocked", "en") in run.err
    path = cli.folder / "buyer.pem"
    assert path.stat().st_mode & 0o777 == 0o600
    key = read_key(path).public_key
    assert key.algorithm == algorithm
    assert key.thumbprint.hex() in run.out
    (told,) = shown(cli, "key", "show", "buyer.pem")
    assert told["thumbprint"] == key.thumbprint.hex()
    assert (told["kid"], told["hint"]) == (key.kid.hex(), key.hint.hex())
    assert told["uri"] == key.thumbprint_uri
    assert told["status"] == "not_listed"


def test_a_key_file_is_never_overwritten(cli: Any) -> None:
    assert cli("key", "new", "buyer.pem").code == 0
    before = (cli.folder / "buyer.pem").read_bytes()
    run = cli("key", "new", "buyer.pem")
    assert (run.code, said(run, "store.key_exists")) == (3, True)
    assert (cli.folder / "buyer.pem").read_bytes() == before


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_algorithm_that_is_not_used_is_refused(cli: Any, lang: Language) -> None:
    run = cli("key", "new", "buyer.pem", "--algorithm", "RSA", lang=lang)
    assert (run.code, said(run, "cli.no_such_choice", lang)) == (2, True)
    assert "ES256, Ed25519" in run.err
    assert list(cli.folder.iterdir()) == []


@pytest.mark.parametrize("where", ["option", "file variable", "variable"])
def test_the_passphrase_comes_from_a_file_or_the_environment(cli: Any, where: str) -> None:
    file = secret(cli.folder / "words")
    before: tuple[object, ...] = ("--passphrase-file", file) if where == "option" else ()
    environ = {
        "option": {},
        "file variable": {"OCOPTRACE_PASSPHRASE_FILE": str(file)},
        "variable": {"OCOPTRACE_PASSPHRASE": WORDS},
    }[where]
    assert cli(*before, "key", "new", "buyer.pem", environ=environ).code == 0
    path = cli.folder / "buyer.pem"
    assert path.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert read_key(path, passphrase=WORDS.encode()).public_key.algorithm == "ES256"


def test_a_passphrase_file_that_others_may_read_is_refused(cli: Any) -> None:
    file = secret(cli.folder / "words")
    file.chmod(0o640)
    run = cli("--passphrase-file", file, "key", "new", "buyer.pem")
    assert (run.code, said(run, "store.key_mode")) == (3, True)
    assert not (cli.folder / "buyer.pem").exists()


def test_an_empty_or_missing_passphrase_file_is_refused(cli: Any) -> None:
    run = cli("--passphrase-file", secret(cli.folder / "words", ""), "key", "new", "buyer.pem")
    assert (run.code, said(run, "store.no_passphrase")) == (3, True)
    run = cli("--passphrase-file", "none", "key", "new", "buyer.pem")
    assert (run.code, said(run, "store.file")) == (3, True)
    assert not (cli.folder / "buyer.pem").exists()


@pytest.mark.parametrize("file", ["nothing.pem", "folder"])
def test_a_key_that_is_not_there_is_not_shown(cli: Any, file: str) -> None:
    (cli.folder / "folder").mkdir()
    run = cli("key", "show", file)
    assert (run.code, said(run, "cli.no_such_key")) == (2, True)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_file_that_is_no_key_is_not_shown(cli: Any, lang: Language) -> None:
    (cli.folder / "notes.txt").write_text("mắm tôm")
    (cli.folder / "notes.txt").chmod(0o600)
    run = cli("key", "show", "notes.txt", lang=lang)
    assert (run.code, said(run, "signing.not_a_key", lang)) == (2, True)


def test_a_key_that_others_may_read_is_refused(cli: Any) -> None:
    assert cli("key", "new", "buyer.pem").code == 0
    (cli.folder / "buyer.pem").chmod(0o644)
    run = cli("key", "show", "buyer.pem")
    assert (run.code, said(run, "store.key_mode")) == (3, True)


def test_show_tells_of_a_locked_key_without_its_passphrase(cli: Any) -> None:
    locked = {"OCOPTRACE_PASSPHRASE": WORDS}
    assert cli("key", "new", "buyer.pem", environ=locked).code == 0
    path = cli.folder / "buyer.pem"
    key = read_key(path, passphrase=WORDS.encode()).public_key
    (told,) = shown(cli, "key", "show", "buyer.pem")
    assert told["thumbprint"] == key.thumbprint.hex()
    # A file of another program has no public half that could be read.
    private = path.read_bytes().partition(b"-----BEGIN PUBLIC KEY-----")[0]
    path.write_bytes(private)
    (told,) = shown(cli, "key", "show", "buyer.pem")
    assert (told["status"], told["thumbprint"]) == ("locked", "")
    run = cli("key", "show", "buyer.pem", environ={"OCOPTRACE_PASSPHRASE": "khác"})
    assert (run.code, said(run, "signing.not_a_key")) == (2, True)


@pytest.mark.parametrize("format_", ["pem", "jwk", "cose"])
def test_export_writes_the_public_half_in_three_forms(coop: Any, format_: str) -> None:
    (log,) = shown(coop, "key", "show", "log")
    run = coop("key", "export", "log", "--format", format_, "--out", f"log.{format_}")
    assert run.code == 0
    data = (coop.folder / f"log.{format_}").read_bytes()
    read: dict[str, Callable[[bytes], PublicKey]] = {
        "pem": PublicKey.from_pem,
        "jwk": lambda text: PublicKey.from_jwk(json.loads(text)),
        "cose": PublicKey.from_cose_key,
    }
    assert read[format_](data).thumbprint.hex() == log["thumbprint"]
    assert b"PRIVATE" not in data


def test_export_refuses_what_names_no_one_key(coop: Any) -> None:
    run = coop("key", "export", "nobody")
    assert (run.code, said(run, "cli.no_such_key")) == (2, True)
    run = coop("key", "export", "log", "--format", "der")
    assert (run.code, said(run, "cli.no_such_choice")) == (2, True)
    office = shown(coop, "key", "show", "office")[0]["issuer"].rpartition("/")[2]
    run = coop("key", "export", office)  # its own key and its log's
    assert (run.code, said(run, "cli.not_one_key")) == (2, True)


def test_an_exported_key_is_told_of_as_the_trust_bundle_knows_it(coop: Any) -> None:
    (producer,) = (key for key in shown(coop, "key", "list") if key["purpose"] == "producer")
    code = producer["issuer"].rpartition("/")[2]
    (by_code,) = shown(coop, "key", "show", code)
    (by_thumbprint,) = shown(coop, "key", "show", producer["thumbprint"][:8].upper())
    assert by_code == by_thumbprint == producer | {"name": code}
    assert coop("key", "export", code, "-o", "public.pem").code == 0
    (by_file,) = shown(coop, "key", "show", "public.pem")
    assert by_file == producer | {"name": "public.pem"}
    run = coop("key", "show", code)
    assert messages.text("cli.key_status.current", "en") in run.out
    assert producer["signs_until"] in run.out


@pytest.mark.parametrize("lang", LANGUAGES)
def test_list_tells_what_each_key_is_for_and_whether_it_counts(coop: Any, lang: Language) -> None:
    run = coop("key", "list", lang=lang)
    assert (run.code, run.err) == (0, "")
    lines = run.out.splitlines()
    names = " ".join(line.split()[0] for line in lines)
    assert re.fullmatch(
        "log office producer-[0-9A-Z]{8} root-1 root-2 root-3 witness-1 witness-2", names
    )
    assert all(messages.text("cli.key_status.current", lang) in line for line in lines)


def test_lock_changes_the_passphrase_of_all_keys_or_of_none(cli: Any, story: Path) -> None:
    file = secret(cli.folder / "words")
    assert cli("init").code == 0
    run = cli("key", "lock", "--new-passphrase-file", file)
    assert run.code == 0
    keys = list((cli.folder / "ocop" / "keys").iterdir())
    assert messages.text("cli.key.locked", "en", count=len(keys)) in run.out
    assert all(b"BEGIN ENCRYPTED" in key.read_bytes() for key in keys)

    run = cli("import", story)
    assert (run.code, said(run, "signing.passphrase_needed")) == (2, True)
    wrong = {"OCOPTRACE_PASSPHRASE": "sai"}
    run = cli("import", story, environ=wrong)
    assert (run.code, said(run, "signing.not_a_key")) == (2, True)
    before = {key: key.read_bytes() for key in keys}
    assert cli("key", "lock", "--unlock", environ=wrong).code == 2
    assert {key: key.read_bytes() for key in keys} == before
    # To look at needs no passphrase.
    assert cli("trust", "show").code == cli("key", "list").code == 0

    right = {"OCOPTRACE_PASSPHRASE_FILE": str(file)}
    assert cli("import", story, environ=right).code == 0
    assert cli("key", "lock", "--unlock", environ=right).code == 0
    assert cli("import", story).code == 0


def test_lock_needs_a_new_passphrase(coop: Any) -> None:
    run = coop("key", "lock")
    assert (run.code, said(run, "cli.no_new_passphrase")) == (2, True)


def test_rotate_gives_the_producer_a_key_that_signs_from_now(cli: Any, story: Path) -> None:
    assert cli("init").code == cli("import", story).code == cli("key", "rotate").code == 0
    old, new = (each for each in shown(cli, "key", "list") if each["purpose"] == "producer")
    assert (old["status"], new["status"]) == ("retiring", "current")
    assert old["issuer"] == new["issuer"]
    assert new["name"] == f"{old['name']}.2"
    assert old["signs_until"] < new["signs_until"]
    assert old["seals_until"] <= new["seals_until"]
    run = cli("record", story)
    assert run.code == 0, run.err


def test_rotate_says_until_when_the_old_key_signs_unless_it_was_revoked(
    cli: Any, story: Path
) -> None:
    assert cli("init").code == cli("import", story).code == 0
    assert "until" in cli("key", "rotate").out
    for revoked in shown(cli, "key", "list"):
        if revoked["purpose"] == "producer":
            key = revoked["thumbprint"]
            run = cli("trust", "revoke", key, "--reason", "compromised", "--yes")
            assert run.code == 0, run.err
    run = cli("key", "rotate")
    assert (run.code, "until" in run.out) == (0, False)


def test_rotate_of_nobody_known_changes_nothing(coop: Any) -> None:
    before = shown(coop, "key", "list")
    run = coop("key", "rotate", "N0B0DY00")
    assert (run.code, said(run, "workspace.no_producer")) == (2, True)
    assert shown(coop, "key", "list") == before


def test_the_office_is_not_rotated_without_a_yes(coop: Any) -> None:
    before = shown(coop, "key", "list")
    run = coop("key", "rotate", "--office")
    assert run.code == 130
    assert shown(coop, "key", "list") == before


def test_the_office_needs_two_of_its_root_keys_to_rotate(cli: Any) -> None:
    assert cli("init").code == 0
    keys = cli.folder / "ocop" / "keys"
    kept = {name: (keys / name).read_bytes() for name in ("root-1.pem", "root-2.pem")}
    for name in kept:
        (keys / name).unlink()
    before = shown(cli, "key", "list")
    run = cli("key", "rotate", "--office", "--yes")
    assert (run.code, said(run, "workspace.root_keys")) == (2, True)
    assert shown(cli, "key", "list") == before
    (keys / "root-1.pem").write_bytes(kept["root-1.pem"])
    (keys / "root-1.pem").chmod(0o600)
    run = cli("key", "rotate", "--office", "--yes")
    assert run.code == 0, run.err
    assert Root.load(export(cli)).fingerprint in run.out


def export(cli: Any) -> bytes:
    assert cli("export", "trust", "--out", "handed").code == 0
    data: bytes = (cli.folder / "handed" / "root.json").read_bytes()
    return data


def typed(
    folder: Path, arguments: list[str], answers: list[str], **environ: str
) -> tuple[int, str]:
    """Run a command at a terminal, type the answers, and return exit code and what it showed."""
    main, side = pty.openpty()
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", "from ocoptrace.cli import main; main()", *arguments],
        cwd=folder,
        env={"OCOPTRACE_LANG": "en", "PYTHONPATH": str(SOURCE), "LANG": "C.UTF-8"} | environ,
        stdin=side,
        stdout=side,
        stderr=side,
    )
    os.close(side)
    seen = b""
    with process, closing(main):
        try:
            for answer in answers:
                seen += shown_until_asked(main)
                os.write(main, answer.encode() + b"\n")
            while part := read_some(main):
                seen += part
            process.wait(PATIENCE)
        except BaseException:
            process.kill()
            raise
    return process.returncode, seen.decode()


@contextmanager
def closing(handle: int) -> Iterator[None]:
    try:
        yield
    finally:
        os.close(handle)


def read_some(terminal: int) -> bytes:
    """Return what a terminal shows next; nothing where its program has ended."""
    ready, _, _ = select.select([terminal], [], [], PATIENCE)
    assert ready, "the program neither goes on nor ends"
    try:
        return os.read(terminal, 1024)
    except OSError:
        return b""


def shown_until_asked(terminal: int) -> bytes:
    """Return what is shown until something is asked that shall not be seen."""
    seen = b""
    while not seen.rstrip().endswith(b":"):
        part = read_some(terminal)
        assert part, seen
        seen += part
    # What is typed before the terminal stops showing it is thrown away.
    for _ in range(PATIENCE * 100):
        if not termios.tcgetattr(terminal)[3] & termios.ECHO:
            return seen
        time.sleep(0.01)
    raise AssertionError(seen)


def test_at_a_terminal_a_new_passphrase_is_asked_twice_and_not_shown(tmp_path: Path) -> None:
    code, seen = typed(tmp_path, ["key", "new", "buyer.pem"], [WORDS, WORDS])
    assert code == 0, seen
    assert WORDS not in seen
    assert messages.text("cli.passphrase.ask_again", "en") in seen
    read_key(tmp_path / "buyer.pem", passphrase=WORDS.encode())


def test_at_a_terminal_two_passphrases_that_differ_make_no_key(tmp_path: Path) -> None:
    code, seen = typed(tmp_path, ["key", "new", "buyer.pem"], [WORDS, "khác"])
    assert code == 2
    assert messages.text("cli.passphrase_differs", "en") in seen
    assert list(tmp_path.iterdir()) == []


def test_at_a_terminal_the_passphrase_of_locked_keys_is_asked_once(cli: Any) -> None:
    assert cli("init", environ={"OCOPTRACE_PASSPHRASE": WORDS}).code == 0
    code, seen = typed(cli.folder, ["trust", "publish", "-w", "ocop", "--out", "handed"], [WORDS])
    assert code == 0, seen
    assert seen.count(messages.text("cli.passphrase.ask", "en")) == 1
    assert (cli.folder / "handed" / "bundle.json").is_file()


def test_at_a_terminal_the_pin_of_a_token_is_asked_once_and_not_shown(tmp_path: Path) -> None:
    (tmp_path / "softhsm").mkdir()
    tokens = soft_tokens(tmp_path / "softhsm")
    tokens.make("htx")
    command = ["key", "new", "a.pem", "--pkcs11", tokens.uri("htx", "a")]
    code, seen = typed(tmp_path, command, [OTHER_PIN], **tokens.environ)
    assert (code, OTHER_PIN in seen, (tmp_path / "a.pem").exists()) == (2, False, False)
    code, seen = typed(tmp_path, command, [PIN], **tokens.environ)
    assert code == 0, seen
    facts = {"token": "htx"}
    assert seen.count(messages.text("cli.pin.ask", "en", **facts)) == 1
    assert PIN not in seen
