from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace import canonical_json
from ocoptrace.errors import SigningError
from ocoptrace.signing import base64url
from ocoptrace.signing.note import COSIGNATURE_V1, NoteSigner
from ocoptrace.signing.registration import (
    MAX_REQUEST_BYTES,
    RegistrationRequest,
    RequestedLog,
    sign_request,
)
from village import ADDRESS, LOG, NEIGHBOUR, NOW, PRODUCER, ROOT, STRANGER, WITNESSES, eddsa

if TYPE_CHECKING:
    from ocoptrace.signing import PublicKey, SoftwareSigner

CONTEXT = b"ocoptrace-registration/1\n"
ROOT_DIGEST = ROOT.fingerprint.replace(" ", "")
NAME = {"vi": "Hợp tác xã Mắm (ví dụ)", "en": "Paste Cooperative (example)"}
OWN_LOG = RequestedLog(
    origin=LOG.name,
    vkey=str(LOG.verifier_key),
    witnesses=tuple(str(witness.verifier_key) for witness in WITNESSES),
    quorum=2,
)


def request(**changes: Any) -> bytes:
    members: dict[str, Any] = {
        "signer": PRODUCER.signer,
        "name": NAME,
        "gtin_prefixes": ["9521234"],
        "gtins": ["95200002"],
        "log": OWN_LOG,
        "log_signer": LOG.signer,
        "address": ADDRESS,
        "office": ROOT_DIGEST,
        "follows": STRANGER.signer.public_key.thumbprint.hex(),
        "now": NOW,
    }
    return sign_request(**(members | changes))


REQUEST = request()
TEXT = json.loads(REQUEST)["signed"]


def filed(text: str, *, by: SoftwareSigner = PRODUCER.signer, context: bytes = CONTEXT) -> bytes:
    """Return a request that says anything, signed well."""
    message = context + text.encode()
    file = {"signature": base64url.encode(by.sign(message)), "signed": text}
    with contextlib.suppress(Exception):
        if json.loads(text)["log"] is not None:
            file["log_signature"] = base64url.encode(LOG.signer.sign(message))
    return canonical_json.dumps(file)


def edited(**members: Any) -> str:
    return canonical_json.dumps(json.loads(TEXT) | members).decode()


def refusal(data: bytes) -> SigningError:
    with pytest.raises(SigningError) as caught:
        RegistrationRequest.parse(data)
    for language in ("vi", "en"):
        assert "{" not in caught.value.text(language)  # type: ignore[arg-type]
        assert caught.value.remedy(language)  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize("party", [PRODUCER, NEIGHBOUR], ids=["ES256", "Ed25519"])
def test_a_request_says_what_was_asked_for(party: Any) -> None:
    asked = RegistrationRequest.parse(request(signer=party.signer))
    assert asked.public_key == party.signer.public_key
    assert (asked.name, asked.made) == (NAME, NOW)
    assert (asked.gtin_prefixes, asked.gtins) == (("9521234",), ("95200002",))
    assert (asked.log, asked.address) == (OWN_LOG, ADDRESS)
    assert asked.office == ROOT_DIGEST
    assert asked.follows == STRANGER.signer.public_key.thumbprint.hex()


def test_a_request_may_ask_for_a_key_alone() -> None:
    asked = RegistrationRequest.parse(
        sign_request(signer=PRODUCER.signer, name={"vi": "Mắm"}, now=NOW)
    )
    assert (asked.gtin_prefixes, asked.gtins, asked.log, asked.address) == ((), (), None, None)
    assert (asked.office, asked.follows) == (None, None)


def test_what_is_signed_stands_in_the_file() -> None:
    file = json.loads(REQUEST)
    asked = RegistrationRequest.parse(REQUEST)
    signature = base64url.decode(file["signature"])
    assert asked.text() == file["signed"]
    message = CONTEXT + file["signed"].encode()
    assert PRODUCER.signer.public_key.verifies(signature, message)
    assert LOG.signer.public_key.verifies(base64url.decode(file["log_signature"]), message)
    assert canonical_json.dumps(file) == REQUEST


def test_only_the_holder_of_the_key_can_ask() -> None:
    assert refusal(filed(TEXT, by=STRANGER.signer)).code == "signing.request_signature"
    changed = json.loads(REQUEST) | {"signed": edited(gtin_prefixes=["9520000"])}
    assert refusal(canonical_json.dumps(changed)).code == "signing.request_signature"


