"""Settings that a label printer is sent along with the stickers.

>>> check_setting("copies", 0, 1, 9999)
Traceback (most recent call last):
...
ocoptrace.errors.LabelError: The printer setting "copies" cannot be 0. Give a whole number ...
"""

from __future__ import annotations

from ocoptrace.errors import LabelError

__all__ = ["check_setting"]


def check_setting(name: str, value: int | None, least: int, most: int) -> None:
    """Refuse a setting that the printer's language cannot say; None leaves it alone.

    Raises:
        LabelError: ``label.printer_setting``.
    """
    if value is not None and not least <= value <= most:
        raise LabelError("label.printer_setting", name=name, value=value, least=least, most=most)
