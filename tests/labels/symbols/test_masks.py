from __future__ import annotations

from itertools import groupby

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ocoptrace.labels.symbols.masks import penalties
from ocoptrace.labels.symbols.qr_layout import pack

SQUARES = st.integers(7, 61).flatmap(
    lambda size: arrays(np.uint8, (size, size), elements=st.sampled_from([0, 1]), fill=st.just(0))
)


def expected(modules: np.ndarray) -> int:
    """Return the penalty, rule by rule as ISO/IEC 18004 tells them."""
    total = 0
    for line in (*modules.tolist(), *modules.T.tolist()):
        lengths = [len(list(run)) for _, run in groupby(line)]
        total += sum(length - 2 for length in lengths if length >= 5)
        text = "0000" + "".join(map(str, line)) + "0000"
        for start in range(4, len(text) - 10):
            if text.startswith("1011101", start):
                flanks = text[start - 4 : start], text[start + 7 : start + 11]
                total += 40 * ("0000" in flanks)
    corners = modules[:-1, :-1], modules[:-1, 1:], modules[1:, :-1], modules[1:, 1:]
    total += 3 * int(np.isin(sum(each.astype(int) for each in corners), (0, 4)).sum())
    # How far the share of dark modules is from one half, in whole steps of 5 %.
    return total + 10 * (10 * abs(2 * int(modules.sum()) - modules.size) // modules.size)


@given(SQUARES)
def test_the_penalty_is_that_of_the_rules(modules: np.ndarray) -> None:
    found = penalties(pack(modules)[:, None], pack(modules.T)[:, None])
    assert found.tolist() == [expected(modules)]


@given(st.lists(arrays(np.uint8, (11, 11), elements=st.sampled_from([0, 1])), max_size=5))
def test_many_symbols_are_judged_at_once(squares: list[np.ndarray]) -> None:
    stacked = np.array(squares, np.uint8).reshape(-1, 11, 11)
    found = penalties(pack(stacked).T, pack(stacked.transpose(0, 2, 1)).T)
    assert found.tolist() == [expected(modules) for modules in squares]
