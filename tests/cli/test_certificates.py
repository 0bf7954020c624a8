"""Whom a licensed CA names as a key's holder, from the text to be signed to the verdict."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives import serialization

from cas import KEY, Authority, der, named, signed
from ocoptrace import messages
from ocoptrace.messages import LANGUAGES, Language

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cryptography import x509

SUBJECT = named("Hợp tác xã Mắm Sóng Trăng (ví dụ)", USER_ID="MST:0000000000")


@pytest.fixture(scope="module")
def ca() -> Authority:
    now = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - the command goes by it
    root = Authority(named("Root CA (sample)"), now=now)
    return Authority(named("Licensed CA (sample)"), above=root, now=now)


@pytest.fixture(scope="module")
def leaf(ca: Authority) -> x509.Certificate:
    return ca.issue(SUBJECT, KEY)


@pytest.fixture(scope="module")
def coop(
    tmp_path_factory: pytest.TempPathFactory, cli_in: Callable[[Path], Any], story: Path
) -> Any:
    """A workspace with an office and one producer."""
    cli = cli_in(tmp_path_factory.mktemp("coop"))
    for command in (("init",), ("import", story), ("record", story)):
        assert cli(*command).code == 0
    return cli


@pytest.fixture
def ready(coop: Any, ca: Authority, leaf: x509.Certificate) -> Any:
    """The workspace, with a binding and the files of the CA beside it."""
    folder = coop.folder
    (folder / "leaf.pem").write_bytes(
        leaf.public_bytes(serialization.Encoding.PEM)
        + ca.certificate.public_bytes(serialization.Encoding.PEM)
    )
    assert ca.above is not None
    (folder / "root.der").write_bytes(der(ca.above.certificate))
    (folder / "ca.crl").write_bytes(ca.revoke())
    (folder / "revoked.crl").write_bytes(ca.revoke(leaf))
    assert coop("key", "binding", code_of(coop)).code == 0
    (folder / "binding.sig").write_bytes(signed(KEY, (folder / "binding.txt").read_bytes()))
    bound = coop("key", "bind", "binding.txt", "binding.sig", "leaf.pem")
    assert bound.code == 0, bound.err
    return coop


def code_of(cli: Any) -> str:
    listed = json.loads(cli("key", "list", "--json").out)
    return next(each["issuer"][-8:] for each in listed if each["purpose"] == "producer")


def shown(cli: Any) -> str:
    told = json.loads(cli("key", "show", code_of(cli), "--json").out)
    return " ".join(each["certificate"] for each in told)


def verified(cli: Any, batch: str) -> Any:
    """Return the verdict on the record of a batch."""
    record = cli("export", "record", batch, "-o", "record.ocop")
    assert record.code == 0, record.err
    (verdict,) = json.loads(cli("verify", "record.ocop", "--json").out)
    return verdict


CERTIFY = ("trust", "certify", "binding.json", "--ca", "root.der")


def test_a_certificate_names_the_holder_until_the_key_is_another(ready: Any, batch: str) -> None:
    done = ready(*CERTIFY, "--crl", "ca.crl", "--yes")
    assert done.code == 0, done.err
    assert "MST:0000000000" in done.out
    assert "Licensed CA (sample)" in shown(ready)
    verdict = verified(ready, batch)
    (check,) = [each for each in verdict["checks"] if each["code"] == "certificate"]
    assert (check["outcome"], check["reason"]) == ("pass", "named")
    assert "issued by C=VN, CN=Licensed CA (sample)" in check["text"]
    assert verdict["overall"] == "ok"
    # The log tells what the bundle tells.
    assert ready("log", "publish", "public").code == 0
    assert ready("export", "trust", "--out", "office").code == 0
    audit = ("log", "audit", "public", "--state", "state.json")
    assert ready(*audit, "--trust", "office/bundle.json", "--root", "office/root.json").code == 0
    assert ready("trust", "uncertify", code_of(ready)).code == 0
    assert shown(ready).strip() == ""
    assert ready("trust", "uncertify", code_of(ready)).code == 2
    assert ready(*CERTIFY, "--status-seen", "--yes").code == 0
    assert ready("key", "rotate").code == 0
    told = json.loads(ready("key", "show", code_of(ready), "--json").out)
    assert sorted(bool(each["certificate"]) for each in told) == [False, True]
    assert not next(
        each for each in told if each["signs_from"] == max(each["signs_from"] for each in told)
    )["certificate"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_does_not_hold_is_told_and_notes_nothing(
    ready: Any, ca: Authority, lang: Language
) -> None:
    before = json.loads(ready("trust", "show", "--json").out)
    (ready.folder / "other.der").write_bytes(
        der(Authority(named("Other CA"), now=ca.now).certificate)
    )
    cases = {
        "certificate.status": CERTIFY,
        "certificate.revoked": (*CERTIFY, "--crl", "revoked.crl"),
        "certificate.chain": ("trust", "certify", "binding.json", "--ca", "other.der"),
        "certificate.unreadable": ("trust", "certify", "binding.json", "--ca", "binding.txt"),
        "certificate.no_list": (*CERTIFY, "--crl", "leaf.pem"),
        "certificate.binding": ("trust", "certify", "leaf.pem", "--ca", "root.der"),
    }
    for code, command in cases.items():
        run = ready(*command, "--yes", lang=lang)
        assert run.code == 2, (code, run.out)
        assert messages.remedy(code, lang)[:30] in run.err, (code, run.err)
    text = (ready.folder / "binding.txt").read_bytes()
    (ready.folder / "false.sig").write_bytes(signed(KEY, text + b"\n"))
    run = ready("key", "bind", "binding.txt", "false.sig", "leaf.pem", "-o", "x.json", lang=lang)
    assert (run.code, (ready.folder / "x.json").exists()) == (2, False)
    assert json.loads(ready("trust", "show", "--json").out) == before


def test_a_key_that_no_bundle_lists_has_no_text(ready: Any) -> None:
    assert ready("key", "new", "alone.pem").code == 0
    run = ready("key", "binding", "alone.pem")
    assert (run.code, "no one key" in run.err or "means no" in run.err) == (2, True)
