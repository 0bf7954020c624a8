"""A process that has imported the command line, and forks a new process for each command.

Python needs a second to start and import, and a fifth of one to take all of that down again;
most commands need a twentieth. Each line on standard input is a JSON object: ``arguments``,
``folder`` to work in, ``environ``, files for ``out`` and ``err``, and ``file_size``, the bytes
that a file may have at most. Each line of the answer is an exit code.
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
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            become(json.loads(line))
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def become(command: dict[str, Any]) -> None:
    """Be the process of one command, to its end."""
    os.chdir(command["folder"])
    os.environ.clear()
    os.environ.update(command["environ"])
    for number, name in ((0, os.devnull), (1, command["out"]), (2, command["err"])):
        handle = os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(handle, number)
        os.close(handle)
    if command["file_size"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (command["file_size"],) * 2)
    gc.freeze()  # what came with the fork is not gone through again
    code = run(command["arguments"])
    gc.collect()  # closes databases, as the end of Python does
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def run(arguments: list[str]) -> int:
    """Return the exit code of a command; an exception that gets out is shown."""
    try:
        main(arguments)
    except SystemExit as stop:
        return int(stop.code or 0)
    except BaseException as error:  # noqa: BLE001 - as Python does
        sys.excepthook(type(error), error, error.__traceback__)
    return 1


if __name__ == "__main__":
    serve()
