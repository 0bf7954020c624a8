"""``label check``: every code of a sheet, a scan or a photo, and how well it is printed."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ocoptrace.cli.options import choice, kind_of, located, read_file
from ocoptrace.cli.progress import progress
from ocoptrace.cli.terminal import Terminal
from ocoptrace.errors import InputError, LabelError
from ocoptrace.findings import Finding

if TYPE_CHECKING:
    from ocoptrace.labels import Grade, Scan
    from ocoptrace.labels.manifest import Manifest
    from ocoptrace.labels.reading.grade import Source
    from ocoptrace.messages import Language

__all__ = ["add"]

_NOT_RIGHT: Final = 1
_MILLIMETRES_PER_INCH: Final = 25.4
_DPI: Final = 600
_MOST_SHOWN: Final = 12
_LONGEST: Final = 50
_FAIR: Final = 2
_TOLD_ALREADY: Final = frozenset({"text", "page", "version"})
_SOURCES: Final[tuple["Source", ...]] = ("drawing", "scan", "photo")
_SOURCE_OF: Final[dict[str, "Source"]] = {"pdf": "drawing", "png": "scan", "jpeg": "photo"}


def add(label: typer.Typer, terminal: Terminal) -> None:
    """Add the command."""
    text = terminal.text

    @label.command(help=text("cli.codes.help"))
    def check(
        file: Annotated[Path, typer.Argument(help=text("cli.codes.file"))],
        *,
        expect: Annotated[Path | None, typer.Option(help=text("cli.codes.expect"))] = None,
        source: Annotated[str | None, typer.Option(help=text("cli.codes.source"))] = None,
        as_json: Annotated[bool, typer.Option("--json", help=text("cli.option.json"))] = False,
    ) -> int:
        data = read_file(file)
        kind = kind_of(data, file)
        if kind not in _SOURCE_OF:
            raise InputError("cli.not_a_sheet", path=file)
        taken = _SOURCE_OF[kind] if source is None else choice("--source", source, _SOURCES)
        manifest = _manifest(file, expect)
        try:
            with progress(terminal, text("cli.codes.reading")) as tell:
                codes = list(_codes(data, taken, tell=tell, drawn=kind == "pdf"))
        except LabelError as error:
            # A picture that cannot be read is a verdict, not misuse (formats, section 10).
            terminal.fail(error)
            return _NOT_RIGHT
        found = list(_findings(file, data, codes, manifest))
        if as_json:
            terminal.json(
                {
                    "file": str(file),
                    "codes": [code.to_json(terminal.language) for code in codes],
                    "findings": [finding.to_json(terminal.language) for finding in found],
                }
            )
        else:
            _tell(terminal, file, codes, found)
        return _NOT_RIGHT if any(each.severity == "error" for each in found) else 0


@dataclass(frozen=True)
class _Code:
    """A code that was read.

    Attributes:
        scan: what it says, and where.
        grade: how well it is printed, indicatively; None where it is not a QR code.
        drawn: whether it stands on a page that has millimetres.
    """

    scan: "Scan"
    grade: "Grade | None"
    drawn: bool

    @property
    def middle(self) -> tuple[float, float]:
        """Where it stands: millimetres on a page, pixels in a picture."""
        x, y = (sum(axis) / len(axis) for axis in zip(*self.scan.position, strict=True))
        scale = _MILLIMETRES_PER_INCH / _DPI if self.drawn else 1.0
        return round(x * scale, 1), round(y * scale, 1)

    def to_json(self, language: "Language") -> dict[str, object]:
        """Return the code as JSON members."""
        x, y = self.middle
        return {
            "kind": self.scan.kind,
            "text": self.scan.text,
            "page": self.scan.page + 1,
            "x": x,
            "y": y,
            "unit": "mm" if self.drawn else "px",
            "version": self.scan.version or None,
            "grade": None if self.grade is None else _without(self.grade.to_json(language)),
        }


def _without(grade: dict[str, object]) -> dict[str, object]:
    """Return the members of a grade that its code does not have already."""
    return {name: each for name, each in grade.items() if name not in _TOLD_ALREADY}


def _codes(
    data: bytes, source: "Source", *, tell: Callable[[int, int, float], None], drawn: bool
) -> Iterator[_Code]:
    """Yield every code of a file, and tell of each page: done, in all, a second.

    Raises:
        LabelError: it cannot be read.
    """
    from ocoptrace.labels.reading.grade import grade_scan
    from ocoptrace.labels.reading.pixels import grey_pages, open_pdf
    from ocoptrace.labels.reading.scan import KINDS, scan_pixels

    pages = 1
    if drawn:
        with open_pdf(data) as document:
            pages = len(document)
    begun = monotonic()
    for number, pixels in enumerate(grey_pages(data, dpi=_DPI)):
        tell(number, pages, number / max(monotonic() - begun, 0.001))
        for scan in scan_pixels(pixels, page=number, kinds=KINDS):
            graded = grade_scan(pixels, scan, source=source) if scan.kind == "qr" else None
            yield _Code(scan, graded, drawn)


def _manifest(file: Path, expect: Path | None) -> "Manifest | None":
    """Return what is known of the run that a file belongs to."""
    from ocoptrace.labels.manifest import Manifest, manifest_path

    path = expect or manifest_path(file)
    if expect is None and not path.is_file():
        return None
    data = read_file(path)
    with located(f"{path}: "):
        return Manifest.parse(data)


def _findings(
    file: Path, data: bytes, codes: Sequence[_Code], manifest: "Manifest | None"
) -> Iterator[Finding]:
    if not codes:
        yield Finding("label.no_code", "error", "", {"path": file})
    if manifest is not None:
        yield from _against(file, data, codes, manifest)
    graded = [code for code in codes if code.grade is not None]
    once: dict[str, tuple[Finding, int]] = {}
    for code in graded:
        for finding in code.grade.findings if code.grade else ():
            if finding.code == "grade.indicative":
                continue  # said once, of all
            first, count = once.get(finding.code, (finding, 0))
            worse = finding if finding.severity == "error" else first
            once[finding.code] = (worse, count + 1)
    for finding, count in once.values():
        place = f"{count} / {len(codes)}" if len(codes) > 1 else ""
        yield Finding(finding.code, finding.severity, place, finding.facts)


def _against(
    file: Path, data: bytes, codes: Sequence[_Code], manifest: "Manifest"
) -> Iterator[Finding]:
    """Compare a file with what is known of its run."""
    from hashlib import sha256

    part = next((each for each in manifest.files if each.name == file.name), None)
    expected = manifest.stickers if part is None else part.last - part.first + 1
    kinds = Counter(code.scan.kind for code in codes)
    count = kinds.get("qr") or max(kinds.values(), default=0)
    if count != expected:
        facts = {"count": count, "expected": expected, "run": manifest.run}
        yield Finding("check.count", "error", "", facts)
    if part is not None and sha256(data).hexdigest() != part.sha256:
        yield Finding("check.other_file", "warning", "", {"run": manifest.run})
    copies = manifest.labels.copies
    texts = Counter(code.scan.text for code in codes if code.scan.kind == "qr")
    for text, times in texts.items():
        if times > copies:
            facts = {"text": _short(text), "count": times, "copies": copies}
            yield Finding("check.repeated", "error", "", facts)


def _tell(terminal: Terminal, file: Path, codes: Sequence[_Code], found: Sequence[Finding]) -> None:
    text = terminal.text
    if len(codes) > 1:
        letters = Counter(code.grade.letter for code in codes if code.grade)
        grades = ", ".join(f"{count} × {letter}" for letter, count in sorted(letters.items()))
        terminal.say(text("cli.codes.count", count=len(codes), grades=grades or "–"))
    terminal.rows(_row(terminal, code) for code in codes[:_MOST_SHOWN])
    if len(codes) > _MOST_SHOWN:
        terminal.note(text("cli.codes.more", count=len(codes) - _MOST_SHOWN))
    worst = min(
        (code.grade for code in codes if code.grade), key=lambda each: each.overall, default=None
    )
    if worst is not None:
        many = "cli.codes.worst" if len(codes) > 1 else "cli.codes.parameters"
        terminal.heading(text(many, letter=worst.letter))
        terminal.rows(
            (text(f"grade.name.{each.name}"), each.letter, _value(each.name, each.value))
            for each in worst.parameters
        )
        terminal.say(text("grade.indicative.text"))
    terminal.findings(found)
    if any(each.severity == "error" for each in found):
        return
    facts = {"path": file, "count": len(codes)}
    if worst is not None and worst.overall < _FAIR:
        terminal.say(text("cli.codes.poor", **facts))
    else:
        terminal.done(text("cli.codes.done", **facts))


def _row(terminal: Terminal, code: _Code) -> tuple[str, ...]:
    x, y = code.middle
    place = terminal.text(
        "cli.codes.on_page" if code.drawn else "cli.codes.in_picture",
        page=code.scan.page + 1,
        x=x,
        y=y,
    )
    version = f" {code.scan.version}" if code.scan.version else ""
    grade = code.grade.letter if code.grade else "–"
    return f"{code.scan.kind}{version}", grade, place, _short(code.scan.text)


def _value(name: str, value: float) -> str:
    """Return a measured value as people read it."""
    match name:
        case "decode":
            return "✓" if value else "✗"
        case "quiet_zone" | "fixed_pattern_damage":
            return f"{value:.0f}"
        case "grid_nonuniformity":
            return f"{value:.2f}"
        case _:
            return f"{100 * value:.0f} %"


def _short(words: str) -> str:
    """Return what tells one sticker from another: the end of a long link, without its seal."""
    link, hash_, seal = words.partition("#")
    short = f"{link}#…" if hash_ and len(seal) > len("#…") else words
    return short if len(short) <= _LONGEST else f"…{short[-_LONGEST:]}"
