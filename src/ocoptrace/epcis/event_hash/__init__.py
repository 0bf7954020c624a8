"""The event hash of CBV 2.0: one address for the content of an event, in JSON or XML.

Two parties who hold an event can see whether it is the same without showing it. No signature
rests on it: see the guide on event hashes for what it does not tell apart.

>>> event = {"type": "ObjectEvent", "action": "OBSERVE", "bizStep": "storing",
...     "eventTime": "2025-09-01T08:00:00+07:00", "eventTimeZoneOffset": "+07:00",
...     "epcList": ["https://id.gs1.org/01/09520101001115/21/7"]}
>>> event_prehash(event).partition("epcList")[2]
'epc=https://id.gs1.org/01/09520101001115/21/7action=OBSERVE\
bizStep=https://ref.gs1.org/cbv/BizStep-storing'
>>> event_hash(event) == next(hash_events([event]))
True
"""

from __future__ import annotations

from ocoptrace.epcis.event_hash.digest import Algorithm, event_hash, hash_events
from ocoptrace.epcis.event_hash.documents import hash_document
from ocoptrace.epcis.event_hash.prehash import event_prehash, event_prehashes
from ocoptrace.epcis.event_hash.profile import PROFILES, Profile, ProfileName

__all__ = [
    "PROFILES",
    "Algorithm",
    "Profile",
    "ProfileName",
    "event_hash",
    "event_prehash",
    "event_prehashes",
    "hash_document",
    "hash_events",
]
