"""Answers that are kept: names, words and shapes of parts come again and again in a document.

>>> lengths = Kept(len, most=2)
>>> lengths["lot"], lengths["serial"], lengths["key"], list(lengths)
(3, 6, 3, ['key'])
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Kept"]

Asked = TypeVar("Asked", bound="Sequence[str]")
Answer = TypeVar("Answer")

_LONGEST = 256


class Kept(dict[Asked, Answer]):
    """Answers of a function of a text, or of some texts, asked for as ``kept[text]``.

    A dictionary answers several times faster than a function that is cached.

    Args:
        function: gives the answer; what it raises is not kept.
        most: how many answers are kept before all are dropped.
    """

    def __init__(self, function: Callable[[Asked], Answer], *, most: int) -> None:
        super().__init__()
        self._function = function
        self._most = most

    def __missing__(self, asked: Asked) -> Answer:
        answer = self._function(asked)
        # What comes again is short; long texts would only fill the memory.
        if len(asked) <= _LONGEST and (type(asked) is str or len("".join(asked)) <= _LONGEST):
            if len(self) >= self._most:
                self.clear()
            self[asked] = answer
        return answer
