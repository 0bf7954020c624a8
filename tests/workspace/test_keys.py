from __future__ import annotations

import json
import os
import shutil
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ocoptrace.errors import OcopTraceError, SigningError, StorageError
from ocoptrace.signing import SoftwareSigner
from ocoptrace.store import key_files, read_key
from ocoptrace.verify.policy import VIETNAM
from ocoptrace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from clock import Clock
    from ocoptrace.workspace.key_overview import KeyOverview

STORIES = Path(__file__).parents[2] / "examples" / "stories"
STORY = STORIES / "shrimp-paste.json"
OWN = ["log", "office", "root-1", "root-2", "root-3", "witness-1", "witness-2"]


def by_name(ws: Workspace) -> dict[str, KeyOverview]:
    found = ws.keys()
    return {key.name: key for key in found}


def test_the_keys_of_an_office_are_told_apart(office: Workspace) -> None:
    keys = by_name(office)
    assert list(keys) == OWN
    assert {name: key.purpose for name, key in keys.items()} == {
        "log": "log",
        "office": "office",
        **dict.fromkeys(("root-1", "root-2", "root-3"), "root"),
        **dict.fromkeys(("witness-1", "witness-2"), "witness"),
    }
    assert {key.status for key in keys.values()} == {"current"}
    assert {name for name, key in keys.items() if key.sign_until is not None} == {"log", "office"}
    assert keys["office"].issuer == office.office.issuer
    assert keys["office"].key is not None
    assert (keys["office"].key.algorithm, keys["log"].key and keys["log"].key.algorithm) == (
        "ES256",
        "Ed25519",
    )


def test_locked_keys_are_told_apart_without_their_passphrase(
    make: Callable[..., Workspace], clock: Clock
) -> None:
    ws = make("locked", passphrase=b"mat khau")
    ws.import_registry(STORY)
    told = ws.keys()
    without = Workspace.open(ws.folder, clock=clock)
    assert without.keys() == told
    assert {key.status for key in told} == {"current"}
    with pytest.raises(SigningError):
        without.office.renew()
    without.close()


def test_a_locked_file_that_does_not_show_what_it_is_says_so(
    make: Callable[..., Workspace], clock: Clock
) -> None:
    ws = make("locked", passphrase=b"mat khau")
    path = ws.folder / "keys" / "office.pem"
    path.write_bytes(path.read_bytes().partition(b"-----BEGIN PUBLIC")[0])
    for passphrase, status in ((None, "locked"), (b"sai", "locked"), (b"mat khau", "current")):
        again = Workspace.open(ws.folder, clock=clock, passphrase=passphrase)
        assert by_name(again)["office"].status == status
        if status == "locked":
            with pytest.raises(SigningError):
                again.office.renew()
        again.close()


def test_a_key_that_nobody_lists_is_told_so(office: Workspace) -> None:
    key_files.write_key(office.folder / "keys" / "mine.pem", fresh())
    found = by_name(office)["mine"]
    assert (found.purpose, found.status, found.issuer) == ("other", "not_listed", "")


def fresh() -> SoftwareSigner:
    return SoftwareSigner.generate("Ed25519")


def test_a_revoked_key_is_told_so(office: Workspace) -> None:
    code = office.import_registry(STORY).producer.id
    office.office.revoke(code, "ceased")
    assert by_name(office)[f"producer-{code}"].status == "revoked"


@pytest.mark.skipif(os.name != "posix", reason="rights of files")
def test_a_key_file_that_others_may_read_is_refused(office: Workspace) -> None:
    (office.folder / "keys" / "office.pem").chmod(0o644)
    with pytest.raises(StorageError) as caught:
        office.keys()
    assert caught.value.code == "store.key_mode"


def test_a_swapped_public_half_is_found_out(office: Workspace) -> None:
    keys = office.folder / "keys"
    private = (keys / "office.pem").read_bytes().partition(b"-----BEGIN PUBLIC")[0]
    public = (keys / "root-1.pem").read_bytes().partition(b"-----BEGIN PUBLIC")
    (keys / "office.pem").write_bytes(private + public[1] + public[2])
    with pytest.raises(StorageError) as caught:
        office.office.renew()
    assert caught.value.code in {"store.key_halves", "workspace.key_not_here"}


@pytest.mark.parametrize("passphrase", [b"moi", None])
def test_all_keys_are_locked_with_another_passphrase(
    make: Callable[..., Workspace], clock: Clock, passphrase: bytes | None
) -> None:
    ws = make("ocop", passphrase=b"cu")
    code = ws.import_registry(STORY).producer.id
    before = ws.keys()
    assert sorted(ws.relock(passphrase)) == sorted([*OWN, f"producer-{code}"])
    assert ws.keys() == before
    ws.office.rotate(code)
    again = Workspace.open(ws.folder, clock=clock, passphrase=passphrase)
    again.office.renew()
    again.office.rotate(code)
    again.close()
    old = Workspace.open(ws.folder, clock=clock, passphrase=b"cu")
    with pytest.raises(SigningError):
        old.office.renew()
    old.close()


