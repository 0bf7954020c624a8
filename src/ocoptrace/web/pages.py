"""From page models to bytes: the templates, the style sheet, and what is downloaded beside them.

>>> html = render("message", Wording("vi"), host="id.example", suffix="", mark="unknown",
...     text="Không có trang này.", detail="<script>", remedy="Hãy quét lại.")
>>> "Không có trang này." in html.decode(), "<script>" in html.decode()
(True, False)
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from ocoptrace.messages import LANGUAGES
from ocoptrace.web.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["STATIC", "Static", "render"]


class Static(NamedTuple):
    """A file that pages link to: its bytes, media type, and a hash for its link."""

    data: bytes
    media_type: str
    version: str


def _static(name: str, media_type: str) -> Static:
    data = (files(__package__) / "static" / name).read_bytes()
    return Static(data, media_type, hashlib.sha256(data).hexdigest()[:12])


STATIC: Final[Mapping[str, Static]] = {
    "style.css": _static("style.css", "text/css; charset=utf-8"),
    "icon.svg": _static("icon.svg", "image/svg+xml"),
}
"""Every static file, by name."""


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("ocoptrace.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    links = {name: f"/static/{name}?v={static.version}" for name, static in STATIC.items()}
    environment.globals.update(static=links, languages=LANGUAGES)
    return environment


def render(template: str, wording: Wording, /, **values: Any) -> bytes:
    """Return a page as UTF-8 HTML.

    Args:
        template: name of a file in ``templates``, without ``.html``.
        wording: the words to use.
        values: what the template shows; one that it lacks is an error, never a blank.
    """
    page = _environment().get_template(f"{template}.html")
    text = page.render(word=wording.word, language=wording.language, **values)
    return text.encode()
