"""Keys on tokens at the command line, asked of SoftHSM; and that no PIN is shown or kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace import messages
from ocoptrace.messages import LANGUAGES, Language
from ocoptrace.store import read_public_key, read_token_uri
from soft_tokens import OTHER_PIN, PIN, SoftTokens, soft_tokens

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAME = ("--name", "Hợp tác xã Mắm Sóng Trăng (ví dụ)", "--gtin-prefix", "9524071")


@pytest.fixture
def token(tmp_path: Path) -> SoftTokens:
    folder = tmp_path / "softhsm"
    folder.mkdir()
    made = soft_tokens(folder)
    made.make("htx")
    return made


@pytest.fixture
def run(cli: Any, token: SoftTokens) -> Callable[..., Any]:
    """Run a command that sees the token, and the PIN where there is one."""

    def run(*arguments: object, pin: str | None = PIN, lang: Language = "en") -> Any:
        environ = token.environ | ({} if pin is None else {"OCOPTRACE_PIN": pin})
        done = cli(*arguments, environ=environ, lang=lang)
        assert PIN not in done.out + done.err
        assert OTHER_PIN not in done.out + done.err
        return done

    return run


def kept(folder: Path) -> bytes:
    """Return all that stands in the files of a folder, but those of the token itself."""
    files = (path for path in folder.rglob("*") if path.is_file() and "softhsm" not in path.parts)
    return b"".join(path.read_bytes() for path in files)


def test_a_key_is_made_on_a_token_and_shown(cli: Any, run: Any, token: SoftTokens) -> None:
    uri = token.uri("htx", "producer")
    made = run("key", "new", "producer.pem", "--pkcs11", uri)
    assert made.code == 0, made.err
    path = cli.folder / "producer.pem"
    assert str(read_token_uri(path)) == uri
    key = read_public_key(path)
    assert key is not None
    listed = json.loads(run("key", "tokens", token.uri("htx"), "--json", pin=None).out)
    assert [each["thumbprint"] for each in listed] == [key.thumbprint.hex()]
    assert run("key", "tokens", token.uri("htx"), "--login").out.startswith(
        key.thumbprint.hex()[:16]
    )
    (shown,) = json.loads(run("key", "show", "producer.pem", "--json", pin=None).out)
    assert (shown["token"], shown["algorithm"]) == (uri, "ES256")
    assert run("key", "export", "producer.pem", "-o", "public.pem", pin=None).code == 0
    assert PIN.encode() not in kept(cli.folder)
    again = run("key", "new", "producer.pem", "--pkcs11", uri)
    assert again.code == 3
    other = run("key", "new", "other.pem", "--pkcs11", uri)
    assert (other.code, (cli.folder / "other.pem").exists()) == (3, False)
    assert run("key", "new", "x.pem", "--algorithm", "Ed25519", "--pkcs11", uri).code == 2


def test_a_producer_asks_and_signs_with_a_token(
    cli: Any, run: Any, token: SoftTokens, story: Path
) -> None:
    assert run("trust", "init", "office").code == 0
    assert run("export", "trust", "-w", "office", "--out", "files").code == 0
    under = ("--root", "files/root.json", "--trust", "files/bundle.json")
    assert run("init", "ocop", *under).code == 0
    uri = token.uri("htx", "producer")
    assert run("key", "new", "producer.pem", "--pkcs11", uri).code == 0
    asked = run("key", "request", *NAME, "--pkcs11", uri, "-w", "ocop")
    assert asked.code == 0, asked.err
    assert run("trust", "register", "request.json", "-w", "office").code == 0
    assert run("export", "trust", "-w", "office", "--out", "newer").code == 0
    assert run("trust", "update", "newer/bundle.json", "-w", "ocop").code == 0
    refused = run("import", story, "-w", "ocop", pin=OTHER_PIN)
    assert (refused.code, refused.out) == (2, "")
    assert "refuses the PIN" in refused.err
    assert run("import", story, "-w", "ocop").code == 0
    assert run("record", story, "-w", "ocop").code == 0
    listed = json.loads(run("key", "list", "-w", "ocop", "--json", pin=None).out)
    assert [each["token"] for each in listed if each["purpose"] == "producer"] == [uri]
    assert PIN.encode() not in kept(cli.folder)


def test_an_office_is_founded_with_a_root_key_on_a_token(run: Any, token: SoftTokens) -> None:
    uri = token.uri("htx", "root")
    assert run("key", "new", "root.pem", "--pkcs11", uri).code == 0
    made = run("trust", "init", "office", "--pkcs11", f"root-1={uri}")
    assert made.code == 0, made.err
    listed = json.loads(run("key", "list", "-w", "office", "--json", pin=None).out)
    assert {each["name"]: each["token"] for each in listed if each["token"]} == {"root-1": uri}
    other = run("trust", "init", "other", "--pkcs11", f"log={uri}")
    assert (other.code, "root-1, root-2, root-3, office" in other.err) == (2, True)


def test_the_pin_comes_from_a_file(cli: Any, token: SoftTokens) -> None:
    file = cli.folder / "pin"
    file.write_text(f"{PIN}\n")
    file.chmod(0o600)
    environ = token.environ | {
        "OCOPTRACE_PIN_FILE": str(file),
        "OCOPTRACE_PKCS11_MODULE": str(token.module),
    }
    new = ("key", "new", "a.pem", "--pkcs11", "pkcs11:token=htx;object=a")
    assert cli(*new, environ=environ).code == 0
    assert str(read_token_uri(cli.folder / "a.pem")) == token.uri("htx", "a")
    file.chmod(0o644)
    open_to_all = cli(
        "key", "new", "b.pem", "--pkcs11", "pkcs11:token=htx;object=b", environ=environ
    )
    assert (open_to_all.code, "chmod 600" in open_to_all.err) == (3, True)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_a_token_refuses_is_told_with_a_remedy(
    run: Any, token: SoftTokens, lang: Language
) -> None:
    uri = token.uri("htx", "producer")
    new = ("key", "new", "a.pem", "--pkcs11")
    cases = {
        "token.no_pin": run(*new, uri, pin=None, lang=lang),
        "token.wrong_pin": run(*new, uri, pin=OTHER_PIN, lang=lang),
        "token.absent": run(*new, token.uri("elsewhere", "a"), lang=lang),
        "token.no_module": run(
            *new, "pkcs11:token=htx;object=a?module-path=/no/such.so", lang=lang
        ),
        "token.no_module_named": run(*new, "pkcs11:token=htx;object=a", lang=lang),
        "token.uri_no_key": run(*new, token.uri("htx"), lang=lang),
        "token.uri_pin": run(*new, f"{uri}&pin-value={PIN}", lang=lang),
        "token.uri": run(*new, "htx", lang=lang),
    }
    for code, done in cases.items():
        assert done.code in {2, 3}, code
        assert messages.remedy(code, lang)[:40] in done.err, (code, done.err)
        assert "Traceback" not in done.err


def test_a_token_without_keys_is_told(run: Any, token: SoftTokens) -> None:
    said = run("key", "tokens", token.uri("htx"), pin=None)
    assert (said.code, said.out.strip()) == (0, messages.text("cli.key.no_tokens", "en"))
