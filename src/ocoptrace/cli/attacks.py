"""Three forgeries of the demo, made with the means that a forger has."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from ocoptrace import canonical_json
from ocoptrace.gs1 import parse_name
from ocoptrace.signing import SoftwareSigner, TrustBundle, sign_seal
from ocoptrace.verify import Verdict, verify_label, verify_record
from ocoptrace.workspace import Workspace

__all__ = ["Attack", "changed_quantity", "forged_seal", "neighbours_seal"]

_SHELF_DATE = date(2030, 12, 31)
_SERIAL = "FAKE00000001"


@dataclass(frozen=True)
class Attack:
    """A forgery: its name, the file that carries it, and how it is checked."""

    name: str
    file: str
    data: bytes
    check: Callable[..., Verdict]

    def verdict(self, *, trust: TrustBundle, now: datetime) -> Verdict:
        """Return the verdict on the forgery."""
        return self.check(trust=trust, now=now)


def changed_quantity(record: bytes) -> Attack:
    """Return a record in which one harvest has grown, everything else untouched."""
    value = canonical_json.loads(record)
    for statement in value["statements"]:
        event = canonical_json.loads(statement["payload"])
        for element in event.get("quantityList", []):
            element["quantity"] = element["quantity"] * 2
        if event.get("quantityList"):
            statement["payload"] = canonical_json.dumps(event).decode()
            break
    data = canonical_json.dumps(value)

    def check(*, trust: TrustBundle, now: datetime) -> Verdict:
        return verify_record(data, trust=trust, now=now)

    return Attack("changed_quantity", "changed-quantity.ocop", data, check)


def forged_seal(link: str) -> Attack:
    """Return a genuine link with a later shelf day, sealed with a key the forger made."""
    form = parse_name(link).canonical_with_attributes()
    signer = SoftwareSigner.generate("ES256")
    seal = sign_seal(form, shelf_date=_SHELF_DATE, signer=signer)
    return _label("forged_seal", link.partition("#")[0] + "#" + seal.number)


def neighbours_seal(ws: Workspace, batch: str) -> Attack:
    """Return a label of the batch sealed by another registered producer, with its own key."""
    owner = ws.batch_owner(batch)
    neighbour = next(p for p in ws.producers() if p.id != owner.id)
    item = parse_name(batch).item(_SERIAL)
    form = item.canonical_with_attributes()
    seal = sign_seal(form, shelf_date=_SHELF_DATE, signer=ws.signer(neighbour.id))
    link = item.to_uri(host=ws.host, upper=True, fragment=seal.number)
    return _label("neighbours_seal", link)


def _label(name: str, link: str) -> Attack:
    def check(*, trust: TrustBundle, now: datetime) -> Verdict:
        return verify_label(link, trust=trust, now=now)

    return Attack(name, name.replace("_", "-") + ".txt", (link + "\n").encode(), check)
