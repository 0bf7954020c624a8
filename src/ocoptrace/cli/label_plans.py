"""``label template``, ``label stock``: what stickers look like, and what they are printed on."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from ocoptrace.cli.plan_folders import plan_folders
from ocoptrace.cli.terminal import Terminal
from ocoptrace.errors import LabelError

if TYPE_CHECKING:
    from ocoptrace.findings import Finding
    from ocoptrace.labels import Stock, Template

__all__ = ["add"]

Plan = TypeVar("Plan")

_NOT_RIGHT = 2
_KINDS = ("sheet", "roll")


def add(label: typer.Typer, terminal: Terminal) -> None:
    """Add the commands."""
    template = typer.Typer(help=terminal.text("cli.template.help"), no_args_is_help=True)
    label.add_typer(template, name="template")
    _add_templates(template, terminal)
    _add_template_check(template, terminal)
    _add_stock(label, terminal)


def _add_templates(group: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text
    json_option = typer.Option("--json", help=text("cli.option.json"))
    workspace_option = typer.Option("--workspace", "-w", help=text("cli.option.workspace"))

    @group.command("list", help=text("cli.template.list"))
    def list_(
        *,
        as_json: Annotated[bool, json_option] = False,
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        known = _templates(plan_folders("templates", workspace), terminal)
        if as_json:
            terminal.json([_template_members(each, terminal) for each in known])
            return
        terminal.rows(
            (each.name, _size(each.width, each.height), _title(each, terminal)) for each in known
        )
        terminal.note(text("cli.template.next"))

    @group.command(help=text("cli.template.show"))
    def show(
        name: Annotated[str, typer.Argument(help=text("cli.template.name"))],
        *,
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        from ocoptrace.labels.template import template_text

        found = template_text(name, folders=plan_folders("templates", workspace))
        terminal.say(found.rstrip("\n").expandtabs(4))


def _add_template_check(group: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text

    @group.command(help=text("cli.template.check"))
    def check(
        file: Annotated[str, typer.Argument(help=text("cli.template.file"))],
        *,
        as_json: Annotated[bool, typer.Option("--json", help=text("cli.option.json"))] = False,
        workspace: Annotated[
            Path | None, typer.Option("--workspace", "-w", help=text("cli.option.workspace"))
        ] = None,
    ) -> int:
        from ocoptrace.labels.template import template_text
        from ocoptrace.labels.template_check import check_template

        source = template_text(file, folders=plan_folders("templates", workspace))
        found = check_template(source, name=Path(file).stem)
        errors = sum(finding.severity == "error" for finding in found)
        warnings = sum(finding.severity == "warning" for finding in found)
        if as_json:
            terminal.json(
                {
                    "template": file,
                    "errors": errors,
                    "warnings": warnings,
                    "findings": [_with_line(each, terminal) for each in found],
                }
            )
        else:
            terminal.findings([_told(each, terminal) for each in found], most=len(found))
            code = "cli.template.faulty" if errors else "cli.template.sound"
            words = text(code, file=file, errors=errors, warnings=warnings)
            terminal.say(words) if errors else terminal.done(words)
        return _NOT_RIGHT if errors else 0


def _add_stock(label: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text

    @label.command(help=text("cli.stock.help"))
    def stock(
        name: Annotated[str | None, typer.Argument(help=text("cli.stock.name"))] = None,
        *,
        as_json: Annotated[bool, typer.Option("--json", help=text("cli.option.json"))] = False,
        workspace: Annotated[
            Path | None, typer.Option("--workspace", "-w", help=text("cli.option.workspace"))
        ] = None,
    ) -> None:
        from ocoptrace.labels import find_stock

        folders = plan_folders("stock", workspace)
        templates = _templates(plan_folders("templates", workspace), terminal)
        if name is not None:
            found = find_stock(name, folders=folders)
            if as_json:
                terminal.json(_stock_members(found, templates, terminal))
            else:
                _tell_stock(found, templates, terminal)
            return
        known = _stocks(folders, terminal)
        if as_json:
            terminal.json([_stock_members(each, templates, terminal) for each in known])
            return
        for kind in _KINDS:
            terminal.heading(text(f"cli.stock.{kind}s"))
            terminal.rows(_stock_row(each, terminal) for each in known if each.kind == kind)
        terminal.say()
        terminal.note(text("cli.stock.next"))


def _templates(folders: tuple[Path, ...], terminal: Terminal) -> "list[Template]":
    from ocoptrace.labels import load_template, template_names

    load = partial(load_template, folders=folders)
    return list(_readable(load, template_names(folders=folders), terminal))


def _stocks(folders: tuple[Path, ...], terminal: Terminal) -> "list[Stock]":
    from ocoptrace.labels import load_stock, stock_names

    load = partial(load_stock, folders=folders)
    return list(_readable(load, stock_names(folders=folders), terminal))


def _readable(
    load: Callable[[str], Plan], names: Iterable[str], terminal: Terminal
) -> Iterator[Plan]:
    """Yield the plans of some names; of one that is at fault, it is told."""
    for name in names:
        try:
            yield load(name)
        except LabelError as error:
            terminal.fail(error)


def _template_members(template: "Template", terminal: Terminal) -> dict[str, Any]:
    return {
        "name": template.name,
        "title": _title(template, terminal),
        **_millimetres(template.width, template.height),
        "languages": list(template.languages),
        "fields": sorted(template.fields),
        "required": list(template.require),
    }


def _title(template: "Template", terminal: Terminal) -> str:
    titles = template.title
    return titles.get(terminal.language) or next(iter(titles.values()), "")


def _line(finding: "Finding") -> int | None:
    line = finding.facts.get("line")
    return line if isinstance(line, int) else None


def _told(finding: "Finding", terminal: Terminal) -> "Finding":
    """Return a finding whose place is the line in the file, where it is known."""
    line = _line(finding)
    if line is None:
        return finding
    where = terminal.text("cli.template.line", line=line)
    return replace(finding, place=f"{where} ({finding.place})" if finding.place else where)


def _with_line(finding: "Finding", terminal: Terminal) -> dict[str, object]:
    return finding.to_json(terminal.language) | {"line": _line(finding)}


def _stock_row(stock: "Stock", terminal: Terminal) -> tuple[str, ...]:
    grid = (
        terminal.text("cli.stock.across", count=stock.columns)
        if stock.kind == "roll"
        else f"{stock.columns} × {stock.rows} = {stock.slots}"
    )
    certainty = terminal.text(f"stock.certainty.{stock.certainty}")
    return stock.name, grid, _size(stock.label_width, stock.label_height), certainty


def _tell_stock(stock: "Stock", templates: "list[Template]", terminal: Terminal) -> None:
    """Print all that is known of a stock, and what goes with it."""
    text = terminal.text
    name, grid, size, certainty = _stock_row(stock, terminal)
    terminal.heading(f"{name}: {text(f'cli.stock.{stock.kind}')}")
    facts = {
        "stickers": grid,
        "size": size,
        "page": _size(stock.page_width, stock.page_height),
        "margin": f"{stock.margin_left / 1000:g}, {stock.margin_top / 1000:g} mm",
        "pitch": f"{stock.pitch_x / 1000:g}, {stock.pitch_y / 1000:g} mm",
        "certainty": certainty,
        "source": stock.source_text(terminal.language),
        "watch": " ".join(stock.watch_texts(terminal.language)),
        "fits": ", ".join(each.name for each in _fitting(stock, templates)),
    }
    terminal.rows((text(f"cli.stock.about_{each}"), said or "–") for each, said in facts.items())
    terminal.say()
    terminal.note(text("cli.stock.calibrate", name=stock.name))


def _stock_members(
    stock: "Stock", templates: "list[Template]", terminal: Terminal
) -> dict[str, Any]:
    lengths = ("page_width", "page_height", "margin_left", "margin_top", "pitch_x", "pitch_y")
    return {
        "name": stock.name,
        "kind": stock.kind,
        "labels": stock.slots,
        "columns": stock.columns,
        "rows": stock.rows,
        **_millimetres(stock.label_width, stock.label_height),
        **{f"{length}_mm": getattr(stock, length) / 1000 for length in lengths},
        "corner_radius_mm": stock.corner_radius / 1000,
        "certainty": stock.certainty,
        "source": stock.source_text(terminal.language),
        "watch": stock.watch_texts(terminal.language),
        "templates": [each.name for each in _fitting(stock, templates)],
    }


def _fitting(stock: "Stock", templates: "list[Template]") -> "list[Template]":
    """Return the templates that a sticker has room for, the largest first."""
    fit = [t for t in templates if t.width <= stock.label_width and t.height <= stock.label_height]
    return sorted(fit, key=lambda each: each.width * each.height, reverse=True)


def _millimetres(width: int, height: int) -> dict[str, float]:
    """Return a size, from micrometres."""
    return {"width_mm": width / 1000, "height_mm": height / 1000}


def _size(across: int, down: int) -> str:
    return f"{across / 1000:g} × {down / 1000:g} mm"
