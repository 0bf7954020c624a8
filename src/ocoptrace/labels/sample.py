"""The sample: a sticker of a cooperative that does not exist, to see what a template looks like.

Its keys have the GS1 example prefix, and its link is as long as one with a seal, so that its
QR code is as large as most are; the seal itself is made up.

>>> from datetime import date
>>> from ocoptrace.labels.template import load_template
>>> sample = sample_content(load_template("ocop-50x30"), today=date(2026, 11, 23))
>>> sample.value("product"), f"{sample.best_before}", len(sample.link.partition("#")[2])
('Mắm tôm Hậu Lộc thượng hạng', '2027-11-23', 172)
"""

from __future__ import annotations

from datetime import timedelta
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from ocoptrace.labels.captions import captions
from ocoptrace.labels.content import FIELDS, LabelContent
from ocoptrace.labels.plan import read_toml

if TYPE_CHECKING:
    from datetime import date

    from ocoptrace.labels.template import Template

__all__ = ["SAMPLE_SEAL", "sample_content"]

SAMPLE_SEAL: Final = "4081632652130426085217043408" * 6 + "1704"
"""As many digits as a seal has, and no seal."""


def sample_content(template: Template, *, today: date, language: str | None = None) -> LabelContent:
    """Return a sticker with what a template asks for.

    A field of the template's own, which no sample can know, shows its name.

    Args:
        template: what is filled in.
        today: the production date, a civil date.
        language: of the printed words; the template's first where None.

    Raises:
        LabelError: ``label.unknown_language``.
    """
    source = files("ocoptrace.labels") / "sample.toml"
    members: dict[str, Any] = read_toml(source.read_text(encoding="utf-8"), name="sample")
    shelf_life = timedelta(days=members.pop("shelf_life"))
    own = template.fields - FIELDS - captions("vi").keys()
    members["texts"] |= {name: name for name in own}
    path = f"01/{members['gtin']}/10/{members['lot']}/21/{members['serial']}"
    return LabelContent(
        link=f"HTTPS://{members['site'].upper()}/{path}#{SAMPLE_SEAL}",
        made=today,
        best_before=today + shelf_life,
        language=language or template.languages[0],
        **members,
    )
