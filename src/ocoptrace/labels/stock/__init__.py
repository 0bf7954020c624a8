"""Stock: what is printed on, which slots are filled, and how a printer is put right."""

from __future__ import annotations

__all__: list[str] = []
