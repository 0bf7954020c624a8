"""Private keys as PKCS#8 PEM (RFC 5958), locked with a passphrase or in clear.

A locked key is PBES2 (RFC 8018) with scrypt (RFC 7914) and AES-256-CBC, as OpenSSL and others
write and read it. Read is also PBKDF2 with HMAC-SHA256, which ``cryptography`` writes.

>>> from cryptography.hazmat.primitives.asymmetric import ed25519
>>> private = ed25519.Ed25519PrivateKey.generate()
>>> locked = write(private, passphrase=b"mat khau")
>>> locked.splitlines()[0]
b'-----BEGIN ENCRYPTED PRIVATE KEY-----'
>>> read(locked, passphrase=b"mat khau").public_key() == private.public_key()
True
"""

from __future__ import annotations

import base64
import re
import secrets
from typing import Final, TypeAlias

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, padding, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from ocoptrace.errors import SigningError

__all__ = ["PrivateKey", "read", "write"]

PrivateKey: TypeAlias = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

_PEM = re.compile(
    rb"\s*-----BEGIN (ENCRYPTED )?PRIVATE KEY-----\s"
    rb"([A-Za-z0-9+/=\s]+)"
    rb"-----END (?(1)ENCRYPTED )PRIVATE KEY-----\s*"
)
_MAX_BYTES = 16 * 1024
_LINE_CHARACTERS = 64
_MAX_PASSPHRASE_BYTES = 1023

_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 2**14, 8, 1
"""16 MiB and a twentieth of a second for each guess: what OpenSSL takes, and reads without ado."""

_MAX_SCRYPT_BYTES = 256 * 2**20
_MAX_PBKDF2_ROUNDS = 10_000_000
_SALT_BYTES, _BLOCK_BYTES, _KEY_BYTES = 16, 16, 32

_Tree: TypeAlias = "list[_Tree] | int | bytes | str"
"""DER taken apart: a sequence, an integer, an octet string, and anything else in hexadecimal."""

_SEQUENCE, _INTEGER, _OCTETS = 0x30, 0x02, 0x04
_LONG_LENGTH, _MAX_DEPTH = 0x80, 8


class _Oid:
    """Object identifiers, and the null that stands beside one, as DER writes them."""

    PBES2: Final = "06092a864886f70d01050d"
    PBKDF2: Final = "06092a864886f70d01050c"
    HMAC_SHA256: Final = "06082a864886f70d0209"
    SCRYPT: Final = "06092b06010401da47040b"
    AES_256_CBC: Final = "060960864801650304012a"
    EC_PUBLIC_KEY: Final = "06072a8648ce3d0201"
    PRIME256V1: Final = "06082a8648ce3d030107"
    ED25519: Final = "06032b6570"
    NULL: Final = "0500"


def read(pem: bytes, *, passphrase: bytes | None = None) -> PrivateKey:
    """Return the key of a PKCS#8 PEM file: one block, and nothing else but white space.

    Raises:
        SigningError: another form (SEC 1, locked in an older way, a curve spelled out),
            another kind of key, or a wrong passphrase.
    """
    if len(pem) > _MAX_BYTES:
        raise SigningError("signing.too_large", size=len(pem), limit=_MAX_BYTES)
    block = _PEM.fullmatch(pem)
    if block is None:
        raise SigningError("signing.not_a_key", reason="no PKCS#8 block in PEM, or more than one")
    if block[1] and passphrase is None:
        raise SigningError("signing.passphrase_needed")
    if not block[1] and passphrase is not None:
        raise SigningError("signing.no_passphrase")
    try:
        der = base64.b64decode(b"".join(block[2].split()), validate=True)
        return _loaded(der if passphrase is None else _unlocked(der, passphrase))
    except UnsupportedAlgorithm as error:
        raise SigningError("signing.unknown_key_type") from error
    except SigningError:
        raise
    except ValueError as error:
        raise SigningError("signing.not_a_key", reason=str(error)) from error


def write(private: PrivateKey, *, passphrase: bytes | None = None) -> bytes:
    """Return a key as PKCS#8 PEM, locked where a passphrase is given.

    Raises:
        SigningError: a passphrase that is empty or too long.
    """
    der = private.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    label, body = b"PRIVATE KEY", der
    if passphrase is not None:
        label, body = b"ENCRYPTED PRIVATE KEY", _locked(der, passphrase)
    text = base64.b64encode(body)
    lines = [text[at : at + _LINE_CHARACTERS] for at in range(0, len(text), _LINE_CHARACTERS)]
    return b"\n".join([b"-----BEGIN %b-----" % label, *lines, b"-----END %b-----\n" % label])


def _loaded(der: bytes) -> PrivateKey:
    match _parsed(der):
        case [0 | 1, [_Oid.EC_PUBLIC_KEY, _Oid.PRIME256V1] | [_Oid.ED25519], bytes(), *_]:
            private = serialization.load_der_private_key(der, None)
        case _:
            raise SigningError("signing.unknown_key_type")
    if isinstance(private, ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey):
        return private
    raise SigningError("signing.unknown_key_type")


