from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa, x25519
from hypothesis import given, settings
from hypothesis import strategies as st

from ocoptrace.errors import SigningError
from ocoptrace.signing import SoftwareSigner, pkcs8
from village import eddsa, es256

SIGNERS = [es256(1), eddsa(1)]
FILES = Path(__file__).with_name("keys")
KEY = es256(1).public_key
OPENSSL = shutil.which("openssl")


def file(name: str) -> bytes:
    return (FILES / f"{name}.pem").read_bytes()


def pem(der: bytes, label: str = "PRIVATE KEY") -> bytes:
    return (
        f"-----BEGIN {label}-----\n{base64.encodebytes(der).decode()}-----END {label}-----\n"
    ).encode()


def der_of(data: bytes) -> bytes:
    return base64.b64decode(b"".join(data.splitlines()[1:-1]))


@pytest.mark.parametrize("signer", SIGNERS)
@pytest.mark.parametrize("passphrase", [None, b"m", "mật khẩu".encode(), b"x" * 1023])
def test_a_key_file_gives_back_its_key(signer: SoftwareSigner, passphrase: bytes | None) -> None:
    data = signer.to_pem(passphrase=passphrase)
    assert SoftwareSigner.from_pem(data, passphrase=passphrase).public_key == signer.public_key
    assert (b"ENCRYPTED" in data) == (passphrase is not None)
    assert max(map(len, data.splitlines())) == 64


def test_a_key_in_clear_is_written_as_cryptography_writes_it() -> None:
    for signer in SIGNERS:
        private = pkcs8.read(signer.to_pem())
        assert signer.to_pem() == private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )


@pytest.mark.parametrize("signer", SIGNERS)
def test_a_locked_key_is_read_by_cryptography(signer: SoftwareSigner) -> None:
    data = signer.to_pem(passphrase=b"one")
    private: Any = serialization.load_pem_private_key(data, b"one")
    assert SoftwareSigner(private).public_key == signer.public_key


@pytest.mark.skipif(OPENSSL is None, reason="no openssl here")
@pytest.mark.parametrize("signer", SIGNERS)
def test_a_locked_key_is_read_by_openssl(signer: SoftwareSigner) -> None:
    run = subprocess.run(  # noqa: S603 - fixed arguments
        [str(OPENSSL), "pkey", "-passin", "pass:one", "-pubout"],
        input=signer.to_pem(passphrase=b"one"),
        capture_output=True,
        check=True,
    )
    assert run.stdout == signer.public_key.to_pem()


def test_two_files_of_one_key_have_nothing_locked_in_common() -> None:
    one, other = (der_of(SIGNERS[0].to_pem(passphrase=b"one")) for _ in range(2))
    assert one[-144:-16] != other[-144:-16]


@pytest.mark.parametrize("name", ["clear", "pbkdf2-aes256", "scrypt-aes256"])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_key_files_of_openssl_are_read(name: str, line_end: bytes) -> None:
    passphrase = None if name == "clear" else b"one"
    data = file(name).replace(b"\n", line_end)
    assert SoftwareSigner.from_pem(data, passphrase=passphrase).public_key == KEY


def test_a_key_file_of_cryptography_is_read() -> None:
    private = ec.derive_private_key(1, ec.SECP256R1())
    data = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"one"),
    )
    assert SoftwareSigner.from_pem(data, passphrase=b"one").public_key == KEY


