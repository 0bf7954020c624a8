"""What each GS1 application identifier (AI) holds, as the GS1 Syntax Dictionary says.

The facts are those of ``ai_table``; a row is read when its AI is first asked for.

>>> lot = application_identifier("10")
>>> lot.title, [str(component) for component in lot.components], lot.predefined_length
('BATCH/LOT', ['X..20'], None)
>>> application_identifier("01").paths
(('22', '10', '21'), ('235',))
>>> identifies("310n", "3103")
True
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from ocoptrace.errors import Gs1Error
from ocoptrace.gs1._shown import shown
from ocoptrace.gs1.ai_table import ROWS

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "ApplicationIdentifier",
    "Component",
    "application_identifier",
    "application_identifiers",
    "code_lengths",
    "identifies",
    "known",
    "primary_key_codes",
]

_COMPONENT = re.compile(r"\[?([NXYZ])(\.\.)?([0-9]+)\]?((?:,\w+)*)")


class Component(NamedTuple):
    """One part of an AI's value.

    Attributes:
        kind: N, X, Y or Z, a key of ``CHARACTER_SETS``.
        minimum: least length.
        maximum: greatest length.
        optional: whether the value may end before it.
        linters: names of the rules for its content.
    """

    kind: str
    minimum: int
    maximum: int
    optional: bool
    linters: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Component:
        """Return the component that a word of the dictionary describes."""
        [(kind, variable, length, linters)] = _COMPONENT.findall(text)
        maximum = int(length)
        minimum = 1 if variable else maximum
        return cls(kind, minimum, maximum, text[0] == "[", tuple(linters.split(",")[1:]))

    def __str__(self) -> str:
        length = f"..{self.maximum}" if self.minimum != self.maximum else str(self.maximum)
        return f"[{self.kind}{length}]" if self.optional else f"{self.kind}{length}"


class ApplicationIdentifier(NamedTuple):
    """An AI as the dictionary describes it.

    Attributes:
        code: its two to four digits.
        title: its data title.
        components: the parts of its value.
        predefined_length: length of a value that needs no FNC1 behind it, else None.
        is_attribute: whether it may stand in the query of a Digital Link.
        requires: groups of alternatives, each of AIs or patterns that must all be there.
        excludes: AIs or patterns that must not be there.
        paths: for a Digital Link key its alternative qualifier orders, else None.
    """

    code: str
    title: str
    components: tuple[Component, ...]
    predefined_length: int | None
    is_attribute: bool
    requires: tuple[tuple[tuple[str, ...], ...], ...]
    excludes: tuple[str, ...]
    paths: tuple[tuple[str, ...], ...] | None


@cache
def _rows() -> dict[str, str]:
    """Return the row of each AI, ranges spread out."""
    rows = {}
    for row in ROWS.splitlines():
        codes, _, _ = row.partition(";")
        first, _, last = codes.partition("-")
        for number in range(int(first), int(last or first) + 1):
            rows[f"{number:0{len(first)}}"] = row
    return rows


class _Described(dict[str, "ApplicationIdentifier"]):
    """The AIs asked for so far; an unknown one is a KeyError and leaves no trace."""

    def __missing__(self, code: str) -> ApplicationIdentifier:
        _, flags, words, rules, title = _rows()[code].split(";")
        components = tuple(Component.parse(word) for word in words.split())
        requires, excludes, paths = [], [], None
        for rule in rules.split():
            name, _, value = rule.partition("=")
            if name == "req":
                requires.append(tuple(tuple(group.split("+")) for group in value.split(",")))
            elif name == "ex":
                excludes += value.split(",")
            else:
                orders = (tuple(filter(None, order.split(","))) for order in value.split("|"))
                paths = tuple(orders)
        length = sum(component.maximum for component in components) if "*" in flags else None
        self[code] = ai = ApplicationIdentifier(
            code,
            title,
            components,
            length,
            "?" in flags,
            tuple(requires),
            tuple(excludes),
            paths,
        )
        return ai


_DESCRIBED = _Described()


def application_identifier(code: str) -> ApplicationIdentifier | None:
    """Return the AI of a code, or None where the dictionary has none."""
    try:
        return _DESCRIBED[code]
    except KeyError:
        return None


def known(code: str) -> ApplicationIdentifier:
    """Return the AI of a code.

    Raises:
        Gs1Error: the dictionary has none.
    """
    try:
        return _DESCRIBED[code]
    except KeyError:
        raise Gs1Error("gs1.unknown_ai", place=f"({shown(code)})", ai=shown(code)) from None


def application_identifiers() -> tuple[str, ...]:
    """Return the codes of all AIs, in the order of the dictionary."""
    return tuple(_rows())


def primary_key_codes() -> tuple[str, ...]:
    """Return the codes of the AIs that may be the key of a Digital Link."""
    return tuple(code for code, row in _rows().items() if "dlpkey" in row)


@cache
def code_lengths() -> dict[str, int]:
    """Return how many digits an AI has, by its first two; that holds for AIs to come as well.

    >>> code_lengths()["01"], code_lengths()["24"], code_lengths()["31"]
    (2, 3, 4)
    """
    return {code[:2]: len(code) for code in _rows()}


@cache
def _pattern(pattern: str) -> Callable[[str], object]:
    return re.compile(pattern.replace("n", "[0-9]")).fullmatch


def identifies(pattern: str, code: str) -> bool:
    """Tell whether an AI is the one, or of the kind, of a pattern such as ``310n``."""
    return code == pattern or ("n" in pattern and _pattern(pattern)(code) is not None)