def _locked(der: bytes, passphrase: bytes) -> bytes:
    """Return an EncryptedPrivateKeyInfo of a PrivateKeyInfo."""
    if not passphrase:
        raise SigningError("signing.passphrase_empty")
    if len(passphrase) > _MAX_PASSPHRASE_BYTES:
        raise SigningError("signing.passphrase_too_long", limit=_MAX_PASSPHRASE_BYTES)
    salt, iv = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(_BLOCK_BYTES)
    kdf: _Tree = [_Oid.SCRYPT, [salt, _SCRYPT_N, _SCRYPT_R, _SCRYPT_P]]
    padder = padding.PKCS7(8 * _BLOCK_BYTES).padder()
    encryptor = _cipher(_derived(kdf, passphrase), iv).encryptor()
    data = encryptor.update(padder.update(der) + padder.finalize()) + encryptor.finalize()
    return _der([[_Oid.PBES2, [kdf, [_Oid.AES_256_CBC, iv]]], data])


def _unlocked(der: bytes, passphrase: bytes) -> bytes:
    """Return the PrivateKeyInfo of an EncryptedPrivateKeyInfo."""
    match _parsed(der):
        case [[_Oid.PBES2, [kdf, [_Oid.AES_256_CBC, bytes(iv)]]], bytes(data)]:
            pass
        case _:
            raise ValueError("not locked with PBES2 and AES-256-CBC")
    decryptor = _cipher(_derived(kdf, passphrase), iv).decryptor()
    unpadder = padding.PKCS7(8 * _BLOCK_BYTES).unpadder()
    try:
        plain = unpadder.update(decryptor.update(data) + decryptor.finalize())
        info = plain + unpadder.finalize()
        _parsed(info)
    except ValueError as error:
        raise ValueError("another passphrase, or a damaged file") from error
    return info


def _derived(kdf: _Tree, passphrase: bytes) -> bytes:
    match kdf:
        case [_Oid.SCRYPT, [bytes(salt), int(n), int(r), int(p), *length]]:
            cost = 128 * n * r * p if min(n, r, p) > 0 else 0
            if not 0 < cost <= _MAX_SCRYPT_BYTES or length not in ([], [_KEY_BYTES]):
                raise ValueError("scrypt at a cost that is not taken here")
            return Scrypt(salt=salt, length=_KEY_BYTES, n=n, r=r, p=p).derive(passphrase)
        case [_Oid.PBKDF2, [bytes(salt), int(rounds), *length, [_Oid.HMAC_SHA256, _Oid.NULL]]]:
            if not 0 < rounds <= _MAX_PBKDF2_ROUNDS or length not in ([], [_KEY_BYTES]):
                raise ValueError("PBKDF2 at a cost that is not taken here")
            pbkdf2 = PBKDF2HMAC(hashes.SHA256(), _KEY_BYTES, salt, rounds)
            return pbkdf2.derive(passphrase)
        case _:
            raise ValueError("locked with neither scrypt nor PBKDF2 with HMAC-SHA256")


def _cipher(key: bytes, iv: bytes) -> Cipher[modes.CBC]:
    return Cipher(algorithms.AES256(key), modes.CBC(iv))


def _der(tree: _Tree) -> bytes:
    """Return the DER of a tree (X.690 §10)."""
    match tree:
        case list():
            tag, content = _SEQUENCE, b"".join(map(_der, tree))
        case int():
            tag, content = _INTEGER, tree.to_bytes(tree.bit_length() // 8 + 1, signed=True)
        case bytes():
            tag, content = _OCTETS, tree
        case str():
            return bytes.fromhex(tree)
    size = len(content)
    if size < _LONG_LENGTH:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, _LONG_LENGTH | len(length))) + length + content


def _parsed(der: bytes) -> _Tree:
    """Return the tree of DER bytes.

    Raises:
        ValueError: not one value in DER.
    """
    items = _items(der, _MAX_DEPTH)
    if len(items) != 1 or _der(items[0]) != der:
        raise ValueError("not DER")
    return items[0]


def _items(data: bytes, depth: int) -> list[_Tree]:
    if not depth:
        raise ValueError("nested too deep")
    items: list[_Tree] = []
    while data:
        tag, size, start = data[0], int.from_bytes(data[1:2]), 2
        if size > _LONG_LENGTH:
            start += size - _LONG_LENGTH
            size = int.from_bytes(data[2:start])
        content = data[start : start + size]
        if len(content) != size:
            raise ValueError("cut short")
        whole, data = data[: start + size], data[start + size :]
        match tag:
            case 0x30:
                items.append(_items(content, depth - 1))
            case 0x02:
                items.append(int.from_bytes(content, signed=True))
            case 0x04:
                items.append(content)
            case _:
                items.append(whole.hex())
    return items
