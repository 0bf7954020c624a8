"""PKCS#11 URIs (RFC 7512): which key on which token, and through which library it is reached.

>>> uri = TokenUri.parse("pkcs11:token=So%20VN;object=htx;id=%01%a2?module-path=/usr/lib/p11.so")
>>> uri.token, uri.object, uri.id.hex(), str(uri.module)
('So VN', 'htx', '01a2', '/usr/lib/p11.so')
>>> str(uri)
'pkcs11:token=So%20VN;object=htx;id=%01%a2?module-path=/usr/lib/p11.so'
>>> TokenUri.parse("pkcs11:token=So?pin-value=1234")
Traceback (most recent call last):
ocoptrace.errors.InputError: The PKCS#11 URI bears a PIN or says where one is, which is kept \
nowhere here. Take pin-value and pin-source out; the PIN is asked for, or given in \
OCOPTRACE_PIN_FILE.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote_to_bytes

from ocoptrace.errors import InputError

if TYPE_CHECKING:
    from typing import Self

__all__ = ["SCHEME", "TokenUri"]

SCHEME: Final = "pkcs11:"

_MAX = 1024
_SAFE = "/-._~:[]@!$'()*+,"
_TEXTS = ("token", "serial", "object")
_KEPT = ("type", "module-path", "id", *_TEXTS)
_PINS = frozenset({"pin-value", "pin-source"})


@dataclass(frozen=True, slots=True)
class TokenUri:
    """What a PKCS#11 URI says, as far as it is used here.

    Attributes:
        token: the token's label; empty for any.
        serial: the token's serial number; empty for any.
        object: the key's label (CKA_LABEL); empty for any.
        id: the key's id (CKA_ID); empty for any.
        module: the library that speaks to the token; None where it is not named.

    Raises:
        InputError: a library by no full path: another could be found in its place.
    """

    token: str = ""
    serial: str = ""
    object: str = ""
    id: bytes = b""
    module: PurePath | None = None

    def __post_init__(self) -> None:
        if self.module is not None and not self.module.is_absolute():
            raise InputError("token.module_path", path=self.module)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return what a URI says.

        Raises:
            InputError: not such a URI, an attribute twice or one not used here, or a PIN.
        """
        path, _, query = text.removeprefix(SCHEME).partition("?")
        members = [each for each in (*path.split(";"), *query.split("&")) if each]
        pairs = [member.partition("=") for member in members]
        names = [name for name, _, _ in pairs]
        if not _PINS.isdisjoint(names):
            raise InputError("token.uri_pin")  # whose facts must not hold it
        is_one = text.startswith(SCHEME) and len(text) <= _MAX and text.isascii()
        if not is_one or len(set(names)) < len(names) or not set(names) <= set(_KEPT):
            raise InputError("token.uri", value=text[:_MAX])
        told = {name: unquote_to_bytes(value) for name, _, value in pairs}
        if told.get("type", b"private") != b"private":
            raise InputError("token.uri", value=text)
        try:
            texts = {name: told.get(name, b"").decode() for name in _TEXTS}
            module = told.get("module-path", b"").decode()
        except UnicodeDecodeError as error:
            raise InputError("token.uri", value=text) from error
        if not all(each.isprintable() for each in (*texts.values(), module)):
            raise InputError("token.uri", value=text)
        return cls(**texts, id=told.get("id", b""), module=Path(module) if module else None)

    def check_names_a_key(self) -> None:
        """Refuse a URI that leaves open which key is meant.

        Raises:
            InputError: neither label nor id, or no library.
        """
        if not self.object and not self.id:
            raise InputError("token.uri_no_key", value=self)
        if self.module is None:
            raise InputError("token.no_module_named", value=self)

    @property
    def name(self) -> str:
        """What a person calls the token."""
        return self.token or self.serial or "–"

    def __str__(self) -> str:
        texts = ((name, quote(getattr(self, name), safe=_SAFE)) for name in _TEXTS)
        parts = [f"{name}={value}" for name, value in texts if value]
        if self.id:
            parts.append("id=" + "".join(f"%{byte:02x}" for byte in self.id))
        query = "" if self.module is None else f"?module-path={quote(str(self.module), safe=_SAFE)}"
        return SCHEME + ";".join(parts) + query
