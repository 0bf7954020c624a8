"""The profiles of the event hash: what one reading of the standard does otherwise than another.

Each difference is one flag; the code that writes the pre-hash text asks flags only.

>>> PROFILES["cbv2.0"].version, PROFILES["reference-1.9"].version
('CBV2.0', 'CBV2.0')
>>> PROFILES["cbv2.0"].extensions, PROFILES["cbv2.1"].extensions
('after', 'inside')

Sources: CBV 2.0, section 8.9, as the README of the reference implementation states it in 2026
(``cbv2.0``; ``cbv2.1`` is its reading of a draft); the behaviour of that implementation's
release 1.9.3 of 2023 (``reference-1.9``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PROFILES", "Profile", "ProfileName", "profile_named"]

ProfileName = Literal["cbv2.0", "cbv2.1", "reference-1.9"]
"""The name of a profile. It is not the version behind a hash: two profiles share ``CBV2.0``."""


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Profile:
    """One way to write the pre-hash text of an event.

    Attributes:
        version: what stands behind ``?ver=``.
        order: members of the event that are hashed, in the order in which they are written.
        sorted_tail: further members, which are sorted among the extensions; where there are
            any, everything behind ``order`` is sorted as one.
        ignored: members of the event that are never hashed.
        sensor_list_name: ``sensorElementList`` is written before its elements.
        extensions: where those inside a place or a sensor element stand: ``after`` all standard
            members, behind the bare name of what holds them; ``inside`` it; or
            ``inside_slashed``, which is inside only where the namespace ends in a slash, the
            holder has other members, and no name there contains ``action`` or ``eventTime``.
        gs1_words: what ``gs1:`` means in values, and what bare sensor words begin with.
        half_even: fractions of a millisecond are rounded to the even one, else half up.
        carries: rounding may reach the next second; else such a time is refused.
        exact_numbers: numbers are decimal; else they go through a binary double.
        unescaped: what a serial or lot keeps beside letters, digits, ``-``, ``.``, ``_``, ``~``.
        tolerant_links: a Digital Link is also one with an escape in a value, a fragment, a
            closing slash, capitals in scheme or host, or the extension 0 of a place.
        untyped_transactions: a business transaction needs no type.
    """

    version: str
    order: tuple[str, ...]
    sorted_tail: tuple[str, ...]
    ignored: frozenset[str]
    sensor_list_name: bool
    extensions: Literal["after", "inside", "inside_slashed"]
    gs1_words: str
    half_even: bool
    carries: bool
    exact_numbers: bool
    unescaped: str
    tolerant_links: bool
    untyped_transactions: bool


_TIMES = ("eventTime", "eventTimeZoneOffset")
_GOODS = (
    "inputEPCList",
    "childEPCs",
    "quantityList",
    "childQuantityList",
    "inputQuantityList",
    "outputEPCList",
    "outputQuantityList",
    "action",
    "transformationID",
    "bizStep",
    "disposition",
    "persistentDisposition",
    "readPoint",
    "bizLocation",
)
_NEVER = frozenset({"@context", "type", "eventID", "recordTime", "errorDeclaration"})
_CURRENT_ORDER = (
    *_TIMES,
    "epcList",
    "parentID",
    *_GOODS,
    "bizTransactionList",
    "sourceList",
    "destinationList",
    "sensorElementList",
    "ilmd",
)
_GS1 = "https://ref.gs1.org/voc/"

_CBV_2_0 = Profile(
    version="CBV2.0",
    order=_CURRENT_ORDER,
    sorted_tail=(),
    ignored=_NEVER | {"certificationInfo"},
    sensor_list_name=False,
    extensions="after",
    gs1_words=_GS1,
    half_even=False,
    carries=True,
    exact_numbers=True,
    unescaped="!'()*+,:;=",
    tolerant_links=True,
    untyped_transactions=True,
)
_CBV_2_1 = replace(_CBV_2_0, version="CBV2.1", sensor_list_name=True, extensions="inside")
_REFERENCE_1_9 = Profile(
    version="CBV2.0",
    order=(*_TIMES, "certificationInfo", "parentID", "epcList", *_GOODS, "sensorElementList"),
    sorted_tail=("bizTransactionList", "destinationList", "ilmd", "sourceList"),
    ignored=_NEVER,
    sensor_list_name=True,
    extensions="inside_slashed",
    gs1_words="https://gs1.org/voc/",
    half_even=True,
    carries=False,
    exact_numbers=False,
    unescaped="';=",
    tolerant_links=False,
    untyped_transactions=False,
)

PROFILES: Mapping[ProfileName, Profile] = MappingProxyType(
    {"cbv2.0": _CBV_2_0, "cbv2.1": _CBV_2_1, "reference-1.9": _REFERENCE_1_9}
)
"""Every profile by its name."""


def profile_named(name: str) -> Profile:
    """Return the profile of a name.

    Raises:
        EpcisError: there is none.
    """
    for known, profile in PROFILES.items():
        if known == name:
            return profile
    raise EpcisError("fields.not_one_of", value=name, expected=", ".join(PROFILES))
