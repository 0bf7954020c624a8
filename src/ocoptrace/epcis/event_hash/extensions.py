"""Extensions in a pre-hash text: members of other vocabularies, and where they stand.

>>> from ocoptrace.epcis.event_hash.profile import profile_named
>>> profile = profile_named("cbv2.0")
>>> prefixes = {"farm": "https://farm.example/v/"}
>>> extensions = Extensions(profile, prefixes, Values(profile, prefixes))
>>> extensions.texts({"farm:plot": ["A2", "A1"], "farm:soil": {"farm:pH": 5.50}}, frozenset())
['{https://farm.example/v/}plot=A2', '{https://farm.example/v/}plot=A1', \
'{https://farm.example/v/}soil{https://farm.example/v/}pH=5.5']

An attribute of XML, ``@farm:plot``, is written as an element would be. Two members of an object
are no extensions: ``@context`` declares further prefixes for what is inside, and ``#text`` is
the text of an XML element that has attributes or children too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ocoptrace.canonical_json import MAX_DEPTH
from ocoptrace.epcis.event_hash.kept import Kept
from ocoptrace.epcis.event_hash.values import Values
from ocoptrace.epcis.places import came_from, within
from ocoptrace.epcis.vocabulary import STANDARD_PREFIXES
from ocoptrace.epcis.xml_schema import IMPLIED, XML
from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from collections.abc import Collection

    from ocoptrace.epcis.event_hash.profile import Profile

__all__ = ["Extensions", "declared"]

_KEPT_NAMES = 1024
_UNDECLARED = {**IMPLIED, "xml": XML}
_NO_EXTENSIONS = frozenset({"#text", "@context"})
_COMMENTS = frozenset(
    {
        "comment",
        "rdfs:comment",
        *(f"{{{namespace}}}comment" for namespace in STANDARD_PREFIXES["rdfs"]),
    }
)
_SCHEMA_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"
_MASTER_DATA = frozenset(
    {
        "gs1:masterDataAvailableFor",
        *(f"{{{namespace}}}masterDataAvailableFor" for namespace in STANDARD_PREFIXES["gs1"]),
    }
)


def declared(context: Any) -> dict[str, str]:
    """Return the prefixes that the objects of a JSON-LD context declare. Nothing is fetched."""
    entries = context if isinstance(context, list | tuple) else (context,)
    return {
        prefix: namespace
        for entry in entries
        if isinstance(entry, Mapping)
        for prefix, namespace in entry.items()
        if isinstance(namespace, str)
    }


class Extensions:
    """Writes extensions under a profile, for an event whose prefixes are known.

    Args:
        profile: which reading of the standard.
        prefixes: those that are declared; the standard ones need not be.
        values: writes their values.
    """

    __slots__ = ("_keys", "_prefixes", "_profile", "_values")

    def __init__(self, profile: Profile, prefixes: Mapping[str, str], values: Values) -> None:
        self._profile = profile
        self._prefixes = prefixes
        self._values = values
        self._keys = Kept(self._key, most=_KEPT_NAMES)

    def texts(
        self, members: Mapping[str, Any], standard: Collection[str], depth: int = MAX_DEPTH
    ) -> list[str]:
        """Return a text for every extension of an object, unsorted.

        Args:
            members: the object.
            standard: names of members that are none.
            depth: how deep they may be nested.

        Raises:
            EpcisError: a value that cannot be hashed, or nesting beyond the depth.
        """
        texts: list[str] = []
        name = ""
        try:
            for name, value in members.items():
                if name not in standard:
                    key = self._keys[name]
                    if key:
                        texts += self._texts_of(key, value, depth)
        except EpcisError as error:
            came_from(name, error)
            raise
        return texts

    def placed(self, members: Mapping[str, Any], standard: Collection[str]) -> tuple[str, str]:
        """Return the extensions that stand inside their holder, and those that come after all.

        Args:
            members: a place, or a part of a sensor element.
            standard: names of its standard members.

        Raises:
            EpcisError: as ``texts``.
        """
        texts = sorted(self.texts(members, standard))
        if self._profile.extensions == "after":
            return "", "".join(texts)
        if self._profile.extensions == "inside":
            return "".join(texts), ""
        names = [self._name(name) for name in members]
        lists = [len(each) for each in members.values() if isinstance(each, list | tuple)]
        count = len(members) - len(lists) + sum(lists)
        if count == 1 or any("action" in name or "eventTime" in name for name in names):
            return "", "".join(texts)
        inside = [text for text in texts if _is_slashed(text)]
        return "".join(inside), "".join(text for text in texts if not _is_slashed(text))

    def _texts_of(self, key: str, value: Any, depth: int) -> list[str]:
        """Return the texts of one extension: of a list, one for each entry."""
        if depth < 0:
            raise EpcisError("json.too_deep", limit=MAX_DEPTH)
        if type(value) is str:
            return [_with_value(key, self._values.text(value))]
        if isinstance(value, list | tuple):
            return [
                text
                for position, each in enumerate(value)
                for text in within(position, self._texts_of, key, each, depth - 1)
            ]
        if not isinstance(value, Mapping):
            return [_with_value(key, self._values.text(value))]
        if "#text" in value:
            key = _with_value(key, within("#text", self._values.text, value["#text"]))
        return [key + "".join(sorted(self._inside(value).texts(value, (), depth - 1)))]

    def _inside(self, value: Mapping[str, Any]) -> Extensions:
        """Return the writer for what is inside an object, which may declare prefixes."""
        if "@context" not in value:
            return self
        prefixes = {**self._prefixes, **declared(value["@context"])}
        return Extensions(self._profile, prefixes, Values(self._profile, prefixes))

    def _key(self, name: str) -> str:
        """Return the key of an extension; nothing where it is not hashed."""
        if name in _NO_EXTENSIONS:
            return ""
        key = self._name(name)
        if key in _COMMENTS or key.startswith(_SCHEMA_INSTANCE):
            return ""
        if key in _MASTER_DATA:
            raise EpcisError("epcis.hash_master_data")
        return key

    def _name(self, name: str) -> str:
        """Return a name behind its namespace; where its prefix means nothing, as written."""
        name = name.removeprefix("@")
        prefix, colon, local = name.partition(":")
        namespace = self._prefixes.get(prefix, _UNDECLARED.get(prefix)) if colon else None
        return name if namespace is None else f"{{{namespace}}}{local}"


def _with_value(key: str, text: str) -> str:
    return f"{key}={text}" if text else key


def _is_slashed(text: str) -> bool:
    """Tell whether the namespace that a text begins with ends in a slash."""
    return text.startswith("{") and text[: text.find("}")].endswith("/")
