"""The province office of a workspace: its root, its trust bundles, its acts in the log."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from ocoptrace import canonical_json
from ocoptrace.errors import WorkspaceError
from ocoptrace.signing import Root, TrustBundle, base64url, sign_statement
from ocoptrace.signing.bundle import Grant, KeyEntry, Log, LogKey, sign_bundle
from ocoptrace.signing.root import sign_root
from ocoptrace.signing.signed_file import PUBLIC_SALT, SignedFile
from ocoptrace.signing.statement import KINDS
from ocoptrace.workspace.recording import keep

if TYPE_CHECKING:
    from datetime import datetime

    from ocoptrace.signing import PublicKey, Signer
    from ocoptrace.workspace.setting import Setting

__all__ = ["PRODUCER_KINDS", "Office", "found", "new_code"]

PRODUCER_KINDS: Final = (
    "place", "product", "batch", "event", "evidence", "record", "alias", "seal",
)  # fmt: skip
"""What a producer's key may state: everything about its own goods but their grade."""

_CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_SYMBOLS = 8
_ROOT_KEYS, _ROOT_THRESHOLD = ("root-1", "root-2", "root-3"), 2
_ROOT_LIFETIME = timedelta(days=5 * 365)
_OFFICE_KEY_LIFETIME = timedelta(days=365)
_PRODUCER_KEY_LIFETIME = timedelta(days=2 * 365)
_LOG_KEY_LIFETIME = timedelta(days=5 * 365)


def new_code() -> str:
    """Return a random code of 8 symbols: it says nothing about whom it is issued to."""
    return "".join(secrets.choice(_CODE_ALPHABET) for _ in range(_CODE_SYMBOLS))


@dataclass(frozen=True)
class Office:
    """The office: it registers producers, grants rights, and publishes bundles.

    Attributes:
        issuer: its URI, the ``iss`` of its statements.
        setting: where it works.
    """

    issuer: str
    setting: Setting

    @property
    def signer(self) -> Signer:
        """The office's own key."""
        return self.setting.keyring.signer("office")

    def root(self) -> Root:
        """Return the newest root."""
        return Root.load(self.trust_file("root"))

    def bundle(self) -> TrustBundle:
        """Return the newest trust bundle."""
        return TrustBundle.load(self.trust_file("bundle"), root=self.root())

    def trust_file(self, kind: str) -> bytes:
        """Return the newest ``root`` or ``bundle`` file.

        Raises:
            WorkspaceError: there is none.
        """
        data = self.setting.store.trust_file(kind)
        if data is None:
            raise WorkspaceError("workspace.no_trust_file", kind=kind)
        return data

    def grant_for(
        self,
        issuer: str,
        *,
        gtin_prefixes: tuple[str, ...],
        gtins: tuple[str, ...],
        now: datetime,
    ) -> Grant:
        """Return the grant of a producer for its own names, not yet given.

        Args:
            issuer: the producer's URI; its plain names begin with it.
            gtin_prefixes: its GS1 company prefixes, if it has any.
            gtins: single GTINs that are its own.
            now: the time of the act, aware.
        """
        start = now.replace(microsecond=0)
        return Grant(
            kinds=PRODUCER_KINDS,
            from_=start,
            until=start + _PRODUCER_KEY_LIFETIME,
            gtin_prefixes=gtin_prefixes,
            gtins=gtins,
            name_prefixes=(f"{issuer}/",),
        )

    def grant_key(
        self,
        key: PublicKey,
        grant: Grant,
        *,
        issuer: str,
        name: dict[str, str],
        shelf_life: timedelta,
        now: datetime,
    ) -> KeyEntry:
        """Return a producer's key with its grant, and log the act.

        Call it inside ``store.writing()``, and publish a bundle with the entry.

        Args:
            key: the producer's public key.
            grant: what it may state.
            issuer: the producer's URI.
            name: the producer's name per language.
            shelf_life: the longest of its products; its seals stay good so much longer.
            now: the time of the act, aware.
        """
        entry = KeyEntry(
            key=base64url.encode(key.cose_key),
            issuer=issuer,
            name=name,
            role="producer",
            sign_from=grant.from_,
            sign_until=grant.until,
            seal_until=grant.until + shelf_life,
            grants=(grant,),
        )
        self._log_key(entry, now=now)
        return entry

    def widen(
        self, entry: KeyEntry, grant: Grant, *, shelf_life: timedelta, now: datetime
    ) -> KeyEntry:
        """Return a producer's key with one grant more, and log the act.

        The grant ends with the key. Call it inside ``store.writing()``, and publish a bundle.
        """
        added = grant.model_copy(update={"until": entry.sign_until})
        seal_until = max(entry.seal_until, entry.sign_until + shelf_life)
        wider = entry.model_copy(
            update={"grants": (*entry.grants, added), "seal_until": seal_until}
        )
        self._log_key(wider, now=now)
        return wider

    def _log_key(self, entry: KeyEntry, *, now: datetime) -> None:
        statement, salt = sign_statement(
            "key",
            entry.text().encode(),
            issuer=self.issuer,
            subject=entry.public_key.thumbprint_uri,
            signer=self.signer,
            now=now,
        )
        keep(self.setting.store, statement, entry.text().encode(), salt)

    def publish(self, keys: tuple[KeyEntry, ...], logs: tuple[Log, ...], *, now: datetime) -> None:
        """Make the next bundle version and log it. Call it inside ``store.writing()``."""
        previous = self.setting.store.trust_file("bundle")
        version = 1
        if previous is not None:
            version = TrustBundle.load(previous, root=self.root()).version + 1
        file = sign_bundle(
            version,
            root=self.root(),
            namespaces=(self.setting.host,),
            keys=keys,
            logs=logs,
            issuer=self.issuer,
            signer=self.signer,
            now=now,
        )
        self._keep_file("bundle", version, file)

    def _keep_file(self, kind: str, version: int, file: SignedFile) -> None:
        self.setting.store.add_trust_file(kind, version, file.to_bytes())
        for statement in file.signatures:
            keep(self.setting.store, statement, file.signed.encode(), PUBLIC_SALT)


