"""Root keys in several hands: the office drafts, holders sign elsewhere, the office adopts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from ocoptrace.errors import OcopTraceError
from ocoptrace.signing import Root, SoftwareSigner, TrustBundle
from ocoptrace.signing.root_draft import RootDraft
from village import es256

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from clock import Clock
    from ocoptrace.workspace import Workspace

AN, BINH, CHI = (es256(n) for n in (801, 802, 803))
HOLDERS = tuple(signer.public_key for signer in (AN, BINH, CHI))


def founding_signers(office: Workspace) -> list[SoftwareSigner]:
    return [office._setting.keyring.signer(f"root-{n}") for n in (1, 2)]  # noqa: SLF001 - looked into


def signed(office: Workspace, draft: RootDraft, *signers: SoftwareSigner) -> list[bytes]:
    """Return a copy of the draft for each signer, signed on a machine of its own."""
    issuer, now = office.office.issuer, office._setting.clock()  # noqa: SLF001 - looked into
    data = draft.file.to_bytes()
    return [
        RootDraft.parse(data, office.root).sign(signer, issuer=issuer, now=now).file.to_bytes()
        for signer in signers
    ]


def hand_over(office: Workspace) -> None:
    """Let three holders take the place of the keys that the office was founded with."""
    going = office.root.roles.root.public_keys()
    draft = office.office.draft_root(add=HOLDERS, drop=going)
    office.office.adopt_root(signed(office, draft, *founding_signers(office), AN, CHI))
    for n in (1, 2, 3):
        (office.folder / "keys" / f"root-{n}.pem").unlink()


def state(office: Workspace) -> tuple[Any, ...]:
    return office.root, office.trust, office.log_size


def test_root_keys_never_need_to_be_in_the_workspace(office: Workspace) -> None:
    first = office.root
    hand_over(office)
    assert (office.root.version, office.trust.root_version) == (2, 2)
    assert office.root.roles.root.public_keys() == HOLDERS
    assert office.root.roles.bundle == first.roles.bundle
    assert first.follow(office.trust_file("root")) == office.root
    assert list(office.earlier_roots()) == [1]
    assert Root.load(office.earlier_roots()[1]) == first
    office.office.renew()
    with pytest.raises(OcopTraceError) as caught:
        office.office.rotate_own()
    assert caught.value.code == "workspace.root_keys"


def test_the_office_takes_a_new_key_with_a_root_signed_elsewhere(
    office: Workspace, clock: Clock
) -> None:
    hand_over(office)
    clock.wait(days=300)
    old = office.office.signer.public_key
    draft = office.office.draft_root(new_office_key=True)
    again = office.office.draft_root(new_office_key=True)
    assert again.root.roles == draft.root.roles  # no second key was made
    assert office.office.signer.public_key == old  # it waits
    office.office.adopt_root(signed(office, draft, AN, BINH), overlap=timedelta(days=7))
    new = office.office.signer.public_key
    assert set(office.root.roles.bundle.public_keys()) == {old, new}
    entries = {e.public_key: e for e in office.trust.keys if e.role == "authority"}
    assert entries[old].sign_until == clock() + timedelta(days=7)
    assert entries[new].sign_until == clock() + timedelta(days=365)
    bundle = TrustBundle.load(office.trust_file("bundle"), root=office.root)
    assert bundle.root_version == 3


def test_an_office_whose_key_is_lost_goes_on_with_another(office: Workspace, clock: Clock) -> None:
    hand_over(office)
    (office.folder / "keys" / "office.pem").unlink()
    office._setting.keyring.discard("office")  # noqa: SLF001 - it was open in this process
    with pytest.raises(OcopTraceError) as caught:
        office.office.renew()
    assert caught.value.code == "workspace.key_not_here"
    draft = office.office.draft_root(new_office_key=True, keep_old=False)
    office.office.adopt_root(signed(office, draft, BINH, CHI))
    clock.wait(days=1)
    office.office.renew()
    assert office.trust.root_version == 3
    assert office.root.roles.bundle.public_keys() == (office.office.signer.public_key,)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda copies: copies[:3], "signing.root_unsigned"),
        (lambda copies: copies[2:], "signing.root_unsigned"),
        (lambda _: [], "workspace.no_root"),
        (lambda copies: [b"{}", *copies], "signing.signed_file"),
    ],
    ids=["one holder", "no key of the last root", "nothing", "no root file"],
)
def test_a_root_that_too_few_have_signed_changes_nothing(
    office: Workspace, change: Callable[[list[bytes]], list[bytes]], code: str
) -> None:
    draft = office.office.draft_root(add=HOLDERS, drop=office.root.roles.root.public_keys())
    copies = signed(office, draft, *founding_signers(office), AN, CHI)
    before = state(office)
    with pytest.raises(OcopTraceError) as caught:
        office.office.adopt_root(change(copies))
    assert (caught.value.code, state(office)) == (code, before)
    office.office.adopt_root(copies)


def test_copies_of_different_drafts_are_refused(office: Workspace) -> None:
    drafts = [office.office.draft_root(threshold=n) for n in (2, 3)]
    copies = [signed(office, each, founding_signers(office)[0])[0] for each in drafts]
    with pytest.raises(OcopTraceError) as caught:
        office.office.adopt_root(copies)
    assert caught.value.code == "signing.root_drafts_differ"


def test_a_root_that_names_no_key_of_the_office_changes_nothing(office: Workspace) -> None:
    first = office.root
    draft = RootDraft.of(first, expires=first.expires, bundle_keys=[AN.public_key])
    before = state(office)
    with pytest.raises(OcopTraceError) as caught:
        office.office.adopt_root(signed(office, draft, *founding_signers(office)))
    assert (caught.value.code, state(office)) == ("signing.threshold", before)


def test_whoever_goes_by_the_office_takes_all_its_files(
    office: Workspace, make: Callable[..., Workspace]
) -> None:
    early = make("early", office)
    hand_over(office)
    late = make("late", office)
    draft = office.office.draft_root(new_office_key=True)
    office.office.adopt_root(signed(office, draft, AN, BINH))
    files = [
        *office.earlier_roots().values(),
        office.trust_file("root"),
        office.trust_file("bundle"),
    ]
    for workspace in (early, late):
        workspace.update_trust(files)
        workspace.update_trust(files)
        assert (workspace.root, workspace.trust) == (office.root, office.trust)
