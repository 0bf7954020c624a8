"""The pre-hash text of an event: its members in one order, nothing between them.

>>> event_prehash({
...     "type": "ObjectEvent", "action": "OBSERVE", "bizStep": "receiving",
...     "eventTime": "2025-08-20T07:15:00+07:00", "eventTimeZoneOffset": "+07:00",
...     "epcList": ["urn:epc:id:sgtin:9520101.000111.K7Q2"], "ocop:step": "receiving_raw"})
'eventType=ObjectEventeventTime=2025-08-20T00:15:00.000ZeventTimeZoneOffset=+07:00\
epcListepc=https://id.gs1.org/01/09520101001115/21/K7Q2action=OBSERVE\
bizStep=https://ref.gs1.org/cbv/BizStep-receiving\
{https://w3id.org/ocoptrace/voc/}step=receiving_raw'

What is read is the JSON shape of an event, as ``Event.to_json`` gives it, whether it came as
JSON or as XML. Lists are sorted as texts, by code point, each entry written whole.

Source: CBV 2.0, section 8.9.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from ocoptrace.epcis.event import Event
from ocoptrace.epcis.event_hash.extensions import Extensions, declared
from ocoptrace.epcis.event_hash.fields import (
    EVENT,
    LOCATION,
    QUANTITY,
    SENSOR_METADATA,
    SENSOR_REPORT,
    TYPED,
    Form,
    Forms,
)
from ocoptrace.epcis.event_hash.kept import Kept
from ocoptrace.epcis.event_hash.profile import Profile, ProfileName, profile_named
from ocoptrace.epcis.event_hash.values import Values
from ocoptrace.epcis.faults import pointer, shown
from ocoptrace.epcis.places import came_from, each, within
from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

__all__ = ["event_prehash", "event_prehashes"]

_CHANGES = ("set", "unset")
_KEPT_PLANS = 256
_ELEMENT = frozenset({"sensorMetadata", "sensorReport"})


def event_prehash(
    event: Event | Mapping[str, Any],
    *,
    profile: ProfileName = "cbv2.0",
    context: Sequence[str | Mapping[str, Any]] = (),
) -> str:
    """Return the text of an event that is hashed.

    Args:
        event: an event, or its JSON members.
        profile: which reading of the standard.
        context: contexts of the document around the event, whose objects declare prefixes;
            the event's own count more. Nothing is fetched.

    Raises:
        EpcisError: no such profile; or a member that cannot be hashed, with its place.
    """
    return _Walk(profile_named(profile), declared(context)).event(event)


def event_prehashes(
    events: Iterable[Event | Mapping[str, Any]],
    *,
    profile: ProfileName = "cbv2.0",
    context: Sequence[str | Mapping[str, Any]] = (),
) -> Iterator[str]:
    """Return the texts of many events, one by one as they are asked for, none left out.

    Args:
        events: as in ``event_prehash``; read one by one.
        profile: which reading of the standard.
        context: as in ``event_prehash``.

    Raises:
        EpcisError: no such profile; or as ``event_prehash``, when it is an event's turn: its
            place begins with the position of the event.
    """
    # Not a generator itself, so that a wrong profile is refused before the first event.
    return _prehashes(events, _Walk(profile_named(profile), declared(context)))


def _prehashes(events: Iterable[Event | Mapping[str, Any]], walk: _Walk) -> Iterator[str]:
    for position, event in enumerate(events):
        yield within(position, walk.event, event)


class _Step(NamedTuple):
    """One member of an event on its way: its form where it is one value, else its writer."""

    name: str
    form: Form
    writer: Callable[..., str] | None


class _Plan(NamedTuple):
    """How events are written whose members have the same names, whatever their values are.

    Attributes:
        order: members in the order of the profile.
        tail: those that are sorted among the extensions.
        extended: whether there are extensions.
    """

    order: tuple[_Step, ...]
    tail: tuple[_Step, ...]
    extended: bool


@cache
def _standard(profile: Profile) -> frozenset[str]:
    """Return the members of an event that are no extensions."""
    return frozenset({*profile.order, *profile.sorted_tail, *profile.ignored})


@cache
def _plans(profile: Profile) -> Kept[tuple[str, ...], _Plan]:
    """Return the plans for events, by the names of their members: a document has only a few."""

    def steps(order: Iterable[str], names: tuple[str, ...]) -> tuple[_Step, ...]:
        return tuple(
            _Step(name, EVENT.get(name, "value"), _Walk.writers.get(name))
            for name in order
            if name in names
        )

    def plan(names: tuple[str, ...]) -> _Plan:
        extended = not _standard(profile).issuperset(names)
        return _Plan(steps(profile.order, names), steps(profile.sorted_tail, names), extended)

    return Kept(plan, most=_KEPT_PLANS)


class _Walk:
    """The way through the standard members of events that share a profile and prefixes."""

    __slots__ = ("_declared", "_extensions", "_inner", "_own", "_plans", "_profile", "_values")

    def __init__(self, profile: Profile, prefixes: Mapping[str, str]) -> None:
        self._profile = profile
        self._plans = _plans(profile)
        self._declared = prefixes
        self._own: dict[str, str] = {}
        self._inner = self
        self._values = Values(profile, prefixes)
        self._extensions = Extensions(profile, prefixes, self._values)

    def event(self, event: Event | Mapping[str, Any]) -> str:
        """Return the text of an event, under the prefixes that it declares too."""
        # To ask whether something is a model takes long: most are none.
        if type(event) is not dict and isinstance(event, Event):
            members: Mapping[str, Any] = event.to_json()
            own = event.prefixes
        else:
            members = _object(event)
            own = declared(members["@context"]) if "@context" in members else {}
        return self._under(own)._written(members)  # noqa: SLF001 - one of its kind

    def _under(self, own: dict[str, str]) -> _Walk:
        """Return the walk under prefixes of an event's own, mostly those of the event before."""
        if not own:
            return self
        if own != self._own:
            self._own = own
            self._inner = _Walk(self._profile, {**self._declared, **own})
        return self._inner

    def _written(self, members: Mapping[str, Any]) -> str:
        if not isinstance(members.get("type"), str):
            raise EpcisError("fields.missing", place="/type", member="type")
        order, tail, extended = self._plans[tuple(members)]
        after: list[str] = []
        texts = [f"eventType={members['type']}"]
        texts += self._members(order, members, after)
        extensions = []
        if extended:
            extensions = self._extensions.texts(members, _standard(self._profile))
        if self._profile.sorted_tail:
            sorted_too = self._members(tail, members, after) if tail else []
            texts += sorted([*sorted_too, *after, *extensions])
        else:
            texts += [*after, *sorted(extensions)]
        return "".join(texts)

    def _members(
        self, steps: Iterable[_Step], members: Mapping[str, Any], after: list[str]
    ) -> list[str]:
        """Return members of an event, step by step.

        Extensions inside them that come after all members are added to ``after``.
        """
        texts = []
        name, known, write = "", self._values.texts, self._values.text
        try:
            for name, form, writer in steps:
                value = members[name]
                if writer is not None:
                    texts.append(writer(self, name, value, after))
                else:
                    # Most values are texts: to ask for them here saves a call for each.
                    text = known[form][value] if type(value) is str else write(value, form)
                    if text:
                        texts.append(f"{name}={text}")
        except EpcisError as error:
            came_from(name, error)
            raise
        return texts

    def _epcs(self, name: str, value: Any, _after: list[str]) -> str:
        texts = each(value, self._values.text)
        return _sorted(name, [f"epc={text}" for text in texts if text])

    def _certification(self, name: str, value: Any, _after: list[str]) -> str:
        addresses = value if isinstance(value, list | tuple) else [value]
        return "".join(sorted(_pair(name, text) for text in each(addresses, self._values.text)))

    def _quantities(self, name: str, value: Any, _after: list[str]) -> str:
        texts = each(value, self._quantity)
        return _sorted(name, [_named("quantityElement", text) for text in texts])

    def _quantity(self, value: Any) -> str:
        return self._closed(_object(value), QUANTITY)

    def _dispositions(self, name: str, value: Any, _after: list[str]) -> str:
        members = _object(value)
        _only(members, _CHANGES)
        texts: list[str] = []
        for change in _CHANGES:
            words = within(change, each, members.get(change, ()), self._values.text, "Disp")
            texts += sorted(_pair(change, text) for text in words)
        return _named(name, "".join(texts))

    def _typed(self, name: str, value: Any, _after: list[str]) -> str:
        return _sorted(name, each(value, self._typed_entry, name.removesuffix("List"), TYPED[name]))

    def _typed_entry(self, value: Any, name: str, forms: Forms) -> str:
        members = _object(value)
        if name not in members:
            raise EpcisError("fields.missing", place=f"/{name}", member=name)
        if "type" not in members and not self._profile.untyped_transactions:
            raise EpcisError("epcis.hash_dropped", place=f"/{name}", value=shown(members[name]))
        return self._closed(members, forms)

    def _location(self, name: str, value: Any, after: list[str]) -> str:
        text, left = self._holder(value, name, LOCATION)
        if left:
            after.append(left)
        return text

    def _ilmd(self, name: str, value: Any, _after: list[str]) -> str:
        return _sorted(name, self._extensions.texts(_object(value), ()))

    def _sensors(self, name: str, value: Any, after: list[str]) -> str:
        elements = each(value, self._sensor_element)
        listed = name if self._profile.sensor_list_name else ""
        left = _sorted(listed, [left for _, left in elements])
        if left:
            after.append(left)
        return _sorted(listed, [text for text, _ in elements])

    def _sensor_element(self, value: Any) -> tuple[str, str]:
        """Return an element, and the extensions in it that come after all members."""
        members = _object(value)
        inside: list[str] = []
        after: list[str] = []
        if "sensorMetadata" in members:
            name = "sensorMetadata"
            text, left = within(name, self._holder, members[name], name, SENSOR_METADATA)
            inside.append(text)
            after.append(left)
        if "sensorReport" in members:
            name = "sensorReport"
            reports = within(name, each, members[name], self._holder, name, SENSOR_REPORT)
            inside += sorted([text for text, _ in reports])
            after += sorted([left for _, left in reports])
        if not _ELEMENT.issuperset(members):
            text, left = self._extensions.placed(members, _ELEMENT)
            inside.append(text)
            after.append(left)
        name = "sensorElement"
        return _named(name, "".join(inside)), _named(name, "".join(after))

    def _holder(self, value: Any, name: str, forms: Forms) -> tuple[str, str]:
        """Return a part that may hold extensions, and those that come after all members."""
        members = _object(value)
        steps = forms.of[tuple(members)]
        inside, after = self._fields(members, steps), ""
        if len(steps) < len(members):
            extensions, after = self._extensions.placed(members, forms)
            inside += extensions
        return _named(name, inside), _named(name, after)

    def _closed(self, members: Mapping[str, Any], forms: Forms) -> str:
        """Return a part that holds no extensions."""
        steps = forms.of[tuple(members)]
        if len(steps) < len(members):
            _only(members, forms)
        return self._fields(members, steps)

    def _fields(self, members: Mapping[str, Any], steps: Iterable[tuple[str, Form]]) -> str:
        """Return members that are one value each."""
        texts = []
        name, known, write = "", self._values.texts, self._values.text
        try:
            for name, form in steps:
                value = members[name]
                text = known[form][value] if type(value) is str else write(value, form)
                if text:
                    texts.append(f"{name}={text}")
        except EpcisError as error:
            came_from(name, error)
            raise
        return "".join(texts)

    writers: ClassVar[Mapping[str, Callable[..., str]]] = {
        "bizLocation": _location,
        "bizTransactionList": _typed,
        "certificationInfo": _certification,
        "childEPCs": _epcs,
        "childQuantityList": _quantities,
        "destinationList": _typed,
        "epcList": _epcs,
        "ilmd": _ilmd,
        "inputEPCList": _epcs,
        "inputQuantityList": _quantities,
        "outputEPCList": _epcs,
        "outputQuantityList": _quantities,
        "persistentDisposition": _dispositions,
        "quantityList": _quantities,
        "readPoint": _location,
        "sensorElementList": _sensors,
        "sourceList": _typed,
    }


def _pair(name: str, text: str) -> str:
    """Return ``name=text``; nothing where there is no text."""
    return f"{name}={text}" if text else ""


def _named(name: str, inside: str) -> str:
    """Return a name before what is in it; nothing where there is nothing."""
    return name + inside if inside else ""


def _sorted(name: str, texts: list[str]) -> str:
    """Return a name before texts in their order; nothing where they are empty."""
    if len(texts) > 1:
        texts.sort()
    return _named(name, "".join(texts))


def _object(value: Any) -> Mapping[str, Any]:
    if type(value) is dict or isinstance(value, Mapping):  # the first is the quicker question
        return value
    raise EpcisError("fields.not_object", value=shown(value))


def _only(members: Mapping[str, Any], known: Collection[str]) -> None:
    """Refuse a member that would not be hashed."""
    for name in members:
        if name not in known:
            raise EpcisError("fields.unknown", place=pointer(name), member=shown(name))
