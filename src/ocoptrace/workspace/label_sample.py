"""Stickers of a batch as a run would print them, to be looked at: no serial is issued for them.

Serials that rows do not give, and all seals, are made up; what is scanned from such a sticker
is told to be no seal.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ocoptrace.gs1 import parse_name
from ocoptrace.labels.rows import LabelRow, read_rows
from ocoptrace.labels.sample import SAMPLE_SEAL
from ocoptrace.verify.policy import civil_date
from ocoptrace.workspace.batch_words import content_of, saying
from ocoptrace.workspace.export import batch_of
from ocoptrace.workspace.item_names import ItemNames
from ocoptrace.workspace.label_run import link_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ocoptrace.findings import Finding
    from ocoptrace.labels import LabelContent
    from ocoptrace.labels.tables import Table
    from ocoptrace.workspace.setting import Setting

__all__ = ["sample_rows"]

_SERIAL: Final = "7K3M0Q9X2C4V"


def sample_rows(
    setting: Setting,
    batch_name: str,
    *,
    table: Table | None,
    texts: Mapping[str, str | Mapping[str, str]],
    language: str,
    shown: frozenset[str],
) -> tuple[list[LabelRow], list[Finding]]:
    """Return what stickers of a batch would say; see ``Workspace.label_sample``."""
    batch = batch_of(setting, parse_name(batch_name))
    content, told = content_of(setting, batch, civil_date(setting.clock()))
    content = saying(content, texts, language=language)
    names = ItemNames.of(parse_name(batch.id), setting.host)
    if table is None:
        rows = [LabelRow(content, 1, "", {})]
    else:
        rows = read_rows(table, base=content, shown=shown)
    return [replace(row, content=_numbered(row.content, names)) for row in rows], told


def _numbered(content: LabelContent, names: ItemNames) -> LabelContent:
    serial = content.serial or content.sscc or _SERIAL
    return content.item(link=link_of(content, names, serial, SAMPLE_SEAL), serial=serial)
