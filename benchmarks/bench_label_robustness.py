"""How much a printed QR code bears before readers give up: one thing made worse at a time.

Stickers of a thermal printer with 203 dots per inch, photographed: dots, dot gain, dead lines and
stains are simulated on the print, angle, blur and noise in the camera. Twenty stickers a row, the
same in every run; three readers: zxing-cpp, and OpenCV with each of its two ways to find finder
patterns. Nothing here depends on the machine, only on the versions of the readers.

    python benchmarks/bench_label_robustness.py             # the table, as Markdown
    python benchmarks/bench_label_robustness.py --write     # into docs/reference too
    python benchmarks/bench_label_robustness.py 2           # a short run: two stickers a row
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from importlib.metadata import version
from math import cos, radians, sin
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np
import zxingcpp
from stickers import link

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stickers import Size

    Picture = np.ndarray[Any, Any]

PAGE: Final = Path(__file__).parents[1] / "docs/reference/label-robustness.md"
MARK: Final = "<!-- made by benchmarks/bench_label_robustness.py --write -->"
TRIALS: Final = 20
SIZES: Final[tuple[Size, ...]] = ("v5", "v7")
DPI: Final = 203
FINE: Final = 8
"""Points a side into which a printer's dot is divided."""
PAPER: Final = 0.92
"""Of white, what paper sends back."""
FACE: Final = 6
"""White modules around the quiet zone: the rest of the sticker."""


@dataclass(frozen=True)
class Print:
    """What happens to a sticker, and how it is photographed.

    Attributes:
        level: error correction.
        dots: printer dots a module; a fraction is what a printer makes of a wrong size.
        gain: how far ink spreads over each edge, in dots.
        dead: single dots of the head that print nothing.
        stain: share of the symbol under a light scratch (< 0) or a dark spot (> 0).
        logo: most of the symbol that a light square in its middle hides.
        contrast: share of the paper's light that the ink takes away.
        inverted: light on dark.
        quiet: modules of white before something dark begins; None is a white sticker.
        jar: diameter of the jar that it sticks on, in millimetres; None is flat.
        pixels: of the camera, for each dot of the printer: a smaller module gets fewer.
        blur: in dots.
        noise: of the camera, in 255ths.
        turn: in degrees; None is anything between -25 and 25.
        tilt: of the camera, in degrees.
    """

    level: str = "M"
    dots: float = 3
    gain: float = 0
    dead: int = 0
    stain: float = 0
    logo: float = 0
    contrast: float = 0.95
    inverted: bool = False
    quiet: int | None = None
    jar: float | None = None
    pixels: float = 1.5
    blur: float = 0.45
    noise: float = 5
    turn: float | None = None
    tilt: float = 0


BASE: Final = Print()


# What is made worse, which attribute that is, its values, and how they are written.
SERIES: Final[tuple[tuple[str, str, tuple[float, ...], str], ...]] = (
    ("printer dots a module", "dots", (2, 2.5, 3, 3.4, 4), "{}"),
    ("camera pixels a dot", "pixels", (0.5, 0.7, 0.8, 1, 2), "{}"),
    ("blur, in dots", "blur", (0.75, 1, 1.2, 1.4, 1.6), "{}"),
    ("noise, of 255", "noise", (10, 20, 40, 60), "{}"),
    ("turned", "turn", (0, 45, 90, 180), "{}°"),
    ("seen at an angle", "tilt", (20, 35, 50, 60), "{}°"),
    ("on a jar of", "jar", (80, 60, 40, 30), "{} mm"),
    ("dot gain at each edge, of 3 dots", "gain", (-0.5, -0.25, 0.25, 0.5, 0.75), "{:+}"),
    ("dead dots of the head", "dead", (1, 2, 4, 8), "{}"),
    ("light scratch, of its area", "stain", (-0.02, -0.05, -0.10), "{:.0%}"),
    ("dark stain, of its area", "stain", (0.02, 0.05, 0.10), "{:.0%}"),
    ("contrast", "contrast", (0.5, 0.25, 0.12, 0.06), "{}"),
    ("light on dark", "inverted", (True,), ""),
    ("white modules before dark print", "quiet", (4, 2, 1, 0), "{}"),
)
BLEEDING: Final = 0.5
"""Dots by which a hot thermal printer widens each edge."""
LOGOS: Final = (("M", (0.05, 0.10)), ("Q", (0.10, 0.15)), ("H", (0.15, 0.20, 0.25)))


