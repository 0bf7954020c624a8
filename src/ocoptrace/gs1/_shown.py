"""How a value from outside is quoted in an error.

>>> shown("L" * 70) == "L" * 60 + "…"
True
"""

from __future__ import annotations

__all__ = ["shown"]

_LONGEST = 60


def shown(value: str) -> str:
    """Return a value as a message can show it: short, and without half characters."""
    short = value if len(value) <= _LONGEST else value[:_LONGEST] + "…"
    return short.encode("utf-8", "backslashreplace").decode()
