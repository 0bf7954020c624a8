"""Root and bundle beside root and timestamp of python-tuf: who accepts what, and where they differ.

A bundle takes the place of TUF's timestamp: the one file that online keys sign. The same story is
told to both, and each step must come out alike, unless one of the differences below is why.
docs/spec/trust-bundle.md tells them to people; a test holds both lists together.
"""

from __future__ import annotations

import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st
from securesystemslib.signer import CryptoSigner
from tuf.api.exceptions import EqualVersionNumberError, ExpiredMetadataError, RepositoryError
from tuf.api.metadata import Metadata, Role, Timestamp
from tuf.api.metadata import Root as TufRoot
from tuf.ngclient._internal.trusted_metadata_set import TrustedMetadataSet
from tuf.ngclient.config import EnvelopeType

from ocoptrace import canonical_json
from ocoptrace.errors import OcopTraceError
from ocoptrace.signing import Root, TrustBundle, base64url
from ocoptrace.signing.signed_file import SignedFile
from ocoptrace.signing.trusted import Trusted
from trust_simulator import key
from village import A_DAY, NOW, OFFICE

if TYPE_CHECKING:
    from datetime import datetime

PAGE = Path(__file__).parents[2] / "docs" / "spec" / "trust-bundle.md"
ROOT_KEYS = ("an", "binh", "chi", "dung")
BUNDLE_KEYS = ("office", "office 2", "office 3")
EVERYBODY = (*ROOT_KEYS, *BUNDLE_KEYS, "thief")

DIFFERENCES = {
    "another of the same version": "ours refuse it as a fork; TUF keeps the one it has",
    "made under another root": "ours are bound to one root version; TUF asks for the keys alone",
    "the root has expired": "TUF takes nothing under it; ours take what ends with the root",
    "outlives the root": "ours refuse it; TUF looks at the root's end when it is used",
    "numbers begin anew": "ours with every new root; TUF only where the keys have changed",
    "nobody can sign": "ours refuse a threshold that its keys cannot reach; TUF does not look",
}
"""Where both are meant to differ, and how."""


@dataclass(frozen=True)
class RootStep:
    """A root that is served.

    Attributes:
        version: its version less that of the newest root.
        root, bundle: names of keys, and how many must sign.
        expires: in how many days from the beginning.
        signers: whose signatures it bears.
    """

    version: int = 1
    root: tuple[tuple[str, ...], int] = (("an", "binh", "chi"), 2)
    bundle: tuple[tuple[str, ...], int] = (("office",), 1)
    expires: int = 2000
    signers: tuple[str, ...] = EVERYBODY


@dataclass(frozen=True)
class BundleStep:
    """A bundle or timestamp that is served.

    Attributes:
        version: its version.
        root_version: that of the root it is made under, less that of the newest.
        issued, expires: in how many days from the beginning.
        signers: whose signatures it bears.
        other: says something else than another of its version.
    """

    version: int = 1
    root_version: int = 0
    issued: int = 0
    expires: int = 90
    signers: tuple[str, ...] = BUNDLE_KEYS
    other: bool = False


@dataclass(frozen=True)
class Wait:
    """Time that passes, in days."""

    days: int


Step = RootStep | BundleStep | Wait


def day(number: int) -> datetime:
    return NOW + number * A_DAY


@cache
def tuf_key(name: str) -> CryptoSigner:
    return CryptoSigner(ec.derive_private_key(700 + EVERYBODY.index(name), ec.SECP256R1()))


@dataclass
class Peer:
    """A client of python-tuf: what its updater does, with files in memory."""

    root: bytes
    timestamp: bytes | None = None
    metadata: Any = field(default=None, repr=False)

    def _session(self, now: datetime) -> TrustedMetadataSet:
        session = TrustedMetadataSet(self.root, EnvelopeType.METADATA)
        session.reference_time = now
        return session

    @property
    def root_version(self) -> int:
        return self._session(NOW).root.version

    def follow(self, data: bytes, now: datetime) -> None:
        self._session(now).update_root(data)
        self.root = data

    def take(self, data: bytes, now: datetime) -> None:
        session = self._session(now)
        if self.timestamp is not None:
            with suppress(RepositoryError):
                session.update_timestamp(self.timestamp)
        # An expired one is taken, and not used: here that is asked of the verdict.
        with suppress(ExpiredMetadataError, EqualVersionNumberError):
            session.update_timestamp(data)
        if session.root.is_expired(now):
            raise ExpiredMetadataError
        self.timestamp = data


def tuf_root(step: RootStep, version: int) -> bytes:
    roles = {
        "root": step.root,
        "timestamp": step.bundle,
        "snapshot": step.bundle,
        "targets": step.bundle,
    }
    made = TufRoot(
        version=version,
        expires=day(step.expires),
        keys={tuf_key(n).public_key.keyid: tuf_key(n).public_key for n in EVERYBODY},
        roles={
            name: Role([tuf_key(n).public_key.keyid for n in names], threshold)
            for name, (names, threshold) in roles.items()
        },
    )
    return _tuf_signed(Metadata(made), step.signers)


