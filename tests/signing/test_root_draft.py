from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from ocoptrace.errors import SigningError
from ocoptrace.signing import Root, SoftwareSigner
from ocoptrace.signing.root import office_of
from ocoptrace.signing.root_draft import RootDraft
from ocoptrace.signing.signed_file import SignedFile
from village import NOW, OFFICE, ROOT, ROOT_SIGNERS, SEALS_UNTIL, STRANGER, es256, root_file

AN, BINH, CHI = ROOT_SIGNERS
DUNG = es256(14)
WITHOUT_CHI = [AN.public_key, BINH.public_key, DUNG.public_key]


def drafted(**changes: Any) -> RootDraft:
    """Return a draft in which Dung takes the place of Chi."""
    return RootDraft.of(ROOT, **({"expires": SEALS_UNTIL, "root_keys": WITHOUT_CHI} | changes))


def copy_signed_by(draft: RootDraft, *signers: SoftwareSigner) -> RootDraft:
    """Return what comes back from another machine, to which the file went."""
    copy = RootDraft.parse(draft.file.to_bytes(), ROOT)
    for signer in signers:
        copy = copy.sign(signer, issuer=OFFICE.issuer, now=NOW)
    return RootDraft.parse(copy.file.to_bytes(), ROOT)


def refusal(call: Any, *arguments: Any, **options: Any) -> str:
    with pytest.raises(SigningError) as caught:
        call(*arguments, **options)
    for language in ("vi", "en"):
        assert "{" not in caught.value.text(language)  # type: ignore[arg-type]
    return caught.value.code


def test_what_is_left_out_of_a_draft_stays_as_it_is() -> None:
    draft = RootDraft.of(ROOT, expires=SEALS_UNTIL)
    assert (draft.root.version, draft.root.roles) == (2, ROOT.roles)
    assert (draft.signers, draft.is_complete) == ((), False)


def test_a_draft_without_signatures_is_no_root() -> None:
    assert refusal(ROOT.follow, drafted().file.to_bytes()) == "signing.threshold"


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_copies_come_together_in_any_order(order: tuple[int, ...]) -> None:
    draft = drafted()
    copies = [copy_signed_by(draft, signer) for signer in (AN, BINH, DUNG)]
    whole = draft
    for place in order:
        whole = whole.join(copies[place])
    assert (whole.last, whole.own, whole.is_complete) == (2, 3, True)
    assert set(whole.signers) == set(WITHOUT_CHI)
    assert ROOT.follow(whole.file.to_bytes()) == draft.root


@pytest.mark.parametrize(
    ("signers", "counts"),
    [
        ((), (0, 0)),
        ((DUNG,), (0, 1)),
        ((CHI, AN), (2, 1)),
        ((CHI, DUNG), (1, 1)),
        ((AN, BINH), (2, 2)),
    ],
    ids=["nobody", "who comes", "who goes and one", "who goes and who comes", "who stay"],
)
def test_a_draft_is_complete_when_it_follows(signers: Any, counts: tuple[int, int]) -> None:
    draft = copy_signed_by(drafted(), *signers)
    assert (draft.last, draft.own) == counts
    assert draft.is_complete == (counts == (2, 2))
    if draft.is_complete:
        assert ROOT.follow(draft.file.to_bytes()).version == 2
    else:
        assert refusal(ROOT.follow, draft.file.to_bytes()) in {
            "signing.threshold",
            "signing.root_not_followed",
        }


def test_a_key_signs_a_draft_once() -> None:
    draft = copy_signed_by(drafted(), AN)
    assert draft.sign(AN, issuer=OFFICE.issuer, now=SEALS_UNTIL) == draft
    assert draft.join(draft) == draft


def test_only_keys_of_both_roots_sign_a_draft() -> None:
    signing = drafted().sign
    assert refusal(signing, STRANGER.signer, issuer=OFFICE.issuer, now=NOW) == "signing.no_root_key"


def test_a_signature_that_a_stranger_adds_counts_for_nothing() -> None:
    draft = drafted()
    file = SignedFile.sign(
        draft.file.signed,
        "root",
        version=2,
        issuer=OFFICE.issuer,
        signers=[STRANGER.signer, AN],
        now=NOW,
    )
    again = RootDraft.parse(file.to_bytes(), ROOT)
    assert (again.signers, again.last, again.own) == ((AN.public_key,), 1, 1)


def test_a_signature_for_another_version_counts_for_nothing() -> None:
    file = SignedFile.sign(
        drafted().file.signed, "root", version=3, issuer=OFFICE.issuer, signers=[AN], now=NOW
    )
    assert RootDraft.parse(file.to_bytes(), ROOT).signers == ()


def test_different_drafts_do_not_come_together() -> None:
    other = drafted(threshold=3)
    assert refusal(drafted().join, other) == "signing.root_drafts_differ"


def test_a_draft_is_of_the_next_version() -> None:
    again = root_file().to_bytes()
    assert refusal(RootDraft.parse, again, ROOT) == "signing.root_step"
    second = Root.load(root_file(2).to_bytes())
    assert refusal(RootDraft.parse, drafted().file.to_bytes(), second) == "signing.root_step"


@pytest.mark.parametrize("threshold", [0, 4])
def test_a_threshold_that_the_keys_cannot_reach_is_not_drafted(threshold: int) -> None:
    assert refusal(drafted, threshold=threshold) == "signing.bad_threshold"


def test_the_office_of_a_root_is_whom_its_own_keys_name() -> None:
    file = root_file()
    by_stranger = SignedFile.sign(
        file.signed,
        "root",
        version=1,
        issuer="https://a.example/ocop/00000000",
        signers=[STRANGER.signer],
        now=NOW,
    )
    both = SignedFile(file.signed, (*by_stranger.signatures, *file.signatures))
    assert office_of(both.to_bytes()) == OFFICE.issuer
