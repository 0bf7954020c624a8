"""Columns: what the heading of a table means, by its Vietnamese or English name.

A template decides where two fields have one name: the net weight of a carton is not the net
content of a jar. A heading that means nothing becomes a free text, under its name in small
letters without marks. ``product.ko`` is the product in Korean.

>>> meaning("Hạn sử dụng"), meaning("product (en)"), meaning("Độ đạm (%)")
(('best_before', None), ('product', 'en'), ('do_dam', None))
>>> meaning("Net weight"), meaning("Net weight", shown=frozenset({"net_weight"}))
(('net_content', None), ('net_weight', None))
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, fields
from functools import cache
from typing import Final

from ocoptrace import messages
from ocoptrace.labels.captions import LABEL_LANGUAGES, captions
from ocoptrace.labels.content import LabelContent
from ocoptrace.messages import LANGUAGES

__all__ = ["COLUMNS", "IN_LANGUAGES", "Column", "meaning"]

COLUMNS: Final = (
    *(part.name for part in fields(LabelContent) if part.init and part.name != "texts"),
    "copies",
)
"""The fields that a column can mean, free texts apart."""
IN_LANGUAGES: Final = frozenset({"product", "producer", "place", "net_content"})
"""Those of which there may be a column for each language."""

_HEADING = re.compile(
    r"(.*?)\s*(?:\.\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)|\(([a-z]{2}(?:-[A-Za-z]+)?)\))?"
)


@dataclass(frozen=True, slots=True)
class Column:
    """What a column means.

    Attributes:
        number: of the column, from 0.
        field: of a label.
        language: in which it gives it, if in one alone.
    """

    number: int
    field: str
    language: str | None


def meaning(heading: str, *, shown: frozenset[str] = frozenset()) -> tuple[str, str | None]:
    """Return the field that a heading means, and the language, if it names one.

    Args:
        heading: what stands above the column.
        shown: fields that the template shows or asks for. Their names and captions count first.
    """
    match = _HEADING.fullmatch(heading)
    name, language = (match[1], match[2] or match[3]) if match else (heading, None)
    folded = _folded(name)
    compared = folded.replace("_", "")
    field = _shown_by_heading(shown).get(compared) or _fields_by_heading().get(compared, folded)
    return field, language


@cache
def _fields_by_heading() -> dict[str, str]:
    """Return the fields by the names of columns, each in the form that is compared."""
    known = {name.replace("_", ""): name for name in COLUMNS}
    for field in COLUMNS:
        for language in LANGUAGES:
            for name in messages.text(f"label.column.{field}", language).split("|"):
                known[_folded(name).replace("_", "")] = field
    return known


@cache
def _shown_by_heading(shown: frozenset[str]) -> dict[str, str]:
    """Return a template's fields by their names, and its free texts also by their captions."""
    known = {
        _folded(caption).replace("_", ""): field
        for field in sorted(shown.difference(COLUMNS))
        for language in LABEL_LANGUAGES
        if (caption := captions(language).get(field))
    }
    known |= {field.replace("_", ""): field for field in sorted(shown)}
    # Captions in other scripts have no such form.
    known.pop("", None)
    return known


def _folded(name: str) -> str:
    """Return a name in small letters without marks, words joined by ``_``.

    >>> _folded("Độ đạm (%)"), _folded("Best-before ")
    ('do_dam', 'best_before')
    """
    plain = unicodedata.normalize("NFD", name.strip().lower().replace("đ", "d"))
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "_", letters).strip("_")
