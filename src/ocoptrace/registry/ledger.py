"""The lots of a story over time: made before used, never more out than in.

>>> from ocoptrace.registry.story_event import StoryEvent
>>> def step(time, kind, **lots):
...     return StoryEvent.parse({
...         "type": kind, "eventTime": time, "ocopStep": "milling", "place": "XUONG",
...         "actor": "producer", "description": {"vi": "Xay", "en": "Milled"}} | lots)
>>> paste = {"of": "MAM", "lot": "1", "value": 90, "uom": "KGM"}
>>> mash = {"of": "CHUOP", "lot": "B07", "value": 100, "uom": "KGM"}
>>> milling = step("2026-08-24T08:00:00+07:00", "TransformationEvent",
...     inputs=[mash], outputs=[paste])
>>> [(finding.code, finding.place) for finding in check_lots({"/events/0": milling}, {})]
[('registry.lot_not_made', '/events/0/inputs/0')]
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from ocoptrace.epcis.dimensions import moment
from ocoptrace.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ocoptrace.registry.entity import Amount
    from ocoptrace.registry.product import Product
    from ocoptrace.registry.story_event import LotAmount, StoryEvent

__all__ = ["check_lots"]

_TO_BASE = {
    "MGM": ("KGM", Decimal("0.000001")),
    "GRM": ("KGM", Decimal("0.001")),
    "KGM": ("KGM", Decimal(1)),
    "TNE": ("KGM", Decimal(1000)),
    "MLT": ("LTR", Decimal("0.001")),
    "LTR": ("LTR", Decimal(1)),
    "HLT": ("LTR", Decimal(100)),
}
_PIECES = {"EA", "H87", "C62"}

Lot = tuple[str, str]


@dataclass
class _Stock:
    """What there is of a lot: made and used so far, in one unit."""

    unit: str
    made: Decimal = Decimal(0)
    used: Decimal = Decimal(0)


def check_lots(steps: Mapping[str, StoryEvent], products: Mapping[str, Product]) -> list[Finding]:
    """Return what is wrong with the lots of a story's steps.

    Args:
        steps: by JSON pointer, in any order; time decides what came first.
        products: products and materials by code, whose net content turns packs into mass.
    """
    in_time = sorted(steps.items(), key=lambda item: moment(item[1].event_time))
    ever_made = {(made.of, made.lot) for step in steps.values() for made in step.makes}
    stock: dict[Lot, _Stock] = {}
    findings: list[Finding] = []
    for place, step in in_time:
        for where, amount, taken in _uses(step, place):
            findings.extend(_take(stock, ever_made, where, amount, taken))
        for amount in step.makes:
            unit, value = _base(amount)
            stock.setdefault((amount.of, amount.lot), _Stock(unit)).made += value
        findings.extend(_balance(step, products, place))
    return findings


def _uses(step: StoryEvent, place: str) -> Iterator[tuple[str, LotAmount, int]]:
    """Yield what a step needs: where it says so, the amount, how often it is taken."""
    for number, amount in enumerate(step.inputs):
        yield f"{place}/inputs/{number}", amount, 1
    for number, amount in enumerate(step.children):
        taken = len(step.parents) if step.action == "ADD" else 0
        yield f"{place}/children/{number}", amount, taken
    for number, amount in enumerate(() if step.action == "ADD" else step.quantities):
        yield f"{place}/quantities/{number}", amount, 0


def _take(
    stock: dict[Lot, _Stock], ever_made: set[Lot], place: str, amount: LotAmount, taken: int
) -> Iterator[Finding]:
    lot = (amount.of, amount.lot)
    facts = {"of": amount.of, "lot": amount.lot}
    if lot not in stock:
        later = lot in ever_made
        code = "registry.lot_used_before_made" if later else "registry.lot_not_made"
        yield Finding(code, "error", place, facts)
        return
    unit, value = _base(amount)
    held = stock[lot]
    if unit != held.unit:
        differ = facts | {"unit": amount.uom, "expected": held.unit}
        yield Finding("registry.lot_unit", "warning", place, differ)
        return
    held.used += value * taken
    needed = held.used if taken else value
    if needed > held.made:
        over = facts | {"used": f"{needed:f}", "made": f"{held.made:f}", "unit": unit}
        yield Finding("registry.lot_overdrawn", "error", place, over)


def _balance(step: StoryEvent, products: Mapping[str, Product], place: str) -> Iterator[Finding]:
    """Yield a warning for each unit of which more comes out of a step than went in."""
    before: defaultdict[str, Decimal] = defaultdict(Decimal)
    after: defaultdict[str, Decimal] = defaultdict(Decimal)
    for amount in step.inputs:
        unit, value = _content(amount, products.get(amount.of))
        before[unit] += value
    for amount in step.outputs:
        unit, value = _content(amount, products.get(amount.of))
        after[unit] += value
    if step.loss is not None:
        unit, value = _base(step.loss)
        after[unit] += value
    for unit in before.keys() & after.keys():
        if after[unit] > before[unit]:
            facts = {"before": f"{before[unit]:f}", "after": f"{after[unit]:f}", "unit": unit}
            yield Finding("registry.mass_balance", "warning", place, facts)


def _base(amount: Amount) -> tuple[str, Decimal]:
    """Return an amount in kilograms, litres or pieces, exactly; else in its own unit."""
    value = Decimal(str(amount.value))
    if amount.uom in _PIECES:
        return "EA", value
    unit, factor = _TO_BASE.get(amount.uom, (amount.uom, Decimal(1)))
    return unit, value * factor


def _content(amount: LotAmount, product: Product | None) -> tuple[str, Decimal]:
    """Return an amount with packs turned into what they hold, where that is known."""
    unit, value = _base(amount)
    if unit == "EA" and product is not None and product.net_content is not None:
        held, each = _base(product.net_content)
        return held, value * each
    return unit, value
