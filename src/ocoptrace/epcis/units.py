"""Units of measure: the UN/ECE Recommendation 20 codes that food and craft use.

The table is small on purpose. A code outside it may be right; one that people write by
mistake has a hint.

>>> is_known("KGM"), is_known("KG")
(True, False)
>>> hint("kg"), hint("KGM")
('KGM', '')
"""

from __future__ import annotations

__all__ = ["UNITS", "hint", "is_known"]

UNITS = frozenset(
    {
        # mass
        "KGM", "GRM", "MGM", "TNE", "DTN", "LBR", "ONZ",
        # volume
        "LTR", "MLT", "CLT", "HLT", "MTQ", "DMQ", "CMQ",
        # length and area
        "MTR", "CMT", "MMT", "KMT", "MTK", "CMK", "HAR",
        # pieces
        "H87", "EA", "C62", "PR", "DZN", "SET", "NAR",
        # time
        "SEC", "MIN", "HUR", "DAY", "WEE", "MON", "ANN",
        # temperature, pressure, energy
        "CEL", "FAH", "KEL", "BAR", "PAL", "KPA", "KJO", "KWH",
        # shares and concentrations
        "P1", "59", "61", "Q30", "GL", "GM", "M1", "A93", "NA", "2N", "LUX",
    }
)  # fmt: skip
"""Codes of UN/ECE Recommendation 20 that this version knows by name."""

_HINTS = {
    "KG": "KGM", "KGS": "KGM", "KILO": "KGM", "G": "GRM", "GR": "GRM", "GRAM": "GRM",
    "MG": "MGM", "T": "TNE", "TON": "TNE", "TAN": "TNE", "TẤN": "TNE",
    "L": "LTR", "LIT": "LTR", "LÍT": "LTR", "LT": "LTR", "ML": "MLT",
    "M": "MTR", "CM": "CMT", "MM": "MMT", "M2": "MTK", "M3": "MTQ", "HA": "HAR",
    "PC": "H87", "PCS": "H87", "PCE": "H87", "CÁI": "H87", "HŨ": "H87", "CHAI": "H87",
    "C": "CEL", "°C": "CEL", "DEGC": "CEL", "%": "P1", "PERCENT": "P1", "PH": "Q30",
}  # fmt: skip


def is_known(code: str) -> bool:
    """Tell whether a code is in the table."""
    return code in UNITS


def hint(code: str) -> str:
    """Return the code that was probably meant; empty where the code is known or a riddle."""
    return "" if code in UNITS else _HINTS.get(code.upper(), "")
