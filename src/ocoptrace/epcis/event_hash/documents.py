"""Event hashes of a document, straight from its bytes.

>>> hash_document(b'''<ObjectEvent>
...     <eventTime>2025-09-01T08:00:00+07:00</eventTime>
...     <eventTimeZoneOffset>+07:00</eventTimeZoneOffset>
...     <epcList><epc>https://id.gs1.org/01/09520101001115/21/7</epc></epcList>
...     <action>OBSERVE</action><bizStep>urn:epcglobal:cbv:bizstep:storing</bizStep>
... </ObjectEvent>''')
['ni:///sha-256;6a2b21fe44ceeab6df79f0ad42a74abfea5afc125db88ca56a60b6bf84df11a9?ver=CBV2.0']
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocoptrace.epcis.document import MAX_BYTES, no_collecting
from ocoptrace.epcis.event_hash.digest import hash_events
from ocoptrace.epcis.raw_events import raw_events

if TYPE_CHECKING:
    from ocoptrace.epcis.event_hash.digest import Algorithm
    from ocoptrace.epcis.event_hash.profile import ProfileName

__all__ = ["hash_document"]


@no_collecting()
def hash_document(
    data: bytes,
    *,
    profile: ProfileName = "cbv2.0",
    algorithm: Algorithm = "sha-256",
    max_bytes: int = MAX_BYTES,
    any_order: bool = False,
) -> list[str]:
    """Return the hash of every event of a document, none left out.

    The events are not validated: a hash has to exist for the events of others too, whatever is
    wrong with them. It is the hash that ``hash_events`` gives of the events of ``read_document``.

    Args:
        data: as for ``read_document``.
        profile: which reading of the standard.
        algorithm: the hash function.
        max_bytes: the size limit, in bytes, before and after decompression.
        any_order: whether the elements of XML may stand in any order.

    Raises:
        EpcisError: no such profile or algorithm; neither JSON nor XML, or no EPCIS; or a member
            that cannot be hashed: its place begins with the position of the event.
    """
    context, events = raw_events(data, max_bytes=max_bytes, any_order=any_order)
    return list(hash_events(events, profile=profile, algorithm=algorithm, context=context))