def test_only_the_holder_of_the_log_can_bring_it() -> None:
    file = json.loads(REQUEST)
    for false in (file["signature"], "", base64url.encode(bytes(64))):
        data = canonical_json.dumps(file | {"log_signature": false})
        assert refusal(data).code == "signing.request_log_signature"
    with pytest.raises(SigningError) as caught:
        request(log_signer=STRANGER.signer)
    assert caught.value.code == "signing.request_log_signature"


def test_a_log_and_its_signature_come_together() -> None:
    file = json.loads(REQUEST)
    bare = {"signature": file["signature"], "signed": TEXT}
    assert refusal(canonical_json.dumps(bare)).code == "signing.request"
    without_log = json.loads(filed(edited(log=None)))
    assert RegistrationRequest.parse(canonical_json.dumps(without_log)).log is None
    more = without_log | {"log_signature": file["log_signature"]}
    assert refusal(canonical_json.dumps(more)).code == "signing.request"
    for changes in ({"log": None}, {"log_signer": None}):
        with pytest.raises(SigningError) as caught:
            request(**changes)
        assert caught.value.code == "signing.request"


def test_a_signature_over_the_text_alone_is_none() -> None:
    assert refusal(filed(TEXT, context=b"")).code == "signing.request_signature"
    other = b"ocoptrace-key-binding/1\n"
    assert refusal(filed(TEXT, context=other)).code == "signing.request_signature"


def test_a_signature_with_a_high_s_is_none() -> None:
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    raw = base64url.decode(json.loads(REQUEST)["signature"])
    high = raw[:32] + (order - int.from_bytes(raw[32:])).to_bytes(32)
    file = json.loads(REQUEST) | {"signature": base64url.encode(high)}
    assert refusal(canonical_json.dumps(file)).code == "signing.request_signature"


def test_a_signature_of_another_length_is_none() -> None:
    for signature in ("", base64url.encode(bytes(63)), base64url.encode(bytes(65))):
        file = json.loads(REQUEST) | {"signature": signature}
        assert refusal(canonical_json.dumps(file)).code == "signing.request_signature"


UNFORMED: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{",
    "an array": b"[]",
    "no signature": canonical_json.dumps({"signed": TEXT}),
    "a member too many": canonical_json.dumps(json.loads(REQUEST) | {"more": 1}),
    "a text that is no text": canonical_json.dumps(json.loads(REQUEST) | {"signed": {}}),
    "a newline behind it": REQUEST + b"\n",
    "members in another order": json.dumps(
        {"signed": TEXT, "signature": ""}, separators=(",", ":"), ensure_ascii=False
    ).encode(),
    "half a character": b'{"signature":"","signed":"\\ud800"}',
    "an empty text": filed(""),
    "a text that is not RFC 8785": filed(json.dumps(json.loads(TEXT))),
    "a text with a member twice": filed(TEXT.replace('{"address"', '{"address":null,"address"')),
    "a text with a member missing": filed(
        canonical_json.dumps({k: v for k, v in json.loads(TEXT).items() if k != "log"}).decode()
    ),
    "a nesting bomb": filed('{"address":' + "[" * 500 + "]" * 500 + "}"),
}


@pytest.mark.parametrize("data", UNFORMED.values(), ids=UNFORMED)
def test_files_of_another_form_are_no_requests(data: bytes) -> None:
    assert refusal(data).code == "signing.request"


def test_a_signature_that_is_no_base64url_is_refused() -> None:
    file = json.loads(REQUEST) | {"signature": "="}
    assert refusal(canonical_json.dumps(file)).code == "signing.not_base64url"


