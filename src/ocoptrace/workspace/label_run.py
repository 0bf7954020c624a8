"""A label run: stickers of one batch whose serials have been issued, ready to be drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, overload

from ocoptrace.errors import LabelError, OcopTraceError, StorageError, WorkspaceError
from ocoptrace.gs1 import DigitalLink, parse_name
from ocoptrace.labels import LabelContent, render_pdf, write_pdf
from ocoptrace.labels.manifest import (
    Checked,
    LabelAct,
    LabelFile,
    Manifest,
    NamedPlan,
    Numbered,
    Replaces,
    State,
    manifest_path,
)
from ocoptrace.signing import Seal, sign_seal
from ocoptrace.store import write_whole
from ocoptrace.workspace.print_job import PrintJob, check_output
from ocoptrace.workspace.run_plan import digest
from ocoptrace.workspace.self_check import check_printed

if TYPE_CHECKING:
    from datetime import date
    from typing import Literal

    from ocoptrace.findings import Finding
    from ocoptrace.labels import SelfCheck, Stock, Template
    from ocoptrace.signing import Signer
    from ocoptrace.workspace.item_names import ItemNames
    from ocoptrace.workspace.print_job import Progress
    from ocoptrace.workspace.printing import Printing
    from ocoptrace.workspace.run_plan import RunPlan
    from ocoptrace.workspace.serials import Serials

__all__ = ["LabelRun", "RunLog", "Sealing", "Stickers", "check_free", "read_manifest"]


@dataclass(frozen=True)
class Sealing:
    """Whose key seals stickers, and until when the goods are good.

    Attributes:
        signer: the producer's key.
        shelf_date: last good day, or None.
        count: how many serials bear a seal, from the first on.
    """

    signer: Signer
    shelf_date: date | None
    count: int


class Stickers(Sequence[LabelContent]):
    """What the stickers of a run say, copies included, in the order of the sheet.

    Each is made, and sealed, when it is asked for: a run of a million takes no room.
    """

    def __init__(self, plan: RunPlan, serials: Serials, names: ItemNames, sealing: Sealing) -> None:
        self._plan = plan
        self._serials = serials
        self._names = names
        self._sealing = sealing

    def __len__(self) -> int:
        return len(self._serials) * self._plan.printing.copies

    @overload
    def __getitem__(self, index: int) -> LabelContent: ...
    @overload
    def __getitem__(self, index: slice) -> list[LabelContent]: ...
    def __getitem__(self, index: int | slice) -> LabelContent | list[LabelContent]:
        numbers = range(len(self))[index]
        if isinstance(numbers, int):
            return self._sticker(numbers // self._plan.printing.copies)
        return [self._sticker(number // self._plan.printing.copies) for number in numbers]

    def __iter__(self) -> Iterator[LabelContent]:
        for position in range(len(self._serials)):
            sticker = self._sticker(position)
            for _ in range(self._plan.printing.copies):
                yield sticker

    def _sticker(self, position: int) -> LabelContent:
        serial = self._serials[position]
        content, _ = self._plan.rows[self._plan.row_of(position)]
        fragment = ""
        if position < self._sealing.count:
            # The name of an item bears no attributes, so it is what a seal signs.
            name, until = self._names.name(serial), self._sealing.shelf_date
            fragment = sign_seal(name, shelf_date=until, signer=self._sealing.signer).number
        return content.item(link=link_of(content, self._names, serial, fragment), serial=serial)

    def alike(self, expected: str, read: str) -> bool:
        """Tell whether a code says what another does, under a seal that was signed anew.

        Whoever signs on a token or in a service signs with other nonces each time: what was
        printed and what would be printed now differ, and both are the same seal of one text.
        """
        (link, _, number), (told, _, other) = expected.partition("#"), read.partition("#")
        if told != link or not number:
            return False
        try:
            wanted, seal = Seal.parse(number), Seal.parse(other)
            name = parse_name(link).canonical()
        except OcopTraceError:
            return False
        key = self._sealing.signer.public_key
        return seal.shelf_day == wanted.shelf_day and seal.is_signed_by(key, name)


def link_of(content: LabelContent, names: ItemNames, serial: str, seal: str) -> str:
    """Return the link of a sticker: that of its item, or of a carton that has a number.

    Args:
        content: what the sticker says.
        names: of the batch's items.
        serial: of the item.
        seal: the digits of its seal, or nothing.
    """
    if content.sscc:
        return DigitalLink.of(("00", content.sscc)).to_uri(host=names.host, upper=True)
    return names.link(serial, seal)


@dataclass(frozen=True)
class RunLog:
    """Where it is kept what was done with the labels of a run.

    Attributes:
        read: returns it, the oldest first.
        note: adds an act on all labels.
    """

    read: Callable[[], list[LabelAct]]
    note: Callable[[Literal["printed", "resumed", "duplicated"]], None]


@dataclass(frozen=True)
class LabelRun:
    """Stickers whose serials have been issued: print them, or know that they are spent.

    Attributes:
        code: 12 symbols that the workspace knows it by.
        batch: canonical name of the batch.
        contents: one for each sticker, in the order of the sheet; made when asked for.
        plan: what is printed, and how.
        serials: in the order of the stickers.
        sealed: how many of them bear a seal.
        root: Merkle root over the names of the items, as stated; None in old stores.
        statement_id: the statement that they were issued; None in old stores.
        findings: what the check before printing noticed.
        log: where it is kept what was done with them.
    """

    code: str
    batch: str
    contents: Stickers = field(repr=False)
    plan: RunPlan = field(repr=False)
    serials: Serials = field(repr=False)
    sealed: int
    root: bytes | None
    statement_id: bytes | None
    findings: tuple[Finding, ...]
    log: RunLog = field(repr=False, compare=False)

    @property
    def printing(self) -> Printing:
        """How it is printed."""
        return self.plan.printing

    @property
    def template(self) -> Template:
        """What the stickers look like."""
        return self.printing.plans()[0]

    @property
    def stock(self) -> Stock:
        """What they are printed on."""
        return self.printing.plans()[1]

    @property
    def title(self) -> str:
        """What a viewer shows as the name of its file."""
        content, _ = self.plan.rows[0]
        return f"{content.value('product')} · {content.lot}"

    @property
    def is_printed(self) -> bool:
        """Whether its file was finished once."""
        return any(act.act == "printed" for act in self.log.read())

    def pdf(self) -> bytes:
        """Return the sheets as a PDF in memory, the same bytes every time; noted nowhere."""
        return write_pdf(self.printing.lay_out(self.contents), title=self.title)

    def write_pdf(
        self, path: Path | str, *, check: bool = True, progress: Progress | None = None
    ) -> Path:
        """Write the sheets as a PDF, as ``write`` does.

        Raises:
            LabelError: as for ``write``.
            StorageError: as for ``write``.
            WorkspaceError: as for ``write``.
        """
        return self.write(path, check=check, progress=progress)

    def write(
        self,
        path: Path | str,
        *,
        check: bool = True,
        progress: Progress | None = None,
        checking: Callable[[int, int], None] | None = None,
    ) -> Path:
        """Write the file of the run, and a manifest beside it.

        A long run is written in parts, which are joined at the end. What breaks off is gone on
        with by writing to the same path again. At last everything is read back; a file with
        a fault is kept, but the run counts as not printed, and can be written again.

        Args:
            path: ``stickers.pdf``; the manifest is then ``stickers.manifest.json``. What ends
                in ``.zpl`` or ``.tspl`` is sent to a label printer as it is; of ``.png`` and
                ``.svg`` there is a file for each page.
            check: whether every page is read back; of more than 500, a sample of some 500.
            progress: told of each page.
            checking: told of the pages that are read back and to be.

        Raises:
            LabelError: another ending, or the manifest that is there is none;
                ``label.faulty`` where a page does not show what it must, with every finding.
            StorageError: the disk refuses; what is there is told by the manifest.
            WorkspaceError: its file was finished before, or an unfinished run stands there.
        """
        path = Path(path)
        left = read_manifest(manifest_path(path))
        is_unfinished = left is not None and left.run == self.code and left.state != "complete"
        if not self.is_printed:
            return self._write(path, "printed", check=check, progress=progress, checking=checking)
        if not is_unfinished:
            raise WorkspaceError("workspace.run_printed", run=self.code)
        return self._write(path, None, check=check, progress=progress, checking=checking)

    def duplicate(
        self,
        path: Path | str,
        *,
        check: bool = True,
        progress: Progress | None = None,
        checking: Callable[[int, int], None] | None = None,
    ) -> Path:
        """Write a file that was finished before once more, because it was lost.

        It bears the same serials: of both files only one may reach packs.

        Raises:
            LabelError: as for ``write``.
            StorageError: as for ``write``.
            WorkspaceError: its file was never finished, or an unfinished run stands there.
        """
        if not self.is_printed:
            raise WorkspaceError("workspace.run_not_printed", run=self.code)
        return self._write(
            Path(path), "duplicated", check=check, progress=progress, checking=checking
        )

    def write_png(self, path: Path, *, dpi: int = 150) -> Path:
        """Write a picture of the first sheet, whole or not at all."""
        first = next(self.printing.lay_out(self.contents))
        return write_whole(path, render_pdf(write_pdf([first], title=self.title), dpi=dpi))

    def manifest(
        self,
        state: State,
        output: str,
        files: Sequence[LabelFile] = (),
        check: Checked | None = None,
    ) -> Manifest:
        """Return the manifest of files of this run, which make up the output or are to."""
        template, stock = self.printing.plans()
        replaces = self.plan.replaces
        return Manifest(
            run=self.code,
            batch=self.batch,
            state=state,
            output=output,
            labels=Numbered(
                count=len(self.serials),
                copies=self.printing.copies,
                sealed=self.sealed,
                serials=self.serials.kind,
                first=self.serials[0],
                last=self.serials[-1],
                root=None if self.root is None else self.root.hex(),
            ),
            template=NamedPlan(name=template.name, sha256=digest(template)),
            stock=NamedPlan(name=stock.name, sha256=digest(stock)),
            dpi=self.printing.dpi,
            start_slot=self.printing.start_slot,
            pictures=tuple(
                NamedPlan(name=each.name, sha256=each.sha256) for each in self.printing.pictures
            ),
            check=check,
            printer=None if self.printing.printer is None else self.printing.printer.name,
            files=tuple(files),
            replaces=None
            if replaces is None
            else Replaces(run=replaces[0], first=replaces[1], last=replaces[2]),
            acts=tuple(self.log.read()),
        )

    def labels_on(self, page: int) -> tuple[int, int]:
        """Return the first and the last label of a page, both counted from 1.

        Raises:
            WorkspaceError: there is no such page.
        """
        stickers, copies = len(self.contents), self.printing.copies
        pages = self.printing.page_count(stickers)
        if not 1 <= page <= pages:
            raise WorkspaceError("workspace.no_such_page", page=page, pages=pages)
        on_page = self.printing.stickers_on(page - 1)
        last = min(on_page.stop, stickers) - 1
        return on_page.start // copies + 1, last // copies + 1

    def renew_manifest(self, path: Path) -> None:
        """Write into the manifest of finished files what was done with the labels since.

        Raises:
            LabelError: what stands there is no manifest.
            StorageError: the disk refuses.
        """
        found = read_manifest(path)
        if found is not None and found.run == self.code:
            told = self.manifest(found.state, found.output, found.files, found.check)
            write_whole(path, told.text().encode())

    def _write(
        self,
        path: Path,
        act: Literal["printed", "duplicated"] | None,
        *,
        check: bool,
        progress: Progress | None,
        checking: Callable[[int, int], None] | None,
    ) -> Path:
        check_output(path)
        beside = manifest_path(path)
        done = self._left_there(beside)
        job = PrintJob(path, self.contents, self.printing, self.title, progress)
        files: list[LabelFile] = list(done)
        if done and act == "printed":
            self.log.note("resumed")

        def keep(state: State, parts: Sequence[LabelFile], checked: Checked | None = None) -> None:
            told = self.manifest(state, path.name, parts, checked)
            write_whole(beside, told.text().encode())

        def tell(parts: Sequence[LabelFile]) -> None:
            files[:] = parts
            keep("running", files)

        try:
            tell(done)
            finished = job.write(done, on_part=tell)
            found = self._check(path, finished, checking) if check else None
            is_good = found is None or found.ok
            # Kept before it is told: a file that nobody remembers would be printed twice.
            if act is not None and is_good:
                self.log.note(act)
            keep("complete" if is_good else "faulty", finished, _checked(found))
        except (OcopTraceError, KeyboardInterrupt):
            with suppress(StorageError):
                keep("partial", files)
            raise
        job.tidy()
        if found is not None and not found.ok:
            raise LabelError("label.faulty", findings=found.findings, path=path)
        return path

    def _check(
        self,
        path: Path,
        files: Sequence[LabelFile],
        checking: Callable[[int, int], None] | None,
    ) -> SelfCheck:
        try:
            return check_printed(
                path,
                files,
                self.contents,
                self.printing,
                progress=checking,
                alike=self.contents.alike,
            )
        except OSError as error:
            raise StorageError("store.file", path=path, reason=error.strerror) from error

    def _left_there(self, beside: Path) -> tuple[LabelFile, ...]:
        """Return the files that an earlier attempt at this run left.

        Raises:
            WorkspaceError: what stands there is an unfinished run, and another one.
        """
        found = read_manifest(beside)
        if found is None or found.state == "complete":
            return ()
        if found.run == self.code and found.state == "faulty":
            return ()
        if found.run != self.code:
            raise WorkspaceError("workspace.unfinished_run", path=beside, run=found.run)
        return found.files


def _checked(found: SelfCheck | None) -> Checked | None:
    if found is None:
        return None
    return Checked(
        ok=found.ok,
        pages_checked=found.pages_checked,
        symbols=found.symbols,
        symbols_read=found.symbols_read,
        findings=tuple(each.to_json() for each in found.findings),
    )


def check_free(path: Path, *, pages: int = 1) -> None:
    """Refuse a file where stickers cannot be written: another ending, an unfinished run.

    Args:
        path: the file.
        pages: how many it will have, as far as that is known.

    Raises:
        LabelError: another ending than stickers have, too many pages for a file each, or what
            stands beside it is no manifest.
        StorageError: the manifest beside it cannot be read.
        WorkspaceError: an unfinished run stands there.
    """
    check_output(path, pages=pages)
    found = read_manifest(manifest_path(path))
    if found is not None and found.state != "complete":
        beside = manifest_path(path)
        raise WorkspaceError("workspace.unfinished_run", path=beside, run=found.run)


def read_manifest(path: Path) -> Manifest | None:
    """Return the manifest at a path; None where there is none.

    Raises:
        LabelError: what is there is no manifest.
        StorageError: it cannot be read.
    """
    try:
        return Manifest.parse(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageError("store.file", path=path, reason=error.strerror) from error
