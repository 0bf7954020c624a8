"""The office notes whom a CA names; who may be noted, and how long a binding is good."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from cas import KEY, NOW, Authority, named, read, signed
from ocoptrace.errors import SigningError, WorkspaceError
from ocoptrace.signing.key_binding import KeyBinding, key_text
from ocoptrace.workspace.certifying import note_of

if TYPE_CHECKING:
    from datetime import date

    from clock import Clock
    from ocoptrace.workspace import Workspace

CA = Authority(named("Licensed CA (sample)"))
LEAF = CA.issue(named("Văn phòng (ví dụ)"), KEY)


def bound(thumbprint: str, issuer: str, day: date) -> KeyBinding:
    text = key_text(thumbprint, issuer, day)
    return KeyBinding.of(text, signed(KEY, text), read(LEAF))


def test_the_office_itself_is_named_and_keeps_its_name(office: Workspace, clock: Clock) -> None:
    key = office.office.signer.public_key.thumbprint.hex()
    binding = bound(key, office.office.issuer, clock().date())
    note = note_of(binding, anchors=read(CA.certificate), status_seen=True, now=clock())
    entry = office.office.certify(binding, note)
    assert entry.certificate == note
    assert (note.subject, note.issuer) == (
        "C=VN, CN=Văn phòng (ví dụ)",
        "C=VN, CN=Licensed CA (sample)",
    )
    listed = next(each for each in office.trust.keys if each.thumbprint == key)
    assert listed == entry
    assert office.office.renew().keys == office.trust.keys
    (act,) = [each for each in office.office.acts()[-3:] if each.kind == "key"]
    assert act
    assert office.office.drop_certificate(key[:16]).certificate is None


def test_only_the_key_of_the_issuer_that_was_named(office: Workspace, clock: Clock) -> None:
    day = clock().date()
    key = office.office.signer.public_key.thumbprint.hex()
    log = next(each for each in office.trust.keys if each.role == "log")
    version = office.trust.version
    for binding in (
        bound("ab" * 32, office.office.issuer, day),
        bound(key, "https://id.example/ocop/00000000", day),
        bound(log.thumbprint, log.issuer, day),
    ):
        note = note_of(binding, anchors=read(CA.certificate), status_seen=True, now=clock())
        with pytest.raises(WorkspaceError) as caught:
            office.office.certify(binding, note)
        assert caught.value.code == "workspace.binding_of_another"
    assert office.trust.version == version


@pytest.mark.parametrize(("days", "is_good"), [(0, True), (90, True), (91, False), (-1, False)])
def test_a_binding_is_of_these_days(days: int, is_good: bool) -> None:  # noqa: FBT001
    binding = bound("ab" * 32, "https://id.example/ocop/7K3M9QAB", (NOW - timedelta(days)).date())
    options = {"anchors": read(CA.certificate), "status_seen": True, "now": NOW}
    if is_good:
        assert note_of(binding, **options)  # type: ignore[arg-type]
        return
    with pytest.raises(WorkspaceError) as caught:
        note_of(binding, **options)  # type: ignore[arg-type]
    assert caught.value.code == "workspace.binding_time"


def test_the_status_is_asked_for() -> None:
    binding = bound("ab" * 32, "https://id.example/ocop/7K3M9QAB", NOW.date())
    with pytest.raises(SigningError) as caught:
        note_of(binding, anchors=read(CA.certificate), now=NOW)
    assert caught.value.code == "certificate.status"
