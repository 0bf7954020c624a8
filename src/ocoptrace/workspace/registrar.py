"""Taking a registry over: producer, places, products, grades and batches become statements."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from ocoptrace import canonical_json
from ocoptrace.errors import RegistryError
from ocoptrace.findings import Finding
from ocoptrace.gs1 import DigitalLink, parse_name
from ocoptrace.messages import Term
from ocoptrace.registry import Grade, Place, Producer, read_registry
from ocoptrace.signing import sign_statement
from ocoptrace.signing.entitlement import covers
from ocoptrace.verify.policy import civil_date
from ocoptrace.workspace.gate import held_by_another, key_of, keys_of, taken
from ocoptrace.workspace.granting import (
    DEFAULT_SHELF_LIFE,
    grant_for,
    list_producer,
    new_code,
    widen,
)
from ocoptrace.workspace.recording import keep
from ocoptrace.workspace.registration import registered_as

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from ocoptrace.gs1 import Name
    from ocoptrace.registry import Batch, Entry, Product, Registry
    from ocoptrace.signing import Signer, TrustBundle
    from ocoptrace.signing.bundle import Grant
    from ocoptrace.workspace.act import Act
    from ocoptrace.workspace.setting import Setting, Speaker

__all__ = ["confirm", "known_code", "lapsed", "local_name", "take_over", "take_over_as_registered"]

_DAYS_A_MONTH: Final = 31


def local_name(producer: Producer) -> str:
    """Return what tells a producer of a file apart, before it has a code."""
    return f"{producer.names.vi}, {producer.address.commune_code}"


def known_code(setting: Setting, producer: Producer) -> str | None:
    """Return the code that a producer was issued before, or None."""
    known = setting.store.registered("producer", local_name(producer))
    return canonical_json.loads(known[1])["id"] if known else None


def take_over(act: Act, data: bytes) -> Registry:
    """State everything of a registry file, as its producer and as the office; all or nothing.

    A producer that is new is registered. What is known is not stated again.

    Args:
        act: what this belongs to: the office is here.
        data: the file.

    Returns:
        The registry, its producer under the code that it has or was given.

    Raises:
        RegistryError: the file has faults, every one in its findings; or it names what is
            not its producer's.
    """
    setting = act.setting
    # The code is looked up and given in the same transaction: two imports make one producer.
    registry = _read(setting, data)
    _admit(act, registry)
    _state(setting, registry.producer, issuer=act.issuer, signer=act.signer, now=act.now)
    _state_own(setting, registry, now=act.now)
    for grade in registry.grades:
        _state(setting, grade, issuer=act.issuer, signer=act.signer, now=act.now)
    return registry


def take_over_as_registered(setting: Setting, data: bytes, *, now: datetime) -> Registry:
    """State what is a producer's own of a registry file, where another's office registered it.

    What is the office's to state counts where its own statement was accepted; for what was
    not, the registry has a finding.

    Args:
        setting: where.
        data: the file.
        now: the time, aware.

    Returns:
        The registry, its producer under the code that the office gave it.

    Raises:
        RegistryError: as for ``take_over``.
        WorkspaceError: the office has not registered the producer.
    """
    named = read_registry(data, producer_id=new_code(), namespace_host=setting.host)
    issuer = registered_as(setting, named.producer.names.vi).issuer
    code = issuer.rpartition("/")[2]
    registry = read_registry(data, producer_id=code, namespace_host=setting.host)
    with setting.store.writing():
        findings = _take_from_office(setting, registry, issuer=issuer)
        _state_own(setting, registry, now=now)
    setting.log.checkpoint(now=now)
    return replace(registry, findings=(*registry.findings, *findings))


def confirm(act: Act, data: bytes, code: str, *, granted: Sequence[Grant]) -> list[Finding]:
    """State as the office who a producer is and what its grades are; see ``Office.confirm``."""
    setting = act.setting
    registry = read_registry(data, producer_id=code, namespace_host=setting.host)
    for place, grade in enumerate(registry.grades):
        if not any(covers(grant, parse_name(grade.product)) for grant in granted):
            raise RegistryError(
                "workspace.not_entitled_name", place=f"/grades/{place}", what=grade.product
            )
    entries: tuple[Producer | Grade, ...] = (registry.producer, *registry.grades)
    for entry in entries:
        _state(setting, entry, issuer=act.issuer, signer=act.signer, now=act.now)
    return [*registry.findings, *lapsed(registry.grades, today=civil_date(act.now))]


def _take_from_office(setting: Setting, registry: Registry, *, issuer: str) -> list[Finding]:
    """Take over what the office stated of a file's entries; return a finding for what it did not.

    The producer's own words stand for the producer until then: a label needs a name.
    """
    authorities = {e.issuer for e in setting.trust.bundle().keys if e.role == "authority"}
    findings = []
    entries: list[tuple[str, Producer | Grade]] = [
        ("/producer", registry.producer),
        *((f"/grades/{place}", grade) for place, grade in enumerate(registry.grades)),
    ]
    for place, entry in entries:
        said = canonical_json.dumps(entry.public())
        name, subject = _local(entry)
        by = next(
            (
                stored.statement
                for stored in setting.store.statements(entry.type)
                if stored.statement.issuer in authorities and stored.payload == said
            ),
            None,
        )
        if by is None:
            facts = {"kind": Term(entry.type, f"workspace.kind_{entry.type}")}
            findings.append(Finding("workspace.not_stated_by_office", "warning", place, facts))
        if by is not None or isinstance(entry, Producer):
            setting.store.register(
                entry.type,
                name,
                # The producer stands once among the producers, whoever spoke of it.
                issuer=issuer if by is None or isinstance(entry, Producer) else by.issuer,
                subject=subject if by is None else by.subject,
                data=said.decode(),
            )
    return findings


def _state_own(setting: Setting, registry: Registry, *, now: datetime) -> None:
    """State as the producer what is its own to state."""
    speaker = setting.speaker(registry.producer.id)
    own: tuple[Place | Product | Batch, ...] = (
        *registry.places,
        *registry.materials,
        *registry.products,
        *registry.batches,
    )
    for entry in own:
        _check_own(setting.trust.bundle(), entry, speaker, now=now)
        _state(setting, entry, issuer=speaker.issuer, signer=speaker.signer, now=now)


def _read(setting: Setting, data: bytes) -> Registry:
    registry = read_registry(data, producer_id=new_code(), namespace_host=setting.host)
    code = known_code(setting, registry.producer)
    if code is None:
        return registry
    return read_registry(data, producer_id=code, namespace_host=setting.host)


def lapsed(grades: Sequence[Grade], *, today: date) -> list[Finding]:
    """Return a warning for each grade that has ended, with its place in the file."""
    return [
        Finding(
            "registry.grade_expired",
            "warning",
            f"/grades/{number}/validTo",
            {"stars": grade.stars, "until": grade.valid_to},
        )
        for number, grade in enumerate(grades)
        if grade.valid_to < today
    ]


def _admit(act: Act, registry: Registry) -> None:
    """Register a producer with the office; give it a key, or a wider grant, where it has none.

    Raises:
        RegistryError: the file claims what another producer was granted.
    """
    producer = registry.producer
    issuer = act.setting.issuer(producer.id)
    trust = act.setting.trust.bundle()
    claim = grant_for(
        issuer,
        gtin_prefixes=producer.company_prefixes,
        gtins=tuple(product.gtin for product in registry.products if product.gtin),
        now=act.now,
    )
    _check_free(claim, trust, issuer=issuer)
    if producer.gln is not None:
        _check_gln(trust, DigitalLink.of(("414", producer.gln)), issuer=issuer)
    months = [p.shelf_life_months for p in registry.products if p.shelf_life_months]
    shelf_life = timedelta(days=_DAYS_A_MONTH * max(months, default=0)) or DEFAULT_SHELF_LIFE
    known = key_of(trust, issuer, at=act.now)
    if known is not None:
        widen(act, known, claim, shelf_life=shelf_life)
    elif not keys_of(trust, issuer):
        key = act.new_key(f"producer-{producer.id}").public_key
        name = producer.names.public()
        list_producer(act, key, claim, issuer=issuer, name=name, shelf_life=shelf_life)
    # What the producer states from here on is judged by the bundle that lists its key.
    act.publish()


def _check_free(claim: Grant, trust: TrustBundle, *, issuer: str) -> None:
    """Refuse a claim to what another producer was granted."""
    for entry in trust.keys:
        for held in entry.grants if entry.issuer != issuer else ():
            what = taken(claim, held)
            if what is not None:
                raise RegistryError("registry.name_of_another", what=what)


def _check_gln(trust: TrustBundle, gln: Name, *, issuer: str) -> None:
    """Refuse a GLN of another producer's; one of a port or laboratory is nobody's here."""
    if held_by_another(trust, gln, issuer=issuer):
        raise RegistryError("registry.name_of_another", what=gln.canonical())


def _check_own(
    trust: TrustBundle, entry: Place | Product | Batch, speaker: Speaker, *, now: datetime
) -> None:
    name = parse_name(entry.id)
    names = [entry.id]
    if isinstance(entry, Place) and isinstance(name, DigitalLink):
        _check_gln(trust, name, issuer=speaker.issuer)
        names = []
    speaker.check_entitled(entry.type, names, at=now, error=RegistryError)


def _local(entry: Entry) -> tuple[str, str]:
    """Return what tells an entry of a file apart, and the subject of a first statement of it."""
    match entry:
        case Grade():
            return f"{entry.product} {entry.decision_no}", entry.product
        case Producer():
            return local_name(entry), f"urn:uuid:{uuid4()}"
        case Place():
            # A person or a place may be known by no public name, so theirs is a random one.
            return entry.id, f"urn:uuid:{uuid4()}"
        case _:
            return entry.id, entry.id


def _state(
    setting: Setting,
    entry: Producer | Place | Product | Grade | Batch,
    *,
    issuer: str,
    signer: Signer,
    now: datetime,
) -> None:
    """State an entry, unless that is what its issuer said of it last."""
    name, subject = _local(entry)
    payload = canonical_json.dumps(entry.public())
    known = setting.store.registered(entry.type, name, issuer=issuer)
    if known is not None:
        subject, said = known
        if said == payload.decode():
            return
    statement, salt = sign_statement(
        entry.type, payload, issuer=issuer, subject=subject, signer=signer, now=now
    )
    keep(setting.store, statement, payload, salt)
    setting.store.register(entry.type, name, issuer=issuer, subject=subject, data=payload.decode())
