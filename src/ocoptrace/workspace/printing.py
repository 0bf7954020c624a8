r"""How the stickers of a run are printed: kept with the run, so that it can be done again.

What the user's own files say (template, stock, printer) is kept as text: the files may change or
be lost. Of pictures, which are larger, the digest is kept.

>>> own = OwnPlan("box", 'page = "A4"\ngrid = [2, 5]\nlabel = [99, 57]')
>>> printing = Printing(stock=own, order="columns", skip=(3,))
>>> Printing.of_json(printing.to_json()) == printing, printing.page_sizes()
(True, (9, 9))
>>> sheets = Printing(template="ocop-50x30", stock="cut", crop=True)
>>> [sheets.plans()[1].page_width, sheets.page_count(3)]
[70000, 3]
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from ocoptrace.errors import LabelError
from ocoptrace.labels import PrinterProfile, Stock, Template, lay_out, load_stock, load_template
from ocoptrace.labels.crop import cut_stock
from ocoptrace.labels.images import MAX_IMAGE_BYTES, decode_image
from ocoptrace.labels.stock.slots import Filling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ocoptrace.labels import LabelContent, Page
    from ocoptrace.labels.display import Image

__all__ = ["CUT", "OwnPlan", "PictureFile", "Printing"]

CUT: Final = "cut"
"""The stock of a print shop: one sticker a page, as large as the template, to be cut out."""


@dataclass(frozen=True, slots=True)
class OwnPlan:
    """A template or stock of the user's own, as its file said it.

    Attributes:
        name: how it was asked for.
        text: of its file.
    """

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture of the user's own, as it was when it was chosen.

    Attributes:
        name: how the template names it.
        path: where it is.
        sha256: of its bytes, hexadecimal.
    """

    name: str
    path: str
    sha256: str

    @classmethod
    def of(cls, name: str, path: Path) -> PictureFile:
        """Return the picture of a file.

        Raises:
            LabelError: ``label.image_file``, or it is no picture, see ``decode_image``.
        """
        data = _picture_bytes(path)
        decode_image(data)
        return cls(name, str(path.absolute()), sha256(data).hexdigest())

    def image(self) -> Image:
        """Return its pixels.

        Raises:
            LabelError: ``label.image_file``, ``label.image_changed``.
        """
        return _image(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """How the stickers of a run are printed.

    Attributes:
        template: what they look like: the name of a built-in template, or one's own.
        stock: what they are printed on: the name of a built-in stock, ``cut``, or one's own.
        dpi: dots per inch of the printer.
        start_slot: first slot used on the first sheet, from 1.
        copies: how many times each sticker is printed, one after the other: for a jar and its
            box; all of them bear the same serial.
        order: whether sheets are filled by ``rows`` or by ``columns``.
        used: slots of the first sheet that are peeled off already.
        skip: slots of every sheet that are left blank.
        printer: profile that puts right where the printer draws; None changes nothing.
        pictures: those that the template names.
        crop: whether sheets say where to cut, for a print shop.
        sealed: how many of the serials bear a seal, from the first on; None for all.
        demo: whether GS1 example keys (prefix 952) may be printed.
        point_of_sale: whether the symbols are scanned at a till: GS1's sizes then hold.
    """

    template: str | OwnPlan = "ocop-70x37"
    stock: str | OwnPlan = "a4-3x8-70x37"
    dpi: int = 300
    start_slot: int = 1
    copies: int = 1
    order: Literal["rows", "columns"] = "rows"
    used: tuple[int, ...] = ()
    skip: tuple[int, ...] = ()
    printer: PrinterProfile | None = None
    pictures: tuple[PictureFile, ...] = ()
    crop: bool = False
    sealed: int | None = None
    demo: bool = False
    point_of_sale: bool = False

    def __post_init__(self) -> None:
        """Refuse a number of copies that cannot be."""
        Filling(copies=self.copies)

    def plans(self) -> tuple[Template, Stock]:
        """Return the template and the stock.

        Raises:
            LabelError: one of them is not known.
        """
        template, stock = self.template, self.stock
        drawn = load_template(template) if isinstance(template, str) else _template(template)
        if stock == CUT:
            return drawn, cut_stock(drawn)
        return drawn, load_stock(stock) if isinstance(stock, str) else _stock(stock)

    def images(self) -> Mapping[str, Image]:
        """Return the pixels of the pictures, by the names that the template gives them.

        Raises:
            LabelError: as ``PictureFile.image``.
        """
        return {picture.name: picture.image() for picture in self.pictures}

    def lay_out(self, contents: Iterable[LabelContent], *, before: int = 0) -> Iterator[Page]:
        """Yield the pages of a run's stickers.

        Args:
            contents: the stickers, copies included.
            before: how many stickers of the run stand on earlier pages.

        Raises:
            LabelError: as ``labels.lay_out``, and as ``images``.
        """
        template, stock = self.plans()
        return lay_out(
            contents,
            template=template,
            stock=stock,
            dpi=self.dpi,
            images=self.images(),
            filling=Filling(order=self.order, skip=frozenset(self.skip)) if before else self._first,
            printer=self.printer,
            crop=self.crop,
        )

    @property
    def _first(self) -> Filling:
        """How sheets are filled, the first one included; copies are stickers of their own."""
        return Filling(
            start_slot=self.start_slot,
            used=frozenset(self.used),
            skip=frozenset(self.skip),
            order=self.order,
        )

    def page_sizes(self) -> tuple[int, int]:
        """Return how many stickers the first page has, and how many each other one.

        Raises:
            LabelError: the stock is not known, or has no such slots.
        """
        _, stock = self.plans()
        first, each = len(self._first.slots(stock, first=True)), len(self._first.slots(stock))
        # A first sheet without a free slot is no page.
        return first or each, each

    def page_count(self, stickers: int) -> int:
        """Return how many pages so many stickers take, copies included.

        Raises:
            LabelError: as ``page_sizes``.
        """
        return self._first.page_count(stickers, self.plans()[1])

    def stickers_on(self, page: int) -> range:
        """Return which stickers a page has room for, both counted from 0.

        Raises:
            LabelError: as ``page_sizes``.
        """
        of_first, of_each = self.page_sizes()
        end = of_first + page * of_each
        return range(max(0, end - of_each), end)

    def to_json(self) -> dict[str, Any]:
        """Return the members as JSON has them."""
        members = {part.name: getattr(self, part.name) for part in fields(self)}
        for name in ("template", "stock"):
            if isinstance(own := members[name], OwnPlan):
                members[name] = {"name": own.name, "text": own.text}
        if self.printer is not None:
            members["printer"] = {"name": self.printer.name, "toml": self.printer.to_toml()}
        members["pictures"] = [[each.name, each.path, each.sha256] for each in self.pictures]
        return members

    @classmethod
    def of_json(cls, members: Mapping[str, Any]) -> Printing:
        """Return the value of members that were written here, by this version or an older one."""
        given = dict(members)
        given |= {name: tuple(given[name]) for name in ("used", "skip") if name in given}
        for name in ("template", "stock"):
            if isinstance(own := given[name], dict):
                given[name] = OwnPlan(own["name"], own["text"])
        if profile := given.get("printer"):
            given["printer"] = PrinterProfile.parse(profile["toml"], name=profile["name"])
        given["pictures"] = tuple(PictureFile(*each) for each in given.get("pictures", ()))
        return cls(**given)


@lru_cache(maxsize=16)
def _template(own: OwnPlan) -> Template:
    return Template.parse(own.text, name=own.name)


@lru_cache(maxsize=16)
def _stock(own: OwnPlan) -> Stock:
    return Stock.parse(own.text, name=own.name)


@lru_cache(maxsize=8)
def _image(picture: PictureFile) -> Image:
    data = _picture_bytes(Path(picture.path))
    if sha256(data).hexdigest() != picture.sha256:
        raise LabelError("label.image_changed", name=picture.name, path=picture.path)
    return decode_image(data)


def _picture_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_IMAGE_BYTES + 1)
    except OSError as error:
        raise LabelError("label.image_file", path=path, reason=error.strerror) from error
