"""Do both verifiers come to the same? Asked of mutants, by the thousand.

    PYTHONPATH=tests python -m second_verifier.agreement 10000

tries so many changed records, and for each three another thing that was changed; a case on which
they differ is printed with its id, and ``… agreement "label 17"`` tries that one alone.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from ocoptrace.errors import OcopTraceError
from ocoptrace.signing import TrustBundle
from second_verifier.mutants import mutant, mutants
from second_verifier.node import found_by, made_of
from vectors.trust_running import found, loaded, verdict_on

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vectors.trust_running import Case

__all__ = ["COUNTS", "differences", "found_here"]

COUNTS = Counter(record=10_000, label=3_000, statement=4_000, retold=2_000, file=1_500)
"""How many of each kind there are for 10,000 records."""

BATCH = 500


@cache
def trust_of(text: str) -> TrustBundle:
    value = loaded(json.loads(text))
    assert isinstance(value, TrustBundle)
    return value


def found_here(case: Case) -> dict[str, Any]:
    """Return what this library makes of a case, without its codes of errors."""
    if "now" in case:
        files = {name: case[name] for name in case if name in FILES}
        verdict = found(verdict_on(case, trust_of(json.dumps(files))))
        return {name: verdict[name] for name in verdict if name != "error"}
    try:
        value = loaded(case)
    except OcopTraceError:
        return {"accepted": False}
    version = getattr(value, "version", None)
    return {"accepted": True} if version is None else {"accepted": True, "version": version}


SEEN = ("previous_version", "previous_sha256", "previous_root_version")
FILES = ("root", "next_root", "bundle", *SEEN)


def differences(cases: Iterable[Case], words: Counter[str]) -> list[str]:
    """Return where both differ, and count the words that cases came to."""
    differing = []
    waiting = iter(cases)
    with ThreadPoolExecutor(1) as other:
        while batch := list(islice(waiting, BATCH)):
            asked = other.submit(made_of, batch)
            here = [found_here(case) for case in batch]
            for case, one, made in zip(batch, here, asked.result(), strict=True):
                two = found_by(made)
                words[one.get("overall", str(one.get("accepted")))] += 1
                if one != two:
                    differing.append(f"{case['id']}\n  Python {one}\n  JavaScript {two}")
    return differing


def main(*arguments: str) -> int:
    """Compare, print, and return the exit code."""
    words: Counter[str] = Counter()
    if len(arguments) == 1 and arguments[0].isdigit():
        scale = int(arguments[0]) / COUNTS["record"]
        counts = Counter({kind: round(count * scale) for kind, count in COUNTS.items()})
        differing = differences(mutants(counts), words)
    else:
        kind, _, number = arguments[0].partition(" ")
        differing = differences([mutant(kind, int(number))], words)
    for each in differing:
        sys.stdout.write(f"{each}\n")
    told = ", ".join(f"{count:,} {word}" for word, count in sorted(words.items()))
    sys.stdout.write(f"{words.total():,} changed cases: {told}; on {len(differing)} both differ\n")
    return 1 if differing else 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
