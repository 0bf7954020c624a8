"""The command line: the only home of ``print``, exit codes and the terminal.

>>> from ocoptrace.cli.main import main
>>> callable(main)
True
"""

from ocoptrace.cli.main import main

__all__ = ["main"]