def found(office: Office, *, now: datetime) -> None:
    """Found an office: policy, root, its own keys, the first bundle; all in one transaction.

    Entry 0 of the log is its policy, entry 1 the first root (formats, section 7); the root's
    other signatures follow, because each is a statement of its own.
    """
    start = now.replace(microsecond=0)
    log_signer = office.setting.log.signer.signer
    name = {"vi": "Văn phòng tỉnh (mẫu)", "en": "Province office (sample)"}
    office_key = _own_key(office, office.signer.public_key, "authority", name, start)
    log_key = _own_key(office, log_signer.public_key, "log", name, start)
    log = Log(
        origin=office.setting.log.origin,
        keys=(LogKey(vkey=str(office.setting.log.signer.verifier_key)),),
        witnesses=tuple(str(witness.verifier_key) for witness in office.setting.log.witnesses),
        quorum=len(office.setting.log.witnesses),
        operator=office.issuer,
    )
    root_file = sign_root(
        1,
        expires=start + _ROOT_LIFETIME,
        signers=[office.setting.keyring.signer(name) for name in _ROOT_KEYS],
        threshold=_ROOT_THRESHOLD,
        bundle_keys=[office_key.public_key],
        issuer=office.issuer,
        now=now,
    )
    policy = canonical_json.dumps({"accepts": list(KINDS), "origin": office.setting.log.origin})
    with office.setting.store.writing():
        statement, salt = sign_statement(
            "policy",
            policy,
            issuer=office.issuer,
            subject=office.setting.log.origin,
            signer=log_signer,
            now=now,
        )
        keep(office.setting.store, statement, policy, salt)
        office._keep_file("root", 1, root_file)  # noqa: SLF001 - same module
        for entry in (office_key, log_key):
            office._log_key(entry, now=now)  # noqa: SLF001 - same module
        office.publish((office_key, log_key), (log,), now=now)


def _own_key(
    office: Office, key: PublicKey, role: str, name: dict[str, str], start: datetime
) -> KeyEntry:
    end = start + (_OFFICE_KEY_LIFETIME if role == "authority" else _LOG_KEY_LIFETIME)
    return KeyEntry.model_validate(
        {
            "key": base64url.encode(key.cose_key),
            "issuer": office.issuer,
            "name": name,
            "role": role,
            "sign_from": start,
            "sign_until": end,
            "seal_until": end,
        }
    )
