"""Submitting, cut short at one point after the other; what is left on both sides is looked at.

A process of its own, so that it may fork: ``python broken_submission.py kill|anytime FOLDER
NUMBER``, the folder of a province and a member (see member.py), and how many points to go on by, or
how many times. Log and submitter share a process, so whichever is at work is the one that is
killed: between commit and answer, or between answer and keeping.
"""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from breaking import Points, forked

from member import Direct, Member, Time
from ocoptrace.transparency import LogProof

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ocoptrace.transparency.submission import Reply

MOST_POINTS = 2000
LONGEST = 0.25
MEMORY = Path("/dev/shm")  # noqa: S108 - a disk without waiting


def submit(folder: Path, *, at_once: bool, hit: Callable[[], None] = lambda: None) -> None:
    """Submit all that is due; note each place that the submitter was told, when it was told."""
    both, told = Member.open(folder), folder / "told"

    def noted(reply: Reply) -> Reply:
        hit()  # the log has it, and the answer has not left
        if reply.status in {200, 201}:
            with told.open("a") as file:
                file.write(f"{LogProof.parse(reply.body.decode()).index}\n")
        hit()  # the answer is there, and nothing of it is kept
        return reply

    time = Time()
    time.on_wait = both.province.intake.sign
    both.coop.submit(Direct(both.province, at_once=at_once, change=noted), pacing=time.pacing())
    both.close()


def look_at(folder: Path) -> None:
    """Go on to the end; then each statement has one place, the one that was told first."""
    before = Member.open(folder)
    size, counts = before.province.log_size, before.coop.submissions()[0]
    assert before.province.check_log().findings == ()
    entries = before.entries()
    kept = dict(_placed(before))
    assert len(kept) == counts.proven
    before.close()
    submit(folder, at_once=True)
    after = Member.open(folder)
    assert after.due() == 0
    assert after.entries()[:size] == entries
    assert len(set(after.entries())) == after.province.log_size
    places = dict(_placed(after))
    assert kept.items() <= places.items()
    assert [after.entries()[place] for place in places.values()] == list(places)
    lines = (folder / "told").read_text().rpartition("\n")[0].split("\n")
    assert {int(line) for line in lines} == set(places.values())
    assert after.province.check_log().findings == ()
    assert after.coop.check_log().findings == ()
    after.close()


def _placed(both: Member) -> Iterator[tuple[bytes, int]]:
    """Yield the member's statements that are proven, and their one place in the other log."""
    store = both.coop._setting.store  # noqa: SLF001 - looked into
    for kind in ("product", "place", "batch"):
        for each in store.statements(kind):
            proofs = store.foreign_proofs(each.statement.id)
            for proof in proofs:
                proof.verify(each.statement.cose)
                proof.checkpoint.verify(both.province.log_keys(), quorum=2)
            if proofs:
                [place] = {proof.index for proof in proofs}
                yield each.statement.cose, place


def kills(stride: int) -> Iterator[Callable[[Path], None]]:
    """Yield works that are killed at one point after the other."""

    def at(point: int) -> Callable[[Path], None]:
        def run(folder: Path) -> None:
            points = Points(point)
            points.watch()
            submit(folder, at_once=bool(point // stride % 2), hit=points.hit)

        return run

    yield from (at(point) for point in range(1, MOST_POINTS, stride))


def kills_anytime(count: int) -> Iterator[Callable[[Path], None]]:
    """Yield works that end without warning after some time, inside SQLite or wherever they are."""
    random = Random(count)  # noqa: S311 - to come to about the same again

    def after(seconds: float, number: int) -> Callable[[Path], None]:
        def run(folder: Path) -> None:
            signal.setitimer(signal.ITIMER_PROF, seconds)
            submit(folder, at_once=bool(number % 2))

        return run

    yield from (after(random.uniform(0.001, LONGEST), number) for number in range(count))


def main() -> None:
    """Break a submission in each way, and look at what is left."""
    how, given, number_ = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    ways = {"kill": kills, "anytime": kills_anytime}[how](number_)
    wrong = 0
    for number, work in enumerate(ways, start=1):
        # A process that is killed leaves the machine, and what it has cached, running.
        with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as scratch:
            folder = Path(scratch) / "both"
            shutil.copytree(given, folder)
            ended = forked(lambda work=work, folder=folder: work(folder))
            looked = forked(lambda folder=folder: look_at(folder))
        wrong += looked != 0 or ended == 1
        print(number, ended, looked, flush=True)
        if ended == 0 and how != "anytime":
            break
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
