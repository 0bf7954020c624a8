"""Stickers and their serials: the part of a workspace's front door for labels."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from ocoptrace.gs1 import parse_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from typing import Unpack

    from ocoptrace.findings import Finding
    from ocoptrace.labels.rows import LabelRow
    from ocoptrace.labels.tables import Table
    from ocoptrace.verify.issued import IssueProof
    from ocoptrace.workspace.label_run import LabelRun
    from ocoptrace.workspace.print_options import PrintingOptions
    from ocoptrace.workspace.printing import Printing
    from ocoptrace.workspace.serials import Numbering
    from ocoptrace.workspace.setting import Setting
    from ocoptrace.workspace.stickers import RunLine

__all__ = ["Labelling"]


class Labelling:
    """The label runs of a workspace."""

    folder: Path
    _setting: Setting

    def label_run(
        self,
        batch: str,
        *,
        count: int = 1,
        serials: Numbering = None,
        rows: Table | Iterable[Mapping[str, object]] | None = None,
        texts: Mapping[str, str | Mapping[str, str]] = MappingProxyType({}),
        language: str = "vi",
        printing: Printing | None = None,
        **options: Unpack[PrintingOptions],
    ) -> LabelRun:
        """Issue serials for some stickers of a batch, and state that they are issued.

        Nothing is issued where the check before printing finds an error. What is issued stays
        so, printed or not: no serial is issued twice in a batch.

        Args:
            batch: a name or link of the batch.
            count: how many stickers, 1 to 10 million; the number of rows where these are given.
            serials: drawn at random where left out; a text is the first of a sequence
                (``A0001``); a list, or a function of each number from 0, gives them one by one.
            rows: what each sticker says in place of what is registered, as a table or as
                mappings: columns by their Vietnamese or English names. ``copies`` makes so
                many stickers of a row, each with its own serial; ``serial`` gives them. A row
                with ``sscc`` is a carton: its number is its serial and its link, without seal.
            texts: what all stickers say beside or in place of what is registered, by field
                (``storage``, ``importer``), in one language or by the tags of several.
            language: of the printed words, one of ``labels.captions.LABEL_LANGUAGES``.
            printing: how they are printed.
            options: what differs from that, see ``PrintingOptions``. Template, stock and printer
                may be files, by their paths, or by names in the folders ``templates``, ``stock``
                and ``printers`` of the workspace.

        Raises:
            Gs1Error: not a name, or a serial that cannot stand in one.
            WorkspaceError: no such batch here, a count out of range, a key without the right,
                or a serial that was issued before.
            LabelError: rows that cannot be printed, or an error of the check before printing,
                every one in its findings.
        """
        # Fonts, drawing and numpy are loaded by those who print, not by those who verify.
        from ocoptrace.workspace import stickers  # noqa: PLC0415
        from ocoptrace.workspace.print_options import printing_of  # noqa: PLC0415

        return stickers.issue(
            self._setting,
            batch,
            count=count,
            numbering=serials,
            rows=rows,
            texts=texts,
            language=language,
            printing=printing_of(options, homes=[self.folder], base=printing),
        )

    def label_sample(
        self,
        batch: str,
        *,
        rows: Table | None = None,
        texts: Mapping[str, str | Mapping[str, str]] = MappingProxyType({}),
        language: str = "vi",
        shown: frozenset[str] = frozenset(),
    ) -> tuple[list[LabelRow], list[Finding]]:
        """Return what stickers of a batch would say, to be looked at: nothing is issued.

        Args:
            batch: a name or link of the batch.
            rows: as for ``label_run``; one sticker where left out.
            texts: as for ``label_run``.
            language: as for ``label_run``.
            shown: fields of the template, see ``labels.columns.meaning``.

        Returns:
            A row for each kind of sticker, its serial (unless the row has one) and seal made
            up; and why stars are left out, if they are.

        Raises:
            Gs1Error: not a name.
            WorkspaceError: no such batch here.
            LabelError: rows or texts that cannot be used.
        """
        from ocoptrace.workspace.label_sample import sample_rows  # noqa: PLC0415

        return sample_rows(
            self._setting, batch, table=rows, texts=texts, language=language, shown=shown
        )

    def label_run_of(self, code: str) -> LabelRun:
        """Return a label run again: to finish its file, or to write it once more.

        It bears the same serials; seals are signed anew.

        Args:
            code: the run's 12 symbols, from its manifest or from ``label_runs``.

        Raises:
            WorkspaceError: no such run here, a template or stock that has changed since, or a
                key without the right to seal any more.
        """
        from ocoptrace.workspace import stickers  # noqa: PLC0415

        return stickers.reopen(self._setting, code)

    def label_runs(self) -> list[RunLine]:
        """Return what is known of each label run, the oldest first."""
        from ocoptrace.workspace import stickers  # noqa: PLC0415

        return list(stickers.lines(self._setting))

    def reprint(self, code: str, *, first: int, last: int) -> LabelRun:
        """Spoil some labels of a run, and issue others in their place.

        The spoiled serials are spent for good; that new ones stand in for them is stated.

        Args:
            code: the run's 12 symbols.
            first: the first label that was spoiled, counted from 1 as they were printed,
                copies apart.
            last: the last one.

        Raises:
            WorkspaceError: no such run or labels, or some of them were spoiled before; and as
                for ``label_run``.
            LabelError: the check before printing found an error.
        """
        from ocoptrace.workspace import stickers  # noqa: PLC0415

        return stickers.reprint(self._setting, code, first=first, last=last)

    def prove_issued(self, item: str) -> tuple[IssueProof, bytes]:
        """Return the proof that an item is one of a run whose serials were issued here.

        Returns:
            The proof, to be checked against the ``Issuance`` that the statement shows, and the
            id of that statement.

        Raises:
            Gs1Error: not a name.
            WorkspaceError: no serial of it was issued here, or nothing was stated of its run.
        """
        from ocoptrace.workspace.issuing import prove_issued  # noqa: PLC0415

        return prove_issued(self._setting, item)

    def was_issued(self, item: str) -> bool:
        """Tell whether a sticker was issued for an item.

        Raises:
            Gs1Error: not a name.
        """
        name = parse_name(item)
        batch = name.batch()
        if batch is None or name.serial is None:
            return False
        return self._setting.store.find_serial(batch.canonical(), name.serial) is not None
