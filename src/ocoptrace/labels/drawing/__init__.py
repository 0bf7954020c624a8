"""Drawing: a page of the display list in a file format, one module a format."""

from __future__ import annotations

__all__: list[str] = []
