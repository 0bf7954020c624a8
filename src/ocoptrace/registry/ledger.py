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

from typing import TYPE_CHECKING

from ocoptrace.epcis import balance
from ocoptrace.epcis.dimensions import moment
from ocoptrace.epcis.units import PIECE
from ocoptrace.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ocoptrace.registry.entity import Amount
    from ocoptrace.registry.product import Product
    from ocoptrace.registry.story_event import LotAmount, StoryEvent

__all__ = ["check_lots"]

Lot = tuple[str, str]


def check_lots(steps: Mapping[str, StoryEvent], products: Mapping[str, Product]) -> list[Finding]:
    """Return what is wrong with the lots of a story's steps.

    Args:
        steps: by JSON pointer, in any order; time decides what came first.
        products: products and materials by code, whose net content turns packs into mass.
    """
    in_time = sorted(steps.items(), key=lambda item: moment(item[1].event_time))
    ever_made = {(made.of, made.lot) for step in steps.values() for made in step.makes}
    stock: balance.Stock[Lot] = balance.Stock()
    findings: list[Finding] = []
    for place, step in in_time:
        for where, amount, taken in _uses(step, place):
            findings.extend(_take(stock, ever_made, where, amount, taken))
        for amount in step.makes:
            stock.make((amount.of, amount.lot), _amount(amount))
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
    stock: balance.Stock[Lot], ever_made: set[Lot], place: str, amount: LotAmount, taken: int
) -> Iterator[Finding]:
    lot = (amount.of, amount.lot)
    facts = {"of": amount.of, "lot": amount.lot}
    if not stock.knows(lot):
        code = "registry.lot_used_before_made" if lot in ever_made else "registry.lot_not_made"
        yield Finding(code, "error", place, facts)
        return
    needed = _amount(amount)
    short = stock.take(lot, needed.times(taken)) if taken else stock.see(lot, needed)
    if short is None:
        return
    if not short.made:
        differ = facts | {"unit": amount.uom, "expected": ", ".join(stock.units(lot))}
        yield Finding("registry.lot_unit", "warning", place, differ)
        return
    over = facts | {"used": f"{short.needed:f}", "made": f"{short.made:f}", "unit": short.unit}
    yield Finding("registry.lot_overdrawn", "error", place, over)


def _balance(step: StoryEvent, products: Mapping[str, Product], place: str) -> Iterator[Finding]:
    """Yield a warning for each unit of which more comes out of a step than went in."""
    before = [_content(amount, products.get(amount.of)) for amount in step.inputs]
    after = [_content(amount, products.get(amount.of)) for amount in step.outputs]
    if step.loss is not None:
        after.append(_amount(step.loss))
    for excess in balance.outweighed(before, after):
        facts = {
            "before": f"{excess.before:f}",
            "after": f"{excess.after:f}",
            "unit": excess.unit,
        }
        yield Finding("registry.mass_balance", "warning", place, facts)


def _amount(amount: Amount) -> balance.Amount:
    return balance.Amount.of(amount.value, amount.uom)


def _content(amount: LotAmount, product: Product | None) -> balance.Amount:
    """Return an amount with packs turned into what they hold, where that is known."""
    packs = _amount(amount)
    if packs.unit == PIECE and product is not None and product.net_content is not None:
        return _amount(product.net_content).times(packs.value)
    return packs
