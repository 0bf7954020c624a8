"""Change one thing inside an input, and write the rest as it was.

Bytes changed blindly do not get past the first door: JSON has to be canonical, and so has CBOR, and
XML well formed. So what is JSON, XML or CBOR is taken apart, changed at one place, and written
again, JSON and CBOR in their one form. What they carry inside (JSON in a text, CBOR in base64url or
in a byte string) is reached likewise.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import cbor2
from lxml import etree

from ocoptrace import canonical_json
from ocoptrace.errors import OcopTraceError
from ocoptrace.signing import base64url, cbor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

__all__ = ["mutated"]

Path = tuple[Any, ...]

LIMITS = (0, 1, 23, 24, 255, 256, 2**16, 2**31, 2**32 - 1, 2**53 - 1, 2**53, 2**63, 2**64 - 1)
SCALARS: tuple[Any, ...] = (None, True, False, 0, -1, 1, 0.5, 1e300, "", "a", [], {}, *LIMITS)
TEXTS = (
    "",
    " ",
    "\n",
    "\0",
    "\ud800",
    "ệ",
    "e\u0323\u0302",
    "%",
    "%2F",
    "/",
    "#",
    "+",
    "A" * 300,
    "9" * 40,
)
BYTES = (
    b"",
    b"\0",
    b"\x80",
    b"\xff",
    b"\xa0",
    b"\xf6",
    b"\xd2\x84",
    b"\x9f\xff",
    b"\x1b" + b"\xff" * 8,
)
REFUSED = (
    *(OcopTraceError, cbor2.CBORError, etree.LxmlError),
    *(ValueError, TypeError, ArithmeticError, RecursionError),
)
"""What comes out where an input is not of a form, or cannot be written in it after a change."""
INSIDE = 0.5
"""How often what a text or byte string carries is changed, rather than the text or the bytes."""


def mutated(data: bytes, random: Random) -> bytes:
    """Return an input with something in it changed."""
    for read, write in FORMS:
        try:
            value = read(data)
            return write(_tree_changed(value, random), random)
        except REFUSED:
            continue
    return _bytes_changed(data, random)


def _read_json(data: bytes) -> Any:
    value = json.loads(data)
    if not isinstance(value, dict | list):
        raise TypeError
    return value


def _write_json(value: Any, random: Random) -> bytes:
    if random.random() < 0.95:
        return canonical_json.dumps(value)
    indent = random.choice((None, 1))
    return json.dumps(value, indent=indent, ensure_ascii=random.random() < 0.5).encode()


def _read_cbor(data: bytes) -> Any:
    value = cbor.decode(data)
    if not isinstance(value, dict | list | cbor.Tag):
        raise TypeError
    return value


def _write_cbor(value: Any, random: Random) -> bytes:
    if random.random() < 0.9:
        return cbor.encode(value)
    return cbor2.dumps(value, canonical=random.random() < 0.5)


def _read_xml(data: bytes) -> Any:
    if not data.lstrip().startswith(b"<"):
        raise ValueError
    return _tree(etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True)))


def _tree(element: Any) -> list[Any]:
    """Return an element: its tag, its attributes, and then texts and elements in turn."""
    if not isinstance(element.tag, str):  # a comment, or the like
        raise TypeError
    inside = [each for child in element for each in (_tree(child), child.tail or "")]
    return [element.tag, dict(element.attrib), element.text or "", *inside]


def _write_xml(value: Any, _: Random) -> bytes:
    written: bytes = etree.tostring(_element(value))
    return written


def _element(tree: Any) -> Any:
    tag, attributes, *inside = tree
    element = etree.Element(tag, attributes)
    last = None
    for each in inside:
        if isinstance(each, list):
            last = _element(each)
            element.append(last)
        elif last is None:
            element.text = (element.text or "") + each
        else:
            last.tail = (last.tail or "") + each
    return element


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    if isinstance(value, dict):
        for name in value:
            yield from _paths(value[name], (*path, name))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _paths(item, (*path, place))
    elif isinstance(value, cbor.Tag):
        yield from _paths(value.value, (*path, "value"))


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value.value if isinstance(value, cbor.Tag) else value[step]
    return value


def _replaced(value: Any, path: Path, change: Callable[[Any], Any]) -> Any:
    if not path:
        return change(value)
    step, rest = path[0], path[1:]
    if isinstance(value, cbor.Tag):
        return cbor.Tag(value.tag, _replaced(value.value, rest, change))
    if isinstance(value, dict):
        return value | {step: _replaced(value[step], rest, change)}
    return [*value[:step], _replaced(value[step], rest, change), *value[step + 1 :]]


def _tree_changed(value: Any, random: Random) -> Any:
    paths = list(_paths(value))
    other = _at(value, random.choice(paths))
    return _replaced(value, random.choice(paths), lambda node: _node_changed(node, other, random))


def _node_changed(  # noqa: PLR0911 - one for each kind of node
    node: Any, other: Any, random: Random
) -> Any:
    """Return a node changed in its own way, or something else in its place."""
    if random.random() < 0.15:
        return random.choice((other, random.choice(SCALARS), [node], {"": node}))
    match node:
        case bool() | None:
            return random.choice(SCALARS)
        case int():
            return random.choice((node + 1, node - 1, -node, node ^ 1, random.choice(LIMITS)))
        case float():
            return random.choice((-node, node * 2, node + 1e-9, int(node)))
        case str():
            return _text_changed(node, random)
        case bytes():
            return (
                mutated(node, random) if random.random() < INSIDE else _bytes_changed(node, random)
            )
        case list():
            return _list_changed(node, other, random)
        case dict():
            return _members_changed(node, other, random)
        case _:
            return random.choice((node.value, cbor.Tag(random.choice(LIMITS), node.value)))


def _list_changed(items: list[Any], other: Any, random: Random) -> list[Any]:
    at = random.randrange(len(items) + 1)
    match random.randrange(4):
        case 0:
            return items[:at] + items[at + 1 :]
        case 1:
            return [*items[:at], other, *items[at:]]
        case 2:
            return items[:at] + items[max(0, at - 1) :]
        case _:
            return random.sample(items, len(items))


def _members_changed(members: dict[Any, Any], other: Any, random: Random) -> dict[Any, Any]:
    if not members:
        return {"": other}
    name = random.choice(list(members))
    rest = {each: members[each] for each in members if each != name}
    match random.randrange(4):
        case 0:
            return rest
        case 1:
            return rest | {random.choice(TEXTS): members[name]}
        case 2:
            return members | {random.choice(("", "a", "ệ", 0, -1, 258)): other}
        case _:
            return rest | {name: members[random.choice(list(members))]}


def _text_changed(text: str, random: Random) -> str:  # noqa: PLR0911 - one for each way
    if random.random() < INSIDE:
        try:
            if text.startswith(("{", "[")):
                return mutated(text.encode(), random).decode()
            if len(text) > 40 and (data := base64url.decode(text)):
                return base64url.encode(mutated(data, random))
        except (OcopTraceError, ValueError):
            pass
    at = random.randrange(len(text) + 1)
    match random.randrange(5):
        case 0:
            return text[:at] + text[at + 1 :]
        case 1:
            return text[:at] + random.choice(TEXTS) + text[at:]
        case 2 if at < len(text):
            return text[:at] + chr(ord(text[at]) ^ (1 << random.randrange(7))) + text[at + 1 :]
        case 3:
            return text[:at] + text[random.randrange(len(text) + 1) :]
        case _:
            return text.swapcase()


def _bytes_changed(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data) + 1)
    match random.randrange(6):
        case 0:
            return data[:at] + data[at + 1 :]
        case 1:
            return data[:at] + random.choice(BYTES) + data[at:]
        case 2:
            return data[:at] + data[random.randrange(len(data) + 1) :]
        case 3:
            return data[:at]
        case 4 if at < len(data):
            return data[:at] + random.randbytes(1) + data[at + 1 :]
        case _:
            flipped = int.from_bytes(data) ^ (1 << random.randrange(8 * len(data) or 1))
            return flipped.to_bytes(len(data) or 1)


FORMS = ((_read_json, _write_json), (_read_xml, _write_xml), (_read_cbor, _write_cbor))
"""How an input may be taken apart, and how it is put together again."""
