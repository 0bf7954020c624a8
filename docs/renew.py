"""Write what the code does into the documentation: ``python docs/renew.py``.

A part that is made stands between ``<!-- made: NAME -->`` and ``<!-- /made -->``, set off by a
space or a new line; all else is written by people. A test makes every part again and compares,
so that no page can drift.
"""

from __future__ import annotations

import re
from pathlib import Path

from reference import commands, terms, words
from spec import examples

DOCS = Path(__file__).parent
_MADE = re.compile(r"(<!-- made: ([^>]+) -->(\s)).*?(<!-- /made -->)", re.DOTALL)


def parts() -> dict[str, str]:
    """Return every part that is made, by its name."""
    return examples.texts() | commands.texts() | words.texts() | terms.texts()


def names(page: str) -> list[str]:
    """Return the names of the parts that a page holds."""
    return [match[2] for match in _MADE.finditer(page)]


def renewed(page: str, made: dict[str, str]) -> str:
    """Return a page with its parts made anew."""
    return _MADE.sub(lambda match: f"{match[1]}{made[match[2]]}{match[3]}{match[4]}", page)


def main() -> None:
    """Renew the pages and the example files."""
    made = parts()
    for path in sorted(DOCS.rglob("*.md")):
        page = path.read_text(encoding="utf-8")
        path.write_text(renewed(page, made), encoding="utf-8")
    for name, data in examples.files().items():
        (DOCS / "spec" / "examples" / name).write_bytes(data)
    for name, data in terms.files().items():
        (DOCS / "reference" / name).write_bytes(data)


if __name__ == "__main__":
    main()
