"""A process that has imported the command line, and forks a new process for each command.

Python and its imports take a second, a command a tenth of one. Each line on standard input
is a JSON object: ``arguments``, ``folder`` to work in, ``environ``, files for ``out`` and
``err``, and ``file_size``, the bytes that a file may have at most. Each line of the answer is
an exit code. Only the child leaves through ``main``, by the same way as a command that was
started alone.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
from typing import Any

from ocoptrace.cli import main


def serve() -> None:
    """Run commands until standard input ends."""
    gc.freeze()  # what is imported stays shared with every child
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            become(json.loads(line))
            return
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def become(command: dict[str, Any]) -> None:
    """Be the process of one command."""
    os.chdir(command["folder"])
    os.environ.clear()
    os.environ.update(command["environ"])
    for number, name in ((0, os.devnull), (1, command["out"]), (2, command["err"])):
        handle = os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(handle, number)
        os.close(handle)
    if command["file_size"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (command["file_size"],) * 2)
    main(command["arguments"])


if __name__ == "__main__":
    serve()