CLEAR = file("clear")
REFUSED: dict[str, tuple[bytes, str]] = {
    "SEC 1": (file("sec1"), "not_a_key"),
    "SEC 1, locked": (file("sec1-locked"), "not_a_key"),
    "locked with PBES1": (file("pbes1-3des"), "not_a_key"),
    "locked with triple DES": (file("pbkdf2-3des"), "not_a_key"),
    "a curve spelled out": (file("explicit-curve"), "unknown_key_type"),
    "a curve spelled out, locked": (file("explicit-curve-locked"), "unknown_key_type"),
    "a public key": (KEY.to_pem(), "not_a_key"),
    "two keys": (CLEAR + CLEAR, "not_a_key"),
    "text before it": (b"my key\n" + CLEAR, "not_a_key"),
    "text behind it": (CLEAR + b"my key\n", "not_a_key"),
    "another end": (CLEAR.replace(b"END PRIVATE", b"END ENCRYPTED PRIVATE"), "not_a_key"),
    "a byte behind the key": (pem(der_of(CLEAR) + b"\0"), "not_a_key"),
    "a byte missing": (pem(der_of(CLEAR)[:-1]), "not_a_key"),
    "a length in more bytes": (pem(b"\x30\x82\x00\x87" + der_of(CLEAR)[3:]), "not_a_key"),
    "an indefinite length": (pem(b"\x30\x80" + der_of(CLEAR)[3:] + bytes(2)), "not_a_key"),
    "no DER": (pem(b"abc"), "not_a_key"),
    "no base64": (CLEAR.replace(b"M", b"=", 1), "not_a_key"),
    "nested deep": (pem(b"\x30\x00" * 3), "not_a_key"),
    "nothing": (b"", "not_a_key"),
    "a megabyte": (CLEAR + b"\n" * 2**20, "too_large"),
}


@pytest.mark.parametrize(("data", "code"), REFUSED.values(), ids=REFUSED)
def test_a_key_file_of_another_form_is_refused(data: bytes, code: str) -> None:
    passphrase = b"one" if b"ENCRYPTED PRIVATE KEY-----\n" in data else None
    with pytest.raises(SigningError) as caught:
        SoftwareSigner.from_pem(data, passphrase=passphrase)
    assert caught.value.code == f"signing.{code}"


OTHER_KINDS: dict[str, Any] = {
    "P-384": ec.derive_private_key(5, ec.SECP384R1()),
    "secp256k1": ec.derive_private_key(5, ec.SECP256K1()),
    "Ed448": ed448.Ed448PrivateKey.generate(),
    "X25519": x25519.X25519PrivateKey.generate(),
    "RSA": rsa.generate_private_key(65537, 2048),
}


@pytest.mark.parametrize("passphrase", [None, b"one"])
@pytest.mark.parametrize("private", OTHER_KINDS.values(), ids=OTHER_KINDS)
def test_a_key_of_another_kind_is_refused(private: Any, passphrase: bytes | None) -> None:
    data = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption()
        if passphrase is None
        else serialization.BestAvailableEncryption(passphrase),
    )
    with pytest.raises(SigningError) as caught:
        SoftwareSigner.from_pem(data, passphrase=passphrase)
    assert caught.value.code == "signing.unknown_key_type"


def test_a_key_of_a_kind_that_nobody_knows_is_refused() -> None:
    # An Ed25519 key file whose algorithm 1.3.101.112 was made 1.3.101.127.
    other = der_of(eddsa(1).to_pem()).replace(b"\x06\x03\x2b\x65\x70", b"\x06\x03\x2b\x65\x7f")
    with pytest.raises(SigningError) as caught:
        SoftwareSigner.from_pem(pem(other))
    assert caught.value.code == "signing.unknown_key_type"


ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@pytest.mark.parametrize("secret", [0, ORDER, ORDER + 1, 2**256 - 1])
def test_a_secret_number_out_of_its_range_is_refused(secret: int) -> None:
    other = der_of(CLEAR).replace((1).to_bytes(32), secret.to_bytes(32), 1)
    assert other != der_of(CLEAR)
    with pytest.raises(SigningError) as caught:
        SoftwareSigner.from_pem(pem(other))
    assert caught.value.code == "signing.not_a_key"


def test_a_public_half_that_belongs_to_another_key_is_refused() -> None:
    other = der_of(CLEAR).replace(KEY.raw, es256(2).public_key.raw)
    with pytest.raises(SigningError) as caught:
        SoftwareSigner.from_pem(pem(other))
    assert caught.value.code == "signing.not_a_key"


