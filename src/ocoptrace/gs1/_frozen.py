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

from typing import Any, ClassVar, Never, Self

__all__ = ["Frozen"]


class Frozen:
    """A value whose fields are fixed at birth; equal where class and fields are equal."""

    __slots__: tuple[str, ...] = ()
    _fields: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        cls._fields += cls.__slots__

    def _set(self, **fields: object) -> None:
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self._fields)

    @classmethod
    def _restore(cls, values: tuple[Any, ...]) -> Self:
        value = object.__new__(cls)
        value._set(**dict(zip(cls._fields, values, strict=True)))
        return value

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
        return self._restore, (self._values(),)
