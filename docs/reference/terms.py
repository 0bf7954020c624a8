"""The parts of docs/reference/vocabulary.md that the vocabulary tells."""

from __future__ import annotations

import json

from ocoptrace import messages
from ocoptrace.epcis.schema import event_schema
from ocoptrace.epcis.vocabulary import (
    CODE_LISTS,
    DEPRECATED,
    OCOP_MEASUREMENTS,
    OCOP_MEMBERS,
    OCOP_STEPS,
    OCOP_TRANSACTION_TYPES,
    PREFIX,
    STANDARD_WORDS,
    VOCABULARY,
    urn,
    web_uri,
)

_OWN = {
    "step": OCOP_STEPS,
    "paper": OCOP_TRANSACTION_TYPES,
    "measurement": OCOP_MEASUREMENTS,
    "member": OCOP_MEMBERS,
}


def texts() -> dict[str, str]:
    """Return the tables of the standard's words and of ours, and the namespace."""
    tables = {f"terms {kind}": _definitions(kind, words) for kind, words in _OWN.items()}
    return tables | {
        "namespace": f"`{VOCABULARY}`",
        "standard words": _standard(),
        "deprecated words": _deprecated(),
    }


def files() -> dict[str, bytes]:
    """Return the files beside the page: the JSON Schema of an event."""
    schema = json.dumps(event_schema(), ensure_ascii=False, indent=2)
    return {"epcis-event.schema.json": f"{schema}\n".encode()}


def _definitions(kind: str, words: frozenset[str]) -> str:
    rows = [
        f"| `{PREFIX}:{word}` | {messages.text(f'vocabulary.{kind}.{word}', 'vi')} | "
        f"{messages.text(f'vocabulary.{kind}.{word}', 'en')} |"
        for word in sorted(words, key=str.lower)
    ]
    return "\n".join(["| term | tiếng Việt | English |", "|---|---|---|", *rows])


def _standard() -> str:
    rows = []
    for code_list in CODE_LISTS:
        words = sorted(STANDARD_WORDS[code_list])
        first = words[0]
        name = urn(first, code_list)
        rows.append(
            f"| {code_list} | `{first}` | `{web_uri(first, code_list)}` | "
            f"{'' if name == first else f'`{name}`'} | {len(words)} |"
        )
    head = ["| list | bare word | web URI | URN | words |", "|---|---|---|---|---|"]
    lists = [
        f"**{code_list}**: " + ", ".join(f"`{word}`" for word in sorted(STANDARD_WORDS[code_list]))
        for code_list in CODE_LISTS
    ]
    return "\n".join([*head, *rows]) + "\n\n" + "\n\n".join(lists)


def _deprecated() -> str:
    rows = [
        f"| {code_list} | `{old}` | `{new}` |"
        for code_list, words in DEPRECATED.items()
        for old, new in words.items()
    ]
    return "\n".join(["| list | old word | write |", "|---|---|---|", *rows])
