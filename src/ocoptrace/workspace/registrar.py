"""Taking a registry over: producer, places, products, grades and batches become statements."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from ocoptrace import canonical_json
from ocoptrace.findings import Finding
from ocoptrace.registry import Grade, Place, Producer, read_registry
from ocoptrace.workspace.office import new_code
from ocoptrace.workspace.recording import state_once

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from ocoptrace.registry import Entry, Registry
    from ocoptrace.signing.statement import Kind
    from ocoptrace.workspace.office import Office
    from ocoptrace.workspace.setting import Setting

__all__ = ["lapsed", "local_name", "read", "register"]

_DEFAULT_SHELF_LIFE: Final = timedelta(days=3 * 365)
_DAYS_A_MONTH: Final = 31


def local_name(producer: Producer) -> str:
    """Return what tells a producer of a file apart, before it has a code."""
    return f"{producer.names.vi}, {producer.address.commune_code}"


def read(setting: Setting, data: bytes) -> Registry:
    """Return the registry of a file, its producer under the code that it has or is given.

    Raises:
        RegistryError: the file has faults; every one is in its findings.
    """
    registry = read_registry(data, producer_id=new_code(), namespace_host=setting.host)
    code = known_code(setting, registry.producer)
    if code is None:
        return registry
    return read_registry(data, producer_id=code, namespace_host=setting.host)


def known_code(setting: Setting, producer: Producer) -> str | None:
    """Return the code that a producer was issued before, or None."""
    known = setting.store.registered("producer", local_name(producer))
    return canonical_json.loads(known[1])["id"] if known else None


def register(setting: Setting, office: Office, registry: Registry, *, now: datetime) -> None:
    """State everything of a registry, in one transaction; what was stated before is not."""
    with setting.store.writing():
        _admit(setting, office, registry, now=now)
        own: tuple[Entry, ...] = (
            *registry.places,
            *registry.materials,
            *registry.products,
            *registry.batches,
        )
        for entry in own:
            _state(setting, entry, issuer=setting.issuer(registry.producer.id), now=now)
        for grade in registry.grades:
            _state(setting, grade, issuer=office.issuer, now=now)


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


def _admit(setting: Setting, office: Office, registry: Registry, *, now: datetime) -> None:
    """Register a producer with the office, and give it a key if it has none."""
    producer = registry.producer
    issuer = setting.issuer(producer.id)
    bundle = office.bundle()
    if not any(entry.issuer == issuer for entry in bundle.keys):
        signer = setting.keyring.generate(f"producer-{producer.id}", "ES256")
        months = [p.shelf_life_months for p in registry.products if p.shelf_life_months]
        shelf_life = timedelta(days=_DAYS_A_MONTH * max(months, default=0))
        entry = office.grant_key(
            signer.public_key,
            issuer=issuer,
            name=producer.names.public(),
            gtin_prefixes=producer.company_prefixes,
            gtins=tuple(p.gtin for p in registry.products if p.gtin),
            shelf_life=shelf_life or _DEFAULT_SHELF_LIFE,
            now=now,
        )
        office.publish((*bundle.keys, entry), bundle.logs, now=now)
    _state(setting, producer, issuer=office.issuer, now=now)


def _state(setting: Setting, entry: Entry, *, issuer: str, now: datetime) -> None:
    kind: Kind = entry.type
    match entry:
        case Grade():
            name = entry.product
        case Producer():
            name = local_name(entry)
        case _:
            name = entry.id
    subject = name
    if isinstance(entry, Place | Producer):
        # A person or a place may be known by no public name, so its statements bear a random one.
        known = setting.store.registered(kind, name)
        subject = known[0] if known else f"urn:uuid:{uuid4()}"
    payload = canonical_json.dumps(entry.public())
    signer = (
        setting.keyring.signer("office")
        if kind in {"producer", "grade"}
        else setting.speaker(issuer.rpartition("/")[2]).signer
    )
    state_once(setting.store, kind, payload, issuer=issuer, subject=subject, signer=signer, now=now)
    setting.store.register(kind, name, subject, payload.decode())
