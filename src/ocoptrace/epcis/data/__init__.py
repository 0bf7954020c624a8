"""Tables of names that GS1 publishes, made by a script in ``tools/``."""

from __future__ import annotations

__all__: list[str] = []
