"""A certificate that names a key's holder: told where its signature holds, and deciding nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocoptrace.signing.bundle import CertificateNote, Revocation
from vectors.trust_cases.case import alone, label, record, statement
from vectors.trust_cases.label_form import LINK, NUMBER
from vectors.trust_cases.trust_rules import CERTIFICATE
from village import KEYS, NOW, PRODUCER, Tale, Village, bundle_file, grant, key_entry, publish

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vectors.trust_cases.case import Case

NOTE = CertificateNote.model_validate(CERTIFICATE)
NAMED = "certificate pass named"
SEALED = f"{LINK}#{NUMBER}"


def cases() -> Iterator[Case]:
    named = [entry.model_copy(update={"certificate": NOTE}) for entry in KEYS[:2]]
    keys = [*named, *KEYS[2:]]
    bundle, trust = bundle_file(keys=keys).to_bytes(), publish(keys=keys)
    tale = Tale(trust)
    yield record(
        "certificate-record",
        "The holders of two keys of a record are named by certificates.",
        tale.record(),
        "ok",
        NAMED,
        "-grade",
        bundle=bundle,
    )
    yield label(
        "certificate-label",
        "The holder of a seal's key is named by a certificate.",
        SEALED,
        "ok_offline",
        NAMED,
        bundle=bundle,
    )
    other = [*KEYS[:2], KEYS[2].model_copy(update={"certificate": NOTE})]
    yield label(
        "certificate-of-another-key",
        "A certificate names the holder of another key than the seal's.",
        SEALED,
        "ok_offline",
        bundle=bundle_file(keys=other).to_bytes(),
    )
    yield statement(
        "certificate-statement",
        "The holder of a statement's key is named by a certificate; nothing is logged.",
        alone(Village().state_batch()),
        "unproven",
        NAMED,
        "logged fail",
        "witnessed fail",
        bundle=bundle,
    )
    lost = Revocation(key=PRODUCER.signer.public_key.thumbprint.hex(), reason="compromised", at=NOW)
    yield label(
        "certificate-revoked",
        "A certificate keeps nothing good that a revocation reaches.",
        SEALED,
        "revoked",
        NAMED,
        "revocation fail seal_revoked",
        bundle=bundle_file(keys=keys, revocations=[lost]).to_bytes(),
    )
    narrow = key_entry(PRODUCER, grant(gtin_prefixes=("9520000",))).model_copy(
        update={"certificate": NOTE}
    )
    yield label(
        "certificate-grants-nothing",
        "A certificate entitles to nothing: the key has no grant for the goods.",
        SEALED,
        "not_entitled",
        NAMED,
        "entitlement fail name",
        bundle=bundle_file(keys=[KEYS[0], narrow]).to_bytes(),
    )
