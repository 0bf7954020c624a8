"""Reading a file of entries part by part: everything wrong is gathered, not only the first.

>>> from ocoptrace.registry.entity import Bilingual
>>> reading = Reading({"schema": "x/1", "title": {"vi": "Mắm", "en": "Paste", "fr": "Pâte"}})
>>> reading.entry(Bilingual, reading.part("title"), "/title").en
'Paste'
>>> [(finding.code, finding.severity, finding.place) for finding in reading.findings]
[('fields.unknown', 'warning', '/title/fr')]
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from ocoptrace.epcis.faults import findings_of, pointer, shown
from ocoptrace.errors import InputError, RegistryError
from ocoptrace.findings import Finding
from ocoptrace.registry.entity import Entity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ocoptrace.findings import Severity

__all__ = ["Reading"]

Kind = TypeVar("Kind", bound=Entity)
Result = TypeVar("Result")


class Reading:
    """The state of reading one file: its members, and what was found so far.

    Args:
        members: the file, a JSON object.
    """

    def __init__(self, members: dict[str, Any]) -> None:
        self.members = members
        self.findings: list[Finding] = []

    def note(self, code: str, place: str, *, severity: Severity = "error", **facts: object) -> None:
        """Add a finding."""
        self.findings.append(Finding(code, severity, place, facts))

    def outcome(self) -> tuple[Finding, ...]:
        """Return the findings, each once, in the order in which they were made.

        Raises:
            RegistryError: ``registry.story_invalid``, where one of them is an error.
        """
        distinct = {(found.code, found.place, str(found.facts)): found for found in self.findings}
        findings = tuple(distinct.values())
        errors = [finding for finding in findings if finding.severity == "error"]
        if errors:
            first = errors[0].place or "/"
            raise RegistryError(
                "registry.story_invalid", findings=findings, count=len(errors), first=first
            )
        return findings

    def part(self, name: str, *, required: bool = True) -> Any:
        """Return a member of the file, or None; noted where it is required and missing."""
        if name not in self.members and required:
            self.note("fields.missing", pointer(name), member=name)
        return self.members.get(name)

    def entry(self, kind: type[Kind], data: object, place: str, /, **own: object) -> Kind | None:
        """Return one entry, or None after noting why not.

        A member that the entry does not know is left out with a warning.

        Args:
            kind: class of the entry.
            data: its members in the file; None where they were noted as missing.
            place: JSON pointer of the object.
            own: members that the file does not say.
        """
        if data is None:
            return None
        if not isinstance(data, dict):
            self.note("fields.not_object", place, member="", value=shown(data))
            return None
        for name in own.keys() & data.keys():
            self.note("fields.unknown", place + pointer(name), severity="warning", member=name)
        members = data | own
        try:
            return kind.parse(members, place=place)
        except RegistryError as error:
            found = findings_of(error)
        unknown = [finding for finding in found if finding.code == "fields.unknown"]
        others = [finding for finding in found if finding.code != "fields.unknown"]
        self.findings.extend(replace(finding, severity="warning") for finding in unknown)
        self.findings.extend(others)
        if others:
            return None
        known = deepcopy(members)
        for finding in unknown:
            _remove(known, finding.place.removeprefix(place))
        return kind.parse(known, place=place)

    def text(
        self, data: Mapping[str, Any], name: str, place: str, *, required: bool = False
    ) -> str | None:
        """Return a member that is text, or None; noted where it is not, or should be there.

        Args:
            data: an object of the file.
            name: the member.
            place: JSON pointer of the object.
            required: whether it must be there.
        """
        value = data.get(name)
        if isinstance(value, str):
            return value
        where = place + pointer(name)
        if name in data:
            self.note("fields.not_text", where, member=name, value=shown(value))
        elif required:
            self.note("fields.missing", where, member=name)
        return None

    def lookup(self, find: Callable[[], Result], place: str) -> Result | None:
        """Return what a look-up gives, or None after noting what is wrong at a place."""
        try:
            return find()
        except InputError as error:
            self.findings.append(Finding(error.code, "error", place, error.facts))
            return None

    def by_code(self, name: str, *, required: bool = True) -> Mapping[str, dict[str, Any]]:
        """Return the objects of a part whose member names are codes."""
        part = self.part(name, required=required)
        if not isinstance(part, dict):
            if part is not None:
                self.note("fields.not_object", pointer(name), member=name, value=shown(part))
            return {}
        objects: dict[str, dict[str, Any]] = {}
        for code, data in part.items():
            if isinstance(data, dict):
                objects[code] = data
            else:
                place = pointer(name, code)
                self.note("fields.not_object", place, member=code, value=shown(data))
        return objects

    def by_place(self, name: str, *, required: bool = True) -> Mapping[str, dict[str, Any]]:
        """Return the objects of a part that is a list, by their JSON pointers."""
        part = self.part(name, required=required)
        if not isinstance(part, list):
            if part is not None:
                self.note("fields.not_list", pointer(name), member=name, value=shown(part))
            return {}
        objects: dict[str, dict[str, Any]] = {}
        for number, data in enumerate(part):
            place = pointer(name, number)
            if isinstance(data, dict):
                objects[place] = data
            else:
                self.note("fields.not_object", place, member=name, value=shown(data))
        return objects


def _remove(members: Any, place: str) -> None:
    """Take the member at a JSON pointer out of JSON."""
    *path, last = (part.replace("~1", "/").replace("~0", "~") for part in place.split("/")[1:])
    for part in path:
        members = members[int(part) if isinstance(members, list) else part]
    del members[last]
