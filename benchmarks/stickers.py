"""The stickers that the benches of labels print: the same ones in every run."""

from __future__ import annotations

import random
from datetime import date
from typing import Final, Literal

from ocoptrace.labels import LabelContent

Size = Literal["v5", "v7", "v8"]
"""A link of 80 characters without seal (37 modules); sealed ones, with a short host and a long."""

SERIALS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
HOSTS: Final = {"v7": "ID.EXAMPLE", "v8": "TRUY-XUAT.EXAMPLE.VN"}
MODULES: Final[dict[Size, int]] = {"v5": 37, "v7": 45, "v8": 49}


def link(number: int, size: Size) -> str:
    """Return the link of a sticker; the same number gives the same one."""
    chance = random.Random(number)  # noqa: S311 - the same at every run, no secret
    serial = "".join(chance.choices(SERIALS, k=12))
    if size == "v5":
        path = "https://ocop.example/htx-ba-lang/nuoc-mam-thuong-hang/lo-abc123/"
        return f"{path}{serial.lower()}{number % 10_000:04}"
    seal = "".join(chance.choices("0123456789", k=172))
    return f"HTTPS://{HOSTS[size]}/01/09521234543213/10/ABC123/21/{serial}#{seal}"


def content(number: int, size: Size) -> LabelContent:
    """Return a sticker with four lines of Vietnamese text, the last with its serial."""
    return LabelContent(
        link=link(number, size),
        product="Nước mắm Ba Làng thượng hạng",
        producer="Công ty TNHH Ba Làng",
        place="Phường Hải Bình, Thanh Hóa",
        lot="ABC123",
        serial=f"{number:012}",
        best_before=date(2028, 11, 15),
    )


def lines(number: int) -> tuple[str, str, str, str]:
    """Return the same text as finished lines, for the peers."""
    return (
        "Nước mắm Ba Làng thượng hạng",
        "Công ty TNHH Ba Làng",
        "Phường Hải Bình, Thanh Hóa",
        f"Lô ABC123 · HSD 15.11.2028 · {number:012}",
    )
