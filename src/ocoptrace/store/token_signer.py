"""Keys on tokens: a card, a USB token or a security module that speaks PKCS#11 (extra ``hsm``).

The private key never leaves the token; it signs there. ES256 alone, because that is what tokens
can do (ADR 22). The one home of ``python-pkcs11``, which is loaded when a token is asked for.

>>> from ocoptrace.store.token_uri import TokenUri
>>> uri = TokenUri.parse("pkcs11:token=So;object=htx?module-path=/no/such/library.so")
>>> make_token_key(uri, pin=lambda token: None)
Traceback (most recent call last):
ocoptrace.errors.StorageError: The PKCS#11 library /no/such/library.so cannot be used: ...
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import RLock
from typing import TYPE_CHECKING, Any, Final, Never

from ocoptrace.errors import OcopTraceError, SigningError, StorageError
from ocoptrace.signing import PublicKey
from ocoptrace.signing.keys import low_s, signature_of
from ocoptrace.store.token_uri import TokenUri

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pkcs11

__all__ = ["AskPin", "TokenKey", "TokenSigner", "make_token_key", "open_token_key", "token_keys"]

AskPin = Callable[[str], str | None]
"""Returns the PIN of the token with a label, or None. It is asked when a token is opened, and what
it returns is kept nowhere."""

_P256: Final = bytes.fromhex("06082a8648ce3d030107")
"""The named curve secp256r1 in DER, as CKA_EC_PARAMS has it (RFC 5480)."""

_POINT_BYTES = 65
_UNCOMPRESSED = 0x04
_PROBE = b"ocoptrace-token-probe/1\n"

# A library is entitled to think that it is called by one thread at a time (C_Initialize, PKCS#11).
_LOCK = RLock()


@dataclass(frozen=True, slots=True)
class TokenKey:
    """A P-256 key that a token shows.

    Attributes:
        uri: how to reach it.
        public_key: its public half.
    """

    uri: TokenUri
    public_key: PublicKey


class TokenSigner:
    """A signer whose private key is on a token.

    The token is opened when something is first signed, and stays open. Where it was taken out and
    put back, the next signature opens it again. A PIN that was refused is not tried a second time:
    three such tries lock most cards.
    """

    def __init__(self, uri: TokenUri, public_key: PublicKey, *, pin: AskPin) -> None:
        """Take a key as it is; nothing is asked of the token yet.

        Raises:
            InputError: the URI leaves open which key is meant.
            SigningError: a key that is not of P-256.
        """
        uri.check_names_a_key()
        if public_key.algorithm != "ES256":
            raise SigningError("signing.unknown_key_type")
        self.uri = uri
        self._public_key = public_key
        self._pin = pin
        self._private: Any = None
        self._refused: OcopTraceError | None = None

    @property
    def public_key(self) -> PublicKey:
        """The public half."""
        return self._public_key

    def sign(self, message: bytes, /) -> bytes:
        """Return r and s of a message, with a low s.

        Raises:
            StorageError: the token or the key is not there, or the token fails.
            SigningError: no PIN, or one that the token refuses.
        """
        digest = hashlib.sha256(message).digest()
        with _LOCK:
            if self._refused is not None:
                raise self._refused
            if self._private is not None:
                with suppress(StorageError):
                    return low_s(self._sign(digest))
                # Taken out and put back since, perhaps: it is opened anew, once.
                self._private = None
            try:
                return low_s(self._sign(digest))
            except OcopTraceError as error:
                self._private = None
                if error.code in {"token.wrong_pin", "token.pin_locked"}:
                    self._refused = error
                raise

    def use(self, session: pkcs11.Session) -> None:
        """Sign through a session, its owner logged in, until the token is taken out.

        Raises:
            PKCS11Error: the key is not there.
        """
        p11 = _library()
        self._private = session.get_key(
            object_class=p11.ObjectClass.PRIVATE_KEY,
            key_type=p11.KeyType.EC,
            label=self.uri.object or None,
            id=self.uri.id or None,
        )

    def _sign(self, digest: bytes) -> bytes:
        with _told(self.uri):
            if self._private is None:
                with _kept_if_good(_open(self.uri, self._pin)) as session:
                    self.use(session)
            signed: bytes = self._private.sign(digest, mechanism=_library().Mechanism.ECDSA)
            return signed

    def __repr__(self) -> str:
        return f"<TokenSigner {self.uri}>"

    def __reduce__(self) -> Never:
        raise TypeError("a key on a token is not pickled or copied")


def token_keys(uri: TokenUri, *, pin: AskPin | None = None) -> list[TokenKey]:
    """Return the P-256 keys that tokens show, of all tokens that a URI fits.

    Args:
        uri: names the library; and the token, label or id, where not all are meant.
        pin: for tokens that show their keys to their owner alone; not asked where left out.

    Raises:
        InputError: no library is named.
        StorageError: it cannot be used, or a token fails.
        SigningError: a PIN that the token refuses.
    """
    found = []
    with _LOCK, _told(uri):
        for token in _tokens(uri):
            named = TokenUri(token=token.label, serial=token.serial.decode(), module=uri.module)
            session = token.open() if pin is None else _open(named, pin)
            try:
                found += _shown(session, uri, named)
            finally:
                session.close()
    return found


def open_token_key(uri: TokenUri, *, pin: AskPin) -> TokenSigner:
    """Return the signer of a key that is on a token, after it has signed once.

    Raises:
        InputError: the URI leaves open which key is meant.
        StorageError: the token or the key is not there, there are two of them, the key is not of
            P-256 or does not show its public half, or the token fails.
        SigningError: no PIN, one that the token refuses, or a signature that does not verify.
    """
    uri.check_names_a_key()
    with _LOCK, _told(uri), _kept_if_good(_open(uri, pin)) as session:
        return _signer(session, uri, pin)


def make_token_key(uri: TokenUri, *, pin: AskPin) -> TokenSigner:
    """Make a P-256 key on a token, which never gives it away, and return its signer.

    Args:
        uri: names library, token and label, and may name an id.
        pin: asks for the PIN.

    Raises:
        InputError: the URI leaves open which key is meant.
        StorageError: there is a key of this label or id, the token is not there, cannot make such
            keys, or fails.
        SigningError: no PIN, or one that the token refuses.
    """
    uri.check_names_a_key()
    with _LOCK, _told(uri), _kept_if_good(_open(uri, pin, writing=True)) as session:
        p11 = _library()
        if _shown(session, uri, uri):
            raise StorageError("token.key_exists", token=uri.name, key=uri)
        curve = session.create_domain_parameters(
            p11.KeyType.EC, {p11.Attribute.EC_PARAMS: _P256}, local=True
        )
        curve.generate_keypair(
            store=True,
            label=uri.object or None,
            id=uri.id or None,
            capabilities=p11.MechanismFlag.SIGN | p11.MechanismFlag.VERIFY,
            private_template={p11.Attribute.SENSITIVE: True, p11.Attribute.EXTRACTABLE: False},
        )
        return _signer(session, uri, pin)


@contextmanager
def _kept_if_good(session: pkcs11.Session) -> Iterator[pkcs11.Session]:
    """Close a session where what it was opened for went wrong: a token has room for few."""
    try:
        yield session
    except BaseException:
        session.close()
        raise


def _signer(session: pkcs11.Session, uri: TokenUri, pin: AskPin) -> TokenSigner:
    keys = _shown(session, uri, uri)
    if not keys:
        raise StorageError("token.no_key", token=uri.name, key=uri)
    if len(keys) > 1:
        raise StorageError("token.two_keys", token=uri.name, count=len(keys))
    signer = TokenSigner(uri, keys[0].public_key, pin=pin)
    signer.use(session)
    # That both halves are one key is seen when it has signed.
    signature_of(signer, _PROBE)
    return signer


def _shown(session: pkcs11.Session, uri: TokenUri, named: TokenUri) -> list[TokenKey]:
    """Return the P-256 public keys of a session that a URI fits, on the token that is named."""
    p11 = _library()
    wanted: dict[Any, object] = {
        p11.Attribute.CLASS: p11.ObjectClass.PUBLIC_KEY,
        p11.Attribute.KEY_TYPE: p11.KeyType.EC,
    }
    if uri.object:
        wanted[p11.Attribute.LABEL] = uri.object
    if uri.id:
        wanted[p11.Attribute.ID] = uri.id
    keys = []
    for found in session.get_objects(wanted):
        if found[p11.Attribute.EC_PARAMS] != _P256:
            continue
        label, key_id = found[p11.Attribute.LABEL], found[p11.Attribute.ID]
        at = TokenUri(named.token, named.serial, label or "", key_id or b"", named.module)
        keys.append(TokenKey(at, _public_key(found[p11.Attribute.EC_POINT])))
    return keys


def _public_key(point: bytes) -> PublicKey:
    """Return the key of CKA_EC_POINT: in an OCTET STRING, as the standard has it, or bare."""
    bare = point[-_POINT_BYTES:]
    if len(bare) != _POINT_BYTES or bare[0] != _UNCOMPRESSED:
        raise SigningError("signing.bad_point")
    half = _POINT_BYTES // 2
    return PublicKey.from_p256(bare[1 : half + 1], bare[half + 1 :])


def _library() -> Any:
    """Return python-pkcs11.

    Raises:
        StorageError: the extra is not installed.
    """
    try:
        import pkcs11  # noqa: PLC0415 - an extra, and few need it
    except ImportError as error:
        raise StorageError("token.no_extra") from error
    return pkcs11


def _tokens(uri: TokenUri) -> list[pkcs11.Token]:
    p11 = _library()
    if uri.module is None:
        raise StorageError("token.no_module_named", value=uri)
    try:
        library = p11.lib(str(uri.module))
    except (p11.PKCS11Error, AttributeError) as error:
        raise StorageError("token.no_module", path=uri.module, reason=error) from error
    wanted: dict[str, Any] = {"token_flags": p11.TokenFlag.TOKEN_INITIALIZED}
    if uri.token:
        wanted["token_label"] = uri.token
    if uri.serial:
        wanted["token_serial"] = uri.serial.encode()
    return list(library.get_tokens(**wanted))


def _open(uri: TokenUri, pin: AskPin, *, writing: bool = False) -> pkcs11.Session:
    """Return a session on the one token that a URI means, its owner logged in."""
    p11 = _library()
    tokens = _tokens(uri)
    if not tokens:
        raise StorageError("token.absent", token=uri.name)
    if len(tokens) > 1:
        raise StorageError("token.two_tokens", token=uri.name, count=len(tokens))
    token = tokens[0]
    if p11.TokenFlag.LOGIN_REQUIRED not in token.flags:
        return token.open(rw=writing)
    secret: object = p11.PROTECTED_AUTH
    if p11.TokenFlag.PROTECTED_AUTHENTICATION_PATH not in token.flags:
        secret = pin(uri.name)
        if not secret:
            raise SigningError("token.no_pin", token=uri.name)
    try:
        return token.open(rw=writing, user_pin=secret)
    except p11.UserAlreadyLoggedIn:
        # Logged in is a program, not a session: another key of this token was used before.
        return token.open(rw=writing)


@contextmanager
def _told(uri: TokenUri) -> Iterator[None]:
    """Say in our words what a token refuses; no PIN stands in them."""
    p11 = _library()
    try:
        yield
    except p11.PinLocked as error:
        raise SigningError("token.pin_locked", token=uri.name) from error
    except (p11.PinIncorrect, p11.PinInvalid, p11.PinLenRange) as error:
        raise SigningError("token.wrong_pin", token=uri.name) from error
    except (p11.UserPinNotInitialized, p11.PinExpired) as error:
        raise SigningError("token.pin_unset", token=uri.name) from error
    except (p11.TokenNotPresent, p11.DeviceRemoved, p11.SlotIDInvalid, p11.NoSuchToken) as error:
        raise StorageError("token.absent", token=uri.name) from error
    except p11.NoSuchKey as error:
        raise StorageError("token.no_key", token=uri.name, key=uri) from error
    except p11.MultipleObjectsReturned as error:
        raise StorageError("token.two_keys", token=uri.name, count=2) from error
    except p11.PKCS11Error as error:
        reason = str(error) or type(error).__name__
        raise StorageError("token.failed", token=uri.name, reason=reason) from error
