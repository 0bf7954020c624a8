"""Names and text in XML: prefixes and their namespaces, what XML can spell, and how.

>>> names = Names({"ex": "https://example.org/"})
>>> names.member("{https://example.org/}note", "ex")
'ex:note'
>>> names.member("{https://other.example/}note", "ex"), names.added
('ex1:note', {'ex1': 'https://other.example/'})
>>> escaped("a < b"), quoted('say "a"'), spellable("a" + chr(0))
('a &lt; b', '"say &quot;a&quot;"', False)
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from unicodedata import is_normalized, normalize

from ocoptrace.epcis.vocabulary import PREFIX, VOCABULARY, namespace_of
from ocoptrace.epcis.xml_parsing import parse
from ocoptrace.epcis.xml_schema import EPCIS_NAMESPACES, IMPLIED, STANDING, XML
from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lxml.etree import _Element as Element

__all__ = [
    "MAX_PREFIXES",
    "Names",
    "composed",
    "declarations",
    "declared",
    "escaped",
    "is_name",
    "local_name",
    "meanings",
    "path_of",
    "prefixes_in_xml",
    "prefixes_of",
    "quoted",
    "same_prefixes",
    "spellable",
]

_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME = re.compile(f"[{_START}][{_START}.0-9\u00b7\u0300-\u036f\u203f-\u2040-]*")
_UNSPELLABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_QUOTED = str.maketrans(
    {"&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)

MAX_PREFIXES = 256
"""How many prefixes may be in force at an element."""

_RESERVED = frozenset({"epcis", "epcismd", "epcisq", "xsd", "xsi"})


class Names:
    """The prefixes in force while one event or header is read, and those that it adds.

    Attributes:
        added: prefix → namespace, for what the prefixes around do not say.
        deep: whether anything read may be nested deeper than an event may be.
    """

    def __init__(self, around: dict[str, str]) -> None:
        self._meanings = IMPLIED | around
        self._members: dict[tuple[str, str | None], str] = {}
        self._prefixes: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}
        self._used: set[str] = set()
        self.added: dict[str, str] = {}
        self.deep = False

    def member(self, tag: str, prefix: str | None) -> str:
        """Return the member name of an element or attribute.

        Args:
            tag: ``{namespace}local``, or ``local`` where it has no namespace.
            prefix: what the document calls the namespace; None for none.
        """
        if tag[0] != "{":
            return tag
        key = (tag, prefix)
        member = self._members.get(key)
        if member is None:
            namespace, _, local = tag[1:].partition("}")
            wanted = (prefix or "ns", namespace)
            if wanted not in self._prefixes:
                self._prefixes[wanted] = self._prefix(*wanted)
            member = self._members[key] = f"{self._prefixes[wanted]}:{local}"
        return member

    def uses(self, prefix: str) -> bool:
        """Tell whether a name with this prefix has been read."""
        return prefix in self._used

    def _prefix(self, wanted: str, namespace: str) -> str:
        if namespace == XML:
            return "xml"
        prefix, count = wanted, self._counts.get(wanted, 0)
        while True:
            free = prefix not in self._used and self._meanings.get(prefix) == IMPLIED.get(prefix)
            if free and self._meanings.get(prefix) != namespace:
                self._meanings[prefix] = self.added[prefix] = namespace
            if self._meanings.get(prefix) == namespace:
                self._used.add(prefix)
                return prefix
            # A thousand namespaces under one prefix: each goes on where the last one ended.
            count += 1
            self._counts[wanted] = count
            prefix = f"{wanted}{count}"


def declarations(element: Element) -> Mapping[str | None, str]:
    """Return the prefixes in force at an element, with their namespaces.

    Raises:
        EpcisError: there are so many that to look at them for every event takes too long.
    """
    prefixes: Mapping[str | None, str] = element.nsmap
    if len(prefixes) > MAX_PREFIXES:
        raise EpcisError("epcis.xml_prefixes", place=path_of(element), limit=MAX_PREFIXES)
    return prefixes


def declared(nsmap: Mapping[str | None, str] | Mapping[str, str]) -> dict[str, str]:
    """Return the declarations of an element that a JSON-LD context has to repeat."""
    return {
        prefix: namespace
        for prefix, namespace in nsmap.items()
        if prefix is not None and namespace not in STANDING and not _implied(prefix, namespace)
    }


def _implied(prefix: str, namespace: str) -> bool:
    """Tell whether JSON-LD need not say it: EPCIS declares it, and ours is said all the same."""
    return prefix != PREFIX and IMPLIED.get(prefix) == namespace


def local_name(element: Element) -> str:
    """Return the name of an EPCIS element; in braces where it belongs to another namespace."""
    tag: str = element.tag
    if tag[0] != "{":
        return tag
    namespace, _, local = tag[1:].partition("}")
    return local if namespace in EPCIS_NAMESPACES else tag


def path_of(element: Element) -> str:
    """Return where an element stands: its line, and the elements around it."""
    steps = [local_name(element)]
    steps += [local_name(each) for each in element.iterancestors()]
    return f"line {element.sourceline}, /{'/'.join(reversed(steps))}"


def is_name(text: str) -> bool:
    """Tell whether a text is a name without colon (Namespaces in XML, NCName)."""
    return _NAME.fullmatch(text) is not None


def spellable(text: str) -> bool:
    """Tell whether XML 1.0 has all characters of a text (section 2.2)."""
    return _UNSPELLABLE.search(text) is None


def escaped(text: str) -> str:
    """Return a text as it stands between tags."""
    return text.translate(_TEXT)


def quoted(text: str) -> str:
    """Return a text as the value of an attribute, with its quotation marks."""
    return f'"{text.translate(_QUOTED)}"'


def composed(text: str) -> str:
    """Return a text in NFC."""
    if text.isascii() or is_normalized("NFC", text):
        return text
    return normalize("NFC", text)


def prefixes_in_xml(prefixes: Mapping[str, str]) -> dict[str, str]:
    """Return those prefixes that XML can declare.

    Raises:
        EpcisError: our own prefix has another meaning.
    """
    if prefixes.get(PREFIX, VOCABULARY) != VOCABULARY:
        raise EpcisError(
            "epcis.prefix_reserved",
            place="/@context",
            prefix=PREFIX,
            namespace=prefixes[PREFIX],
        )
    return {
        prefix: namespace
        for prefix, namespace in prefixes.items()
        if is_name(prefix)
        and not prefix.lower().startswith("xml")
        and prefix not in _RESERVED
        and namespace.strip() == namespace != ""
        and namespace not in EPCIS_NAMESPACES
        and _declarable(namespace)
    }


@lru_cache(256)
def _declarable(namespace: str) -> bool:
    """Tell whether a namespace can be declared: whether libxml2 takes it for an address."""
    if not spellable(namespace):
        return False
    try:
        parse(f"<e xmlns:e={quoted(namespace)}/>".encode())
    except EpcisError:
        return False
    return True


def prefixes_of(context: Sequence[str | dict[str, Any]]) -> dict[str, str]:
    """Return the prefixes that contexts declare and XML can declare too.

    Raises:
        EpcisError: our own prefix has another meaning.
    """
    return prefixes_in_xml(meanings(context))


def meanings(context: Sequence[str | dict[str, Any]]) -> dict[str, str]:
    """Return the prefixes that contexts declare, but for those that JSON-LD implies."""
    return {
        prefix: namespace
        for entry in context
        if isinstance(entry, dict)
        for prefix, meaning in entry.items()
        if (namespace := namespace_of(meaning)) is not None and not _implied(prefix, namespace)
    }


def same_prefixes(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Tell whether XML declares the same either way, our own prefix aside, which is fixed."""
    ours = {PREFIX: VOCABULARY}
    return prefixes_in_xml(dict(one) | ours) == prefixes_in_xml(dict(other) | ours)
