"""The programs of examples/ run, from a folder of their own, and end as they say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ocoptrace import Workspace

EXAMPLES = Path(__file__).parents[1] / "examples"
RECORD = ("record.ocop", "bundle.json", "root.json")


def run(name: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own programs
        [sys.executable, "-X", "utf8", "-W", "error", str(EXAMPLES / name), *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return the folder of the first example, and what it printed."""
    folder = tmp_path_factory.mktemp("first_label")
    (folder / "examples").symlink_to(EXAMPLES)
    done = run("first_label.py", folder)
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


def test_every_example_is_run_here() -> None:
    named = {path.name for path in EXAMPLES.glob("*.py")}
    assert named == {"cloud_kms.py", "epcis_chain.py", "first_label.py", "verify_offline.py"}


def test_the_first_label_verifies(made: tuple[Path, str]) -> None:
    folder, printed = made
    assert printed.split() == ["record:", "ok", "sticker:", "ok_offline"]
    assert (folder / "stickers.pdf").read_bytes().startswith(b"%PDF-")


def test_a_record_is_verified_from_three_files(made: tuple[Path, str], tmp_path: Path) -> None:
    folder, _ = made
    workspace = Workspace.open(folder / "ocop")
    for kind in ("root", "bundle"):
        (tmp_path / f"{kind}.json").write_bytes(workspace.trust_file(kind))
    workspace.close()
    data = (folder / "record.ocop").read_bytes()
    (tmp_path / "record.ocop").write_bytes(data)
    good = run("verify_offline.py", tmp_path, *RECORD)
    assert good.returncode == 0, good.stderr
    assert "[ok]" in good.stdout.splitlines()[0]
    (tmp_path / "record.ocop").write_bytes(data.replace(b"18456", b"20000"))
    forged = run("verify_offline.py", tmp_path, *RECORD)
    assert forged.returncode == 1
    assert "[altered]" in forged.stdout.splitlines()[0]


def test_a_chain_is_told_and_its_fault_is_found(tmp_path: Path) -> None:
    done = run("epcis_chain.py", tmp_path)
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert first == "11 events, 0 findings"
    assert second.startswith("error /epcisBody/eventList/11/inputQuantityList/0: 3601 KGM")
    assert (tmp_path / "chain.jsonld").read_bytes().startswith(b"{")


def test_a_key_in_a_service_signs_and_a_wrong_answer_is_found_out(tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(EXAMPLES)
    done = run("cloud_kms.py", tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["record: ok", "refused: signing.signer_failed"]
    keys = [path.name for path in (tmp_path / "coop" / "keys").iterdir()]
    assert sorted(keys) == ["log.pem", "witness-1.pem", "witness-2.pem"]
