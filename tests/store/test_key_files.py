from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from ocoptrace.errors import SigningError, StorageError
from ocoptrace.store import read_key, write_key, write_whole
from village import eddsa, es256

if TYPE_CHECKING:
    from pathlib import Path

SIGNER = es256(2)
posix = pytest.mark.skipif(os.name != "posix", reason="file modes are those of POSIX")


def no_disk(_handle: int) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("passphrase", [None, b"mat khau"])
def test_a_key_comes_back(tmp_path: Path, passphrase: bytes | None) -> None:
    path = write_key(tmp_path / "keys" / "office.pem", eddsa(2), passphrase=passphrase)
    assert read_key(path, passphrase=passphrase).public_key == eddsa(2).public_key


@posix
def test_only_its_owner_reads_a_key(tmp_path: Path) -> None:
    path = write_key(tmp_path / "office.pem", SIGNER)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    with pytest.raises(StorageError) as caught:
        read_key(path)
    assert caught.value.code == "store.key_mode"


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    path = write_key(tmp_path / "office.pem", SIGNER)
    with pytest.raises(StorageError) as caught:
        write_key(path, es256(3))
    assert caught.value.code == "store.key_exists"
    assert read_key(path).public_key == SIGNER.public_key


def test_a_key_that_cannot_be_written_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "office.pem"
    with pytest.raises(SigningError):
        write_key(path, SIGNER, passphrase=b"x" * 5000)
    assert not path.exists()
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", no_disk)
        with pytest.raises(StorageError):
            write_key(path, SIGNER)
    assert not path.exists()
    write_key(path, SIGNER)


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError) as caught:
        read_key(tmp_path / "office.pem")
    assert caught.value.facts["path"] == tmp_path / "office.pem"


def test_a_file_is_replaced_whole_or_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_whole(tmp_path / "out" / "record.ocop", b"old")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", no_disk)
        with pytest.raises(StorageError):
            write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]
    assert write_whole(path, b"new").read_bytes() == b"new"


def test_a_folder_where_a_file_should_be_is_an_error(tmp_path: Path) -> None:
    for act in (lambda: write_whole(tmp_path, b""), lambda: read_key(tmp_path)):
        with pytest.raises(StorageError):
            act()
