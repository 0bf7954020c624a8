"""``gs1``: identifiers on the command line, one or many; many come from standard input."""

import inspect
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from ocoptrace import messages
from ocoptrace.cli.options import read_file
from ocoptrace.cli.terminal import Terminal
from ocoptrace.errors import Gs1Error, InputError
from ocoptrace.gs1 import (
    CANONICAL_HOST,
    KEYS,
    CompanyPrefixes,
    Element,
    ElementString,
    Scan,
    application_identifier,
    compress,
    digital_link_to_epc_urn,
    epc_urn_to_digital_link,
    interpret_scan,
    read_amount,
    read_dates,
)

__all__ = ["add"]

_BAD_INPUT, _NOT_RIGHT = 2, 1
_MOST_INPUT = 64 * 2**20
_NAMELESS = ("text", "link")
_Row = TypeVar("_Row")


def add(app: typer.Typer, terminal: Terminal) -> None:
    """Add the commands."""
    gs1 = typer.Typer(help=terminal.text("cli.gs1.help"), no_args_is_help=True)
    app.add_typer(gs1, name="gs1")
    _add_reading(gs1, terminal)
    _add_building(gs1, terminal)
    _add_epc(gs1, terminal)


def _add_reading(gs1: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text
    texts_argument = typer.Argument(help=text("cli.gs1.texts"))
    json_option = typer.Option("--json", help=text("cli.option.json"))

    @gs1.command("parse", help=text("cli.gs1.parse"))
    def parse(
        texts: Annotated[list[str] | None, texts_argument] = None,
        *,
        as_json: Annotated[bool, json_option] = False,
    ) -> int:
        scans, code = _each(texts, _parsed, terminal)
        _answer(scans, terminal, _show, as_json=as_json)
        return code

    @gs1.command("check", help=text("cli.gs1.check"))
    def check(
        texts: Annotated[list[str] | None, texts_argument] = None,
        *,
        as_json: Annotated[bool, json_option] = False,
    ) -> int:
        scans = [interpret_scan(given) for given in _given(texts)]
        _answer(scans, terminal, _tell, as_json=as_json)
        return 0 if all(_is_right(scan) for scan in scans) else _NOT_RIGHT

    @gs1.command("scan", help=text("cli.gs1.scan"))
    def scan(
        texts: Annotated[list[str] | None, texts_argument] = None,
        *,
        as_json: Annotated[bool, json_option] = False,
    ) -> int:
        scans = [interpret_scan(given) for given in _given(texts)]
        _answer(scans, terminal, _show, as_json=as_json)
        return 0 if all(each.ok for each in scans) else _NOT_RIGHT


def _add_building(gs1: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text

    @gs1.command("build", help=text("cli.gs1.build"))
    def build(
        elements: Annotated[list[str] | None, typer.Argument(help=text("cli.gs1.elements"))] = None,
        *,
        key: Annotated[str | None, typer.Option(help=text("cli.gs1.key"))] = None,
        prefix: Annotated[str | None, typer.Option(help=text("cli.gs1.prefix"))] = None,
        reference: Annotated[str | None, typer.Option(help=text("cli.gs1.reference"))] = None,
        lead: Annotated[str | None, typer.Option(help=text("cli.gs1.lead"))] = None,
        serial: Annotated[str | None, typer.Option(help=text("cli.gs1.serial"))] = None,
        host: Annotated[str, typer.Option(help=text("cli.option.host"))] = CANONICAL_HOST,
        stem: Annotated[str | None, typer.Option(help=text("cli.gs1.stem"))] = None,
        upper: Annotated[bool, typer.Option("--upper", help=text("cli.gs1.upper"))] = False,
        short: Annotated[bool, typer.Option("--compress", help=text("cli.gs1.compress"))] = False,
        as_json: Annotated[bool, typer.Option("--json", help=text("cli.option.json"))] = False,
    ) -> None:
        made = [_element(word) for word in elements or ()]
        if key:
            parts = {"lead": lead, "serial": serial}
            made.insert(0, _key(key, prefix or "", reference or "", parts))
        message = ElementString(tuple(made))
        link = message.digital_link(host=host, stem=stem or "")
        uri = compress(link) if short else link.to_uri(upper=upper)
        if as_json:
            names = {"name": link.canonical(), "element_string": message.bracketed()}
            terminal.json({"uri": uri} | names)
            return
        terminal.say(uri)
        terminal.say(message.bracketed())


def _add_epc(gs1: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text

    @gs1.command("epc", help=text("cli.gs1.epc"))
    def epc(
        texts: Annotated[list[str] | None, typer.Argument(help=text("cli.gs1.texts"))] = None,
        *,
        length: Annotated[
            int | None, typer.Option("--prefix-length", help=text("cli.gs1.prefix_length"))
        ] = None,
        table: Annotated[
            Path | None, typer.Option("--prefixes", help=text("cli.gs1.prefixes"))
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help=text("cli.option.json"))] = False,
    ) -> int:
        prefixes = None
        if table is not None:
            prefixes = CompanyPrefixes.parse(read_file(table).decode("utf-8", "replace"))

        def turned(given: str) -> tuple[str, str]:
            if given.lower().startswith("urn:"):
                return given, epc_urn_to_digital_link(given)
            urn = digital_link_to_epc_urn(given, company_prefix_length=length, prefixes=prefixes)
            return given, urn

        rows, code = _each(texts, turned, terminal)
        if as_json:
            terminal.json([{"text": given, "result": result} for given, result in rows])
            return code
        for _, result in rows:
            terminal.say(result)
        return code


def _given(texts: list[str] | None) -> list[str]:
    """Return the texts of the command line, or else the lines of standard input.

    Raises:
        InputError: too much.
    """
    if texts:
        return texts
    data = sys.stdin.buffer.read(_MOST_INPUT + 1)
    if len(data) > _MOST_INPUT:
        raise InputError("cli.file_too_large", path="-", limit=_MOST_INPUT)
    # Not splitlines(): it would split at the separators inside a scan.
    lines = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").split("\n")
    return [line for line in lines if line.strip(" \t")]


def _each(
    texts: list[str] | None, work: Callable[[str], _Row], terminal: Terminal
) -> tuple[list[_Row], int]:
    """Do a piece of work for each text; what is refused is told, and the others go on."""
    rows, code = [], 0
    for given in _given(texts):
        try:
            rows.append(work(given))
        except Gs1Error as error:
            terminal.fail(error)
            code = _BAD_INPUT
    return rows, code


def _answer(
    scans: list[Scan],
    terminal: Terminal,
    show: Callable[[Scan, Terminal], None],
    *,
    as_json: bool,
) -> None:
    if as_json:
        terminal.json([_as_json(scan, terminal) for scan in scans])
        return
    for scan in scans:
        show(scan, terminal)
        terminal.findings(scan.findings)


def _is_right(scan: Scan) -> bool:
    return scan.ok and scan.kind not in _NAMELESS


def _parsed(given: str) -> Scan:
    """Return what a text is, if all of it is right.

    Raises:
        Gs1Error: something is not, with all that was found.
    """
    scan = interpret_scan(given)
    if _is_right(scan):
        return scan
    found = [each for each in scan.findings if each.severity == "error"] or scan.findings
    raise Gs1Error(found[0].code, place=found[0].place, findings=found, **found[0].facts)


def _element(word: str) -> Element:
    code, equals, value = word.partition("=")
    if not equals:
        raise Gs1Error("gs1.element_word", value=word[:60])
    return code, value


def _key(name: str, prefix: str, reference: str, parts: dict[str, str | None]) -> Element:
    """Return the element of a key that is made here."""
    key = KEYS.get(name.lower())
    if key is None:
        raise Gs1Error("gs1.unknown_key", value=name[:60], expected=", ".join(KEYS))
    given = {part: value for part, value in parts.items() if value}
    for part in given:
        if part not in inspect.signature(key.of).parameters:
            raise InputError("cli.too_much", what=f"--{part}", command="ocoptrace gs1 build")
    return key.of(prefix, reference, **given).element


def _show(scan: Scan, terminal: Terminal) -> None:
    """Print what a scan is: its kind and name, then its elements with what they mean."""
    kind = terminal.text(f"cli.gs1.kind_{scan.kind}")
    symbol = f" ({scan.symbol})" if scan.symbol else ""
    name = scan.name.canonical() if scan.name else scan.raw
    terminal.heading(f"{kind}{symbol}: {name}")
    terminal.rows(
        (f"({code})", _title(code), value, _meaning(code, value, terminal))
        for code, value in scan.elements
    )


def _tell(scan: Scan, terminal: Terminal) -> None:
    """Print whether all of a text is right."""
    code = "cli.gs1.right" if _is_right(scan) else "cli.gs1.wrong"
    terminal.say(terminal.text(code, text=scan.raw))


def _title(code: str) -> str:
    ai = application_identifier(code)
    return ai.title if ai else ""


def _meaning(code: str, value: str, terminal: Terminal) -> str:
    """Return an amount or dates as a person writes them; empty for anything else."""
    try:
        amount = read_amount(code, value)
        dates = _dates(code, value)
    except Gs1Error:
        return ""
    if amount:
        return f"{amount.number:f} {amount.unit}".strip()
    return " – ".join(
        messages.written_date(each, terminal.language)
        + (f" {each:%H:%M}" if isinstance(each, datetime) else "")
        for each in dates
    )


def _dates(code: str, value: str) -> tuple[date, ...]:
    return read_dates(code, value, year=datetime.now(UTC).year)


def _as_json(scan: Scan, terminal: Terminal) -> dict[str, Any]:
    """Return a scan for programs."""
    return {
        "text": scan.raw,
        "kind": scan.kind,
        "symbol": scan.symbol,
        "name": scan.name.canonical() if scan.name else None,
        "level": scan.name.level if scan.name else None,
        "uri": str(scan.name) if scan.name else None,
        "right": _is_right(scan),
        "elements": [_element_json(code, value) for code, value in scan.elements],
        "findings": [finding.to_json(terminal.language) for finding in scan.findings],
    }


def _element_json(code: str, value: str) -> dict[str, Any]:
    element: dict[str, Any] = {"ai": code, "title": _title(code), "value": value}
    try:
        amount, dates = read_amount(code, value), _dates(code, value)
    except Gs1Error:
        return element
    if amount:
        element["amount"] = {name: str(part) for name, part in amount._asdict().items() if part}
    if dates:
        element["dates"] = [each.isoformat() for each in dates]
    return element
