"""What a sticker's content brings about: its link, its dates, its words.

>>> least_text_height(70.0), least_text_height(150.0)
(900, 1200)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ocoptrace.errors import Gs1Error, LabelError
from ocoptrace.findings import Finding
from ocoptrace.gs1 import is_demo_key, parse_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from ocoptrace.labels.compose import Composer
    from ocoptrace.labels.content import LabelContent
    from ocoptrace.labels.pattern import Pattern

__all__ = ["LARGE_FACE", "check_content", "least_text_height"]

LARGE_FACE: Final = 80.0
"""From so many cm² of a pack's largest face on, text is higher."""
_LARGE_TEXT: Final = 1_200
_SMALL_TEXT: Final = 900
_CM2: Final = 10_000**2


def least_text_height(face: float) -> int:
    """Return the least x-height in micrometres for a largest face in cm².

    Regulation (EU) 1169/2011, article 13(2) and (3); Vietnam's rule for prepacked food has
    the same figures.
    """
    return _SMALL_TEXT if face < LARGE_FACE else _LARGE_TEXT


def check_content(
    content: LabelContent,
    place: str,
    composer: Composer,
    today: date,
    *,
    demo: bool,
    face: float | None,
) -> Iterator[Finding]:
    """Yield what is wrong with one sticker's content.

    Args:
        content: the sticker.
        place: its JSON pointer.
        composer: of the run.
        today: the civil date of printing.
        demo: whether GS1 example keys may be printed.
        face: largest face of the pack in cm²; None takes the sticker's own.
    """
    yield from _link(content, f"{place}/link", demo=demo)
    yield from _dates(content, place, today)
    for name in composer.template.require:
        if content.value(name) is None:
            yield Finding("label.field_missing", "error", f"{place}/{name}", {"field": name})
    yield from _words(content, place, composer, face)


def _link(content: LabelContent, place: str, *, demo: bool) -> Iterator[Finding]:
    try:
        name = parse_name(content.link)
    except Gs1Error as error:
        yield Finding(error.code, "error", place, error.facts)
        return
    if name.key and not demo and is_demo_key(name):
        yield Finding("label.demo_key", "error", place, {"key": name.key[1]})
    scheme, _, rest = content.link.partition("://")
    host = rest.partition("/")[0]
    upper = f"{scheme}://{host}".upper()
    if not content.link.startswith(upper):
        yield Finding("label.link_case", "warning", place, {"host": host, "upper": upper})


def _dates(content: LabelContent, place: str, today: date) -> Iterator[Finding]:
    if content.best_before and content.best_before < today:
        facts = {"lot": content.lot, "best_before": content.best_before}
        yield Finding("label.past_best_before", "error", f"{place}/best_before", facts)
    if content.stars and content.stars_until and content.stars_until < today:
        grade = {"stars": content.stars, "until": content.stars_until}
        yield Finding("label.grade_expired", "error", f"{place}/stars", grade)


def _words(
    content: LabelContent, place: str, composer: Composer, face: float | None
) -> Iterator[Finding]:
    try:
        art = composer.art(content)
    except LabelError as error:
        yield Finding(error.code, "error", place + error.place, error.facts)
        return
    for pattern in (*art.shared.overflow, *art.own.overflow):
        field = _field(pattern)
        facts = {"field": field, "text": pattern.text(content, content.language)}
        yield Finding("label.text_overflow", "error", f"{place}/{field}", facts)
    width, height = composer.template.size
    least = least_text_height(width * height / _CM2 if face is None else face)
    for pattern, x_height in (*art.shared.heights, *art.own.heights):
        if x_height < least:
            small = {
                "text": pattern.text(content, content.language),
                "x_height": x_height / 1000,
                "least": least / 1000,
            }
            yield Finding("label.text_small", "warning", f"{place}/{_field(pattern)}", small)


def _field(pattern: Pattern) -> str:
    """Return the first field that a pattern shows."""
    named = [part.field for _, part in pattern.parts if not isinstance(part, str)]
    return next((name for name in named if name in pattern.fields), named[0] if named else "text")