def rows() -> Iterator[tuple[str, str, Print]]:
    """Yield the rows: what is made worse, by how much, and all of it."""
    yield "nothing", "", BASE
    for what, attribute, values, form in SERIES:
        for value in values:
            shown = form.format(abs(value) if attribute == "stain" else value)
            yield what, shown, replace(BASE, **{attribute: value})
        if attribute == "dots":
            for dots in values:
                same = f"the same, bleeding by {BLEEDING} dots"
                yield same, f"{dots}", replace(BASE, dots=dots, gain=BLEEDING)
    for level, shares in LOGOS:
        for share in shares:
            how = replace(BASE, level=level, logo=share)
            yield f"logo in the middle, level {level}", f"{share:.0%}", how


def modules(text: str, level: str) -> Picture:
    """Return the modules of a symbol, 1 is dark."""
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level)
    return (np.asarray(barcode.to_image(scale=1, add_quiet_zones=False)) == 0).astype(np.float32)


def printed(dark: Picture, how: Print, chance: np.random.Generator) -> Picture:
    """Return the ink on a sticker, 0 to 1, ``FINE`` points a dot."""
    size = len(dark)
    dark = dark.copy()
    if how.logo:
        half = (int(size * how.logo**0.5) - 1) // 2
        middle = slice(size // 2 - half, size // 2 + half + 1)
        dark[middle, middle] = 0
    quiet = 4 if how.quiet is None else how.quiet
    dark = np.pad(dark, quiet)
    dark = np.pad(dark, FACE, constant_values=0 if how.quiet is None else 1)
    # A printer takes for each dot the module under its middle.
    count = round(len(dark) * how.dots)
    places = ((np.arange(count) + 0.5) / how.dots).astype(int)
    dots = dark[np.ix_(places, places)]
    first, last = round((FACE + quiet) * how.dots), round((FACE + quiet + size) * how.dots)
    if how.dead:
        dots[:, chance.choice(np.arange(first, last), how.dead, replace=False)] = 0
    ink = np.kron(dots, np.ones((FINE, FINE), np.float32))
    if how.gain:
        reach = round(abs(how.gain) * FINE)
        brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
        ink = (cv2.dilate if how.gain > 0 else cv2.erode)(ink, brush)
    if how.stain:
        stained(ink, how.stain, chance, first * FINE, last * FINE)
    return 1 - ink if how.inverted else ink


def stained(ink: Picture, share: float, chance: np.random.Generator, low: int, high: int) -> None:
    """Lay a spot of some share of the symbol somewhere on it."""
    side = high - low
    stretch = chance.uniform(1, 3)
    radius = side * (abs(share) / np.pi) ** 0.5
    middle = chance.uniform(low + radius, high - radius, 2)
    axes = (round(radius * stretch**0.5), round(radius / stretch**0.5))
    colour = 1.0 if share > 0 else 0.0
    centre = (round(middle[0]), round(middle[1]))
    cv2.ellipse(ink, centre, axes, chance.uniform(0, 180), 0, 360, colour, -1)


def photographed(ink: Picture, how: Print, chance: np.random.Generator) -> Picture:
    """Return a photo of a sticker."""
    light = PAPER * (1 - how.contrast * ink)
    scale = how.pixels / FINE
    if how.jar is not None:
        light = rolled(light, how.jar / (25.4 / DPI) * FINE)
    # Else thin lines would fall between the camera's pixels.
    light = cv2.GaussianBlur(light, (0, 0), max(0.3, 0.4 / scale))
    turn = chance.uniform(-25, 25) if how.turn is None else how.turn
    half = len(light) / 2
    reach = int(half * scale * 2**0.5) + 8
    view = np.array([[scale, 0, reach], [0, scale, reach], [0, 0, 1]])
    centre = np.array([[1, 0, -half], [0, 1, -half], [0, 0, 1]])
    a, b = radians(turn), radians(how.tilt)
    turned = np.array([[cos(a), -sin(a), 0], [sin(a), cos(a), 0], [0, 0, 1]])
    # The camera stands four widths away.
    far = 8 * half
    tilted = np.array([[cos(b), 0, 0], [0, 1, 0], [sin(b) / far, 0, 1]])
    whole = view @ tilted @ turned @ centre
    side = 2 * reach
    photo = cv2.warpPerspective(
        light, whole, (side, side), flags=cv2.INTER_LINEAR, borderValue=PAPER
    )
    photo = cv2.GaussianBlur(photo, (0, 0), max(0.05, how.blur * how.pixels))
    photo = photo * 255 + chance.normal(0, how.noise, photo.shape)
    return np.clip(np.round(photo), 0, 255).astype(np.uint8)


def rolled(light: Picture, diameter: float) -> Picture:
    """Return a sticker as it shows on a jar; what turns away is cut off."""
    size = len(light)
    radius = diameter / 2
    across = np.clip((np.arange(size) - size / 2) / radius, -1, 1)
    x = (size / 2 + radius * np.arcsin(across)).astype(np.float32)
    y = np.arange(size, dtype=np.float32)
    return cv2.remap(light, *np.meshgrid(x, y), cv2.INTER_LINEAR, borderValue=PAPER)


def readers() -> dict[str, Any]:
    """Return each reader as a function from a photo to the texts that it reads."""
    lines, markers = cv2.QRCodeDetector(), cv2.QRCodeDetectorAruco()
    return {
        "zxing-cpp": lambda photo: [one.text for one in zxingcpp.read_barcodes(photo)],
        "OpenCV": lambda photo: [lines.detectAndDecode(photo)[0]],
        "OpenCV, Aruco": lambda photo: [markers.detectAndDecode(photo)[0]],
    }


def passes(how: Print, size: Size, trials: int) -> list[int]:
    """Return how many of the stickers each reader reads."""
    read = [0] * len(readers())
    for trial in range(trials):
        chance = np.random.default_rng(trial)
        text = link(trial, size)
        photo = photographed(printed(modules(text, how.level), how, chance), how, chance)
        for number, reader in enumerate(readers().values()):
            read[number] += text in reader(photo)
    return read


def table(trials: int) -> str:
    """Return the table of so many stickers a row as Markdown."""
    names = list(readers())
    heads = [f"{name}, {size}" for size in SIZES for name in names]
    lines = [
        f"| made worse | by | {' | '.join(heads)} |",
        f"|---|---|{'--:|' * len(heads)}",
    ]
    for what, amount, how in rows():
        counts = [count for size in SIZES for count in passes(how, size, trials)]
        lines.append(f"| {what} | {amount} | {' | '.join(map(str, counts))} |")
        print(lines[-1], file=sys.stderr, flush=True)
    versions = f"zxing-cpp {version('zxing-cpp')}, OpenCV {version('opencv-python-headless')}"
    lines.append(f"\nOf {trials} stickers each; {versions}.")
    return "\n".join(lines)


def main() -> None:
    """Print the table, and write it into its page where asked."""
    few = next((int(word) for word in sys.argv[1:] if word.isdecimal()), TRIALS)
    made = table(few)
    print(made)
    if "--write" in sys.argv and few == TRIALS:
        before, _, _ = PAGE.read_text(encoding="utf-8").partition(MARK)
        PAGE.write_text(f"{before}{MARK}\n\n{made}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
