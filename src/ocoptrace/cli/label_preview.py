"""``label preview``: what would be printed, and what there is to say about it beforehand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ocoptrace.cli.label_options import texts
from ocoptrace.cli.options import destination, located, open_workspace, read_file
from ocoptrace.cli.plan_folders import plan_folders
from ocoptrace.cli.terminal import Terminal
from ocoptrace.errors import InputError, LabelError
from ocoptrace.findings import Finding, worst

if TYPE_CHECKING:
    from ocoptrace.labels import LabelContent, Page, Stock, Template
    from ocoptrace.labels.display import Image
    from ocoptrace.labels.rows import LabelRow
    from ocoptrace.labels.tables import Table
    from ocoptrace.workspace import Workspace

__all__ = ["add"]

_DPI: Final = 300
_NOT_RIGHT: Final = 1
_HAIR: Final = 100
_PALE: Final = (0, 0, 0, 35)
_ENDINGS: Final = (".png", ".pdf", ".svg")


def add(label: typer.Typer, terminal: Terminal) -> None:
    """Add the command."""
    text = terminal.text

    @label.command(help=text("cli.preview.help"))
    def preview(
        template: Annotated[str, typer.Argument(help=text("cli.preview.template"))],
        batch: Annotated[str | None, typer.Argument(help=text("cli.preview.batch"))] = None,
        *,
        stock: Annotated[str | None, typer.Option(help=text("cli.preview.stock"))] = None,
        dpi: Annotated[int, typer.Option(help=text("cli.preview.dpi"))] = _DPI,
        out: Annotated[Path, typer.Option("--out", "-o", help=text("cli.preview.out"))] = Path(
            "preview.png"
        ),
        language: Annotated[str | None, typer.Option(help=text("cli.preview.language"))] = None,
        data: Annotated[Path | None, typer.Option(help=text("cli.preview.data"))] = None,
        host: Annotated[str, typer.Option(help=text("cli.label.host"))] = "",
        set_: Annotated[list[str] | None, typer.Option("--set", help=text("cli.label.set"))] = None,
        image: Annotated[list[str], typer.Option(help=text("cli.preview.image"))] = [],  # noqa: B006 - typer copies it
        crop: Annotated[bool, typer.Option("--crop", help=text("cli.preview.crop"))] = False,
        demo: Annotated[bool, typer.Option("--demo", help=text("cli.label.demo"))] = False,
        as_json: Annotated[bool, typer.Option("--json", help=text("cli.option.json"))] = False,
        workspace: Annotated[
            Path | None, typer.Option("--workspace", "-w", help=text("cli.option.workspace"))
        ] = None,
    ) -> int:
        from ocoptrace.labels import find_stock, find_template, lay_out, preflight
        from ocoptrace.labels.crop import cut_stock, lone_stock
        from ocoptrace.store import write_whole
        from ocoptrace.verify.policy import civil_date

        if out.suffix.lower() not in _ENDINGS:
            raise InputError("cli.preview_kind", path=out, known=", ".join(_ENDINGS))
        destination(out)
        plan = find_template(template, folders=plan_folders("templates", workspace))
        if stock is None:
            sheet = cut_stock(plan) if crop else lone_stock(plan)
        else:
            sheet = find_stock(stock, folders=plan_folders("stock", workspace))
        pictures = _pictures(image)
        today = civil_date(datetime.now(UTC))
        words = texts(set_ or ())
        if batch is not None:
            shown = _of_batch(
                open_workspace(workspace),
                batch,
                file=data,
                words=words,
                language=language or "vi",
                template=plan,
            )
        elif data is not None:
            shown = _rows_of(data, host, words, language, plan)
        else:
            shown = _sample(plan, today, words, language)
        found = preflight(
            shown.contents,
            template=plan,
            stock=sheet,
            dpi=dpi,
            today=today,
            demo=demo or shown.is_sample,
            images=pictures,
        )
        found = [*shown.found, *shown.placed(found)]
        pages = lay_out(
            shown.stickers(sheet), template=plan, stock=sheet, dpi=dpi, images=pictures, crop=crop
        )
        page = next(pages)
        if stock is not None and not crop:
            page = _outlined(page, sheet)
        write_whole(out, _drawn(page, out, dpi=dpi, title=plan.name))
        if as_json:
            found_json = [finding.to_json(terminal.language) for finding in found]
            terminal.json({"file": str(out), "template": plan.name, "findings": found_json})
        else:
            terminal.files([(out, text("cli.preview.file", count=len(page.stickers)))])
            terminal.findings(found)
            _tell_worst(terminal, found)
        return _NOT_RIGHT if worst(found) == "error" else 0


@dataclass(frozen=True)
class _Shown:
    """What a preview shows.

    Attributes:
        contents: what its stickers say, each once.
        copies: how many stickers say each; None fills the sheet.
        rows: what they come from, for what is found about them.
        file: where those rows are.
        found: what there is to say about where they come from.
        is_sample: whether they are of nobody.
    """

    contents: Sequence["LabelContent"]
    copies: Sequence[int] | None = None
    rows: "Sequence[LabelRow]" = ()
    file: str = ""
    found: Sequence[Finding] = ()
    is_sample: bool = False

    def stickers(self, stock: "Stock") -> "Sequence[LabelContent]":
        """Return the stickers of the first sheet."""
        from ocoptrace.labels.rows import Repeated

        copies = [stock.slots] if self.copies is None else self.copies
        return Repeated(zip(self.contents, copies, strict=True))[: stock.slots]

    def placed(self, found: Sequence[Finding]) -> list[Finding]:
        """Return findings with the cell that each is about."""
        if not self.rows:
            return [replace(each, place=each.place.removeprefix("/0")) for each in found]
        return [self._in_file(each) for each in found]

    def _in_file(self, finding: Finding) -> Finding:
        number = finding.place.lstrip("/").partition("/")[0]
        if not number.isdigit():
            return finding
        cell = self.rows[int(number)].located(finding)
        return replace(cell, place=f"{self.file}: {cell.place}")


def _sample(
    template: "Template", today: date, words: Mapping[str, Any], language: str | None
) -> _Shown:
    from ocoptrace.labels.sample import sample_content

    content = sample_content(template, today=today, language=language)
    return _Shown([content.saying(words)], is_sample=True)


def _of_batch(
    workspace: "Workspace",
    batch: str,
    *,
    file: Path | None,
    words: Mapping[str, Any],
    language: str,
    template: "Template",
) -> _Shown:
    """Return the stickers of a batch, each as the row of a table says it, if there is one."""
    with located("" if file is None else f"{file}: "):
        rows, told = workspace.label_sample(
            batch,
            rows=None if file is None else _table_of(file),
            texts=words,
            language=language,
            shown=template.fields,
        )
    contents = [row.content for row in rows]
    if file is None:
        return _Shown(contents, found=told)
    return _Shown(contents, [row.copies for row in rows], rows, str(file), told)


def _rows_of(
    file: Path, host: str, words: Mapping[str, Any], language: str | None, template: "Template"
) -> _Shown:
    """Return the rows of a table that says all of its stickers."""
    from ocoptrace.labels.rows import read_rows

    said = words if language is None else {**words, "language": language}
    with located(f"{file}: "):
        rows = read_rows(_table_of(file), host=host, shown=template.fields)
        contents = [row.content.saying(said) for row in rows]
    return _Shown(contents, [row.copies for row in rows], rows, str(file))


def _table_of(file: Path) -> "Table":
    """Return a table, or the one row that a TOML file is."""
    from ocoptrace.labels.tables import Table, read_table

    data = read_file(file)
    is_toml = file.suffix.lower() == ".toml"
    return Table.of([_members(data)]) if is_toml else read_table(data)


def _members(data: bytes) -> dict[str, object]:
    """Return the fields of a TOML text; ``[product]`` with ``vi`` and ``en`` is one of them.

    Raises:
        LabelError: ``label.plan_syntax``.
    """
    from ocoptrace.labels.plan import read_toml

    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LabelError("label.encoding", guess="?") from error
    fields: dict[str, object] = {}
    for name, value in read_toml(text, name="data").items():
        if isinstance(value, dict):
            fields |= {f"{name}.{tag}": said for tag, said in value.items()}
        else:
            fields[name] = value
    return fields


def _pictures(given: Sequence[str]) -> "dict[str, Image]":
    """Return the pictures that a template names, as NAME=FILE gives them."""
    from ocoptrace.labels.images import decode_image

    pictures = {}
    for each in given:
        name, equals, file = each.partition("=")
        if not (name and equals and file):
            raise InputError("cli.not_a_picture", value=each)
        data = read_file(Path(file))
        with located(f"{file}: "):
            pictures[name] = decode_image(data)
    return pictures


def _outlined(page: "Page", stock: "Stock") -> "Page":
    """Return a page on which one sees where its stickers are cut."""
    from ocoptrace.labels.display import Polygon

    slots = range(1, stock.slots + 1)
    cuts = tuple(Polygon.rectangle(*stock.box(slot), stroke=_HAIR, ink=_PALE) for slot in slots)
    return replace(page, marks=(*page.marks, *cuts))


def _drawn(page: "Page", out: Path, *, dpi: int, title: str) -> bytes:
    from ocoptrace.labels import write_pdf, write_preview, write_svg

    match out.suffix.lower():
        case ".pdf":
            return write_pdf([page], title=title)
        case ".svg":
            return write_svg(page, title=title)
        case _:
            return write_preview(page, dpi=dpi)


def _tell_worst(terminal: Terminal, found: Sequence[Finding]) -> None:
    bad = worst(found)
    if bad == "error":
        terminal.say(terminal.text("cli.preview.unfit"))
    else:
        code = "cli.preview.warned" if bad == "warning" else "cli.preview.fit"
        terminal.done(terminal.text(code))
