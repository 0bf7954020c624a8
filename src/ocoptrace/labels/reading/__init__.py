"""Reading: pixels of a file or photo, the codes in them, and how well they were printed."""

from __future__ import annotations

__all__: list[str] = []
