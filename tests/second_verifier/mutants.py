"""Cases like the trust vectors, each changed in some way: the same ones each time.

Bytes changed blindly do not come far: the JSON is canonical, and what it carries is signed. So
there are several kinds, and most of them sign again what was changed, with the keys of the vectors:

``record``
    The file of a record: bits flipped, bytes cut, JSON and CBOR changed and written in their form;
    every other one is changed by who knows what stands where, and is still well formed.
``label``
    The text of a label; every other one is sealed again, where it can still be read.
``statement``
    What a statement says; signed again, whatever it says now.
``retold``
    A record of which some statements say something else, are left out, or stand there twice.
``file``
    A root, a bundle or a registration request, whose text is signed again.
"""

from __future__ import annotations

import base64
import json
import re
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any

from fuzz.mutation import mutated
from ocoptrace import canonical_json
from ocoptrace.errors import OcopTraceError
from ocoptrace.gs1 import DigitalLink, PlainName
from ocoptrace.gs1.name import is_plain
from ocoptrace.origin_record import OriginRecord
from ocoptrace.signing import base64url, sign_seal
from ocoptrace.signing.keys import signature_of
from ocoptrace.signing.signed_file import SignedFile
from vectors.trust_running import CASES, content, inline
from village import (
    LOG,
    NEIGHBOUR,
    OFFICE,
    PRODUCER,
    ROOT_SIGNERS,
    STRANGER,
    Party,
    Village,
    es256,
    publish,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ocoptrace.origin_record import RecordedStatement
    from ocoptrace.signing import Statement
    from vectors.trust_running import Case
    from village import Said

__all__ = ["KINDS", "mutants"]

STANDARD = {
    "root": "roots/standard.json",
    "bundle": "bundles/standard.json",
    "now": "2026-11-23T08:00:00Z",
    "policy": {"max_bundle_age_days": 30},
}
PARTIES = {party.issuer: party for party in (OFFICE, PRODUCER, NEIGHBOUR, STRANGER)}
NOT_ASKED = ("expect", "says", "signed_form")


def asked(case: Case) -> Case:
    return {name: case[name] for name in case if name not in NOT_ASKED}


@cache
def of_kind(member: str) -> list[Case]:
    """Return the cases that give something of a kind, and load a bundle to look at it."""
    return [asked(case) for case in CASES if member in case and "now" in case]


@cache
def records() -> list[OriginRecord]:
    """Return the records of the vectors that can be read."""
    read = []
    for case in of_kind("record"):
        try:
            read.append(OriginRecord.parse(content(case["record"])))
        except OcopTraceError:
            continue
    return read


@cache
def shown() -> list[RecordedStatement]:
    """Return the statements in them that show what they state, each text once."""
    found = {each.payload: each for record in records() for each in record.statements}
    return [each for payload, each in found.items() if payload is not None]


def changed(data: bytes, random: Random) -> bytes:
    """Return bytes changed at one to three places, a third of them with no regard to their form."""
    for _ in range(random.choice((1, 1, 2, 3))):
        data = mutated(data, random) if random.random() < 0.67 else torn(data, random)
    return data


def torn(data: bytes, random: Random) -> bytes:
    """Return bytes with one of them flipped, exchanged, left out or doubled, or the end cut."""
    if not data:
        return b"\0"
    at = random.randrange(len(data))
    head, byte, tail = data[:at], data[at : at + 1], data[at + 1 :]
    return random.choice(
        (
            head + bytes((byte[0] ^ 1 << random.randrange(8),)) + tail,
            head + random.randbytes(1) + tail,
            head + tail,
            head + byte + byte + tail,
            head + tail[:1] + byte + tail[1:],
            head,
        )
    )


def record(random: Random) -> Case:
    case = random.choice(of_kind("record"))
    data = content(case["record"])
    if random.random() < 0.1:
        case = case | {
            "now": f"20{random.randrange(24, 34)}-06-0{random.randrange(1, 10)}T17:00:00Z"
        }
    return case | {"record": inline(tampered(data, random) or changed(data, random))}


def tampered(data: bytes, random: Random) -> bytes | None:
    """Return the file of a record with something exchanged for its like; None if it cannot."""
    try:
        value = json.loads(data)
        for _ in range(random.choice((1, 1, 2, 4))):
            random.choice(TAMPERINGS)(value, random)
        value["statements"].sort(key=lambda each: position(each, value["checkpoints"]))
        made = canonical_json.dumps(value)
    except (OcopTraceError, ValueError, LookupError, TypeError, AttributeError):
        return None
    return made if random.random() < 0.6 and made != data else None


def position(member: Any, notes: list[str]) -> tuple[str, int, str]:
    if not member["proofs"]:
        return "", 0, member["id"]
    first = member["proofs"][0]
    return notes[first["checkpoint"]].partition("\n")[0], first["index"], member["id"]


def flipped(text: str, random: Random, *, first: int = 0) -> str:
    """Return base64url of bytes one bit of which, from a byte on, is another."""
    data = bytearray(base64url.decode(text))
    data[random.randrange(len(data) + first if first < 0 else first, len(data))] ^= (
        1 << random.randrange(8)
    )
    return base64url.encode(bytes(data))


def sign_otherwise(value: Any, random: Random) -> None:
    member = random.choice(value["statements"])
    member["cose"] = flipped(member["cose"], random, first=-64)


def say_otherwise(value: Any, random: Random) -> None:
    member = random.choice([each for each in value["statements"] if "payload" in each])
    member["payload"] = changed_values(member["payload"].encode(), random).decode()


def salt_otherwise(value: Any, random: Random) -> None:
    member = random.choice([each for each in value["statements"] if "salt" in each])
    member["salt"] = flipped(member["salt"], random)


def exchange_payloads(value: Any, random: Random) -> None:
    one, other = random.sample([each for each in value["statements"] if "payload" in each], 2)
    one["payload"], other["payload"] = other["payload"], one["payload"]
    if random.random() < 0.5:
        one["salt"], other["salt"] = other["salt"], one["salt"]


def withhold(value: Any, random: Random) -> None:
    member = random.choice([each for each in value["statements"] if "payload" in each])
    del member["payload"], member["salt"]


def leave_out(value: Any, random: Random) -> None:
    value["statements"].remove(random.choice(value["statements"]))


def prove_otherwise(value: Any, random: Random) -> None:
    proof = random.choice(random.choice(value["statements"])["proofs"])
    match random.randrange(4):
        case 0:
            proof["index"] = max(0, proof["index"] + random.choice((-1, 1, 2)))
        case 1:
            at = random.randrange(len(proof["path"]))
            proof["path"][at] = flipped(proof["path"][at], random)
        case 2:
            proof["path"].pop()
        case _:
            proof["path"].reverse()


def unprove(value: Any, random: Random) -> None:
    random.choice(value["statements"])["proofs"].pop()


def witness_otherwise(value: Any, random: Random) -> None:
    at = random.randrange(len(value["checkpoints"]))
    text, _, lines = value["checkpoints"][at].rpartition("\n\n")
    signed = lines.splitlines()
    place = random.randrange(len(signed))
    match random.randrange(4):
        case 0:
            signed.pop(place)
        case 1:
            signed.append(signed[place].swapcase())
        case 2:
            head, _, data64 = signed[place].rpartition(" ")
            data = bytearray(base64.b64decode(data64))
            data[random.randrange(4, len(data))] ^= 1 << random.randrange(8)
            signed[place] = f"{head} {base64.b64encode(data).decode()}"
        case _:
            text += "\nextension"
    value["checkpoints"][at] = f"{text}\n\n" + "".join(f"{line}\n" for line in signed)


def name_otherwise(value: Any, random: Random) -> None:
    names = [each.about for each in records()]
    match random.randrange(3):
        case 0:
            value["about"] = random.choice(names)
        case 1:
            value["bundle"]["version"] += random.choice((1, -1, 2))
        case _:
            value["bundle"]["sha256"] = random.choice(("0" * 64, value["bundle"]["sha256"]))


TAMPERINGS = (
    sign_otherwise,
    say_otherwise,
    say_otherwise,
    salt_otherwise,
    exchange_payloads,
    withhold,
    leave_out,
    prove_otherwise,
    unprove,
    witness_otherwise,
    name_otherwise,
)


def label(random: Random) -> Case:
    case = random.choice(of_kind("label"))
    text: str = case["label"]
    for _ in range(random.choice((1, 1, 2))):
        text = changed_text(text, random)
    if random.random() < 0.5:
        text = sealed_again(text)
    return case | {"label": text}


LINK_PARTS = (
    *(
        "?17=271231",
        "?15=280229",
        "&11=260101",
        "/21/",
        "/10/",
        "/22/A",
        "?17=270200",
        "&s=1",
        "%2F",
    ),
    *(
        "?3103=000180",
        "&17=261399",
        "/01/09521234543213",
        "/414/9521234000006",
        "?=",
        "&&",
        "+",
        "%e1",
    ),
    *("?8200=http", "/8006/095212345432130102", "?01=9521234543213", "/00/095212345432100010"),
    *("?4300=A%20B", "?421=704123", "?8112=1", "?99=x", "?390=1", "?3929=1", "?7003=2612312359"),
)


def changed_text(text: str, random: Random) -> str:
    at = random.randrange(len(text) + 1)
    where = text.find("#")
    match random.randrange(7):
        case 0:
            return text[:at] + text[at + 1 :]
        case 1:
            return text[:at] + chr(random.randrange(33, 127)) + text[at + 1 :]
        case 2 | 3 if where > 0:
            return text[:where] + random.choice(LINK_PARTS) + text[where:]
        case 4:
            return text[:at] + random.choice(LINK_PARTS) + text[at:]
        case 5:
            return text[:at].swapcase() + text[at:]
        case _:
            other: str = random.choice(of_kind("label"))["label"]
            return text.partition("#")[0] + "#" + other.partition("#")[2]


def sealed_again(text: str) -> str:
    """Return a text with the seal of the producer over it, where it can be read."""
    bare = text.partition("#")[0]
    try:
        name = PlainName.parse(bare) if is_plain(bare) else DigitalLink.parse(bare, short_gtin=True)
    except OcopTraceError:
        return text
    form = name.canonical_with_attributes()
    return f"{bare}#{sign_seal(form, shelf_date=None, signer=PRODUCER.signer).number}"


def restated(each: RecordedStatement, village: Village, random: Random) -> Said | None:
    """Return a statement that says something else than one did, signed by the same party."""
    statement, payload = each.statement, each.payload or ""
    data = payload.encode()
    for _ in range(random.choice((1, 1, 1, 2))):
        data = changed_values(data, random)
    party = PARTIES.get(statement.issuer, PRODUCER)
    subject = statement.subject
    if random.random() < 0.5:
        subject = subject_in(data) or subject
    try:
        data.decode()
        return stated(statement, data, subject, by=party, village=village)
    except (OcopTraceError, UnicodeDecodeError):
        return None


def stated(statement: Statement, data: bytes, subject: str, *, by: Party, village: Village) -> Said:
    """Return a statement like another, which a party signs."""
    salt = bytes(16) if statement.kind in {"root", "bundle"} else None
    at = statement.issued_at
    return village.state(statement.kind, data, subject=subject, by=by, at=at, salt=salt)


def subject_in(data: bytes) -> str:
    try:
        value = json.loads(data)
    except ValueError:
        return ""
    members = value if isinstance(value, dict) else {}
    said = [members.get(name) for name in ("eventID", "id", "product")]
    return next((text for text in said if isinstance(text, str)), "")


TOLD = (
    *("https://id.gs1.org/01/09521234543213/10/L1", "https://id.gs1.org/01/09520000000004/10/L1"),
    *(
        "https://id.gs1.org/01/09521234543213/10/L1/21/0123456789AB",
        "urn:epc:id:sgtin:9521234.054321.7",
    ),
    *("https://id.example/ocop/7K3M9QAB/MAMTOM", "https://shop.example/01/09521234543213"),
    *("https://id.gs1.org/00/095212345432100010", "https://shop.example/salt", "urn:uuid:1", "a:b"),
    *("2026-02-30", "2028-02-29", "0001-01-01", "9999-12-31", "2026-09-15T07:30:00.1234567+07:00"),
    *("2026-09-15T24:00:00Z", "2026-09-15T07:30:00+23:59", "2026-09-15T07:30:00+05:99", "+14:00"),
    *(
        "+14:01",
        "-00:00",
        "ADD",
        "OBSERVE",
        "DELETE",
        "receiving",
        "ocop:salting",
        "cbv:BizStep-packing",
    ),
    *(
        "x:y",
        "KGM",
        "kg",
        "Ma\u0306",
        " Mắm",
        "Mắm\u200b",
        "\u00a0",
        "x:\x01",
        "x:\x9f",
        "a\0",
        "item",
        "national",
        "VN",
        "38",
    ),
    *(
        "ObjectEvent",
        "AggregationEvent",
        "AssociationEvent",
        "TransactionEvent",
        "TransformationEvent",
    ),
)
NAMES = (
    *("ocop:basedOn", "ocop:step", "x:y", "urn:x", "a://b", ":", "recordTime", "ilmd", "parentID"),
    *("epcList", "childEPCs", "transformationID", "sensorElementList", "bizTransactionList"),
    *(
        "errorDeclaration",
        "sourceList",
        "persistentDisposition",
        "certificationInfo",
        "expiry_date",
    ),
    *("bizLocation", "expiryDate", "gs1:x", "cbvmda:lotNumber", "__proto__", "constructor"),
    *("@x:y", "@gs1:x", "@", "xml:lang", "@xml:lang", "gs1:\0", "x:\x01", "xml", "ocop", "gs1"),
)
NUMBERS = (0, -0.5, 1e21, 5e-324, 0.1234567890123456, 3, 5, 69.5, 100, 2**53 - 1, 1e20, 18456.5)
VALUES: tuple[Any, ...] = (
    *(["urn:uuid:1"], {"id": "https://id.gs1.org/414/9521234000006"}, {"x:y": 1}, [], {}, None),
    *(
        [{"type": "po", "bizTransaction": "urn:x:1"}],
        {"set": ["in_transit"]},
        {"vi": "A", "en": "B"},
    ),
    [{"sensorReport": [{"type": "Temperature", "value": -18.5, "uom": "CEL", "component": "x"}]}],
    {"declarationTime": "2026-09-15T07:30:00+07:00", "reason": "incorrect_data"},
    *(*NUMBERS, True),
)


SEGMENTS = (
    *("01", "00", "253", "255", "402", "414", "8003", "8004", "8006", "10", "21", "17"),
    *("ocop", "OCOP"),
    *("09521234543213", "09521234543210", "095212345432", "9521234000006", "9521", "952"),
    *("095212345432130102", "7K3M9QAB", "7k3m9qab", "MAMTOM", "decisions", "2026", "", "x", "%2F"),
)


def address(random: Random) -> str:
    """Return a web address that may be a name, may look like one, or neither."""
    host = random.choice(("shop.example", "id.gs1.org", "ID.GS1.ORG", "id.example", ""))
    path = [random.choice(SEGMENTS) for _ in range(random.randrange(6))]
    behind = random.choice(("", "", "", "?17=271231", "#a", "?a#/01/9521", "é"))
    return "/".join((random.choice(("https:/", "http:/", "HTTPS:/")), host, *path)) + behind


def like(value: Any, random: Random) -> Any:
    """Return another value, mostly of the same kind."""
    if random.random() < 0.2:
        return random.choice((*VALUES, *TOLD))
    if random.random() < 0.05:
        return nested(random.randrange(20, 33), value)
    if isinstance(value, str) and "://" in value and random.random() < 0.3:
        return address(random)
    if isinstance(value, str):
        return random.choice((*TOLD, value + "\u0301", f" {value}", value.swapcase(), value + "0"))
    return random.choice(VALUES if isinstance(value, dict | list) else NUMBERS)


def nested(depth: int, value: Any) -> Any:
    for _ in range(depth):
        value = [value]
    return value


def underscored(name: Any) -> Any:
    return re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


def changed_values(data: bytes, random: Random) -> bytes:
    """Return JSON changed in a way that its readers know, or in any way."""
    if random.random() < 0.4:
        return mutated(data, random)
    try:
        value = json.loads(data)
        holders = [holder for holder in holders_in(value) if holder]
        holder = random.choice(holders)
        at = random.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
        match random.randrange(6):
            case 0:
                del holder[at]
            case 1 if isinstance(holder, dict):
                holder[random.choice(NAMES)] = random.choice((*VALUES, *TOLD))
            case 2 if isinstance(holder, dict):
                holder[underscored(at)] = holder[at] if random.random() < 0.5 else holder.pop(at)
            case _:
                holder[at] = like(holder[at], random)
        return canonical_json.dumps(value)
    except (OcopTraceError, ValueError, IndexError):
        return mutated(data, random)


def holders_in(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from holders_in(inner)


def statement(random: Random) -> Case:
    each = random.choice(shown())
    said = restated(each, Village(), random)
    if said is None:
        return record(random)
    members = {"payload": said.payload, "salt": base64url.encode(said.salt), "proofs": []}
    cose = mutated(said.statement.cose, random) if random.random() < 0.1 else said.statement.cose
    return STANDARD | {"statement": members | {"cose": base64url.encode(cose)}}


def retold(random: Random) -> Case:
    told = random.choice([each for each in records() if 0 < len(each.statements) < 12])
    village, trust = Village(), publish()
    said, withheld = [], []
    for each in told.statements:
        if each.payload is None or random.random() < 0.08:
            continue
        party = PARTIES.get(each.statement.issuer)
        is_list = each.statement.kind == "record"
        again = None
        if party is None or random.random() < 0.3:
            again = restated(each, village, random)
        elif not is_list:
            data, subject = each.payload.encode(), each.statement.subject
            again = stated(each.statement, data, subject, by=party, village=village)
        if again is not None:
            said.append(again)
            withheld += [again] if random.random() < 0.05 else []
    if said and random.random() < 0.6:
        said.append(village.state_complete(said, trust, about=told.about))
    about = told.about if random.random() < 0.85 else random.choice(records()).about
    made = village.record(said, trust, about=about, withheld=withheld)
    return STANDARD | {"record": inline(made.to_bytes())}


def file(random: Random) -> Case:
    kind = random.choice(("roots", "bundles", "bundles", "bundles", "requests"))
    member = kind.removesuffix("s")
    given = [asked(case) for case in CASES if "accepted" in case["expect"] and member in case]
    case = random.choice(given)
    data = content(case[member])
    if random.random() < 0.3:
        return case | {member: inline(changed(data, random))}
    try:
        signed = json.loads(data)["signed"].encode()
        text = changed_values(signed, random).decode()
        made = request_of(text) if member == "request" else file_of(member, text)
    except (OcopTraceError, ValueError, LookupError, TypeError, AttributeError):
        made = changed(data, random)
    return case | {member: inline(made)}


def file_of(kind: Any, text: str) -> bytes:
    version = json.loads(text)["version"]
    signers = ROOT_SIGNERS if kind == "root" else (OFFICE.signer,)
    made = SignedFile.sign(
        text, kind, version=version, issuer=OFFICE.issuer, signers=signers, now=FOUNDING
    )
    return made.to_bytes()


def request_of(text: str) -> bytes:
    message = b"ocoptrace-registration/1\n" + text.encode()
    made = {"signed": text, "signature": base64url.encode(signature_of(ASKING, message))}
    if json.loads(text)["log"] is not None:
        made["log_signature"] = base64url.encode(signature_of(LOG.signer, message))
    return canonical_json.dumps(made)


FOUNDING = publish().issued
ASKING = es256(2)

KINDS: dict[str, Callable[[Random], Case]] = {
    "record": record,
    "label": label,
    "statement": statement,
    "retold": retold,
    "file": file,
}


def mutants(counts: Mapping[str, int]) -> Iterator[Case]:
    """Yield so many cases of each kind, each with an id that tells how to make it again."""
    for kind, count in counts.items():
        for number in range(count):
            yield mutant(kind, number)


def mutant(kind: str, number: int) -> Case:
    """Return one case."""
    random = Random(f"{kind} {number}")  # noqa: S311 - the same each time
    return KINDS[kind](random) | {"id": f"{kind} {number}"}
