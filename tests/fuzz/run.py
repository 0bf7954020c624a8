"""Let atheris make up inputs for every reader: ``make fuzz``.

    PYTHONPATH=tests python -m fuzz.run SECONDS [--seed N] [READER …]

The time is shared among the readers, and as many run at once as there are processors. What was
learned stays in ``var/fuzz/corpus``, and an input that breaks a reader in ``var/fuzz``; to give it
to the reader again, name its file behind the reader's name, with a time of 0:

    PYTHONPATH=tests python -m fuzz.run 0 record var/fuzz/record-crash-…
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import sys
from contextlib import redirect_stderr
from functools import partial
from io import StringIO
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import atheris

with redirect_stderr(StringIO()), atheris.instrument_imports(include=["ocoptrace"]):
    import ocoptrace.gs1.linters  # noqa: F401 - else imported when first needed, uninstrumented
    from fuzz import epcis_readers, trust_readers
    from fuzz.mutation import mutated
    from fuzz.trust_readers import one_input

if TYPE_CHECKING:
    from fuzz.trust_readers import Target

TARGETS = (*trust_readers.TARGETS, *epcis_readers.TARGETS)
FOLDER = Path("var/fuzz")
SLOWEST = 10
"""Seconds that one input may take."""
MEGABYTES = 2048
"""Memory that one reader may take, and a quarter of it at once."""
LAST = 4000
"""Characters of what a reader printed that are shown where it broke."""
EXECUTED = re.compile(r"stat::number_of_executed_units: (\d+)")
FEATURES = re.compile(r"ft: (\d+)")


def grown(data: bytes, limit: int, seed: int) -> bytes:
    """Return the next input: changed by what knows the formats, or by what knows none."""
    random = Random(seed)  # noqa: S311 - libFuzzer gives the seed, to come to the same again
    if random.random() < 0.5:
        changed = mutated(data, random)
        if len(changed) <= limit:
            return changed
    return bytes(atheris.Mutate(data, limit))


def run(target: Target, *options: str) -> None:
    """Run one reader until atheris has had enough; this ends the process."""
    corpus = FOLDER / "corpus" / target.name
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in target.seeds:
        (corpus / hashlib.sha256(seed).hexdigest()[:40]).write_bytes(seed)
    arguments = [
        target.name,
        f"-max_len={target.max_bytes}",
        f"-timeout={SLOWEST}",
        f"-rss_limit_mb={MEGABYTES}",
        f"-malloc_limit_mb={MEGABYTES // 4}",
        f"-artifact_prefix={FOLDER}/{target.name}-",
        "-print_final_stats=1",
        *options,
    ]
    given = [] if any(Path(each).is_file() for each in options) else [str(corpus)]
    atheris.Setup(arguments + given, partial(one_input, target), custom_mutator=grown)
    atheris.Fuzz()


def started(target: Target, seconds: int, seed: int) -> int:
    """Start a reader in a process of its own, which writes to a file; return its number."""
    process = os.fork()
    if process == 0:
        log = os.open(FOLDER / f"{target.name}.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(log, 1)
        os.dup2(log, 2)
        run(target, f"-max_total_time={seconds}", f"-seed={seed}")
    return process


def told(target: Target, status: int) -> bool:
    """Print how many inputs a reader took; return whether all went well."""
    log = (FOLDER / f"{target.name}.log").read_text(errors="replace")
    count, features = EXECUTED.findall(log), FEATURES.findall(log)
    shown = f"{int(count[-1]):>10,}" if count else f"{'?':>10}"
    ways = features[-1] if features else "0"
    sys.stdout.write(f"{target.name:<16}{shown} inputs, {ways:>5} ways\n")
    if status:
        sys.stdout.write(log[-LAST:])
    sys.stdout.flush()
    return status == 0


def main() -> None:
    """Run all readers, or those named, for a time that they share."""
    parser = argparse.ArgumentParser(prog="fuzz.run")
    parser.add_argument("seconds", type=int)
    parser.add_argument("names", nargs="*", metavar="READER")
    parser.add_argument("--seed", type=int, default=0, help="of the inputs; 0 for new ones")
    given = parser.parse_intermixed_args()
    seconds, names = given.seconds, given.names
    targets = [t for t in TARGETS if not names or t.name in names]
    FOLDER.mkdir(parents=True, exist_ok=True)
    if seconds == 0:
        run(targets[0], *names[1:])
    at_once = os.cpu_count() or 1
    each = max(1, seconds * min(at_once, len(targets)) // len(targets))
    waiting, running, well = list(targets), dict[int, "Target"](), True
    while waiting or running:
        while waiting and len(running) < at_once:
            target = waiting.pop(0)
            running[started(target, each, given.seed)] = target
        process, status = os.wait()
        well = told(running.pop(process), status) and well
    raise SystemExit(int(not well))


if __name__ == "__main__":
    main()
