from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from ocoptrace.errors import SigningError, StorageError
from ocoptrace.store import (
    read_key,
    read_passphrase,
    read_public_key,
    relock,
    write_key,
    write_whole,
)
from village import eddsa, es256

if TYPE_CHECKING:
    from pathlib import Path

    from ocoptrace.signing import SoftwareSigner

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


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o610, 0o660, 0o602])
def test_nobody_else_has_any_right_to_a_secret(tmp_path: Path, mode: int) -> None:
    path = write_key(tmp_path / "office.pem", SIGNER)
    words = tmp_path / "passphrase"
    words.write_bytes(b"mat khau")
    for each, read in ((path, read_key), (path, read_public_key), (words, read_passphrase)):
        each.chmod(mode)
        with pytest.raises(StorageError) as caught:
            read(each)
        assert caught.value.code == "store.key_mode"


@pytest.mark.parametrize("signer", [SIGNER, eddsa(2)])
@pytest.mark.parametrize("passphrase", [None, b"mat khau"])
def test_what_a_key_is_can_be_told_without_its_passphrase(
    tmp_path: Path, signer: SoftwareSigner, passphrase: bytes | None
) -> None:
    path = write_key(tmp_path / "office.pem", signer, passphrase=passphrase)
    assert read_public_key(path) == signer.public_key
    private, _, _ = path.read_bytes().partition(b"-----BEGIN PUBLIC")
    path.write_bytes(private)
    assert read_public_key(path) is None
    assert read_key(path, passphrase=passphrase).public_key == signer.public_key


def test_two_halves_of_different_keys_are_no_key(tmp_path: Path) -> None:
    path = write_key(tmp_path / "office.pem", SIGNER)
    path.write_bytes(SIGNER.to_pem() + es256(3).public_key.to_pem())
    with pytest.raises(StorageError) as caught:
        read_key(path)
    assert caught.value.code == "store.key_halves"
    path.write_bytes(SIGNER.to_pem() + b"-----BEGIN PUBLIC KEY-----\nMA==\n")
    for read in (read_key, read_public_key):
        with pytest.raises(SigningError):
            read(path)


@pytest.mark.parametrize(
    ("written", "passphrase"),
    [
        (b"mat khau", b"mat khau"),
        (b"mat khau\n", b"mat khau"),
        (b"mat khau\r\nanother line\n", b"mat khau"),
        ("mật khẩu \n".encode(), "mật khẩu ".encode()),
    ],
)
def test_a_passphrase_is_the_first_line_of_its_file(
    tmp_path: Path, written: bytes, passphrase: bytes
) -> None:
    path = tmp_path / "passphrase"
    path.write_bytes(written)
    path.chmod(0o600)
    assert read_passphrase(path) == passphrase


@pytest.mark.parametrize("written", [b"", b"\n", b"\r\nmat khau\n"])
def test_an_empty_passphrase_is_none(tmp_path: Path, written: bytes) -> None:
    path = tmp_path / "passphrase"
    path.write_bytes(written)
    path.chmod(0o600)
    with pytest.raises(StorageError) as caught:
        read_passphrase(path)
    assert caught.value.code == "store.no_passphrase"
    with pytest.raises(StorageError):
        read_passphrase(tmp_path / "missing")


def test_keys_are_locked_anew_or_stay_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signers = {tmp_path / f"{secret}.pem": es256(secret) for secret in (2, 3, 4)}
    for path, signer in signers.items():
        write_key(path, signer)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", no_disk)
        with pytest.raises(StorageError):
            relock(signers, passphrase=None, new_passphrase=b"moi")
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert relock(signers, passphrase=None, new_passphrase=b"moi") == list(signers)
    for path, signer in signers.items():
        assert read_key(path, passphrase=b"moi").public_key == signer.public_key
        with pytest.raises(SigningError):
            read_key(path)
    assert sorted(tmp_path.iterdir()) == sorted(signers)
    assert relock(signers, passphrase=None, new_passphrase=b"moi") == []
    if os.name == "posix":
        assert {path.stat().st_mode & 0o777 for path in signers} == {0o600}


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
