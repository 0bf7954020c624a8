"""How a batch came to be, step by step: the events of its record in order, and their proofs.

>>> from ocoptrace.web.wording import Wording
>>> timeline([], telling=Telling({}, {}, Wording("vi")))
()
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from ocoptrace import canonical_json
from ocoptrace.epcis import AggregationEvent, parse_event
from ocoptrace.errors import OcopTraceError
from ocoptrace.verify.policy import VIETNAM
from ocoptrace.web.contents import is_sound
from ocoptrace.web.telling import Telling, Told

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from ocoptrace.epcis import Event
    from ocoptrace.messages import Language
    from ocoptrace.verify.examination import Examined

__all__ = ["Step", "timeline"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step, and what is proven of it.

    Attributes:
        told: what happened, in words.
        at: when, as claimed; for a withheld event when it was signed.
        day: that day, in words.
        claimed: that time, in words.
        logged_by: by when witnesses had seen it in the log, in words; empty if they have not.
        issuer: URI of who recorded it.
        signer: name of who signed.
        entries: its positions in the log.
        by_authority: whether a province office signed.
        signed: whether all its statements are signed by who may sign them.
        logged: whether all of them are in a log of the trust bundle.
        witnessed: whether that log's quorum has seen all of them.
        withheld: whether its content is not shown.
        recalled: whether its recorder says that goods were called back.
        retracted: whether its recorder has declared it wrong since.
    """

    told: Told
    at: datetime
    day: str
    claimed: str
    logged_by: str
    issuer: str
    signer: str
    entries: tuple[int, ...]
    by_authority: bool
    signed: bool
    logged: bool
    witnessed: bool
    withheld: bool
    recalled: bool
    retracted: bool


class _Recorded(NamedTuple):
    """An event, None where it is withheld or cannot be read, and what is known of it."""

    event: Event | None
    evidence: Examined

    @property
    def at(self) -> datetime:
        if self.event is None:
            return self.evidence.recorded.statement.issued_at.astimezone(VIETNAM)
        return self.event.when

    @property
    def identity(self) -> tuple[str, str | None]:
        """Whose event it is, and its eventID."""
        issuer = self.evidence.recorded.statement.issuer
        return issuer, self.event.event_id if self.event else None

    @property
    def declares_error(self) -> bool:
        return self.event is not None and self.event.error_declaration is not None


def timeline(evidence: Iterable[Examined], *, telling: Telling) -> tuple[Step, ...]:
    """Return the steps that the events of a record tell, newest last.

    Filling several containers in just the same way is one step.

    Args:
        evidence: what was found out about the record's statements.
        telling: what puts the events into words.
    """
    events = [_Recorded(_event(e), e) for e in evidence if e.recorded.statement.kind == "event"]
    wrong = {each.identity for each in events if each.declares_error and is_sound(each.evidence)}
    told = sorted((each for each in events if not each.declares_error), key=lambda each: each.at)
    return tuple(
        _step(list(alike), telling, wrong) for _, alike in groupby(told, key=_but_the_container)
    )


def _event(evidence: Examined) -> Event | None:
    try:
        return parse_event(canonical_json.loads(evidence.recorded.payload or ""))
    except OcopTraceError:
        return None


def _but_the_container(recorded: _Recorded) -> object:
    """Return what is the same for events that differ in the container they fill only."""
    event, evidence = recorded
    if not isinstance(event, AggregationEvent):
        return evidence.recorded.statement.id
    own = {"eventID", "parentID"}
    members = {name: value for name, value in event.to_json().items() if name not in own}
    return evidence.recorded.statement.issuer, members


def _step(alike: Sequence[_Recorded], telling: Telling, wrong: set[tuple[str, str | None]]) -> Step:
    first, wording = alike[0], telling.wording
    evidence = [each.evidence for each in alike]
    times = [e.log_time for e in evidence if e.log_time is not None]
    is_timed = len(times) == len(evidence)
    issuer = first.evidence.recorded.statement.issuer
    if first.event is not None:
        told = telling.tell(first.event, issuer=issuer, containers=len(alike))
    else:
        told = Told(wording.word("withheld" if first.evidence.withheld else "unreadable"))
    return Step(
        told=told,
        at=first.at,
        day=wording.date(first.at.date()),
        claimed=wording.moment(first.at),
        logged_by=wording.moment(max(times).astimezone(VIETNAM)) if is_timed else "",
        issuer=issuer,
        signer=_holder(first.evidence, wording.language),
        entries=tuple(e.recorded.proofs[0].index for e in evidence if e.recorded.proofs),
        by_authority=all(e.signer is not None and e.signer.role == "authority" for e in evidence),
        signed=all(is_sound(e) for e in evidence),
        logged=all(e.logged and not e.proof_fault for e in evidence),
        witnessed=all(e.witnessed for e in evidence),
        withheld=first.evidence.withheld,
        recalled=first.event is not None and first.event.disposition == "recalled",
        retracted=first.event is not None and first.identity in wrong,
    )


def _holder(evidence: Examined, language: Language) -> str:
    """Return the name of the key's holder, else the URI that the statement names."""
    if evidence.signer is None:
        return evidence.recorded.statement.issuer
    return evidence.signer.name.get(language, evidence.signer.issuer)
