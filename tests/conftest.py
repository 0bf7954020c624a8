from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from soft_tokens import SoftTokens, soft_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

# A slow machine is not a failing test.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoftTokens]:
    """Two tokens without keys; all tests of a process share them."""
    made = soft_tokens(tmp_path_factory.mktemp("softhsm"))
    made.make("htx")
    made.make("van-phong")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in made.environ.items():
            patch.setenv(name, value)
        yield made