def tuf_timestamp(step: BundleStep) -> bytes:
    made = Timestamp(version=step.version, expires=day(step.expires))
    if step.other:
        made.unrecognized_fields["other"] = True
    return _tuf_signed(Metadata(made), step.signers)


def _tuf_signed(metadata: Metadata[Any], names: tuple[str, ...]) -> bytes:
    for name in names:
        metadata.sign(tuf_key(name), append=True)
    return metadata.to_bytes()


def our_root(step: RootStep, version: int) -> bytes:
    def role(names: tuple[str, ...], threshold: int) -> dict[str, Any]:
        keys = [base64url.encode(key(name).public_key.cose_key) for name in names]
        return {"keys": keys, "threshold": threshold}

    # Written by hand: what cannot be is made all the same, and whoever loads it has to refuse it.
    says = {
        "version": version,
        "expires": f"{day(step.expires):%Y-%m-%dT%H:%M:%SZ}",
        "roles": {"root": role(*step.root), "bundle": role(*step.bundle)},
    }
    text = canonical_json.dumps(says).decode()
    return _our_signed(text, "root", version, step.signers)


def our_bundle(step: BundleStep, root_version: int) -> bytes:
    made = TrustBundle.of(
        version=step.version,
        root_version=max(1, root_version + step.root_version),
        issued=day(step.issued),
        expires=day(step.expires),
        namespaces=("id.example",) * (2 if step.other else 1),
        keys=(),
    )
    return _our_signed(made.text(), "bundle", step.version, step.signers)


def _our_signed(text: str, kind: Any, version: int, names: tuple[str, ...]) -> bytes:
    signers = [key(name) for name in names]
    return SignedFile.sign(
        text, kind, version=version, issuer=OFFICE.issuer, signers=signers, now=NOW
    ).to_bytes()


FIRST = RootStep(expires=400)


class Both:
    """A client of ours and one of python-tuf, who are told the same."""

    def __init__(self) -> None:
        self.ours = Trusted(Root.load(our_root(FIRST, 1)))
        self.theirs = Peer(tuf_root(FIRST, 1))
        self.now = NOW

    def tell(self, step: Step) -> tuple[bool, bool]:
        """Return whether ours and theirs accepted it."""
        version = self.ours.root.version
        if isinstance(step, Wait):
            self.now += timedelta(days=step.days)
            return True, True
        if isinstance(step, RootStep):
            number = max(1, version + step.version)
            ours = self._ours("follow", our_root(step, number))
            return ours, self._theirs("follow", tuf_root(step, number))
        ours = self._ours("take", our_bundle(step, version))
        return ours, self._theirs("take", tuf_timestamp(step))

    def _ours(self, call: str, data: bytes) -> bool:
        with suppress(OcopTraceError):
            self.ours = getattr(self.ours, call)(data)
            return True
        return False

    def _theirs(self, call: str, data: bytes) -> bool:
        with suppress(RepositoryError):
            getattr(self.theirs, call)(data, self.now)
            return True
        return False

    def reasons(self, step: Step) -> set[str]:
        """Return why both may differ about a step that is about to be told."""
        root, seen = self.ours.root, self.ours.bundle
        found = set()
        if isinstance(step, RootStep) and step.bundle[1] > len(step.bundle[0]):
            found.add("nobody can sign")
        if isinstance(step, BundleStep):
            if seen is not None and seen.version == step.version:
                found.add("another of the same version")
            if step.root_version:
                found.add("made under another root")
            if self.now >= root.expires:
                found.add("the root has expired")
            if day(step.expires) > root.expires:
                found.add("outlives the root")
            if seen is not None and seen.root_version < root.version:
                found.add("numbers begin anew")
        return found


def subset(names: tuple[str, ...], least: int = 1) -> st.SearchStrategy[tuple[str, ...]]:
    chosen = st.lists(st.sampled_from(names), min_size=least, max_size=len(names), unique=True)
    return chosen.map(tuple)


@st.composite
def role(draw: st.DrawFn, names: tuple[str, ...]) -> tuple[tuple[str, ...], int]:
    chosen = draw(subset(names))
    return chosen, draw(st.integers(1, len(chosen)))


# Mostly what an office does, so that stories go on; now and then anything.
root_steps = st.builds(
    RootStep,
    version=st.sampled_from((1, 1, 1, 1, 0, 2, -1)),
    root=role(ROOT_KEYS),
    bundle=role(BUNDLE_KEYS) | st.just((("office",), 2)),
    expires=st.sampled_from((-1, 400, 2000)),
    signers=st.just(EVERYBODY) | subset(EVERYBODY, 0),
)
bundle_steps = st.builds(
    BundleStep,
    version=st.integers(1, 5),
    root_version=st.sampled_from((0, 0, 0, 0, 1, -1)),
    issued=st.just(0),
    expires=st.sampled_from((1, 90, 90, 399, 1000)),
    signers=st.just(BUNDLE_KEYS) | subset((*BUNDLE_KEYS, "an", "thief"), 0),
    other=st.booleans(),
)
steps = st.one_of(root_steps, bundle_steps, bundle_steps, st.builds(Wait, st.sampled_from((30,))))


