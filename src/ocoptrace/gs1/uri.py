"""The parts of a URI that a name may be: split, checked and put together.

Splitting matches the whole against one pattern; only where that fails is it asked why.

>>> split("HTTPS://Coop.EXAMPLE/OCOP/A/B?s=1#42")
('https', 'coop.example', '/OCOP/A/B', 's=1', '42')
>>> read_query("&linkType=gs1%3Apip&singleton")
[('linkType', 'gs1:pip'), ('singleton', '')]
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ocoptrace.errors import Gs1Error
from ocoptrace.gs1._shown import shown
from ocoptrace.gs1.percent_encoding import escape, unescape

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "MAX_LENGTH",
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

_CHARACTERS = r"A-Za-z0-9._~:@!$&'()*+,;=%\-"
_HOST = r"(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?"
_PATH = f"(?:/[{_CHARACTERS}]*)*"
_BEHIND = rf"[{_CHARACTERS}/?\[\]]*"
_URI = re.compile(rf"(https?|HTTPS?)://({_HOST})({_PATH})(?:\?({_BEHIND}))?(?:#({_BEHIND}))?")
_ILLEGAL = re.compile(rf"[^{_CHARACTERS}/?#\[\]]")
_PARAMETER_NAME = re.compile(rf"[{_CHARACTERS.replace('&', '').replace('=', '')}/?\[\]]*")
_SCHEMES = ("https", "HTTPS", "http", "HTTP")


def split(uri: str) -> tuple[str, str, str, str, str]:
    """Return scheme, host, path, query and fragment of a URI, each of characters it may have.

    Scheme and host are in lower case; a path is empty or starts with ``/``; path, query and
    fragment are raw.

    Raises:
        Gs1Error: too long, a character no URI has, another scheme than https and http, no host.
    """
    match = _URI.fullmatch(uri) if len(uri) <= MAX_LENGTH else None
    if match is None:
        raise _misshapen(uri)
    scheme, host, path, query, fragment = match.groups("")
    return scheme.lower(), host.lower(), path, query, fragment


def _misshapen(uri: str) -> Gs1Error:
    """Return why a text is no URI that is read here."""
    if len(uri) > MAX_LENGTH:
        return Gs1Error("gs1.uri_too_long", length=len(uri), limit=MAX_LENGTH)
    if stray := _ILLEGAL.search(uri):
        return Gs1Error(
            "gs1.uri_character", uri=shown(uri), character=shown(stray[0]), at=stray.start() + 1
        )
    scheme, separator, rest = uri.partition("://")
    if scheme not in _SCHEMES or not separator:
        return Gs1Error("gs1.scheme", uri=shown(uri))
    host = re.split("[/?#]", rest, maxsplit=1)[0]
    if not re.fullmatch(_HOST, host):
        return Gs1Error("gs1.host", host=shown(host))
    return Gs1Error("gs1.uri_part", part=shown(rest[len(host) :]))


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
    if not re.fullmatch(_HOST, host) or host != host.lower():
        raise Gs1Error("gs1.host", host=shown(host))
    return host


def check_raw(text: str, *, path: bool = False) -> str:
    """Return the raw text of a fragment, or of a path, if it can stand in a URI.

    Raises:
        Gs1Error: too long, or a character that would end the part.
    """
    if text and (len(text) > MAX_LENGTH or not re.fullmatch(_PATH if path else _BEHIND, text)):
        raise Gs1Error("gs1.uri_part", part=shown(text))
    return text


def authority(scheme: str, host: str, *, upper: bool) -> str:
    """Return scheme and host, in upper case where a symbol's alphanumeric mode asks for it.

    Raises:
        Gs1Error: another scheme than https and http, or a host that is none.
    """
    written = f"{check_scheme(scheme)}://{check_host(host.lower())}"
    return written.upper() if upper else written


def read_query(query: str) -> list[tuple[str, str]]:
    """Return the parameters of a query: raw name, decoded value, empty where there is none.

    Raises:
        Gs1Error: a value with a NUL character.
    """
    parameters = []
    for parameter in query.split("&"):
        name, _, value = parameter.partition("=")
        if "%" in value or "+" in value:
            value = unescape(value, query=True)
            if "\0" in value:
                raise Gs1Error("gs1.nul", part=shown(parameter))
        if name or value:
            parameters.append((name, value))
    return parameters


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
