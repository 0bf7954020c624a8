"""Frozen values without the import cost of ``dataclasses``.

Importing an identifier must stay cheap (every scan and every script pays for it), and
``dataclasses`` alone doubles the time. A class names its fields in ``__slots__``, sets them
once in ``__init__`` with ``_set``, and gets equality, hash, repr and pickling.

>>> class Point(Frozen):
...     __slots__ = ("x",)
...     def __init__(self, x):
...         self._set(x=x)
>>> Point(1), Point(1) == Point(1), Point(1) == Point(2), len({Point(1), Point(1)})
(Point(x=1), True, False, 1)
>>> Point(1).x = 2
Traceback (most recent call last):
AttributeError: Point is frozen
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Never, Self

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Frozen"]


class Frozen:
    """A value whose fields are fixed at birth; equal where class and fields are equal."""

    __slots__: tuple[str, ...] = ()
    _fields: ClassVar[tuple[str, ...]] = ()
    _setters: ClassVar[tuple[Callable[[Any, object], None], ...]] = ()

    def __init_subclass__(cls) -> None:
        cls._fields += cls.__slots__
        # The slots' own setters: they pass by __setattr__, which refuses everyone.
        cls._setters += tuple(getattr(cls, name).__set__ for name in cls.__slots__)

    def _set(self, **fields: object) -> None:
        for name, set_field in zip(self._fields, self._setters, strict=True):
            set_field(self, fields[name])

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self._fields)

    @classmethod
    def _made(cls, *values: object) -> Self:
        """Return a value of fields that have been checked already, in their order."""
        made = object.__new__(cls)
        left = iter(values)
        for set_field in cls._setters:
            set_field(made, next(left))
        return made

    def __setattr__(self, name: str, value: object) -> Never:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __delattr__(self, name: str) -> Never:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Frozen) or type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash((type(self), *self._values()))

    def __repr__(self) -> str:
        fields = (f"{name}={getattr(self, name)!r}" for name in self._fields)
        return f"{type(self).__name__}({', '.join(fields)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return self._made, self._values()
