"""What a log says when it does not do what it is asked (docs/spec, submission)."""

from __future__ import annotations

from string import Formatter

from spec.shown import fenced, pretty

from ocoptrace import messages
from ocoptrace.transparency.submission import PROBLEM_STATUS, Problem

__all__ = ["texts"]


def texts() -> dict[str, str]:
    """Return an example of a problem document, and the table of all problems."""
    problem = Problem("submission.unknown_key", {"kid": "09ae9a2e1c4af055"})
    lines = ["| status | code | facts | what it says |", "|---|---|---|---|"]
    for code, status in PROBLEM_STATUS.items():
        said = messages.text(code, "en")
        words = f"{said} {messages.remedy(code, 'en')}"
        facts = dict.fromkeys(name for _, name, _, _ in Formatter().parse(words) if name)
        shown = ", ".join(f"`{name}`" for name in facts)
        lines.append(f"| {status} | `{code.partition('.')[2]}` | {shown} | {said} |")
    return {
        "problem": fenced("json", pretty(problem.to_json("en").decode(), longest=200)),
        "problems": "\n".join(lines),
    }