def test_a_passphrase_is_asked_for_and_checked() -> None:
    locked, plain = SIGNERS[0].to_pem(passphrase=b"one"), SIGNERS[0].to_pem()
    for data, passphrase, code in (
        (locked, None, "signing.passphrase_needed"),
        (locked, b"two", "signing.not_a_key"),
        (locked, b"", "signing.not_a_key"),
        (plain, b"one", "signing.no_passphrase"),
    ):
        with pytest.raises(SigningError) as caught:
            SoftwareSigner.from_pem(data, passphrase=passphrase)
        assert caught.value.code == code


@pytest.mark.parametrize(
    ("passphrase", "code"), [(b"", "passphrase_empty"), (b"x" * 1024, "passphrase_too_long")]
)
def test_a_passphrase_that_would_not_lock_is_refused(passphrase: bytes, code: str) -> None:
    with pytest.raises(SigningError) as caught:
        SIGNERS[0].to_pem(passphrase=passphrase)
    assert caught.value.code == f"signing.{code}"


COSTLY: dict[str, bytes] = {
    "2 GiB for each guess": bytes.fromhex("02 03200000 020108 020101"),
    "a hundred thousand rounds": bytes.fromhex("02 024000 020108 02030186a0"),
    "an N below zero": bytes.fromhex("02 02c000 020108 020101"),
    "all below zero": bytes.fromhex("02 02c000 0201f8 020101"),
    "an N of 1": bytes.fromhex("02 0101 020108 020101"),
    "an N that is no power of two": bytes.fromhex("02 024001 020108 020101"),
}


@pytest.mark.parametrize("cost", COSTLY.values(), ids=COSTLY)
def test_a_file_cannot_ask_for_any_amount_of_work(cost: bytes) -> None:
    salt, iv = b"\x04\x08" + bytes(8), b"\x04\x10" + bytes(16)
    scrypt = tlv(bytes.fromhex("06092b06010401da47040b") + tlv(salt + cost))
    assert read_locked(scrypt, iv) == "signing.not_a_key"
    rounds = bytes.fromhex("02047fffffff 300c06082a864886f70d02090500")
    pbkdf2 = tlv(bytes.fromhex("06092a864886f70d01050c") + tlv(salt + rounds))
    assert read_locked(pbkdf2, iv) == "signing.not_a_key"


def tlv(content: bytes) -> bytes:
    return bytes((0x30, len(content))) + content


def read_locked(kdf: bytes, iv: bytes) -> str:
    cipher = tlv(bytes.fromhex("060960864801650304012a") + iv)
    scheme = tlv(bytes.fromhex("06092a864886f70d01050d") + tlv(kdf + cipher))
    data = pem(tlv(scheme + b"\x04\x10" + bytes(16)), "ENCRYPTED PRIVATE KEY")
    with pytest.raises(SigningError) as caught:
        SoftwareSigner.from_pem(data, passphrase=b"one")
    return caught.value.code


@settings(max_examples=300)
@given(st.integers(0, len(CLEAR) - 1), st.binary(max_size=3))
def test_a_changed_file_gives_its_key_or_a_typed_error(place: int, put: bytes) -> None:
    data = CLEAR[:place] + put + CLEAR[place + len(put) :]
    try:
        signer = SoftwareSigner.from_pem(data)
    except SigningError:
        return
    assert signer.public_key == KEY


@given(st.binary(max_size=200))
def test_any_bytes_give_a_typed_error(data: bytes) -> None:
    for der in (data, tlv(data[:120])):
        with pytest.raises(SigningError):
            SoftwareSigner.from_pem(pem(der))
        with pytest.raises(SigningError):
            SoftwareSigner.from_pem(pem(der, "ENCRYPTED PRIVATE KEY"), passphrase=b"one")
