"""The parts of a URI that a name may be: split, checked and put together.

Splitting looks at the whole (length, characters, scheme); the values check their own parts.

>>> split("HTTPS://Coop.EXAMPLE/OCOP/A/B?s=1#42")
Uri(scheme='https', host='coop.example', path='/OCOP/A/B', query='s=1', fragment='42')
>>> list(read_query("&linkType=gs1%3Apip&singleton"))
[('linkType', 'gs1:pip'), ('singleton', '')]
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ocoptrace.errors import Gs1Error
from ocoptrace.gs1._shown import shown
from ocoptrace.gs1.percent_encoding import escape, unescape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "MAX_LENGTH",
    "Uri",
    "authority",
    "check_host",
    "check_parameters",
    "check_raw",
    "check_scheme",
    "read_query",
    "split",
    "write_query",
]

MAX_LENGTH = 4096
"""Longest URI that is read, in characters; the longest symbol holds fewer."""

_ILLEGAL = re.compile(r"[^A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]")
_HOST = re.compile(r"(?:[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?")
_PATH = re.compile(r"(?:/[A-Za-z0-9._~:@!$&'()*+,;=%-]*)*")
_FRAGMENT = re.compile(r"[A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]*")
_PARAMETER_NAME = re.compile(r"[A-Za-z0-9._~:/?\[\]@!$'()*+,;%-]*")
_SCHEMES = {"https": "https", "HTTPS": "https", "http": "http", "HTTP": "http"}


class Uri(NamedTuple):
    """The parts of a URI.

    Attributes:
        scheme: ``https`` or ``http``.
        host: lower case, with the port where there is one.
        path: raw, starting with ``/`` or empty.
        query: raw.
        fragment: raw.
    """

    scheme: str
    host: str
    path: str
    query: str
    fragment: str


def split(uri: str) -> Uri:
    """Return the parts of a URI; host, path and fragment are still to be checked.

    Raises:
        Gs1Error: too long, a character no URI has, or another scheme than https and http.
    """
    if len(uri) > MAX_LENGTH:
        raise Gs1Error("gs1.uri_too_long", length=len(uri), limit=MAX_LENGTH)
    if stray := _ILLEGAL.search(uri):
        raise Gs1Error(
            "gs1.uri_character", uri=shown(uri), character=shown(stray[0]), at=stray.start() + 1
        )
    written, separator, rest = uri.partition("://")
    scheme = _SCHEMES.get(written)
    if scheme is None or not separator:
        raise Gs1Error("gs1.scheme", uri=shown(uri))
    rest, _, fragment = rest.partition("#")
    rest, _, query = rest.partition("?")
    host, slash, path = rest.partition("/")
    return Uri(scheme, host.lower(), slash + path, query, fragment)


def check_scheme(scheme: str) -> str:
    """Return a scheme if it is one that names have.

    Raises:
        Gs1Error: another scheme than ``https`` and ``http``.
    """
    if scheme not in ("https", "http"):
        raise Gs1Error("gs1.scheme", uri=shown(scheme))
    return scheme


def check_host(host: str) -> str:
    """Return a host, with or without a port, if it is one in lower case.

    Raises:
        Gs1Error: it is not.
    """
    if not _HOST.fullmatch(host):
        raise Gs1Error("gs1.host", host=shown(host))
    return host


def check_raw(text: str, *, path: bool = False) -> str:
    """Return the raw text of a fragment, or of a path, if it can stand in a URI.

    Raises:
        Gs1Error: too long, or a character that would end the part.
    """
    if text and (len(text) > MAX_LENGTH or not (_PATH if path else _FRAGMENT).fullmatch(text)):
        raise Gs1Error("gs1.uri_part", part=shown(text))
    return text


def authority(scheme: str, host: str, *, upper: bool) -> str:
    """Return scheme and host, in upper case where a symbol's alphanumeric mode asks for it.

    Raises:
        Gs1Error: another scheme than https and http, or a host that is none.
    """
    written = f"{check_scheme(scheme)}://{check_host(host.lower())}"
    return written.upper() if upper else written


def read_query(query: str) -> Iterator[tuple[str, str]]:
    """Yield the parameters of a query: raw name, decoded value, empty where there is none.

    Raises:
        Gs1Error: a value with a NUL character.
    """
    for parameter in query.split("&"):
        name, _, raw = parameter.partition("=")
        value = unescape(raw, query=True)
        if "\0" in value:
            raise Gs1Error("gs1.nul", part=shown(parameter))
        if name or value:
            yield name, value


def write_query(parameters: Iterable[tuple[str, str]]) -> str:
    """Return a query of parameters, with its ``?``; empty where there are none."""
    query = "&".join(
        f"{name}={escape(value, query=True)}" if value else name for name, value in parameters
    )
    return query and f"?{query}"


def check_parameters(parameters: tuple[tuple[str, str], ...]) -> None:
    """Check that parameters can be written: raw names, values of Unicode without NUL.

    Raises:
        Gs1Error: one of them cannot.
    """
    for name, value in parameters:
        try:
            value.encode()
        except UnicodeEncodeError:
            raise Gs1Error("gs1.uri_part", part=shown(value)) from None
        if "\0" in value or not (name or value) or not _PARAMETER_NAME.fullmatch(name):
            raise Gs1Error("gs1.uri_part", part=shown(f"{name}={value}"))
