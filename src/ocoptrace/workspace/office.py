"""The province office of a workspace: it registers, grants, revokes, and publishes bundles.

Each act is one transaction: what it states is logged, the next bundle lists it, and whoever
goes by the office needs that bundle. ``Office.acts`` tells what was done before.

>>> import tempfile, pathlib
>>> from ocoptrace.workspace import Workspace
>>> ws = Workspace.create(pathlib.Path(tempfile.mkdtemp()) / "office", host="id.example")
>>> ws.office.renew().version
2
>>> [act.kind for act in ws.office.acts()]
['root', 'root', 'root', 'key', 'key', 'bundle', 'bundle']
>>> ws.close()
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from ocoptrace.errors import WorkspaceError
from ocoptrace.signing.registration import RegistrationRequest
from ocoptrace.workspace import recognition, revocation, rotation
from ocoptrace.workspace.gate import key_of, keys_of
from ocoptrace.workspace.granting import (
    CODE_SYMBOLS,
    DEFAULT_SHELF_LIFE,
    check_free,
    check_new,
    check_request,
    drop_holder,
    grant_for,
    list_log,
    list_producer,
    new_code,
    note_holder,
    widen,
)
from ocoptrace.workspace.own_keys import OwnKeys
from ocoptrace.workspace.past_acts import past_acts
from ocoptrace.workspace.recognised_offices import recognised_keys
from ocoptrace.workspace.registrar import confirm

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from ocoptrace.findings import Finding
    from ocoptrace.signing import TrustBundle
    from ocoptrace.signing.bundle import CertificateNote, KeyEntry, LabelDuty, Revocation
    from ocoptrace.signing.key_binding import KeyBinding
    from ocoptrace.workspace.act import Act
    from ocoptrace.workspace.past_acts import PastAct
    from ocoptrace.workspace.recognition import Claim

__all__ = ["Office"]


@dataclass(frozen=True)
class Office(OwnKeys):
    """The office that a workspace has of its own."""

    def register(
        self,
        request: bytes,
        *,
        trust_witnesses: bool = False,
        shelf_life: timedelta = DEFAULT_SHELF_LIFE,
    ) -> KeyEntry:
        """Register a producer that asks for it: its key, its names, its log.

        Args:
            request: the file that the producer's workspace wrote. The office has checked who
                brought it; the file proves only that its writer holds the key.
            trust_witnesses: let the witnesses of the producer's log count, because the office
                knows that others run them. If not, only those count that the bundle lists
                already: nobody is the witness of his own log.
            shelf_life: the longest of its products; its seals stay good so much longer than
                its key.

        Returns:
            Its key, under the random code that ends its issuer URI.

        Raises:
            SigningError: not a request, or its signature fails.
            WorkspaceError: the request is not for this office or not of these days; the key is
                registered already; a name or the log is another's.
        """
        asked = RegistrationRequest.parse(request)
        with self.acting() as act:
            check_request(act, asked, follows=None)
            check_new(act, asked.public_key)
            issuer = self.setting.issuer(new_code())
            claim = grant_for(
                issuer, gtin_prefixes=asked.gtin_prefixes, gtins=asked.gtins, now=act.now
            )
            check_free(act, claim, issuer=issuer)
            list_log(act, asked, operator=issuer, trust_witnesses=trust_witnesses)
            return list_producer(
                act,
                asked.public_key,
                claim,
                issuer=issuer,
                name=asked.name,
                shelf_life=shelf_life,
            )

    def grant(
        self,
        code: str,
        *,
        gtin_prefixes: Iterable[str] = (),
        gtins: Iterable[str] = (),
        labels: Iterable[LabelDuty] = (),
        shelf_life: timedelta = timedelta(0),
    ) -> KeyEntry:
        """Grant a producer more: GS1 company prefixes, single GTINs, duties of its labels.

        The grant ends with the producer's key. What it has already is not granted twice.

        Returns:
            Its newest key with its grants.

        Raises:
            SigningError: not a prefix, not a GTIN.
            WorkspaceError: no such producer, its keys are revoked or have ended, a name is
                another's, or a label's product not the producer's.
        """
        with self.acting() as act:
            newest = self.newest(code)
            entry = key_of(self.setting.trust.bundle(), newest.issuer, at=act.now)
            if entry is None:
                raise WorkspaceError("workspace.key_revoked", issuer=newest.issuer)
            claim = grant_for(entry.issuer, gtin_prefixes=gtin_prefixes, gtins=gtins, now=act.now)
            check_free(act, claim, issuer=entry.issuer)
            return widen(act, entry, claim, labels=list(labels), shelf_life=shelf_life)

    def confirm(self, registry: bytes, code: str) -> list[Finding]:
        """State what is the office's to state of a producer that keeps its own workspace.

        That is the producer's entry and its grades, which the office has checked against its
        own decisions. They reach the producer in the office's next record of its goods.

        Args:
            registry: the producer's story or registry file.
            code: under which it is registered.

        Returns:
            What was noticed about the file.

        Raises:
            RegistryError: the file has faults; or it grades what is not the producer's.
            WorkspaceError: no such producer.
        """
        with self.acting() as act:
            return confirm(act, registry, code, granted=self.newest(code).grants)

    def revoke(
        self,
        key: str,
        reason: str,
        *,
        seen_before: datetime | None = None,
        checkpoint: str | None = None,
        batches: Iterable[str] | None = None,
    ) -> Revocation:
        """Revoke a key: it signs nothing more. What of it stays good depends on the reason.

        ``superseded`` and ``ceased``: what it said before, and its seals. ``compromised``: of
        its statements, those that the checkpoint covers; of its seals, none but those of the
        batches named, and they with a warning. Where no checkpoint is given, nothing stays good.

        Args:
            key: the code of a producer with one key, or the beginning of a thumbprint (hex).
            reason: ``superseded``, ``ceased`` or ``compromised``.
            seen_before: when the key was lost, at the earliest: the newest checkpoint of the
                office's own log before that is taken.
            checkpoint: a checkpoint that the office kept, as a signed note; of any log that
                the bundle lists.
            batches: names of the batches that were packed by then; where left out, all that
                the checkpoint covers in the office's own log.

        Raises:
            WorkspaceError: no such key, more than one, revoked already, the office's own key
                in use, or no checkpoint from before that time.
            ProofError: a checkpoint that is not signed as it should be.
        """
        with self.acting(urgent=True) as act:
            entry = self.find(act, key)
            if entry.public_key == act.signer.public_key:
                raise WorkspaceError("workspace.key_in_use", key=entry.thumbprint[:16])
            made = revocation.revocation_of(
                act,
                entry,
                reason,
                seen_before=seen_before,
                checkpoint=checkpoint,
                batches=batches,
            )
            act.revoke(made, entry)
        return made

    def certify(self, binding: KeyBinding, note: CertificateNote) -> KeyEntry:
        """Note in the next bundle whom a licensed CA names as the holder of a key.

        Args:
            binding: by which the holder of the certificate signed for the key.
            note: what was found of it; see ``certifying.note_of``.

        Raises:
            WorkspaceError: no such key of that issuer, or it is revoked.
        """
        with self.acting() as act:
            return note_holder(act, binding, note)

    def drop_certificate(self, key: str) -> KeyEntry:
        """Take the name that a CA gave a key's holder out of the next bundle.

        Args:
            key: the code of a producer with one key, or the beginning of a thumbprint (hex).

        Raises:
            WorkspaceError: no such key, more than one, or none is noted.
        """
        with self.acting(urgent=True) as act:
            return drop_holder(act, self.find(act, key))

    def recognise(self, bundle: bytes, *, roots: Iterable[bytes]) -> TrustBundle:
        """Recognise another office: list its own keys, revocations and logs.

        To be done again with its newer bundles: what it lists now takes the place of what it
        listed then. What it may state of goods is limited to its own producers' goods.

        Args:
            bundle: its bundle file.
            roots: its root file, whose fingerprint a person has compared; where it was
                recognised before, the same or those that follow it, step by step.

        Returns:
            The new bundle of this office.

        Raises:
            SigningError: not its bundle, or one older than was recognised before.
            WorkspaceError: it lists a host or name that is another's here, or what lies on
                none of its hosts; or it has expired, or is too much.
        """
        with self.acting(urgent=True) as act:
            recognition.recognise(act, bundle, roots=roots)
        return self.setting.trust.bundle()

    def examine(self, bundle: bytes, *, roots: Iterable[bytes]) -> Claim:
        """Return what another office would be recognised for, so that a person can decide.

        Args:
            bundle: its bundle file.
            roots: its root files, the newest last.

        Raises:
            SigningError: not its root or bundle.
            WorkspaceError: it vouches for what lies on none of its hosts, or for too much.
        """
        return recognition.examine(self.issuer, bundle, roots=roots)

    def forget(self, office: str) -> TrustBundle:
        """Recognise another office no longer: what it brought is dropped; revocations stay.

        Args:
            office: its URI.

        Returns:
            The new bundle of this office.

        Raises:
            WorkspaceError: it is not recognised.
        """
        with self.acting(urgent=True) as act:
            recognition.forget(act, office)
        return self.setting.trust.bundle()

    def renew(self) -> TrustBundle:
        """Publish a bundle that says the same anew, so that it does not expire.

        Raises:
            WorkspaceError: the bundle of a recognised office has expired.
        """
        with self.acting() as act:
            act.publish(even_unchanged=True)
        return self.setting.trust.bundle()

    def rotate(
        self,
        code: str | None = None,
        request: bytes | None = None,
        *,
        overlap: timedelta = rotation.OVERLAP,
        pkcs11: str | None = None,
    ) -> KeyEntry:
        """Give a producer a new key with the grants of the old, which retires.

        Args:
            code: the producer's code; may be left out where the workspace has one producer.
            request: the producer's request with its new key; where left out, the key is made
                and kept in this workspace.
            overlap: how long the old key may still sign. Its seals stay good as long as before.
            pkcs11: the PKCS#11 URI of the key, where it is on a token and no new one in a file.

        Returns:
            The new key.

        Raises:
            StorageError: the token or its key is not there.
            SigningError: not a request, or its signature fails.
            WorkspaceError: no such producer; the request is not for this office, not for the
                producer's newest key, or not of these days; the key is registered already.
        """
        asked = None if request is None else RegistrationRequest.parse(request)
        code = code or self.setting.producer(None).id
        with self.acting(urgent=True) as act:
            old = self.newest(code)
            if asked is not None:
                check_request(act, asked, follows=old)
            if asked is None:
                key = act.new_key(f"producer-{code}", pkcs11=pkcs11).public_key
            else:
                key = asked.public_key
            check_new(act, key)
            if asked is not None:
                list_log(act, asked, operator=old.issuer, trust_witnesses=False)
            return rotation.succeed(act, old, key, overlap=overlap)

    def acts(self) -> list[PastAct]:
        """Return what the office did, the earliest first."""
        return past_acts(self.setting.store, self.issuer)

    # What acts are made of

    def codes(self) -> list[str]:
        """Return the codes of this office's producers, sorted; not of a recognised one's."""
        return sorted({entry.issuer.rpartition("/")[2] for entry in self._producer_keys()})

    def _producer_keys(self) -> list[KeyEntry]:
        theirs = recognised_keys(self.setting.store)
        return [
            entry
            for entry in self.setting.trust.bundle().keys
            if entry.role == "producer" and entry.thumbprint not in theirs
        ]

    def newest(self, code: str) -> KeyEntry:
        """Return the newest key of a producer of this office's, not of a recognised one's.

        Raises:
            WorkspaceError: no such producer.
        """
        issuer = self.setting.issuer(code)
        own = {entry.thumbprint for entry in self._producer_keys()}
        entries = [
            entry
            for entry in keys_of(self.setting.trust.bundle(), issuer)
            if entry.thumbprint in own
        ]
        if not entries:
            raise WorkspaceError("workspace.no_producer", producer=code)
        return entries[0]

    def find(self, act: Act, key: str) -> KeyEntry:
        """Return the key with a code or a beginning of its thumbprint.

        Raises:
            WorkspaceError: none, or more than one.
        """
        issuer = self.setting.issuer(key)
        revoked = {each.key for each in act.revocations}
        found = [e for e in act.keys if e.issuer == issuer and e.thumbprint not in revoked]
        if not found and len(key) >= CODE_SYMBOLS:
            found = [entry for entry in act.keys if entry.thumbprint.startswith(key.lower())]
        if len(found) != 1:
            known = ", ".join(entry.thumbprint[:16] for entry in found)
            raise WorkspaceError("workspace.which_key", key=key, known=known or "–")
        return found[0]