@settings(max_examples=300, deadline=None)
@given(st.lists(steps, max_size=8))
def test_both_accept_the_same_but_for_the_differences(story: list[Step]) -> None:
    both = Both()
    for step in story:
        reasons = both.reasons(step)
        ours, theirs = both.tell(step)
        if ours != theirs:
            assert reasons, f"{step}: ours {ours}, theirs {theirs}"
            return  # from here on they know different things
        assert both.ours.root.version == both.theirs.root_version


UNDER_OTHER = BundleStep(root_version=1)
KEEPS, CHANGES = RootStep(), RootStep(bundle=(("office 2",), 1))
SHOWN: dict[str, tuple[list[Step], BundleStep | RootStep, bool]] = {
    "another of the same version": ([BundleStep()], BundleStep(other=True), False),
    "made under another root": ([], UNDER_OTHER, False),
    "the root has expired": ([Wait(401)], BundleStep(expires=400), True),
    "outlives the root": ([], BundleStep(expires=401), False),
    "numbers begin anew": ([BundleStep(version=5), KEEPS], BundleStep(version=1), True),
    "nobody can sign": ([], RootStep(bundle=(("office",), 2)), False),
}


@pytest.mark.parametrize("name", DIFFERENCES)
def test_each_difference_is_one(name: str) -> None:
    before, step, accepted = SHOWN[name]
    both = Both()
    for each in before:
        assert both.tell(each) == (True, True)
    assert both.reasons(step) == {name}
    assert both.tell(step) == (accepted, not accepted)


RULES: dict[str, tuple[list[Step], Step, bool]] = {
    "a root of the next version": ([], RootStep(), True),
    "the same root version": ([], RootStep(version=0, expires=500), False),
    "a root version left out": ([], RootStep(version=2), False),
    "an earlier root": ([RootStep()], RootStep(version=-1), False),
    "a root that its own keys did not sign": (
        [],
        RootStep(root=(("dung",), 1), signers=("an", "binh")),
        False,
    ),
    "a root that the last one's keys did not sign": (
        [],
        RootStep(root=(("dung",), 1), signers=("an", "dung")),
        False,
    ),
    "a root that both signed": (
        [],
        RootStep(root=(("dung",), 1), signers=("an", "chi", "dung")),
        True,
    ),
    "a threshold lowered by too few": (
        [],
        RootStep(root=(("an", "binh", "chi"), 1), signers=("an",)),
        False,
    ),
    "a threshold raised": (
        [],
        RootStep(root=(("an", "binh", "chi"), 3), signers=("an", "binh")),
        False,
    ),
    "a root that follows one that has expired": ([Wait(500)], RootStep(), True),
    "a root that has expired itself, on the way": ([], RootStep(expires=-1), True),
    "a bundle signed by its keys": ([], BundleStep(signers=("office",)), True),
    "a bundle signed by root keys": ([], BundleStep(signers=ROOT_KEYS), False),
    "too few of the bundle's keys": (
        [RootStep(bundle=(("office", "office 2"), 2))],
        BundleStep(signers=("office", "office 3")),
        False,
    ),
    "an older bundle": ([BundleStep(version=3)], BundleStep(version=2), False),
    "a newer bundle": ([BundleStep(version=3)], BundleStep(version=9), True),
    "the very same bundle": ([BundleStep(version=3)], BundleStep(version=3), True),
    "a bundle that has expired, for its number": ([Wait(95)], BundleStep(), True),
    "numbers anew where the keys changed": (
        [BundleStep(version=9, signers=("office",)), CHANGES],
        BundleStep(signers=("office 2",)),
        True,
    ),
    "the old key where the keys changed": ([CHANGES], BundleStep(signers=("office",)), False),
}


@pytest.mark.parametrize("name", RULES)
def test_each_rule_that_is_shared(name: str) -> None:
    before, step, accepted = RULES[name]
    both = Both()
    for each in before:
        assert both.tell(each) == (True, True)
    assert both.tell(step) == (accepted, accepted)


def test_stories_come_to_both_ends() -> None:
    """So that agreement is not that of two who refuse everything."""
    words = Counter(accepted for _, _, accepted in RULES.values())
    assert min(words.values()) >= 9


def test_the_page_tells_of_each_difference() -> None:
    page = PAGE.read_text(encoding="utf-8")
    table = page[page.index("## Beside TUF") : page.index("## Entitlement")]
    told = re.findall(r"^\| ([a-z][^|]+) \| [^|]+ \| [^|]+ \|$", table, re.MULTILINE)
    assert [each for each in told if each in DIFFERENCES] == list(DIFFERENCES)
