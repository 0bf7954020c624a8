"""Certificates of CAs: whom they name, which chains hold, what is refused."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from cas import A_DAY, KEY, NOW, Authority, der, named, read, signed
from ocoptrace import canonical_json
from ocoptrace.errors import SigningError
from ocoptrace.messages import LANGUAGES
from ocoptrace.signing.certificate import MAX_CERTIFICATES, Certificate, read_certificates
from ocoptrace.signing.certificate_chain import check_chain, read_revocation_lists
from ocoptrace.signing.key_binding import KeyBinding, key_text, read_key_text

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Authority(named("Root CA (sample)"), ec.generate_private_key(ec.SECP384R1()))
CA = Authority(named("Licensed CA (sample)", ORGANIZATION_NAME="CA JSC"), KEY, ROOT)
HOLDER = named("Hợp tác xã Mắm (ví dụ)", USER_ID="MST:0000000000", LOCALITY_NAME="Thanh Hóa")
KEYS: dict[str, Any] = {
    "rsa": KEY,
    "p256": ec.generate_private_key(ec.SECP256R1()),
    "p384": ec.generate_private_key(ec.SECP384R1()),
    "p521": ec.generate_private_key(ec.SECP521R1()),
}
LEAF = CA.issue(HOLDER, KEY)
CRL = read_revocation_lists(CA.revoke())
THUMBPRINT, ISSUER, DAY = "ab" * 32, "https://id.example/ocop/7K3M9QAB", date(2026, 11, 23)
TEXT = key_text(THUMBPRINT, ISSUER, DAY)


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(SigningError) as caught:
        act()
    for language in LANGUAGES:
        assert "{" not in caught.value.text(language) + caught.value.remedy(language)
    return caught.value.code.partition(".")[2]


def checked(*chain: x509.Certificate, **options: Any) -> None:
    given = {"anchors": read(ROOT.certificate), "lists": CRL, "now": NOW} | options
    check_chain(read(*chain), **given)


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_a_holder_named_by_a_licensed_ca(key: Any) -> None:
    checked(CA.issue(HOLDER, key), CA.certificate)
    checked(CA.issue(HOLDER, key), anchors=read(CA.certificate))
    certificate = Certificate(der(CA.issue(HOLDER, key)))
    assert certificate.subject == (
        "C=VN, UID=MST:0000000000, L=Thanh Hóa, CN=Hợp tác xã Mắm (ví dụ)"
    )
    assert certificate.issuer == "C=VN, O=CA JSC, CN=Licensed CA (sample)"


def test_numbers_of_persons_are_not_shown() -> None:
    person = named("Nguyễn Văn A (ví dụ)", USER_ID="CCCD:038000000000", SERIAL_NUMBER="038000")
    subject = Certificate(der(CA.issue(person, KEY))).subject
    assert subject == "C=VN, CN=Nguyễn Văn A (ví dụ)"


MOST = 64
"""Bytes that a certificate has for a name (RFC 5280, appendix A)."""


@given(
    st.text(min_size=1, max_size=60).filter(
        lambda text: text.isprintable() and text.strip() and len(text.encode()) <= MOST
    )
)
def test_a_name_cannot_look_like_two(name: str) -> None:
    shown = Certificate(der(CA.issue(named(name), KEYS["p256"]))).subject
    assert shown.isprintable()
    assert unicodedata.is_normalized("NFC", shown)
    inside = shown.removeprefix("C=VN, CN=").replace("\\\\", "").replace("\\,", "")
    assert "," not in inside


def test_a_certificate_is_taken_from_its_first_to_its_last_second() -> None:
    short = CA.issue(HOLDER, KEY, start=NOW - A_DAY, end=NOW + A_DAY)
    second = timedelta(seconds=1)
    for at in (NOW - A_DAY, NOW + A_DAY):
        checked(short, CA.certificate, now=at, status_seen=True)
    for at in (NOW - A_DAY - second, NOW + A_DAY + second):
        assert code_of(lambda at=at: checked(short, CA.certificate, now=at)) == "period"  # type: ignore[misc]


def test_chains_that_do_not_hold() -> None:
    other = Authority(named("Root CA (sample)"), ec.generate_private_key(ec.SECP384R1()))
    assert code_of(lambda: checked(LEAF)) == "chain"
    assert code_of(lambda: checked(LEAF, CA.certificate, anchors=())) == "no_ca"
    assert (
        code_of(lambda: checked(LEAF, CA.certificate, anchors=read(other.certificate))) == "chain"
    )
    assert code_of(lambda: checked(LEAF, anchors=read(LEAF))) == "no_ca"
    by_holder = Authority(HOLDER, KEY)
    below = by_holder.issue(named("Another"), KEYS["p256"])
    assert code_of(lambda: checked(below, LEAF, CA.certificate)) == "chain"
    late = Authority(named("Licensed CA (sample)"), KEY, ROOT, now=NOW + 60 * A_DAY)
    early = late.issue(HOLDER, KEYS["p256"], start=NOW - A_DAY)
    assert code_of(lambda: checked(early, late.certificate)) == "chain"


def test_a_chain_is_no_longer_than_four_between() -> None:
    above, between = ROOT, []
    for number in range(6):
        above = Authority(named(f"CA {number}"), KEY, above)
        between.append(above.certificate)
    leaf = above.issue(HOLDER, KEYS["p256"])
    assert code_of(lambda: checked(leaf, *between, status_seen=True)) == "chain"


def test_certificates_for_other_purposes_are_refused() -> None:
    def of(**options: Any) -> str:
        return code_of(lambda: checked(CA.issue(HOLDER, KEY, **options), CA.certificate))

    assert of(usage=("key_encipherment",)) == "purpose"
    assert of(usage=None) == "purpose"
    assert of(ca=True) == "is_ca"
    strange = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00")
    assert of(critical=strange) == "purpose"
    checked(CA.issue(HOLDER, KEY, usage=("content_commitment",)), CA.certificate)


def test_weak_keys_and_foreign_ones_are_refused() -> None:
    weak = rsa.generate_private_key(65537, 1024)  # noqa: S505 - that is the point
    assert code_of(lambda: checked(CA.issue(HOLDER, weak), CA.certificate)) == "weak"
    k1 = ec.generate_private_key(ec.SECP256K1())
    assert code_of(lambda: checked(CA.issue(HOLDER, k1), CA.certificate)) == "weak"
    weak_ca = Authority(named("Weak CA"), weak, ROOT)
    leaf = weak_ca.issue(HOLDER, KEYS["p256"])
    assert code_of(lambda: checked(leaf, weak_ca.certificate, status_seen=True)) == "chain"


def test_revoked_certificates_are_refused() -> None:
    revoked = read_revocation_lists(CA.revoke(LEAF))
    assert code_of(lambda: checked(LEAF, CA.certificate, lists=revoked)) == "revoked"
    # A list that shows it counts however old it is, and whatever a person saw.
    old = read_revocation_lists(CA.revoke(LEAF, at=NOW - 60 * A_DAY))
    for options in ({}, {"status_seen": True}):
        assert code_of(lambda o=options: checked(LEAF, CA.certificate, lists=old, **o)) == "revoked"  # type: ignore[misc]
    between = read_revocation_lists(ROOT.revoke(CA.certificate))
    assert code_of(lambda: checked(LEAF, CA.certificate, lists=(*CRL, *between))) == "revoked"


def test_without_a_list_of_these_days_the_status_is_not_shown() -> None:
    forger = Authority(CA.name, KEYS["p256"])
    lists = {
        "none": (),
        "old": read_revocation_lists(CA.revoke(at=NOW - 30 * A_DAY)),
        "ahead": read_revocation_lists(CA.revoke(at=NOW + 30 * A_DAY)),
        "another's": read_revocation_lists(ROOT.revoke()),
        "forged": read_revocation_lists(forger.revoke()),
    }
    for given_ in lists.values():
        assert code_of(lambda g=given_: checked(LEAF, CA.certificate, lists=g)) == "status"  # type: ignore[misc]
        checked(LEAF, CA.certificate, lists=given_, status_seen=True)
    # Nor does a forged list take a certificate back.
    checked(LEAF, CA.certificate, lists=(*CRL, *read_revocation_lists(forger.revoke(LEAF))))


def test_lists_that_do_not_stand_by_themselves_are_refused() -> None:
    delta = x509.DeltaCRLIndicator(4)
    some = x509.IssuingDistributionPoint(None, None, False, False, None, True, False)  # noqa: FBT003
    for extension in (delta, some):
        data = CA.revoke(extensions=[extension])
        assert code_of(lambda d=data: read_revocation_lists(d)) == "no_list"  # type: ignore[misc]
    assert code_of(lambda: read_revocation_lists(der(LEAF))) == "no_list"


@pytest.mark.parametrize("digest", [hashes.SHA256(), hashes.SHA384(), hashes.SHA512()])
def test_a_binding_signed_by_rsa(digest: hashes.HashAlgorithm) -> None:
    for scheme in (padding.PKCS1v15(), padding.PSS(padding.MGF1(digest), digest.digest_size)):
        binding = KeyBinding.of(TEXT, KEY.sign(TEXT, scheme, digest), read(LEAF))
        assert KeyBinding.parse(binding.to_bytes()) == binding
        assert binding.algorithm[2:] == digest.name.removeprefix("sha")


@pytest.mark.parametrize(("curve", "digest"), [("p256", 256), ("p384", 384), ("p521", 512)])
def test_a_binding_signed_by_ecdsa(curve: str, digest: int) -> None:
    key = KEYS[curve]
    leaf = CA.issue(HOLDER, key)
    signature = signed(key, TEXT, getattr(hashes, f"SHA{digest}")())
    binding = KeyBinding.of(TEXT, signature, read(leaf, CA.certificate))
    assert binding.algorithm == f"ES{digest}"
    again = KeyBinding.parse(binding.to_bytes())
    assert (again, again.chain) == (binding, read(leaf, CA.certificate))
    assert (again.thumbprint, again.issuer, again.day) == (THUMBPRINT, ISSUER, DAY)


def test_a_signature_of_something_else_binds_nothing() -> None:
    other = key_text("cd" * 32, ISSUER, DAY)
    for key, leaf in ((KEY, LEAF), (KEYS["p384"], CA.issue(HOLDER, KEYS["p384"]))):
        for signature in (signed(key, other), b"", bytes(256), signed(KEYS["p256"], TEXT)):
            assert (
                code_of(
                    lambda s=signature, c=leaf: KeyBinding.of(TEXT, s, read(c))  # type: ignore[misc]
                )
                == "signature"
            )


def test_texts_have_one_form() -> None:
    assert read_key_text(TEXT) == (THUMBPRINT, ISSUER, DAY)
    for text in (
        TEXT[:-1],
        TEXT + b"\n",
        TEXT.replace(b"\n", b"\r\n"),
        TEXT.replace(b"ab", b"AB"),
        TEXT.replace(b"-11-", b"-13-"),
        TEXT.replace(b"https", b"http"),
        TEXT.replace(b"/1\n", b"/2\n"),
        b"",
        b"\xff" * 100,
    ):
        assert code_of(lambda t=text: read_key_text(t)) == "binding_text"  # type: ignore[misc]


def test_binding_files_have_one_form() -> None:
    binding = KeyBinding.of(TEXT, signed(KEY, TEXT), read(LEAF))
    value = canonical_json.loads(binding.to_bytes())
    many = value["certificates"] * (MAX_CERTIFICATES + 1)
    for data in (
        b"{}",
        b"[]",
        b"x",
        binding.to_bytes() + b"\n",
        canonical_json.dumps(value | {"more": 1}),
        canonical_json.dumps(value | {"algorithm": "HS256"}),
        canonical_json.dumps(value | {"algorithm": "PS256"}),
        canonical_json.dumps(value | {"certificates": []}),
        canonical_json.dumps(value | {"certificates": many}),
        canonical_json.dumps(value | {"certificates": [7]}),
        canonical_json.dumps(value | {"certificates": ["AAAA"]}),
        canonical_json.dumps(value | {"signature": ""}),
        canonical_json.dumps(value | {"text": value["text"].replace("2026", "2027")}),
        b" " * 300_000,
    ):
        code_of(lambda d=data: KeyBinding.parse(d))  # type: ignore[misc]


def test_files_of_certificates() -> None:
    pems = [each.public_bytes(serialization.Encoding.PEM) for each in (LEAF, CA.certificate)]
    assert read_certificates(b"".join(pems)) == read(LEAF, CA.certificate)
    assert read_certificates(b"Bag Attributes\n" + pems[0]) == read(LEAF)
    assert read_certificates(der(LEAF)) == read(LEAF)
    private = KEY.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    assert code_of(lambda: read_certificates(pems[0] + private)) == "unreadable"
    assert code_of(lambda: read_certificates(pems[0] * 9)) == "too_many"
    for data in (b"", b"\x30\x00", der(LEAF)[:-1], der(LEAF) + b"\0", bytes(10**6)):
        assert code_of(lambda d=data: read_certificates(d)) == "unreadable"  # type: ignore[misc]


@given(place=st.integers(0, len(der(LEAF)) - 1), value=st.integers(0, 255))
def test_a_changed_certificate_is_refused_or_does_not_hold(place: int, value: int) -> None:
    data = bytearray(der(LEAF))
    if data[place] == value:
        return
    data[place] = value
    with pytest.raises(SigningError):
        check_chain(
            read_certificates(bytes(data)) + read(CA.certificate),
            anchors=read(ROOT.certificate),
            status_seen=True,
            now=NOW,
        )


@given(place=st.integers(0, 10_000), value=st.integers(0, 255))
def test_a_changed_list_shows_nothing(place: int, value: int) -> None:
    data = bytearray(CA.revoke(LEAF))
    place %= len(data)
    if data[place] == value:
        return
    data[place] = value
    try:
        lists = read_revocation_lists(bytes(data))
    except SigningError:
        return
    assert code_of(lambda: checked(LEAF, CA.certificate, lists=lists)) == "status"
