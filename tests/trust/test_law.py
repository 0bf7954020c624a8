"""Whoever is below the thresholds may serve anything in any order: nothing goes back or astray."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from itertools import pairwise
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocoptrace.cli.pinned_roots import PinnedRoot
from ocoptrace.errors import OcopTraceError
from ocoptrace.signing import Root
from ocoptrace.signing.signed_file import SignedFile
from ocoptrace.signing.trusted import Trusted
from trust_simulator import Attacker, Machine, Office, root_text, signed

HELD = ("an", "office", "thief", "giang")
"""One root key of three where two must sign, one bundle key likewise, and two of no role."""


@cache
def history() -> Office:
    """Return an office that has done all that an office does."""
    office = Office(bundle_keys=("office", "office 2"), bundle_threshold=2)
    for change in (
        {},
        {"root_keys": ("an", "binh", "dung")},
        {"bundle_keys": ("office", "office 3")},
        {"root_keys": ("an", "dung", "em"), "bundle_keys": ("office 2", "office")},
    ):
        office.wait(days=30)
        office.publish()
        office.rotate(**change)
    return office


@cache
def honest() -> tuple[bytes, ...]:
    return (*history().roots, *history().bundles)


@cache
def forged() -> tuple[bytes, ...]:
    """Return what the attacker makes: files of its own, and honest ones with other signatures."""
    thief = Attacker(history(), keys=HELD)
    made = []
    for version in (1, 2, 3, 4, 5, 6, 2**53 - 1):
        made += [
            thief.root(version),
            thief.root(version, root=("an", "thief"), threshold=2, bundle=("office", "thief")),
            thief.root(version, root=("an", "binh", "chi"), threshold=1),
            *(thief.bundle(version, root_version=root) for root in (1, 2, 5)),
        ]
    stolen = {each for data in honest() for each in SignedFile.parse(data).signatures}
    for data in honest():
        file = SignedFile.parse(data)
        made += [
            SignedFile(file.signed, file.signatures[:1]).to_bytes(),
            SignedFile(file.signed, ()).to_bytes(),
            SignedFile(file.signed.replace("id.example", "id.forged"), file.signatures).to_bytes(),
        ]
    text = root_text(2, root=("thief",), threshold=1, bundle=("thief",))
    own = SignedFile.parse(signed(text, "root", 2, ("thief",))).signatures
    made.append(SignedFile(text, (*own, *sorted(stolen, key=lambda s: s.cose)[:60])).to_bytes())
    return tuple(made)


def files() -> st.SearchStrategy[list[list[bytes]]]:
    one = st.sampled_from(honest()) | st.sampled_from(forged())
    # An honest run in between, so that the search gets beyond the first root.
    run = st.integers(1, len(honest())).map(lambda n: list(honest()[:n]))
    return st.lists(st.lists(one, min_size=1, max_size=4) | run, max_size=12)


@settings(max_examples=150, deadline=None)
@given(files())
def test_what_is_trusted_never_goes_down_and_is_the_offices(served: list[list[bytes]]) -> None:
    texts = {SignedFile.parse(data).signed for data in honest()}
    trusted = Trusted(Root.load(honest()[0]))
    roots, bundles = [trusted.root.version], [(0, 0)]
    for batch in served:
        before = trusted
        try:
            trusted = trusted.update(batch)
        except OcopTraceError:
            # Taken one by one, what is good among them may still come in.
            for data in batch:
                with suppress(OcopTraceError):
                    trusted = trusted.update([data])
        assert trusted.root.text() in texts
        roots.append(trusted.root.version)
        if trusted.bundle is not None:
            assert trusted.bundle.text() in texts
            assert trusted.bundle.root_version <= trusted.root.version
            bundles.append((trusted.bundle.root_version, trusted.bundle.version))
        if trusted.root == before.root and before.bundle is not None:
            assert trusted.bundle is not None
    assert all(one <= two for one, two in pairwise(roots))
    assert all(one <= two for one, two in pairwise(bundles))


def test_an_honest_history_is_followed_to_its_end() -> None:
    """So that the law above is not one of clients that take nothing."""
    trusted = Trusted(Root.load(honest()[0]))
    for data in honest():
        with suppress(OcopTraceError):
            trusted = trusted.update([data])
    assert (trusted.root, trusted.bundle) == (history().root, history().bundle)
    assert len(forged()) > 70


@settings(max_examples=15, deadline=None)
@given(files())
def test_what_a_machine_has_pinned_never_goes_down(served: list[list[bytes]]) -> None:
    """The same, where roots and bundles are kept as files; what is not whole is taken in part."""
    texts = {SignedFile.parse(data).signed for data in honest()}
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", folder)
        machine = Machine(PinnedRoot.new(honest()[0]).folder)
        roots, bundles = [1], [(0, 0)]
        for batch in served:
            with suppress(OcopTraceError):
                machine.update(batch)
            bundle = machine.bundle
            assert machine.root.text() in texts
            roots.append(machine.root.version)
            if bundle is not None:
                assert bundle.text() in texts
                bundles.append((bundle.root_version, bundle.version))
    assert all(one <= two for one, two in pairwise(roots))
    assert all(one <= two for one, two in pairwise(bundles))
