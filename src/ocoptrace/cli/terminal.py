"""What people see in a terminal: calm, one colour for each state, never colour alone."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from ocoptrace import messages
from ocoptrace.epcis.json_text import json_bytes
from ocoptrace.errors import OcopTraceError
from ocoptrace.findings import Finding
from ocoptrace.messages import Language
from ocoptrace.verify import Verdict

__all__ = ["Terminal"]

_MARKS = {
    "pass": ("✓", "green"),
    "warn": ("!", "yellow"),
    "fail": ("✗", "red"),
    "unknown": ("?", "bright_black"),
}
_SEVERITIES = {
    "error": _MARKS["fail"],
    "warning": _MARKS["warn"],
    "info": ("·", "bright_black"),
}
_GOOD = {"ok", "ok_offline"}
_UNSHOWN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_UNSEEN = re.compile(
    "[\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\uffff\U000e0000-\U000e0fff]"
)
"""Characters of JSON that control what is seen of others."""

_MOST_FINDINGS = 20
_WIDTH_WHEN_PIPED = 100
_KIB = 1024


class Terminal:
    """Standard output for results, standard error for everything about them."""

    def __init__(self, language: Language) -> None:
        self.language = language
        # Emoji codes would turn the name urn:x:1 into a picture.
        self._out = Console(emoji=False, highlight=False, soft_wrap=True)
        self._err = Console(emoji=False, highlight=False, stderr=True, soft_wrap=True)
        if not self._out.is_terminal:
            self._out.width = _WIDTH_WHEN_PIPED

    def text(self, code: str, /, **facts: object) -> str:
        """Return a message in the terminal's language."""
        return messages.text(code, self.language, **facts)

    def say(self, line: str = "") -> None:
        """Print a line of the result."""
        self._out.print(_shown(line))

    def heading(self, line: str) -> None:
        """Print a line that begins a part."""
        self._out.print(f"\n[bold]{_shown(line)}[/bold]")

    def note(self, line: str) -> None:
        """Print a line about the work, beside the result."""
        self._err.print(_shown(line), style="bright_black")

    def done(self, line: str) -> None:
        """Print that something is finished."""
        self._out.print(f"[green]✓[/green] {_shown(line)}")

    def json(self, value: Any) -> None:
        """Print a result as JSON, its numbers with the digits that they were read with.

        What only shows is escaped, and so neither lost nor in control of the screen.
        """
        # No library of colours touches it: they take longer than all the work before.
        text = json_bytes(value, indented=True).decode()
        self._write(_UNSEEN.sub(_escape, text))

    def exact(self, line: str) -> None:
        """Print a line of the result as it is; on a screen, as any other."""
        if self._out.is_terminal:
            self.say(line)
        else:
            self._write(line)

    def _write(self, text: str) -> None:
        self._out.file.write(f"{text}\n")
        self._out.file.flush()

    def files(self, rows: Iterable[tuple[Path, str]]) -> None:
        """Print files with their size and purpose."""
        table = Table(box=None, pad_edge=False, show_header=False)
        for path, purpose in rows:
            table.add_row(_shown(str(path)), _size(path), _shown(purpose))
        self._out.print(table)

    def rows(self, rows: Iterable[Sequence[str]]) -> None:
        """Print rows of words in columns."""
        table = Table(box=None, pad_edge=False, show_header=False)
        for row in rows:
            table.add_row(*(_shown(cell) for cell in row))
        self._out.print(table)

    def verdict(self, verdict: Verdict, *, title: str = "") -> None:
        """Print a verdict as a checklist, its headline first."""
        best = verdict.overall in _GOOD
        style = "green" if best else "yellow" if verdict.overall == "warn" else "red"
        headline = Text(f"{verdict.headline(self.language)} [{verdict.overall}]", style=style)
        if title:
            self._out.print(f"[bold]{_shown(title)}[/bold]")
        self._out.print(headline)
        table = Table(box=None, pad_edge=False, show_header=False)
        table.add_column(width=1)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for check in verdict.checks:
            mark, colour = _MARKS[check.outcome]
            words = check.text(self.language)
            remedy = check.remedy(self.language) if check.outcome != "pass" else ""
            name = self.text(f"verdict.check.{check.code}")
            table.add_row(
                Text(mark, style=colour),
                f"{name} ({self.text(f'verdict.outcome.{check.outcome}')})",
                _shown(f"{words} {remedy}".strip()),
            )
        self._out.print(table)

    def findings(self, findings: Sequence[Finding], *, most: int = _MOST_FINDINGS) -> None:
        """Print findings: how bad, where, what, what to do; beyond the most, how many more."""
        for finding in findings[:most]:
            mark, colour = _SEVERITIES[finding.severity]
            where = f"{finding.place}: " if finding.place else ""
            words = f"{where}{finding.text(self.language)} {finding.remedy(self.language)}"
            self._err.print(f"  [{colour}]{mark}[/{colour}] {_shown(words.strip())}")
        if len(findings) > most:
            self.note(self.text("cli.more_findings", count=len(findings) - most))

    def fail(self, error: OcopTraceError) -> None:
        """Print an error: what, where, what to do; then everything found."""
        self._err.print(f"[red]✗[/red] {_shown(error.text(self.language))}")
        if remedy := error.remedy(self.language):
            self._err.print(f"  {_shown(remedy)}")
        found = [f for f in error.findings if isinstance(f, Finding) and f.severity != "info"]
        if len(found) > 1 or (found and found[0].code != error.code):
            self.findings(found)


def _shown(words: str) -> str:
    """Return words that only show: no markup of rich, no control or direction characters.

    What is printed comes from labels and files of strangers, who could otherwise clear the
    screen and write a verdict of their own.
    """
    plain = (c if unicodedata.category(c) not in _UNSHOWN or c == "\n" else "\ufffd" for c in words)
    return escape("".join(plain))


def _escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _size(path: Path) -> str:
    size = path.stat().st_size
    return f"{size} B" if size < _KIB else f"{size / _KIB:.0f} KB"
