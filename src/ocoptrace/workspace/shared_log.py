"""Logs that more than one states in: the part of a workspace's front door for both sides."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ocoptrace.errors import WorkspaceError
from ocoptrace.transparency.submission import Problem
from ocoptrace.workspace.intake import Intake
from ocoptrace.workspace.submitting import (
    Destination,
    Pacing,
    default_origin,
    destinations,
    set_destinations,
    submit_to,
)

if TYPE_CHECKING:
    from ocoptrace.workspace.setting import Setting
    from ocoptrace.workspace.submitting import Send, SubmissionRound

__all__ = ["SharedLog", "SubmissionState"]


@dataclass(frozen=True, slots=True)
class SubmissionState:
    """How far own statements are on their way into another's log.

    Attributes:
        destination: the log.
        due: how many are still to be submitted or proven.
        proven: how many it has proven.
        refused: what it does not take, and why: id and problem.
    """

    destination: Destination
    due: int
    proven: int
    refused: tuple[tuple[bytes, Problem], ...]


class SharedLog:
    """What a workspace submits to others' logs, and what its own log takes in from others."""

    _setting: Setting

    @cached_property
    def intake(self) -> Intake:
        """Where the own log takes in what others state. It limits how often; keep this one."""
        return Intake(self._setting)

    def destinations(self) -> tuple[Destination, ...]:
        """Return the logs of others that the statements made here go to."""
        return destinations(self._setting.store)

    def add_destination(self, url: str, origin: str | None = None) -> Destination:
        """Let all statements of producers here go to another's log as well, earlier ones first.

        Nothing is sent before ``submit``. Where the log is a destination already, it gets this
        address.

        Args:
            url: its http or https address.
            origin: of the log; the log that the office itself runs, where left out.

        Raises:
            WorkspaceError: the trust bundle does not list this log, it is the own one, or it is
                not clear which is meant.
        """
        setting = self._setting
        trust, own = setting.trust.bundle(), setting.log.origin
        origin = origin or default_origin(trust, own=own)
        if trust.log(origin) is None:
            raise WorkspaceError("workspace.unknown_log", origin=origin)
        if origin == own:
            raise WorkspaceError("workspace.own_log", origin=origin)
        added = Destination(origin, url)
        with setting.store.writing():
            others = (d for d in destinations(setting.store) if d.origin != origin)
            set_destinations(setting.store, (*others, added))
        return added

    def drop_destination(self, origin: str) -> None:
        """Submit to a log no longer; the proofs that it gave stay.

        Raises:
            WorkspaceError: it is no destination.
        """
        store = self._setting.store
        with store.writing():
            known = destinations(store)
            left = tuple(each for each in known if each.origin != origin)
            if left == known:
                raise WorkspaceError("workspace.no_destination", origin=origin)
            set_destinations(store, left)

    def submit(
        self, send: Send, *, pacing: Pacing | None = None, again: bool = False
    ) -> list[SubmissionRound]:
        """Submit what is due to each destination, and keep the proofs that come back and hold.

        Cut short at any moment, it goes on where it stopped the next time: a log has one place
        for a statement, however often it is sent.

        Args:
            send: sends a request, and returns what came back.
            pacing: when to ask again; up to two minutes without getting on where left out.
            again: submit once more what was refused before, since rights may have changed.

        Raises:
            WorkspaceError: the trust bundle lists a destination no longer.
            StorageError: the disk refuses.
        """
        setting, rounds = self._setting, []
        for each in self.destinations():
            if again:
                with setting.store.writing():
                    setting.store.forget_refused(each.origin)
            rounds.append(submit_to(setting, each, send, pacing or Pacing()))
        return rounds

    def submissions(self) -> list[SubmissionState]:
        """Return how far own statements are on their way, for each destination."""
        store, states = self._setting.store, []
        for each in self.destinations():
            due, proven, _ = store.submission_counts(each.origin)
            refused = store.refused_submissions(each.origin)
            told = tuple((statement_id, Problem.parse(data)) for statement_id, data in refused)
            states.append(SubmissionState(each, due, proven, told))
        return states
