"""One value in a pre-hash text: trimmed, words and identifiers as web addresses, numbers plain.

>>> from ocoptrace.epcis.event_hash.profile import profile_named
>>> values = Values(profile_named("cbv2.0"), {})
>>> values.text(" urn:epcglobal:cbv:bizstep:receiving ")
'https://ref.gs1.org/cbv/BizStep-receiving'
>>> values.text("urn:epc:id:sgln:4012345.00005.0"), values.text(120.50), values.text(True)
('https://id.gs1.org/414/4012345000054', '120.5', 'true')
>>> values.text("receiving", "BizStep"), values.text("smoking", "BizStep")
('https://ref.gs1.org/cbv/BizStep-receiving', 'smoking')
>>> values.text("Temperature", "Measurement"), values.text("x", "Comp")
('https://ref.gs1.org/voc/Temperature', 'https://ref.gs1.org/cbv/Comp-x')
"""

from __future__ import annotations

import math
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ocoptrace.epcis.event_hash.decimals import binary, exact
from ocoptrace.epcis.event_hash.identifiers import one_link
from ocoptrace.epcis.event_hash.kept import Kept
from ocoptrace.epcis.event_hash.times import utc
from ocoptrace.epcis.faults import shown
from ocoptrace.epcis.number import Real, lexeme
from ocoptrace.epcis.vocabulary import STANDARD_WORDS
from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ocoptrace.epcis.event_hash.fields import Form
    from ocoptrace.epcis.event_hash.profile import Profile
    from ocoptrace.epcis.vocabulary import CodeList

__all__ = ["Values"]

_CBV = "https://ref.gs1.org/cbv/"
_LISTS: tuple[CodeList, ...] = ("BizStep", "Disp", "BTT", "SDT", "ER", "Comp", "Measurement")
_OPEN_LISTS: frozenset[CodeList] = frozenset({"Comp", "Measurement"})
"""Lists that every bare word is taken to be of: XML writes ``gs1:`` or ``cbv:Comp-`` before it."""

_URN_LISTS: dict[str, CodeList] = {
    "bizstep": "BizStep",
    "disp": "Disp",
    "btt": "BTT",
    "sdt": "SDT",
    "er": "ER",
    "comp": "Comp",
}
_MAX_BITS = 14_000  # what Python writes as decimal without being told to
_KEPT_TEXTS = 4096


class Values:
    """Writes values under a profile, for an event whose prefixes are known.

    Args:
        profile: which reading of the standard.
        namespaces: what prefixes mean; of them only ``cbv`` and ``gs1`` count in values.

    Attributes:
        texts: form → text → as it is hashed; asked where a value surely is a text.
    """

    __slots__ = ("texts",)

    def __init__(self, profile: Profile, namespaces: Mapping[str, str]) -> None:
        cbv, gs1 = namespaces.get("cbv", _CBV), namespaces.get("gs1", profile.gs1_words)
        self.texts: Mapping[Form, Mapping[str, str]] = _texts(profile, cbv, gs1)

    def text(self, value: Any, form: Form = "value") -> str:
        """Return a text, number, ``true`` or ``false`` as it is hashed.

        A number is written exactly: as it was read, or else a float by its ``repr``.

        Args:
            value: what stands in the event.
            form: what it is there.

        Raises:
            EpcisError: none of these, or a number that is not finite; or a time that is none.
        """
        kind = type(value)
        if kind is str:
            return self.texts[form][value]
        if kind is Real:
            return self.texts[form][value.lexeme]
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int) and value.bit_length() > _MAX_BITS:
            raise EpcisError("epcis.hash_value", value=shown(hex(value)))
        if isinstance(value, float) and math.isfinite(value):
            return self.texts[form][lexeme(value)]
        if isinstance(value, str | int) or (isinstance(value, Decimal) and value.is_finite()):
            return self.texts[form][str(value)]
        raise EpcisError("epcis.hash_value", value=shown(value))


def _is_word(bare: str, code_list: CodeList) -> bool:
    """Tell whether a trimmed text is a word of a list, without anything before it."""
    if code_list in _OPEN_LISTS:
        return bool(bare) and ":" not in bare
    return bare in STANDARD_WORDS[code_list]


@lru_cache(maxsize=8)
def _texts(profile: Profile, cbv: str, gs1: str) -> dict[Form, Kept[str, str]]:
    """Return what texts are written as, by the form of the value.

    Args:
        profile: which reading of the standard.
        cbv: what ``cbv:`` means in values.
        gs1: what ``gs1:`` means in values.
    """
    number = exact if profile.exact_numbers else binary
    unescaped, tolerant = profile.unescaped, profile.tolerant_links
    heads = {each: f"{_CBV}{each}-" for each in _LISTS} | {"Measurement": profile.gs1_words}
    starts = [("cbv:", cbv), ("gs1:", gs1)]
    starts += [(f"urn:epcglobal:cbv:{name}:", heads[each]) for name, each in _URN_LISTS.items()]

    def value(text: str) -> str:
        text = text.strip()
        if "/" in text or text.startswith("urn:epc:"):
            link = one_link(text, unescaped=unescaped, tolerant=tolerant)
            if link is not None:
                return link
        if ":" in text:
            for start, head in starts:
                if text.startswith(start):
                    return head + text.removeprefix(start)
        return number(text)

    def time(text: str) -> str:
        return utc(text.strip(), half_even=profile.half_even, carries=profile.carries)

    def word(code_list: CodeList) -> Callable[[str], str]:
        def write(text: str) -> str:
            bare = text.strip()
            return heads[code_list] + bare if _is_word(bare, code_list) else value(text)

        return write

    writers: dict[Form, Callable[[str], str]] = {"value": value, "time": time}
    writers |= {code_list: word(code_list) for code_list in _LISTS}
    return {form: Kept(write, most=_KEPT_TEXTS) for form, write in writers.items()}
