"""Templates: what a sticker shows and where, as data in millimetres.

A template is a TOML or JSON text: its size, styles by name, and elements: texts that flow
in rows, symbols, stars, pictures, lines and boxes. ``docs/reference/label-template.md``
describes each member.

>>> template = load_template("ocop-50x30")
>>> template.width, template.height
(50000, 30000)
>>> Template.parse('''
... format = "ocop-label/1"
... size = [40, 20]
... [[element]]
... kind = "qr"
... at = [1, 1]
... side = 18
... ''', name="bare").symbols[0].side
18000
"""

from __future__ import annotations

from functools import cache, cached_property
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from ocoptrace.canonical_json import dumps
from ocoptrace.errors import LabelError
from ocoptrace.labels.elements import Barcode, Element, LanguageTag, PictureBox, Qr, Style, TextBox
from ocoptrace.labels.plan import Length, Plan, Positive, read_plan, read_plan_file
from ocoptrace.labels.plan_files import own_file, own_names, plan_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = [
    "ENDINGS",
    "FORMAT",
    "Template",
    "find_template",
    "load_template",
    "template_names",
    "template_text",
]

FORMAT: Final = "ocop-label/1"
ENDINGS: Final = (".toml", ".json")
"""Of files with templates."""


class Template(Plan):
    """A sticker's drawing plan, in micrometres from its top left corner.

    Attributes:
        format: which version of the format it is written in.
        name: how it is asked for.
        title: what it is for, by language.
        size: width and height of the sticker as cut.
        bleed: how far boxes and pictures may go beyond the cut.
        languages: the languages that it is made for; the first is printed where none is asked.
        require: fields without which a sticker should not be printed.
        style: styles by name.
        element: what it shows; later elements lie on earlier ones.
    """

    format: Literal["ocop-label/1"]
    name: str
    title: dict[str, str] = Field(default_factory=dict)
    size: tuple[Positive, Positive]
    bleed: Length = 0
    languages: Annotated[tuple[LanguageTag, ...], Field(min_length=1)] = ("vi", "en")
    require: tuple[str, ...] = ()
    style: dict[str, Style] = Field(default_factory=dict)
    element: Annotated[tuple[Element, ...], Field(max_length=200)]

    @classmethod
    def parse(cls, text: str, *, name: str) -> Self:
        """Read a template from TOML or JSON text.

        Raises:
            LabelError: ``label.plan_syntax``, or ``label.plan_value`` with the place of the
                first member that is missing, unknown or out of range; ``findings`` has all.
        """
        members = read_plan(text, name=name)
        return cls.read({"name": name} | members, name=name)

    @classmethod
    def read_file(cls, path: Path) -> Self:
        """Read a template from a TOML or JSON file; its name is the file's, unless it has one.

        Raises:
            LabelError: ``label.plan_file``, and as ``parse``.
        """
        return cls.parse(read_plan_file(path), name=path.stem)

    @property
    def width(self) -> int:
        """Width as cut."""
        return self.size[0]

    @property
    def height(self) -> int:
        """Height as cut."""
        return self.size[1]

    @cached_property
    def symbols(self) -> tuple[Qr, ...]:
        """The rooms of QR symbols."""
        return tuple(element for element in self.element if isinstance(element, Qr))

    @cached_property
    def barcodes(self) -> tuple[Barcode, ...]:
        """The rooms of other symbols."""
        return tuple(element for element in self.element if isinstance(element, Barcode))

    @cached_property
    def images(self) -> frozenset[str]:
        """Names of the pictures that it shows."""
        boxes = {element.image for element in self.element if isinstance(element, PictureBox)}
        return frozenset(boxes | {element.logo for element in self.symbols if element.logo})

    @cached_property
    def fields(self) -> frozenset[str]:
        """All fields that it shows or asks for."""
        return frozenset().union(*(element.fields for element in self.element))

    @cached_property
    def sha256(self) -> str:
        """Digest of what it says, whatever its text looks like: of its values as JSON."""
        return sha256(dumps(self.model_dump(mode="json"))).hexdigest()

    @model_validator(mode="before")
    @classmethod
    def _styled(cls, members: Any) -> Any:
        """Give every row the members of the style that it names."""
        if not isinstance(members, dict) or not isinstance(members.get("element"), list | tuple):
            return members
        styles = members.get("style", {})
        return members | {"element": [_styled(part, styles) for part in members["element"]]}

    @model_validator(mode="after")
    def _inside(self) -> Self:
        for number, element in enumerate(self.element):
            left, top, right, bottom = element.box(self.width, self.height)
            beyond = 0 if isinstance(element, Qr | Barcode | TextBox) else self.bleed
            if (
                min(left, top) < -beyond
                or right > self.width + beyond
                or bottom > self.height + beyond
            ):
                raise ValueError(f"element {number} ({element.kind}) leaves the sticker")
        return self


def _styled(element: Any, styles: Any) -> Any:
    if not isinstance(element, dict) or not isinstance(styles, dict):
        return element
    if isinstance(element.get("row"), list):
        return element | {"row": [_styled(row, styles) for row in element["row"]]}
    if not isinstance(element.get("style"), str):
        return element
    rest = {key: value for key, value in element.items() if key != "style"}
    style = styles.get(element["style"])
    # An unknown style stays where it is, and is told as an unknown member with its place.
    return style | rest if isinstance(style, dict) else element


@cache
def _built_in(name: str) -> Template:
    source = files("ocoptrace.labels") / "templates" / f"{name}.toml"
    return Template.parse(source.read_text(encoding="utf-8"), name=name)


@cache
def _built_in_names() -> frozenset[str]:
    names = (source.name for source in (files("ocoptrace.labels") / "templates").iterdir())
    return frozenset(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


def load_template(name: str, *, folders: Iterable[Path] = ()) -> Template:
    """Return a template by its name.

    Args:
        name: of a file ``<name>.toml`` or ``.json`` in one of the folders, else of a built-in
            template.
        folders: where the user keeps templates of their own.

    Raises:
        LabelError: ``label.unknown_template``; as ``Template.read_file`` for a file that is
            there.
    """
    folders = tuple(folders)
    if (path := own_file(name, folders=folders, endings=ENDINGS)) is not None:
        return Template.read_file(path)
    if name not in _built_in_names():
        known = ", ".join(template_names(folders=folders))
        raise LabelError("label.unknown_template", name=name, known=known)
    return _built_in(name)


def template_names(*, folders: Iterable[Path] = ()) -> tuple[str, ...]:
    """Return the names of the built-in templates and of the files in some folders, sorted."""
    return tuple(sorted(_built_in_names() | own_names(folders, endings=ENDINGS)))


def find_template(named: str, *, folders: Iterable[Path] = ()) -> Template:
    """Return a template by its name, or by the path of its file; see ``plan_files``.

    Raises:
        LabelError: as ``load_template`` and ``Template.read_file``.
    """
    folders = tuple(folders)
    path = plan_file(named, folders=folders, endings=ENDINGS)
    return load_template(named, folders=folders) if path is None else Template.read_file(path)


def template_text(named: str, *, folders: Iterable[Path] = ()) -> str:
    """Return the text of a template, as its author wrote it, by its name or path.

    Raises:
        LabelError: ``label.unknown_template``, ``label.plan_file``, ``label.plan_syntax``
            where it is not text.
    """
    folders = tuple(folders)
    path = plan_file(named, folders=folders, endings=ENDINGS)
    if path is not None:
        return read_plan_file(path)
    name = load_template(named, folders=folders).name
    source = files("ocoptrace.labels") / "templates" / f"{name}.toml"
    return source.read_text(encoding="utf-8")