def test_a_key_with_another_passphrase_leaves_all_as_they_were(
    make: Callable[..., Workspace],
) -> None:
    ws = make("ocop", passphrase=b"cu")
    folder = ws.folder / "keys"
    key_files.write_key(folder / "other.pem", fresh(), passphrase=b"khac")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(SigningError):
        ws.relock(b"moi")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


class PowerCut(BaseException):
    """The process ends here."""


def test_what_was_cut_short_while_locking_is_finished_the_next_time(
    office: Workspace, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = office.folder / "keys"
    original, replaced = Path.replace, 0

    def cut(path: Path, target: Path) -> Path:
        nonlocal replaced
        replaced += 1
        if replaced > 3:
            raise PowerCut
        return original(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", cut)
        with pytest.raises(PowerCut):
            office.relock(b"moi")
    assert sorted(path.stem for path in folder.iterdir()) == OWN
    again = Workspace.open(office.folder, clock=clock)
    assert len(again.relock(b"moi")) == len(OWN) - 3
    for name in OWN:
        read_key(folder / f"{name}.pem", passphrase=b"moi")
    again.close()


def test_a_key_file_is_read_once(office: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    code = office.import_registry(STORY).producer.id
    read: list[Path] = []
    real = key_files.read_key

    def counted(path: Path, **options: bytes | None) -> SoftwareSigner:
        read.append(path)
        return real(path, **options)

    again = Workspace.open(office.folder, clock=office._setting.clock)  # noqa: SLF001 - the same
    monkeypatch.setattr("ocoptrace.workspace.keyring.read_key", counted)
    for event in again.read_story(STORY).events:
        again.record([event], producer=code)
    names = [path.stem for path in read]
    assert sorted(names) == sorted(set(names)) == sorted([f"producer-{code}", "log", *OWN[-2:]])
    again.close()


# What ends soon


def told(ws: Workspace, at: timedelta) -> list[str]:
    now = ws._setting.clock() + at  # noqa: SLF001 - the time of the founding
    return [finding.code.removeprefix("workspace.") for finding in ws.due(now)]


def test_what_ends_soon_is_told_in_time(office: Workspace) -> None:
    code = office.import_registry(STORY).producer.id
    day = timedelta(days=1)
    assert told(office, 0 * day) == []
    assert told(office, 59 * day) == []
    assert told(office, 61 * day) == ["ends_bundle_own"]
    assert told(office, 91 * day) == ["ended_bundle_own"]
    assert told(office, 340 * day) == ["ended_bundle_own", "ends_office_key"]
    assert told(office, 366 * day) == ["ended_bundle_own", "ended_office_key"]
    late = office.due(office._setting.clock() + 710 * day)  # noqa: SLF001
    (key,) = [finding for finding in late if finding.code == "workspace.ends_key_own"]
    assert key.facts["code"] == code
    assert {finding.severity for finding in late} == {"warning"}
    for finding in late:
        for language in ("vi", "en"):
            assert "{" not in finding.text(language) + finding.remedy(language)  # type: ignore[arg-type]


def test_a_grade_is_told_of_through_its_last_day(office: Workspace) -> None:
    office.import_registry(STORY)
    grades = json.loads(STORY.read_text(encoding="utf-8"))["grades"]
    last = date.fromisoformat(max(grade["validTo"] for grade in grades))
    midnight = datetime.combine(last + timedelta(days=1), time(), VIETNAM)
    for now, code in (
        (midnight - timedelta(days=30, seconds=1), None),
        (midnight - timedelta(days=30), "workspace.ends_grade"),
        (midnight - timedelta(seconds=1), "workspace.ends_grade"),
        (midnight, "workspace.ended_grade"),
    ):
        codes = {finding.code for finding in office.due(now)}
        assert codes & {"workspace.ends_grade", "workspace.ended_grade"} == ({code} - {None})


def test_a_key_with_a_successor_may_end(office: Workspace, clock: Clock) -> None:
    code = office.import_registry(STORY).producer.id
    clock.wait(days=330)
    office.office.rotate_own()
    office.office.rotate(code)
    assert "ends_office_key" not in told(office, timedelta(days=10))
    assert "ended_office_key" not in told(office, timedelta(days=40))


def test_keys_that_are_missing_do_not_keep_anybody_from_reading(
    office: Workspace, clock: Clock
) -> None:
    office.close()
    shutil.rmtree(office.folder / "keys")
    again = Workspace.open(office.folder, clock=clock)
    assert again.keys() == []
    assert again.due() == []
    with pytest.raises(OcopTraceError) as caught:
        again.office.renew()
    assert caught.value.code == "workspace.key_not_here"
    again.close()
