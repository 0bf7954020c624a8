"""Where in an event something is wrong: what is raised inside gets the way to it in front.

>>> each(["1", "2"], int)
[1, 2]
>>> within("ilmd", each, "not a list", int)
Traceback (most recent call last):
ocoptrace.errors.EpcisError: /ilmd: not a list is not a list. \
Write it in square brackets, even if there is one only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from ocoptrace.epcis.faults import pointer, shown
from ocoptrace.errors import EpcisError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["came_from", "each", "within"]

Written = TypeVar("Written")


def within(place: object, write: Callable[..., Written], *arguments: Any) -> Written:
    """Return what a function returns for some arguments.

    Raises:
        InputError: what the function raises, the name or position in front of its place.
    """
    try:
        return write(*arguments)
    except InputError as error:
        came_from(place, error)
        raise


def each(value: Any, write: Callable[..., Written], *arguments: Any) -> list[Written]:
    """Return what a function returns for every entry of a list and further arguments.

    Raises:
        InputError: no list; or what the function raises, behind the position.
    """
    kind = type(value)  # quicker to look at than a union
    if kind is not list and kind is not tuple and not isinstance(value, list | tuple):
        raise EpcisError("fields.not_list", value=shown(value))
    position = 0
    written = []
    try:
        for position, entry in enumerate(value):  # noqa: B007 - used where one fails
            written.append(write(entry, *arguments))
    except InputError as error:
        came_from(position, error)
        raise
    return written


def came_from(place: object, error: InputError) -> None:
    """Put a name or position in front of the place of an error.

    A place inside a name, such as ``(01)``, is dropped: one pointer says where to look.
    """
    error.place = pointer(place) + (error.place if error.place.startswith("/") else "")