OWN_WITNESS = NoteSigner("w.example", LOG.signer, COSIGNATURE_V1)
LOG_MEMBERS = json.loads(TEXT)["log"]
FAULTS: dict[str, tuple[dict[str, Any], str, str]] = {
    "a member nobody knows": ({"more": 1}, "fields.unknown", "/more"),
    "a key nobody can read": ({"key": "AAAA"}, "signing.not_deterministic", "/key"),
    "no Vietnamese name": ({"name": {"en": "Paste"}}, "signing.request_languages", "/name"),
    "a third language": (
        {"name": NAME | {"fr": "Pâte"}},
        "signing.request_languages",
        "/name",
    ),
    "a name over two lines": ({"name": {"vi": "a\nb"}}, "signing.holder_name", "/name"),
    "a prefix of three digits": (
        {"gtin_prefixes": ["952"]},
        "signing.gtin_prefix",
        "/gtin_prefixes/0",
    ),
    "a GTIN with a wrong check digit": ({"gtins": ["95200003"]}, "gs1.check_digit", "/gtins/0"),
    "an address that is text": ({"address": "Thôn 3"}, "fields.not_object", "/address"),
    "a time with a fraction": ({"made": "2026-11-23T08:00:00.5Z"}, "signing.time", "/made"),
    "a log key of another name": (
        {"log": LOG_MEMBERS | {"origin": "other.example/log"}},
        "signing.log_key",
        "/log/vkey",
    ),
    "a log key that cosigns": (
        {"log": LOG_MEMBERS | {"vkey": LOG_MEMBERS["witnesses"][0]}},
        "signing.log_key",
        "/log/vkey",
    ),
    "a log key nobody can read": (
        {"log": LOG_MEMBERS | {"vkey": "log.example"}},
        "signing.vkey_syntax",
        "/log/vkey",
    ),
    "one witness twice": (
        {"log": LOG_MEMBERS | {"witnesses": LOG_MEMBERS["witnesses"][:1] * 2}},
        "signing.witness_twice",
        "/log/witnesses/1",
    ),
    "a log as its own witness, as a witness signs": (
        {"log": LOG_MEMBERS | {"witnesses": [str(OWN_WITNESS.verifier_key)], "quorum": 1}},
        "signing.witness_is_log",
        "/log/witnesses/0",
    ),
    "an office by its URI": ({"office": "https://id.example"}, "signing.thumbprint", "/office"),
    "a key to follow by its kid": ({"follows": "ab" * 8}, "signing.thumbprint", "/follows"),
    "a time of the year 9000": ({"made": "9000-01-01T00:00:00Z"}, "signing.time", "/made"),
    "a log as its own witness": (
        {"log": LOG_MEMBERS | {"witnesses": [LOG_MEMBERS["vkey"]], "quorum": 1}},
        "signing.witness_type",
        "/log/witnesses/0",
    ),
    "more witnesses needed than there are": (
        {"log": LOG_MEMBERS | {"quorum": 3}},
        "signing.quorum",
        "/log/quorum",
    ),
}


@pytest.mark.parametrize(("members", "code", "place"), FAULTS.values(), ids=FAULTS)
def test_a_request_that_is_well_signed_still_keeps_its_rules(
    members: dict[str, Any], code: str, place: str
) -> None:
    error = refusal(filed(edited(**members)))
    assert error.code == "signing.request"
    assert (error.facts["reason"].code, error.place) == (code, place)


def test_a_request_that_breaks_a_rule_is_not_written() -> None:
    with pytest.raises(SigningError) as caught:
        request(gtins=["95200003"])
    assert (caught.value.code, caught.value.place) == ("gs1.check_digit", "/gtins/0")


def test_a_request_is_small() -> None:
    assert refusal(b" " * (MAX_REQUEST_BYTES + 1)).code == "signing.too_large"
    with pytest.raises(SigningError) as caught:
        request(gtins=["9521234543213"] * 600)
    assert caught.value.code == "signing.too_large"


def test_a_signer_that_fails_writes_no_request() -> None:
    class Failing:
        @property
        def public_key(self) -> PublicKey:
            return PRODUCER.signer.public_key

        def sign(self, message: bytes, /) -> bytes:
            return eddsa(9).sign(message)

    with pytest.raises(SigningError) as caught:
        request(signer=Failing())
    assert caught.value.code == "signing.signer_failed"


@given(st.binary(max_size=200))
def test_any_bytes_are_a_request_or_an_error_of_ours(data: bytes) -> None:
    with pytest.raises(SigningError):
        RegistrationRequest.parse(data)


@given(place=st.integers(0, len(REQUEST) * 8 - 1))
def test_no_flipped_bit_leaves_a_request(place: int) -> None:
    flipped = bytearray(REQUEST)
    flipped[place // 8] ^= 1 << place % 8
    with pytest.raises(SigningError):
        RegistrationRequest.parse(bytes(flipped))
