"""How bytes, JSON and CBOR are shown in the pages of docs/spec."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ocoptrace.verify import Verdict

_WIDTH, _HEX_WIDTH = 88, 64


def fenced(language: str, text: str) -> str:
    """Return a text as a code block."""
    return f"```{language}\n{text}\n```"


def hexadecimal(data: bytes, *, indent: int = 0) -> str:
    """Return bytes in hexadecimal, in lines; all but the first begin with spaces."""
    lines = textwrap.wrap(data.hex(), _HEX_WIDTH)
    return ("\n" + " " * indent).join(lines)


def wrapped(text: str) -> str:
    """Return a long text in lines; joined, they are the text again."""
    return "\n".join(textwrap.wrap(text, _WIDTH, break_on_hyphens=False))


def pretty(text: str, *, longest: int = 48) -> str:
    """Return JSON in lines, its long strings cut."""

    def cut(value: Any) -> Any:
        match value:
            case dict():
                return {name: cut(member) for name, member in value.items()}
            case list():
                return [cut(item) for item in value]
            case str() if len(value) > longest and not value.startswith("https://"):
                return f"{value[: longest - 16]}… ({len(value)} characters)"
            case _:
                return value

    return json.dumps(cut(json.loads(text)), ensure_ascii=False, indent=1)


def diagnostic(value: Any, depth: int = 0) -> str:
    """Return a CBOR value in the diagnostic notation of RFC 8949, section 8."""
    match value:
        case bytes():
            return f"h'{value.hex()}'"
        case str():
            return json.dumps(value)
        case dict():
            pad = " " * (2 * depth)
            members = [f"{pad}  {key}: {diagnostic(v, depth + 1)}" for key, v in value.items()]
            return "{\n" + ",\n".join(members) + f"\n{pad}}}"
        case _:
            return str(value)


def verdict_lines(verdict: Verdict) -> str:
    """Return a verdict as JSON, a check in a line, without the words and facts of checks."""
    said = verdict.to_json("en")
    head = {name: said[name] for name in ("about", "overall", "headline")}
    checks = [
        json.dumps({"code": check.code, "outcome": check.outcome, "reason": check.reason})
        for check in verdict.checks
    ]
    opening = json.dumps(head, indent=1).removesuffix("\n}")
    return f'{opening},\n "checks": [\n  ' + ",\n  ".join(checks) + "\n ]\n}"
