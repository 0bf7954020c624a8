"""Steps that exclude each other, along the way of one thing or lot (CBV 2.0, section 7.1).

Shipping stands for staging, loading and departing together, receiving for arriving and
accepting, consigning for what lies between. On one way of a thing, either the whole is told or
its parts; a new way begins when the thing, having come in, goes out again.

>>> steps = ExclusiveSteps()
>>> [steps.take("pallet", step) for step in ("loading", "shipping", "receiving", "loading")]
[None, 'loading', None, None]
"""

from __future__ import annotations

__all__ = ["ExclusiveSteps"]

_PARTS = {
    "shipping": {"staging_outbound", "loading", "departing"},
    "receiving": {"arriving", "accepting"},
    "consigning": {"staging_outbound", "loading", "departing", "accepting"},
}
_EXCLUDES = {step: set(parts) for step, parts in _PARTS.items()}
for _step, _parts in _PARTS.items():
    for _part in _parts:
        _EXCLUDES.setdefault(_part, set()).add(_step)

_OUTWARD = frozenset({"shipping", "staging_outbound", "loading", "departing", "consigning"})
_INWARD = frozenset({"receiving", "arriving", "accepting"})


class ExclusiveSteps:
    """The steps that each thing has gone through on its present way."""

    def __init__(self) -> None:
        self._way: dict[str, list[str]] = {}

    def take(self, name: str, step: str) -> str | None:
        """Take note of a thing's next step; return an earlier one that excludes it, if any.

        Args:
            name: canonical name.
            step: a bare word of CBV; one that excludes nothing is no part of a way.
        """
        if step == "void_shipping":
            self._way.pop(name, None)
        if step not in _OUTWARD | _INWARD:
            return None
        way = self._way.setdefault(name, [])
        if step in _OUTWARD and way and way[-1] in _INWARD:
            way.clear()
        contrary = next((earlier for earlier in way if earlier in _EXCLUDES[step]), None)
        if step not in way:
            way.append(step)
        return contrary
