"""A workspace whose keys are not in its folder: on a token, or in a service that signs."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pkcs11
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from ocoptrace.errors import InputError, OcopTraceError, SigningError, StorageError, WorkspaceError
from ocoptrace.gs1 import parse_name
from ocoptrace.signing import Seal, sign_seal
from ocoptrace.signing.keys import DerSigner
from ocoptrace.store.token_signer import make_token_key
from ocoptrace.store.token_uri import TokenUri
from ocoptrace.verify import verify_label, verify_record
from ocoptrace.workspace import Workspace
from soft_tokens import OTHER_PIN, PIN
from village import es256

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from clock import Clock
    from ocoptrace.signing import Signer
    from soft_tokens import SoftTokens

STORIES = Path(__file__).parents[2] / "examples" / "stories"
STORY = STORIES / "shrimp-paste.json"
NAMES = json.loads(STORY.read_bytes())["producer"]["names"]


def knows(_token: str) -> str:
    return PIN


def on_token(tokens: SoftTokens, label: str) -> str:
    """Make a key on a token, and return its URI."""
    uri = tokens.uri("htx", label)
    make_token_key(TokenUri.parse(uri), pin=knows)
    return uri


def hand_over(office: Workspace, ws: Workspace) -> None:
    ws.update_trust([office.trust_file("bundle"), office.trust_file("root")])


def tell_all(ws: Workspace) -> str:
    """Import, record, and return the batch."""
    ws.import_registry(STORY)
    ws.record(ws.read_story(STORY).events)
    return ws.batches()[0].id


def test_a_producer_signs_with_a_token(
    office: Workspace, make: Callable[..., Workspace], clock: Clock, tokens: SoftTokens
) -> None:
    uri = on_token(tokens, "cooperative")
    folder = make("coop", under=office).folder
    ws = Workspace.open(folder, pin=knows, clock=clock)
    request = ws.request_registration(name=NAMES, gtin_prefixes=["9524071"], held=uri)
    # Asked again, it is the same key, and nothing more is on the token.
    again = ws.request_registration(name=NAMES, gtin_prefixes=["9524071"], held=uri)
    assert json.loads(json.loads(again)["signed"])["key"] in request.decode()
    entry = office.office.register(request, trust_witnesses=True)
    hand_over(office, ws)
    batch = tell_all(ws)
    record = ws.origin_record(batch)
    assert verify_record(record, trust=ws.trust, now=clock()).overall == "ok"
    run = ws.label_run(batch, count=3, demo=True)
    for content in run.contents:
        verdict = verify_label(content.link, trust=ws.trust, now=clock())
        assert verdict.overall == "ok_offline"
    (held,) = [key for key in ws.keys() if key.token]  # noqa: SIM118 - a workspace is no mapping
    assert (held.token, held.key) == (uri, entry.public_key)
    assert (held.purpose, held.status) == ("producer", "current")
    assert b"PRIVATE KEY" not in held.path.read_bytes()
    assert PIN.encode() not in b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file())
    ws.close()


@pytest.fixture
def sealing(office: Workspace, clock: Clock) -> Iterator[tuple[Workspace, str]]:
    """A workspace whose producer signs with other nonces each time, and its batch."""
    office.import_registry(STORY)
    code, batch = office.producers()[0].id, office.batches()[0].id
    key = office.signer(code)
    folder = office.folder
    private = load_pem_private_key(key.to_pem(), None)  # type: ignore[attr-defined]
    (name,) = [
        each.name
        for each in office.keys()  # noqa: SIM118 - a workspace is no mapping
        if each.purpose == "producer"
    ]
    office.close()
    (folder / "keys" / f"{name}.pem").unlink()

    def sign_der(message: bytes) -> bytes:
        signed: bytes = private.sign(message, ec.ECDSA(hashes.SHA256()))
        return signed

    ws = Workspace.open(folder, signers=[DerSigner(key.public_key, sign_der)], clock=clock)
    yield ws, batch
    ws.close()


@pytest.mark.parametrize("name", ["stickers.pdf", "stickers.svg", "stickers.zpl"])
def test_seals_that_differ_each_time_are_read_back_as_good(
    sealing: tuple[Workspace, str], tmp_path: Path, name: str
) -> None:
    ws, batch = sealing
    plan = {"template": "ocop-50x30", "stock": "roll-50x30", "dpi": 300}
    run = ws.label_run(batch, count=3, demo=True, **plan)
    links = {run.contents[0].link for _ in range(2)}
    assert len(links) == 2
    run.write(tmp_path / name)
    manifest = json.loads((tmp_path / "stickers.manifest.json").read_bytes())
    assert manifest["state"] == "complete"


def test_only_a_seal_of_this_very_text_will_do_for_another(
    sealing: tuple[Workspace, str],
) -> None:
    ws, batch = sealing
    stickers = ws.label_run(batch, count=2, demo=True).contents
    first, again, second = stickers[0].link, stickers[0].link, stickers[1].link
    assert stickers.alike(first, again)
    link, number = first.split("#")
    seal = Seal.parse(number)
    other_day = sign_seal(
        parse_name(link).canonical(),
        shelf_date=date(2031, 1, 1),
        signer=ws.signer(ws.producers()[0].id),
    )
    stranger = sign_seal(parse_name(link).canonical(), shelf_date=seal.shelf_date, signer=es256(99))
    for read in (
        second,
        link,
        f"{link}#",
        f"{link}#{number[:-1]}",
        f"{link}#{second.split('#')[1]}",
        f"{link.replace('HTTPS', 'HTTP')}#{number}",
        f"{link}#{other_day.number}",
        f"{link}#{stranger.number}",
    ):
        assert not stickers.alike(first, read)


def test_without_its_pin_nothing_is_recorded(
    office: Workspace, make: Callable[..., Workspace], clock: Clock, tokens: SoftTokens
) -> None:
    uri = on_token(tokens, "forgetful")
    folder = make("coop", under=office).folder
    ws = Workspace.open(folder, pin=knows, clock=clock)
    office.office.register(ws.request_registration(name=NAMES, gtin_prefixes=["9524071"], held=uri))
    hand_over(office, ws)
    ws.close()
    _log_out(tokens)
    ws = Workspace.open(folder, pin=lambda _: OTHER_PIN, clock=clock)
    size = ws.log_size
    with pytest.raises(SigningError) as caught:
        ws.import_registry(STORY)
    assert caught.value.code == "token.wrong_pin"
    assert (ws.log_size, ws.batches()) == (size, [])
    ws.close()
    ws = Workspace.open(folder, clock=clock)
    with pytest.raises(SigningError) as caught:
        ws.import_registry(STORY)
    assert caught.value.code == "token.no_pin"
    ws.close()


def _log_out(tokens: SoftTokens) -> None:
    pkcs11.lib(str(tokens.module)).reinitialize()


def test_an_office_is_founded_with_its_root_keys_on_tokens(
    tmp_path: Path, clock: Clock, tokens: SoftTokens
) -> None:
    uris = {name: on_token(tokens, f"founding-{name}") for name in ("root-1", "root-2", "office")}
    ws = Workspace.create(tmp_path / "office", pin=knows, pkcs11=uris, clock=clock)
    assert {key.name: key.token for key in ws.keys() if key.token} == uris  # noqa: SIM118
    assert ws.office.renew().version == 2
    assert ws.office.rotate_own().version == 2
    for each in ("root-1", "root-2"):
        assert b"PRIVATE" not in (ws.folder / "keys" / f"{each}.pem").read_bytes()
    ws.close()
    _log_out(tokens)
    without = Workspace.open(ws.folder, clock=clock)
    with pytest.raises(SigningError) as caught:
        without.office.rotate_own()
    assert caught.value.code == "token.no_pin"
    assert without.root.version == 2
    without.close()


def test_what_is_no_key_of_an_office_is_on_no_token(tmp_path: Path, tokens: SoftTokens) -> None:
    for keys, kind in (
        ({"log": tokens.uri("htx", "x")}, InputError),
        ({"root-1": tokens.uri("htx", "no-such-key")}, StorageError),
        ({"root-1": "no uri"}, InputError),
    ):
        with pytest.raises(kind):
            Workspace.create(tmp_path / "office", pin=knows, pkcs11=keys)
        assert list(tmp_path.iterdir()) == []


def test_an_office_rotates_onto_a_token_and_back(
    office: Workspace, clock: Clock, tokens: SoftTokens
) -> None:
    uri = on_token(tokens, "office")
    folder = office.folder
    office.close()
    ws = Workspace.open(folder, pin=knows, clock=clock)
    root = ws.office.rotate_own(pkcs11=uri)
    key = ws.office.signer.public_key
    assert key in root.roles.bundle.public_keys()
    assert ws.office.renew().version == 3
    tell_all(ws)
    assert ws.office.rotate_own(keep_old=False).version == 3
    assert ws.office.signer.public_key != key
    ws.close()


def test_a_producer_of_the_own_office_rotates_onto_a_token(
    office: Workspace, clock: Clock, tokens: SoftTokens
) -> None:
    folder = office.folder
    office.close()
    ws = Workspace.open(folder, pin=knows, clock=clock)
    batch = tell_all(ws)
    entry = ws.office.rotate(pkcs11=on_token(tokens, "rotated"))
    assert ws.signer(ws.producers()[0].id).public_key == entry.public_key
    assert verify_record(ws.origin_record(batch), trust=ws.trust, now=clock()).overall == "ok"
    ws.close()


def test_what_comes_to_nothing_leaves_no_key_file(office: Workspace, tokens: SoftTokens) -> None:
    office.import_registry(STORY)
    version = office.trust.version
    before = sorted(path.name for path in (office.folder / "keys").iterdir())
    for uri in (tokens.uri("htx", "not-there"), tokens.uri("absent", "x")):
        with pytest.raises((StorageError, SigningError)):
            office.office.rotate(pkcs11=uri)
    with pytest.raises(OcopTraceError):
        office.office.rotate(pkcs11="no uri")
    assert sorted(path.name for path in (office.folder / "keys").iterdir()) == before
    assert office.trust.version == version


def test_relocking_passes_over_keys_on_tokens(
    office: Workspace, clock: Clock, tokens: SoftTokens
) -> None:
    folder = office.folder
    office.import_registry(STORY)
    office.close()
    ws = Workspace.open(folder, pin=knows, clock=clock)
    ws.office.rotate(pkcs11=on_token(tokens, "relocked"))
    (name,) = [key.name for key in ws.keys() if key.token]  # noqa: SIM118
    before = (folder / "keys" / f"{name}.pem").read_bytes()
    changed = ws.relock(b"mat khau")
    assert name not in changed
    assert len(changed) >= 7
    assert (folder / "keys" / f"{name}.pem").read_bytes() == before
    ws.close()


def test_another_request_does_not_take_the_place_of_one_that_waits(
    office: Workspace, make: Callable[..., Workspace], tokens: SoftTokens
) -> None:
    ws = make("coop", under=office)
    ws.request_registration(name=NAMES)
    others: list[Signer | str] = [tokens.uri("htx", "any"), es256(41)]
    for held in others:
        with pytest.raises(WorkspaceError) as caught:
            ws.request_registration(name=NAMES, held=held)
        assert caught.value.code == "workspace.key_requested"


def test_a_key_in_a_service_signs_where_the_bundle_lists_it(
    office: Workspace, make: Callable[..., Workspace], clock: Clock
) -> None:
    inside = es256(42)
    service = DerSigner(inside.public_key, lambda message: _der(inside.sign(message)))
    folder = make("coop", under=office).folder
    ws = Workspace.open(folder, signers=[service], clock=clock)
    request = ws.request_registration(name=NAMES, gtin_prefixes=["9524071"], held=service)
    office.office.register(request, trust_witnesses=True)
    hand_over(office, ws)
    batch = tell_all(ws)
    assert verify_record(ws.origin_record(batch), trust=ws.trust, now=clock()).overall == "ok"
    assert [key.name for key in ws.keys()] == ["log", "witness-1", "witness-2"]  # noqa: SIM118
    following = ws.request_next_key(held=es256(43))
    assert json.loads(json.loads(following)["signed"])["follows"] == (
        inside.public_key.thumbprint.hex()
    )
    ws.close()
    without = Workspace.open(folder, clock=clock)
    with pytest.raises(StorageError) as caught:
        without.record(without.read_story(STORY).events[:1])
    assert caught.value.code == "workspace.key_not_here"
    without.close()


def _der(raw: bytes) -> bytes:
    return encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))


def test_a_copied_folder_needs_the_token_too(
    office: Workspace, clock: Clock, tokens: SoftTokens, tmp_path: Path
) -> None:
    folder = office.folder
    office.import_registry(STORY)
    office.close()
    ws = Workspace.open(folder, pin=knows, clock=clock)
    ws.office.rotate(pkcs11=on_token(tokens, "copied"))
    ws.close()
    _log_out(tokens)
    shutil.copytree(folder, tmp_path / "stolen")
    thief = Workspace.open(tmp_path / "stolen", pin=lambda _: OTHER_PIN, clock=clock)
    with pytest.raises(SigningError):
        thief.record(thief.read_story(STORY).events)
    thief.close()
