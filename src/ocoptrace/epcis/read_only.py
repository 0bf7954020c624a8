"""Objects and arrays of JSON that can be read and not changed: what is signed stays as it was.

They are equal to what they were made from, and are written as it is; a change is refused.

>>> notes = read_only({"boat": {"crew": ["An", "Bình"]}})
>>> notes == {"boat": {"crew": ["An", "Bình"]}}, hash(notes) == hash(read_only(dict(notes)))
(True, True)
>>> notes["boat"]["crew"].append("Chi")
Traceback (most recent call last):
TypeError: what an event says cannot be changed
"""

from __future__ import annotations

from typing import Any, Never, Self

__all__ = ["ReadOnlyList", "ReadOnlyMapping", "read_only"]


def _refuse(*_: Any, **__: Any) -> Never:
    raise TypeError("what an event says cannot be changed")


class ReadOnlyMapping(dict[str, Any]):
    """An object of JSON. A dict, so that whatever writes JSON writes it."""

    __slots__ = ()

    __delitem__ = __ior__ = __setitem__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _: object) -> Self:
        return self

    def __reduce__(self) -> tuple[type[Self], tuple[dict[str, Any]]]:
        return type(self), (dict(self),)


class ReadOnlyList(list[Any]):
    """An array of JSON. A list, so that whatever writes JSON writes it."""

    __slots__ = ()

    __delitem__ = __iadd__ = __imul__ = __setitem__ = _refuse
    append = clear = extend = insert = pop = remove = reverse = sort = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _: object) -> Self:
        return self

    def __reduce__(self) -> tuple[type[Self], tuple[list[Any]]]:
        return type(self), (list(self),)


def read_only(value: Any) -> Any:
    """Return JSON that cannot be changed; what cannot be changed already comes back as it is."""
    kind = type(value)
    if kind is dict:
        return ReadOnlyMapping({name: read_only(member) for name, member in value.items()})
    if kind is list:
        return ReadOnlyList([read_only(item) for item in value])
    return value
