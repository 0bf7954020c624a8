"""Units of measure: the UN/ECE Recommendation 20 codes that food and craft use.

The table is small on purpose. A code outside it may be right; one that people write by
mistake has a hint.

>>> is_known("KGM"), is_known("KG")
(True, False)
>>> hint("kg"), hint("KGM")
('KGM', '')
>>> base("TNE"), base("H87"), base("CEL")
(('KGM', Decimal('1000')), ('H87', Decimal('1')), ('CEL', Decimal('1')))
"""

from __future__ import annotations

import re
from decimal import Decimal

__all__ = [
    "MEASURES",
    "PIECE",
    "UNITS",
    "base",
    "hint",
    "is_code",
    "is_known",
    "is_of_goods",
    "measures",
]

PIECE = "H87"
"""The unit of what is counted, and of a quantity that names no unit (EPCIS 2.0, 7.3.3.3)."""

_MULTIPLES = {
    "KGM": {
        "KGM": "1", "GRM": "0.001", "MGM": "0.000001", "DTN": "100", "TNE": "1000",
        "LBR": "0.45359237", "ONZ": "0.028349523125",
    },
    "LTR": {
        "LTR": "1", "MLT": "0.001", "CLT": "0.01", "HLT": "100", "MTQ": "1000", "DMQ": "1",
        "CMQ": "0.001",
    },
    "MTR": {"MTR": "1", "MMT": "0.001", "CMT": "0.01", "KMT": "1000"},
    "MTK": {"MTK": "1", "CMK": "0.0001", "HAR": "10000"},
    PIECE: {PIECE: "1", "EA": "1", "C62": "1", "NAR": "1", "DZN": "12"},
    "SEC": {"SEC": "1", "MIN": "60", "HUR": "3600", "DAY": "86400", "WEE": "604800"},
    "PAL": {"PAL": "1", "KPA": "1000", "BAR": "100000"},
    "KJO": {"KJO": "1", "KWH": "3600"},
}  # fmt: skip
_BASES = {
    code: (unit, Decimal(factor))
    for unit, multiples in _MULTIPLES.items()
    for code, factor in multiples.items()
}
_OTHERS = frozenset(
    {
        # things that come in twos and in sets, calendar months and years
        "PR", "SET", "MON", "ANN",
        # temperature
        "CEL", "FAH", "KEL",
        # shares and concentrations, light
        "P1", "59", "61", "Q30", "GL", "GM", "M1", "A93", "NA", "2N", "LUX",
    }
)  # fmt: skip

UNITS = frozenset(_BASES) | _OTHERS
"""Codes of UN/ECE Recommendation 20 that this version knows by name."""

MEASURES = {
    "Temperature": frozenset({"CEL", "FAH", "KEL"}),
    "RelativeHumidity": frozenset({"P1"}),
    "Mass": frozenset(_MULTIPLES["KGM"]),
    "Volume": frozenset(_MULTIPLES["LTR"]),
    "Length": frozenset(_MULTIPLES["MTR"]),
    "Altitude": frozenset(_MULTIPLES["MTR"]),
    "Area": frozenset(_MULTIPLES["MTK"]),
    "Time": frozenset({*_MULTIPLES["SEC"], "MON", "ANN"}),
    "Pressure": frozenset(_MULTIPLES["PAL"]),
    "Illuminance": frozenset({"LUX"}),
}
"""The units of our table that a measurement type can have, where all of them are known."""

_NOT_OF_GOODS = frozenset(
    {*_MULTIPLES["SEC"], *_MULTIPLES["PAL"], "MON", "ANN", "CEL", "FAH", "KEL"}
    | {"P1", "59", "61", "Q30", "GL", "GM", "M1", "A93", "NA", "2N", "LUX"}
)
"""Units of time, pressure, temperature, shares and light."""

_HINTS = {
    "KG": "KGM", "KGS": "KGM", "KILO": "KGM", "G": "GRM", "GR": "GRM", "GRAM": "GRM",
    "MG": "MGM", "T": "TNE", "TON": "TNE", "TAN": "TNE", "TẤN": "TNE",
    "L": "LTR", "LIT": "LTR", "LÍT": "LTR", "LT": "LTR", "ML": "MLT",
    "M": "MTR", "CM": "CMT", "MM": "MMT", "M2": "MTK", "M3": "MTQ", "HA": "HAR",
    "PC": "H87", "PCS": "H87", "PCE": "H87", "CÁI": "H87", "HŨ": "H87", "CHAI": "H87",
    "C": "CEL", "°C": "CEL", "DEGC": "CEL", "%": "P1", "PERCENT": "P1", "PH": "Q30",
}  # fmt: skip
_CODE = re.compile(r"[0-9A-Z]{2,3}")


def is_known(code: str) -> bool:
    """Tell whether a code is in the table."""
    return code in UNITS


def is_code(code: str) -> bool:
    """Tell whether a text has the form of a code: two or three capitals and digits."""
    return _CODE.fullmatch(code) is not None


def hint(code: str) -> str:
    """Return the code that was probably meant; empty where the code is known or a riddle."""
    if code in UNITS:
        return ""
    large = code.strip().upper()
    return large if large in UNITS else _HINTS.get(large, "")


def base(code: str | None) -> tuple[str, Decimal]:
    """Return the unit that amounts of a code are reckoned in, and how many of it are one.

    Args:
        code: a code; None stands for pieces. One that converts to nothing is its own base.
    """
    if code is None:
        return PIECE, Decimal(1)
    return _BASES.get(code, (code, Decimal(1)))


def is_of_goods(code: str) -> bool:
    """Tell whether goods may be counted or measured in a unit, as far as the table knows.

    >>> is_of_goods("KGM"), is_of_goods("CEL"), is_of_goods("HUR"), is_of_goods("XBX")
    (True, False, False, True)
    """
    return code not in _NOT_OF_GOODS


def measures(code: str, measurement: str) -> bool:
    """Tell whether a unit can be that of a measurement type, as far as the table knows.

    >>> measures("CEL", "Temperature"), measures("KGM", "Temperature"), measures("NA", "Density")
    (True, False, True)
    """
    fitting = MEASURES.get(measurement)
    return fitting is None or code not in UNITS or code in fitting
