"""The manifest beside printed stickers: which run they are, what was written, where to go on.

``stickers.pdf`` has ``stickers.manifest.json`` beside it; docs/reference/label-manifest.md
describes each member.

>>> manifest = Manifest.parse('''{
...   "format": "ocop-label-run/1", "run": "7K3MQ9TB2A4C",
...   "batch": "https://id.gs1.org/01/09521234543213/10/L1", "state": "partial",
...   "output": "stickers.pdf",
...   "labels": {"count": 4800, "copies": 1, "sealed": 4800, "serials": "random",
...     "first": "000A1B2C3D4E", "last": "ZZT01B2C3D4E", "root": "6e340b9c"},
...   "template": {"name": "ocop-70x37", "sha256": "00"},
...   "stock": {"name": "a4-3x8-70x37", "sha256": "00"}, "dpi": 300, "start_slot": 1,
...   "files": [{"name": "stickers.part-001.pdf", "sha256": "00", "size": 812345, "pages": 100,
...     "first": 1, "last": 2400}],
...   "acts": []}''')
>>> manifest.next, manifest.pages, Manifest.parse(manifest.text()) == manifest
(2401, 100, True)
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, computed_field

from ocoptrace.errors import InputError, LabelError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "FORMAT",
    "MAX_BYTES",
    "Checked",
    "LabelAct",
    "LabelFile",
    "Manifest",
    "NamedPlan",
    "Numbered",
    "Replaces",
    "State",
    "manifest_path",
]

FORMAT = "ocop-label-run/1"
MAX_BYTES = 4 * 2**20
"""Most bytes of a manifest."""

State = Literal["running", "partial", "complete", "faulty"]
"""What became of the files of a run."""

_Count = Annotated[int, Field(strict=True, ge=0)]


def manifest_path(path: Path) -> Path:
    """Return where the manifest of a file of stickers stands."""
    return path.with_name(f"{path.stem}.manifest.json")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Numbered(_Part):
    """The serials of a run.

    Attributes:
        count: how many were issued.
        copies: how many stickers each has.
        sealed: how many bear a seal, from the first on.
        serials: ``random`` (ascending), ``sequential`` or ``listed``.
        first, last: the first and the last serial.
        root: Merkle root over the names of the items, as it was stated; None in old stores.
    """

    count: _Count
    copies: _Count
    sealed: _Count
    serials: Literal["random", "sequential", "listed"]
    first: str
    last: str
    root: str | None = None


class NamedPlan(_Part):
    """A template, stock or picture: its name, and the digest of what it says."""

    name: str
    sha256: str


class LabelFile(_Part):
    """A file of stickers that is on the disk in full.

    Attributes:
        name: beside the manifest.
        sha256: of its bytes, hexadecimal.
        size: in bytes.
        pages: how many.
        first, last: its stickers, counted from 1 through the run, copies included.
    """

    name: str
    sha256: str
    size: _Count
    pages: _Count
    first: _Count
    last: _Count


class Checked(_Part):
    """What the self-check of the files found.

    Attributes:
        ok: whether all that was checked is as it must be.
        pages_checked: pages that were read back: all, or of many a sample.
        symbols: symbols that must be on those.
        symbols_read: how many of them were read, with the right text.
        findings: what is not as it must be.
    """

    ok: bool
    pages_checked: _Count
    symbols: _Count
    symbols_read: _Count
    findings: tuple[dict[str, Any], ...] = ()


class Replaces(_Part):
    """The labels of an earlier run that a run stands in for."""

    run: str
    first: _Count
    last: _Count


class LabelAct(_Part):
    """What was done with labels of the run, counted by serials from 1, and when (UTC).

    ``printed``, ``resumed`` (after it broke off), ``duplicated`` (the same file once more) or
    ``spoiled``; then ``replaced_by`` is the run with new serials.
    """

    act: Literal["printed", "resumed", "spoiled", "duplicated"]
    at: str
    first: _Count
    last: _Count
    replaced_by: str | None = None


class Manifest(_Part):
    """What is known of the files of a run.

    Attributes:
        format: always ``ocop-label-run/1``.
        run: its code in the workspace.
        batch: canonical name of the batch.
        state: ``running``, ``partial`` where it broke off, ``complete``, or ``faulty`` where
            the self-check found a fault. One that was killed is left as ``running``.
        output: name of the file that it becomes.
        labels: its serials.
        template, stock, dpi, start_slot: how it is printed.
        pictures: those of the template.
        printer: the profile of the printer, if one was used.
        check: what the self-check found; None where there was none.
        files: what is on the disk in full.
        replaces: what the run stands in for, if anything.
        acts: what was done with its labels.
    """

    format: Literal["ocop-label-run/1"] = "ocop-label-run/1"
    run: str
    batch: str
    state: State
    output: str
    labels: Numbered
    template: NamedPlan
    stock: NamedPlan
    dpi: _Count
    start_slot: _Count
    pictures: tuple[NamedPlan, ...] = ()
    printer: str | None = None
    check: Checked | None = None
    files: tuple[LabelFile, ...] = ()
    replaces: Replaces | None = None
    acts: tuple[LabelAct, ...] = ()

    @classmethod
    def parse(cls, text: str | bytes) -> Manifest:
        """Return the manifest of a JSON text.

        Raises:
            LabelError: ``label.manifest``: it is none, or too large.
        """
        try:
            if len(text) > MAX_BYTES:
                raise LabelError("label.manifest", reason=f"over {MAX_BYTES} bytes")
            members = json.loads(text)
            derived = {"next", "pages", "spoiled", "stickers"}
            if isinstance(members, dict):
                members = {name: each for name, each in members.items() if name not in derived}
            return cls.model_validate(members)
        except (ValidationError, ValueError, RecursionError) as error:
            if isinstance(error, InputError):
                raise
            reason = str(error).splitlines()[0]
            raise LabelError("label.manifest", reason=reason) from error

    @computed_field  # type: ignore[prop-decorator]
    @property
    def stickers(self) -> int:
        """How many stickers the run has, copies included."""
        return self.labels.count * self.labels.copies

    @computed_field  # type: ignore[prop-decorator]
    @property
    def next(self) -> int | None:
        """The sticker to go on with; None where all are on the disk."""
        done = max((file.last for file in self.files), default=0)
        return done + 1 if done < self.stickers else None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def pages(self) -> int:
        """Pages on the disk."""
        return sum(file.pages for file in self.files)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def spoiled(self) -> int:
        """Labels that were wasted: their serials are spent, and others stand in for them."""
        return sum(act.last - act.first + 1 for act in self.acts if act.act == "spoiled")

    def text(self) -> str:
        """Return the manifest as JSON for people and programs alike."""
        members = self.model_dump(mode="json", exclude_none=True) | {"next": self.next}
        return json.dumps(members, ensure_ascii=False, indent=2) + "\n"
