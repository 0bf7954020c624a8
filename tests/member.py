"""A province's log and a member that submits to it, both on disk; and ways between the two."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from clock import Clock
from ocoptrace.transparency.submission import Reply
from ocoptrace.workspace import Workspace
from ocoptrace.workspace.retry_schedule import RetrySchedule
from ocoptrace.workspace.submitting import Pacing

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ocoptrace.transparency.submission import Answer

__all__ = ["URL", "Direct", "Member", "Time", "found", "hand_over"]

STORY = Path(__file__).parents[1] / "examples" / "stories" / "shrimp-paste.json"
URL = "https://log.example"


def found(folder: Path, clock: Callable[[], datetime] | None = None) -> None:
    """Make a province, and a cooperative that it has registered and that has imported its story.

    The cooperative's statements go to the province's log; none has been sent yet.
    """
    clock = clock or Clock()
    province = Workspace.create(folder / "province", clock=clock)
    root, bundle = (province.trust_file(kind) for kind in ("root", "bundle"))
    coop = Workspace.create(folder / "coop", clock=clock, root=root, bundle=bundle)
    names = json.loads(STORY.read_bytes())["producer"]["names"]
    asked = coop.request_registration(name=names, gtin_prefixes=["9524071"])
    province.office.register(asked, trust_witnesses=True)
    hand_over(province, coop)
    coop.import_registry(STORY)
    coop.add_destination(URL)
    coop.close()
    province.close()


def hand_over(province: Workspace, coop: Workspace) -> None:
    """Give the cooperative the province's newest trust files."""
    coop.update_trust([province.trust_file(kind) for kind in ("root", "bundle")])


@dataclass
class Member:
    """Both workspaces, opened."""

    province: Workspace
    coop: Workspace

    @classmethod
    def open(cls, folder: Path, clock: Clock | None = None) -> Member:
        ticking = clock or Clock()
        return cls(*(Workspace.open(folder / n, clock=ticking) for n in ("province", "coop")))

    def close(self) -> None:
        self.province.close()
        self.coop.close()

    def due(self) -> int:
        [state] = self.coop.submissions()
        return state.due

    def entries(self) -> list[bytes]:
        """The province's log, entry by entry."""
        log = [self.province.log_entry(place)[0] for place in range(self.province.log_size)]
        return [each.statement.cose for each in log]


@dataclass
class Time:
    """A time in which waiting takes none."""

    now: float = 0.0
    waits: list[float] = field(default_factory=list)
    on_wait: Callable[[], object] = lambda: None

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds
        self.on_wait()

    def pacing(self, patience: float = 120.0) -> Pacing:
        return Pacing(RetrySchedule(patience=patience), self.sleep, lambda: self.now, lambda: 1.0)


@dataclass
class Direct:
    """A way to a log without a network, on which answers can be changed.

    Attributes:
        log: whose intake is asked.
        at_once: whether it signs before it answers.
        change: what becomes of an answer on its way.
        asked: each request: method and what was asked for.
    """

    log: Workspace
    at_once: bool = True
    change: Callable[[Reply], Reply] = lambda reply: reply
    asked: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, method: str, url: str, name: str, body: bytes | None) -> Reply:
        assert url == URL
        self.asked.append((method, name))
        answer = self._answer(method, name, body)
        return self.change(Reply(answer.status, answer.body, float(answer.retry_after)))

    def _answer(self, method: str, name: str, body: bytes | None) -> Answer:
        if method == "POST":
            assert name == "entries"
            assert body is not None
            return self.log.intake.submit(body, at_once=self.at_once)
        return self.log.intake.look_up(name.removeprefix("entries/"))
