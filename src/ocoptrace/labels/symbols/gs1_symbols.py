"""The bar codes of GS1: EAN-13 and EAN-8, GS1-128 for cartons, GS1 DataMatrix for small things.

What goes in is checked by ``ocoptrace.gs1`` first, check digits included; what a scanner gives
back, it reads too.

>>> carton = gs1_128("(00)395201010000000010")
>>> carton.width, carton.text, human_readable(carton)
(156, '(00)395201010000000010', ('(00) 395201010000000010',))
>>> human_readable(ean("9520101001115"))
('9 520101 001115',)
>>> gs1_datamatrix("https://example.com/01/09520101001115/10/MT-0601?17=271231").text
'(01)09520101001115(10)MT-0601(17)271231'

Source: GS1 General Specifications, section 5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ocoptrace.errors import LabelError
from ocoptrace.gs1 import DigitalLink, ElementString, Gtin, hri
from ocoptrace.labels.symbols.encoder import modules
from ocoptrace.labels.symbols.matrix import Matrix

if TYPE_CHECKING:
    from ocoptrace.labels.symbols.encoder import Symbology
    from ocoptrace.labels.symbols.matrix import Kind

    Elements = ElementString | DigitalLink | str

__all__ = [
    "MAX_DATAMATRIX",
    "MAX_GS1_128",
    "ean",
    "gs1_128",
    "gs1_datamatrix",
    "human_readable",
]

MAX_GS1_128: Final = 48
"""Most characters of one GS1-128 symbol: AIs, values and separators."""
MAX_DATAMATRIX: Final = 2335
"""Most characters of a GS1 DataMatrix that are not all digits."""


def ean(gtin: Gtin | str) -> Matrix:
    """Return the EAN symbol of a GTIN, one row: EAN-13 (95 modules), of a GTIN-8 EAN-8 (67).

    Raises:
        Gs1Error: no GTIN; the check digit is compared too.
        LabelError: ``label.no_ean``, for a GTIN-14.
    """
    digits = (Gtin.parse(gtin) if isinstance(gtin, str) else gtin).short()
    match len(digits):
        case 8:
            return _bars("ean-8", "EAN8", digits)
        case 12 | 13:
            return _bars("ean-13", "EAN13", digits.rjust(13, "0"))
        case _:
            raise LabelError("label.no_ean", gtin=digits)


def gs1_128(elements: Elements) -> Matrix:
    """Return the GS1-128 symbol of elements: one row, as for the SSCC of a carton.

    Args:
        elements: an element string, or a Digital Link, whose elements are taken.

    Raises:
        Gs1Error: not well formed; check digits are compared too.
        LabelError: ``label.elements_too_long`` beyond ``MAX_GS1_128`` characters.
    """
    said = _read(elements)
    # The first FNC1 tells the symbology; it is no character of the data.
    length = len(said.unbracketed()) - 1
    if length > MAX_GS1_128:
        raise LabelError(
            "label.elements_too_long", length=length, symbol="GS1-128", limit=MAX_GS1_128
        )
    return _bars("gs1-128", "Code128", _square_bracketed(said), said.bracketed(), gs1=True)


def gs1_datamatrix(elements: Elements) -> Matrix:
    """Return the smallest square GS1 DataMatrix symbol of elements.

    Args:
        elements: an element string, or a Digital Link, whose elements are taken.

    Raises:
        Gs1Error: not well formed; check digits are compared too.
        LabelError: ``label.elements_too_long`` where none holds them.
    """
    said = _read(elements)
    try:
        dark = modules(_square_bracketed(said), "DataMatrix", gs1=True, force_square=True)
    except ValueError as error:
        length = len(said.unbracketed()) - 1
        raise LabelError(
            "label.elements_too_long", length=length, symbol="GS1 DataMatrix", limit=MAX_DATAMATRIX
        ) from error
    height, width = dark.shape
    return Matrix("gs1-datamatrix", width, height, dark.tobytes(), said.bracketed())


def human_readable(matrix: Matrix) -> tuple[str, ...]:
    """Return the lines that stand below a GS1 symbol; none for a QR code.

    Source: GS1 General Specifications, clause 4.15; an EAN's digits stand in its groups.
    """
    match matrix.kind:
        case "ean-13":
            return (f"{matrix.text[0]} {matrix.text[1:7]} {matrix.text[7:]}",)
        case "ean-8":
            return (f"{matrix.text[:4]} {matrix.text[4:]}",)
        case "gs1-128" | "gs1-datamatrix":
            return hri(ElementString.parse(matrix.text).elements)
        case _:
            return ()


def _read(elements: Elements) -> ElementString:
    if isinstance(elements, str):
        is_link = elements[:4].lower() == "http"
        elements = DigitalLink.parse(elements) if is_link else ElementString.parse(elements)
    return ElementString(elements.elements) if isinstance(elements, DigitalLink) else elements


def _square_bracketed(elements: ElementString) -> str:
    """Return the elements as the encoder reads them for sure: no value holds a square bracket."""
    return "".join(f"[{ai}]{value}" for ai, value in elements.elements)


def _bars(
    kind: Kind, symbology: Symbology, content: str, text: str | None = None, **options: object
) -> Matrix:
    """Return a linear symbol; how tall it is, and which bars are longer, is the drawer's."""
    row = modules(content, symbology, **options)[0]
    return Matrix(kind, len(row), 1, row.tobytes(), content if text is None else text)
