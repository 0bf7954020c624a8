"""Tokens for tests: SoftHSM, which speaks PKCS#11 as cards and security modules do.

``make test`` installs Debian's softhsm2 where it may. Without it the tests are skipped with a
reason; where ``CI`` is set they fail. It keeps its tokens in a folder that an environment variable
names once for a process, so all tests of a process share one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

PIN, OTHER_PIN = "muoi-hat-7", "muoi-hat-8"
_PLACES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)


@dataclass(frozen=True)
class SoftTokens:
    """A folder of tokens.

    Attributes:
        module: the library that speaks to them.
        folder: where SoftHSM keeps them.
        environ: what a process needs to see them.
    """

    module: Path
    folder: Path
    environ: dict[str, str]

    def uri(self, token: str, key: str = "") -> str:
        named = f";object={key}" if key else ""
        return f"pkcs11:token={token}{named}?module-path={self.module}"

    def make(self, label: str, *, pin: str = PIN) -> None:
        """Make a token that has no keys yet."""
        self._util("--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", "97531")

    def put(self, token: str, key: str, pem: Path, *, number: int, pin: str = PIN) -> None:
        """Put a private key of PKCS#8 PEM on a token, as its id a number."""
        self._util("--import", str(pem), "--token", token, "--label", key, "--pin", pin,
                   "--id", f"{number:02x}")  # fmt: skip

    def _util(self, *arguments: str) -> None:
        subprocess.run(  # noqa: S603 - our own arguments
            ["softhsm2-util", *arguments],  # noqa: S607 - whichever there is
            env=os.environ | self.environ,
            check=True,
            capture_output=True,
        )


def soft_tokens(folder: Path) -> SoftTokens:
    """Return an empty folder of tokens; skip the test where there is no SoftHSM."""
    module = next((Path(place) for place in _PLACES if Path(place).exists()), None)
    if module is None or shutil.which("softhsm2-util") is None:
        assert "CI" not in os.environ, "CI has to have softhsm2"
        pytest.skip("no softhsm2: make softhsm installs it where there is apt")
    tokens = folder / "tokens"
    tokens.mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {tokens}\nlog.level = ERROR\n")
    return SoftTokens(module, tokens, {"SOFTHSM2_CONF": str(settings)})
