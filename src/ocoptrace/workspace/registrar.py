"""Taking a registry over: producer, places, products, grades and batches become statements."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from ocoptrace import canonical_json
from ocoptrace.errors import RegistryError
from ocoptrace.findings import Finding
from ocoptrace.gs1 import DigitalLink, parse_name
from ocoptrace.registry import Grade, Place, Producer, read_registry
from ocoptrace.signing import sign_statement
from ocoptrace.workspace.gate import beyond, check_entitled, held_by_another, key_of, taken
from ocoptrace.workspace.office import new_code
from ocoptrace.workspace.recording import keep

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from ocoptrace.gs1 import Name
    from ocoptrace.registry import Batch, Entry, Product, Registry
    from ocoptrace.signing import Signer, TrustBundle
    from ocoptrace.signing.bundle import Grant
    from ocoptrace.workspace.office import Office
    from ocoptrace.workspace.setting import Setting

__all__ = ["known_code", "lapsed", "local_name", "take_over"]

_DEFAULT_SHELF_LIFE: Final = timedelta(days=3 * 365)
_DAYS_A_MONTH: Final = 31


def local_name(producer: Producer) -> str:
    """Return what tells a producer of a file apart, before it has a code."""
    return f"{producer.names.vi}, {producer.address.commune_code}"


def known_code(setting: Setting, producer: Producer) -> str | None:
    """Return the code that a producer was issued before, or None."""
    known = setting.store.registered("producer", local_name(producer))
    return canonical_json.loads(known[1])["id"] if known else None


def take_over(setting: Setting, office: Office, data: bytes, *, now: datetime) -> Registry:
    """State everything of a registry file, in one transaction; what is known is not stated.

    Returns:
        The registry, its producer under the code that it has or was given.

    Raises:
        RegistryError: the file has faults, every one in its findings; or it names what is
            not its producer's.
    """
    # Whoever cannot sign as the office makes no key for anybody.
    signer_of_office = office.signer
    # The code is looked up and given in the same transaction: two imports make one producer.
    with ExitStack() as undo:
        with setting.store.writing():
            registry = _read(setting, data)
            trust = _admit(setting, office, registry, undo, now=now)
            issuer = setting.issuer(registry.producer.id)
            signer = setting.signer_of(registry.producer.id)
            own: tuple[Place | Product | Batch, ...] = (
                *registry.places,
                *registry.materials,
                *registry.products,
                *registry.batches,
            )
            for entry in own:
                _check_own(trust, entry, issuer=issuer, now=now)
                _state(setting, entry, issuer=issuer, signer=signer, now=now)
            for grade in registry.grades:
                _state(setting, grade, issuer=office.issuer, signer=signer_of_office, now=now)
        undo.pop_all()
    return registry


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


def _admit(
    setting: Setting, office: Office, registry: Registry, undo: ExitStack, *, now: datetime
) -> TrustBundle:
    """Register a producer with the office; give it a key, or a wider grant, where it has none.

    Args:
        setting: where.
        office: by whom.
        registry: the file of the producer.
        undo: what is to be done if all this is not committed.
        now: the time of the act, aware.

    Returns:
        The bundle then in force.

    Raises:
        RegistryError: the file claims what another producer was granted.
    """
    producer = registry.producer
    issuer = setting.issuer(producer.id)
    trust = office.bundle()
    claim = office.grant_for(
        issuer,
        gtin_prefixes=producer.company_prefixes,
        gtins=tuple(product.gtin for product in registry.products if product.gtin),
        now=now,
    )
    _check_free(claim, trust, issuer=issuer)
    if producer.gln is not None:
        _check_gln(trust, DigitalLink.of(("414", producer.gln)), issuer=issuer)
    months = [p.shelf_life_months for p in registry.products if p.shelf_life_months]
    shelf_life = timedelta(days=_DAYS_A_MONTH * max(months, default=0)) or _DEFAULT_SHELF_LIFE
    held = key_of(trust, issuer)
    keys = trust.keys
    if held is None:
        key_name = f"producer-{producer.id}"
        signer = setting.keyring.generate(key_name, "ES256")
        undo.callback(setting.keyring.discard, key_name)
        name = producer.names.public()
        given = office.grant_key(
            signer.public_key, claim, issuer=issuer, name=name, shelf_life=shelf_life, now=now
        )
        keys = (*keys, given)
    else:
        more = beyond(claim, held.grants)
        if more.gtin_prefixes or more.gtins:
            wider = office.widen(held, more, shelf_life=shelf_life, now=now)
            keys = tuple(wider if entry is held else entry for entry in keys)
    if keys != trust.keys:
        office.publish(keys, trust.logs, now=now)
    _state(setting, producer, issuer=office.issuer, signer=office.signer, now=now)
    return office.bundle()


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
    trust: TrustBundle, entry: Place | Product | Batch, *, issuer: str, now: datetime
) -> None:
    name = parse_name(entry.id)
    names = [entry.id]
    if isinstance(entry, Place) and isinstance(name, DigitalLink):
        _check_gln(trust, name, issuer=issuer)
        names = []
    check_entitled(trust, entry.type, names, issuer=issuer, at=now, error=RegistryError)


def _state(setting: Setting, entry: Entry, *, issuer: str, signer: Signer, now: datetime) -> None:
    """State an entry, unless that is what its issuer said of it last."""
    match entry:
        case Grade():
            name, subject = f"{entry.product} {entry.decision_no}", entry.product
        case Producer():
            name, subject = local_name(entry), ""
        case _:
            name, subject = entry.id, entry.id
    payload = canonical_json.dumps(entry.public())
    known = setting.store.registered(entry.type, name, issuer=issuer)
    if known is not None:
        subject, said = known
        if said == payload.decode():
            return
    elif isinstance(entry, Place | Producer):
        # A person or a place may be known by no public name, so its statements bear a random one.
        subject = f"urn:uuid:{uuid4()}"
    statement, salt = sign_statement(
        entry.type, payload, issuer=issuer, subject=subject, signer=signer, now=now
    )
    keep(setting.store, statement, payload, salt)
    setting.store.register(entry.type, name, issuer=issuer, subject=subject, data=payload.decode())
