"""The second verifier, in JavaScript: the same checks with the same outcomes as this library's.

There is no exception: on every case of the trust vectors, and on every one that was changed, both
come to the same. What could still differ is told in docs/guides/second-verifier.md.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace import canonical_json
from ocoptrace.errors import InputError
from ocoptrace.signing import base64url, sign_statement
from second_verifier.agreement import differences, found_here
from second_verifier.mutants import KINDS, STANDARD, mutants
from second_verifier.node import VERIFIER, expected_of, found_by, made_of, run_script
from vectors.trust_running import CASES, content, inline, verdict_on
from village import ADDRESS, BATCH, DOCUMENT, NOW, OFFICE, PRODUCER, PRODUCT, Said, Village, publish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Case = dict[str, Any]

REPOSITORY = VERIFIER.parents[4]
ROOM = VERIFIER.parent / "verify"
READERS_OWN = {"error", "place", "reason"}
"""Facts about what cannot be read: which rule was met first, and its words in a language."""
CHANGED = Counter(record=700, label=250, statement=300, retold=150, file=100)
"""How many changed cases are tried here; `make fuzz` tries 20,500."""


@pytest.fixture(scope="module")
def made() -> list[Case]:
    return made_of(CASES)


def test_every_case_comes_out_as_expected(made: list[Case]) -> None:
    differing = [
        (case["id"], found_by(found), expected_of(case))
        for case, found in zip(CASES, made, strict=True)
        if found_by(found) != expected_of(case)
    ]
    assert differing == []
    assert len(made) >= 1117


def test_every_case_comes_out_as_expected_where_webcrypto_has_no_ed25519() -> None:
    found = [found_by(each) for each in made_of(CASES, "--own-ed25519")]
    assert found == [expected_of(case) for case in CASES]


def test_checks_come_in_the_same_order_with_the_same_facts(made: list[Case]) -> None:
    compared = 0
    for case, found in zip(CASES, made, strict=True):
        if "now" not in case:
            continue
        here = [
            (check.code, check.outcome, check.reason, told(check.facts))
            for check in verdict_on(case).checks
        ]
        there = [
            (check["code"], check["outcome"], check["reason"], told(check["facts"]))
            for check in found["checks"]
        ]
        assert there == here, case["id"]
        compared += 1
    assert compared >= 896


def told(facts: Any) -> dict[str, str]:
    return {name: str(value) for name, value in facts.items() if name not in READERS_OWN}


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_changed_comes_out_the_same(kind: str) -> None:
    words: Counter[str] = Counter()
    assert differences(mutants(Counter({kind: CHANGED[kind]})), words) == []
    assert words.total() == CHANGED[kind]
    # What is broken alike proves little: some of it must still be read.
    assert words["malformed"] + words["False"] < 0.97 * words.total()


def statement_of(payload: str) -> Case:
    """Return a case of a statement that states an event or entry in these words."""
    value = json.loads(payload)
    kind = "event" if "eventID" in value else value["type"]
    subject = value.get("eventID", value.get("id"))
    said = Village().state(kind, payload.encode(), subject=subject)
    shown = {"payload": said.payload, "salt": base64url.encode(said.salt), "proofs": []}
    return STANDARD | {"statement": shown | {"cose": base64url.encode(said.statement.cose)}}


def test_an_event_of_very_many_names_is_read() -> None:
    names = [f"{PRODUCT}/21/{number}" for number in range(150_000)]
    event = json.loads(Village().state_event().payload) | {"epcList": names}
    [made] = made_of([statement_of(canonical_json.dumps(event).decode())])
    assert found_by(made)["overall"] == "unproven"


def test_a_text_of_very_many_blanks_is_read() -> None:
    batch = {
        "type": "batch",
        "id": BATCH,
        "productionDate": "2026-09-15",
        "quantity": {"value": 1, "uom": f"x{' ' * 1_000_000}x"},
    }
    [made] = made_of([statement_of(canonical_json.dumps(batch).decode())])
    assert found_by(made)["overall"] == "malformed"


EVENT: Case = json.loads(Village().state_event().payload)
BATCH_ENTRY: Case = json.loads(Village().state_batch().payload)
EVIDENCE: Case = {
    "type": "evidence",
    "id": "urn:uuid:3f0d5a52-6f0e-4d0a-9a55-0c8a7f6f1a11",
    "about": [BATCH],
    "mediaType": "application/pdf",
    "sha256": "0" * 64,
    "size": 1,
}
CONTEXT: list[Any] = EVENT["@context"]
STRANGE_CONTEXT = "https://example.org/context.jsonld"
XML = "http://www.w3.org/XML/1998/namespace"
OCOP = {"ocop": "https://w3id.org/ocoptrace/voc/"}
TIME = "2026-09-15T07:30:00"
CONTROLS = (*range(0x20), *range(0x7F, 0xA0))


def nested(depth: int, *innermost: Any) -> list[Any]:
    """Return a list in a list, and so on: so many around the innermost."""
    value = [*innermost]
    for _ in range(depth):
        value = [value]
    return value


def spelled(value: Any) -> str:
    """Return RFC 8785, of values too that it is not written for: too deep, half a character."""
    try:
        return canonical_json.dumps(value).decode()
    except InputError:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def prefixed(namespaces: dict[str, Any], **members: Any) -> Case:
    return EVENT | {"@context": [*CONTEXT[:2], namespaces], "x:y": 1} | members


def entry(**members: Any) -> Case:
    return BATCH_ENTRY | members


def seen(*uris: str) -> Case:
    return EVENT | {"epcList": list(uris)}


def shown_by(*uris: str) -> Case:
    return EVIDENCE | {"about": sorted(uris)}


def many_prefixes(count: int) -> Case:
    """Return an event with so many prefixes, each of which it uses."""
    namespaces = {f"p{number}": "https://x.example/" for number in range(count)}
    members = {f"{prefix}:y": 1 for prefix in namespaces}
    return EVENT | {"@context": [*CONTEXT[:2], namespaces]} | members


SHOP = "https://shop.example"
RARE = "\U00020000"  # one character, which JavaScript counts as two
NO_NAMES = (
    *(f"{SHOP}/2026/01/17", f"{SHOP}/402", f"{SHOP}/253/", f"{SHOP}/a/01/1234567"),
    *(f"{SHOP}/01/123456789", f"{SHOP}/01/09521234543210x", f"{SHOP}/00/12345678901234567"),
    *(f"{SHOP}/253/952123454321", f"{SHOP}/255/{'9' * 26}", f"{SHOP}/402/1234567890123456"),
    *(f"{SHOP}/414/952123454321", f"{SHOP}/415/95212345432100", f"{SHOP}/417/x521234543213"),
    *(f"{SHOP}/253/{'9' * 13}{'x' * 18}", f"{SHOP}/8003/{'9' * 14}{'x' * 17}"),
    *(f"{SHOP}/8004/951", f"{SHOP}/8004/9521{'x' * 27}", f"{SHOP}/8006/9521"),
    *(f"{SHOP}/8017/9521", f"{SHOP}/8018/9521", f"{SHOP}/?01/09521234543210"),
    *(f"{SHOP}?/01/09521234543210", f"{SHOP}/#/01/09521234543210"),
    *(f"{SHOP}/01/12345678901", f"{SHOP}/01/123456789012345", f"{SHOP}/255/952123454321"),
    *(f"{SHOP}/2026/2027", f"{SHOP}/17/271231", f"{SHOP}/ocop/products/12"),
    *(f"{SHOP}/ocop/decisions/01/12345678", f"{SHOP}/OCOP/x/414/9521234543210"),
    *(f"{SHOP}/ocop", f"{SHOP}/ocop/", f"{SHOP}/ocop/decisions/12", f"{SHOP}/OCOP/12345678x"),
    *(f"{SHOP}/ocop/7K3M9QA", f"{SHOP}/ocop/7K3M9QA-/MAM", f"{SHOP}/a/ocop/7K3M9QAB/mam"),
    *("https://id.gs1.org", "https://id.gs1.org/414", "https://id.gs1.org/999/1", "http://?"),
    *("https://id.gs1.org?/414/1", "https://id.gs1.org:443/01/1", "https://id.gs1.org.x/01/1"),
)
"""Web addresses that stand as they are: what follows a number is no key, nor `ocop` a producer."""
FAULTY_NAMES = (
    *(f"{SHOP}/01/12345678", f"{SHOP}/01/123456789012", f"{SHOP}/01/1234567890123"),
    *(f"{SHOP}/a/01/09521234543210/b", f"{SHOP}/00/123456789012345678"),
    *(f"{SHOP}/253/9521234543210", f"{SHOP}/253/{'9' * 13}{'x' * 17}"),
    *(f"{SHOP}/253/{'9' * 13}{RARE * 17}", f"{SHOP}/255/{'9' * 25}"),
    *(f"{SHOP}/255/9521234543210", f"{SHOP}/8010/9521"),
    *(f"{SHOP}/402/12345678901234567", f"{SHOP}/414/9521234543210", f"{SHOP}/415/9521234543210"),
    *(f"{SHOP}/417/9521234543210", f"{SHOP}/8003/{'9' * 14}{RARE * 16}"),
    *(f"{SHOP}/8004/9521{RARE * 26}", f"{SHOP}/8004/9521%00"),
    *(f"{SHOP}/8006/{'9' * 18}", f"{SHOP}/8017/{'9' * 18}", f"{SHOP}/8018/{'9' * 18}"),
    *(f"{SHOP}/01/09521234543210?a=1", f"{SHOP}/01/09521234543210#a", f"{SHOP}/01/17/01/12345678"),
    *(f"{SHOP}/ocop/7K3M9QAB", f"{SHOP}/ocop/7k3m9qab/MAM", f"{SHOP}/Ocop/ABCDEFGH/mam"),
    *(f"{SHOP}/ocop/7K3M9QAB/mam", f"{SHOP}/ocop/7K3M9QAB/MAM/A/B/C", f"{SHOP}/ocop/7K3M9QAB#a"),
    *("https://id.gs1.org/414/1", "HTTPS://ID.GS1.ORG/a/01/1", "https://id.gs1.org/402/"),
)
"""Names with a fault, which no reader may take for another address."""


def of_each(says: str, made: Callable[..., Case], uris: Iterable[str]) -> dict[str, Case]:
    return {f"{says} {uri}": made(uri) for uri in uris}


TAKEN: dict[str, Case] = {
    "as it is": EVENT,
    "evidence": EVIDENCE,
    **of_each("no name", seen, NO_NAMES),
    **of_each("evidence of no name", shown_by, NO_NAMES),
    "prefix": prefixed({"x": "https://x.example/"}),
    "prefix in a word": prefixed({"x": "https://x.example/"}, bizStep="x:drying"),
    "URI as a word": EVENT | {"bizStep": "https://x.example/drying"},
    "standard prefix": EVENT | {"gs1:note": "A"},
    "15 digits": EVENT | {"gs1:note": 0.123456789012345},
    "power": EVENT | {"gs1:note": 1e21},
    "deep": EVENT | {"gs1:note": nested(25)},
    "a number deep": EVENT | {"gs1:note": nested(25, 1)},
    "objects deep": EVENT | {"gs1:note": nested(24, {"a": "b"})},
    "deep in a part": EVENT | {"readPoint": {"id": "x:y", "gs1:note": nested(24)}},
    "attribute": EVENT | {"gs1:note": {"@gs1:unit": "A", "@unit": "A"}},
    "attribute with a prefix": prefixed({"x": "urn:x"}, **{"gs1:note": [{"@x:unit": "A"}]}),
    "attribute's prefix alone": EVENT
    | {"@context": [*CONTEXT[:2], {"z": "urn:z"}], "gs1:note": {"@z:unit": "A"}},
    "attribute of a URI": EVENT | {"gs1:note": {"@urn:a": 1, "@https://x.example/a": 2, "@": 3}},
    "prefix of XML": EVENT | {"xml:lang": "vi", "gs1:note": {"@xml:lang": "vi"}},
    "prefix of nothing": prefixed({"x": "urn:x", "": "urn:y"}, **{"gs1:note": {":a": 1, "@:a": 1}}),
    "many prefixes": many_prefixes(997),
    "control character": EVENT | {"gs1:note": "\x01\x7f\x9f", "gs1:\x01": 1},
    "control character in a word": EVENT | {"bizStep": "x\x01"},
    "after control characters in a URI": seen("x:\u00a1", "x:!", "x:\u00ad\u200b"),
    "microseconds": EVENT | {"eventTime": f"{TIME}.123456789012+07:00"},
    "offset of a day less a minute": EVENT | {"eventTime": f"{TIME}-23:59"},
    "offset with 99 minutes": EVENT | {"eventTime": f"{TIME}+05:99"},
    "year 1": EVENT | {"eventTime": "0001-01-01T00:00:00+14:00"},
    "URI of no scheme that we know": EVENT | {"epcList": ["x:y"]},
    "web address": EVENT | {"epcList": ["https://shop.example/salt"]},
    "a name of a member of every object": EVENT | {"gs1:note": {"__proto__": 1, "constructor": 2}},
    "same day": entry(expiryDate="2026-09-15"),
    "expires never": entry(expiryDate=None),
    "underscored": {
        name: value
        for name, value in entry(production_date="2026-09-15").items()
        if name != "productionDate"
    },
}
REFUSED: dict[str, Case] = {
    "prefix undeclared": EVENT | {"x:y": 1},
    "prefix unused": EVENT | {"@context": [*CONTEXT[:2], {"x": "https://x.example/"}]},
    "prefix without a namespace": prefixed({"x": ""}),
    "prefix that is no text": prefixed({"x": {"@id": "https://x.example/"}}),
    "prefix that says it is one": prefixed({"x": {"@id": "https://x.example/", "@prefix": True}}),
    "prefix of XML declared": EVENT
    | {
        "@context": [*CONTEXT[:2], {"xml": "http://www.w3.org/XML/1998/namespace"}],
        "xml:lang": "vi",
    },
    "attribute whose prefix is undeclared": EVENT | {"gs1:note": {"@x:unit": "A"}},
    "attribute of an attribute": prefixed({"x": "urn:x"}, **{"gs1:note": {"@@x:unit": "A"}}),
    "attribute of ours": EVENT | {"gs1:note": {"@ocop:unit": "A"}},
    "attribute of the event": prefixed({"x": "urn:x"}, **{"@x:unit": "A"}),
    "too many prefixes": many_prefixes(998),
    "U+0000": EVENT | {"gs1:note": "a\0"},
    "U+0000 in a member": EVENT | {"gs1:note": {"\0": 1}},
    "U+0000 in a word": EVENT | {"bizStep": "\0"},
    "U+0000 in an entry": entry(quantity={"value": 1, "uom": "\0"}),
    **of_each("control character in", seen, (f"x:{chr(code)}" for code in CONTROLS)),
    "control character in evidence": shown_by("x:\x01"),
    **of_each("fault in", seen, FAULTY_NAMES),
    **of_each("evidence of a fault in", shown_by, FAULTY_NAMES),
    "prefix of ours": EVENT | {"@context": [*CONTEXT[:2], {"ocop": "x:"}], "ocop:step": "drying"},
    "another context": EVENT | {"@context": [CONTEXT[0], STRANGE_CONTEXT, {}]},
    "one context more": EVENT | {"@context": [*CONTEXT, STRANGE_CONTEXT]},
    "16 digits": EVENT | {"gs1:note": 0.1234567890123456},
    "whole number beyond 2^53": EVENT | {"gs1:note": 1e20},
    "too deep": EVENT | {"gs1:note": nested(26)},
    "an object too deep": EVENT | {"gs1:note": nested(25, {})},
    "too deep in a part": EVENT | {"readPoint": {"id": "x:y", "gs1:note": nested(25)}},
    "too deep to be read": EVENT | {"gs1:note": nested(32)},
    "offset of a day": EVENT | {"eventTime": f"{TIME}+24:00"},
    "offset that is none": EVENT | {"eventTimeZoneOffset": "+14:01"},
    "no such day": EVENT | {"eventTime": "2026-02-29T07:30:00+07:00"},
    "year 0": EVENT | {"eventTime": "0000-01-01T07:30:00+07:00"},
    "hour 24": EVENT | {"eventTime": "2026-09-15T24:00:00+07:00"},
    "leap second": EVENT | {"eventTime": "2026-09-15T07:30:60+07:00"},
    "EPC URN": EVENT | {"epcList": ["urn:epc:id:sgtin:9521234.054321.7"]},
    "EPC URN that is none": EVENT | {"epcList": ["urn:epc:id:sgtin:x"]},
    "name on another host": EVENT | {"epcList": ["https://shop.example/01/09521234543213"]},
    "name with a fault": EVENT | {"epcList": ["https://shop.example/01/09521234543210"]},
    "blank in a URI": EVENT | {"epcList": ["x:\u0085y"]},
    "word with its head": EVENT | {"bizStep": "cbv:BizStep-packing"},
    "text that is not NFC": EVENT | {"gs1:note": "Ma\u0306"},
    "member that is not NFC": EVENT | {"gs1:Ma\u0306": "A"},
    "time of recording": EVENT | {"recordTime": f"{TIME}+07:00"},
    "member unknown": EVENT | {"note": 1},
    "null": EVENT | {"bizStep": None},
    "basedOn of none": EVENT | {"ocop:basedOn": [], "@context": [*CONTEXT[:2], OCOP]},
    "expires before it is made": entry(expiryDate="2026-09-14"),
    "under both names": entry(production_date="2026-09-15"),
    "blank at the end": entry(quantity={"value": 1, "uom": "EA "}),
    "no day": entry(productionDate="2026-9-15"),
    "unit unknown": entry(quantity={"value": 1, "uom": "kg"}),
    "nothing": entry(quantity={"value": 0, "uom": "EA"}),
}


@pytest.mark.parametrize("taken", [True, False])
def test_both_draw_the_line_at_the_same_place(*, taken: bool) -> None:
    edges = TAKEN if taken else REFUSED
    cases = [statement_of(spelled(edge)) | {"id": says} for says, edge in edges.items()]
    assert differences(cases, Counter()) == []
    wanted = ["format", "pass", ""] if taken else ["format", "fail", "payload"]
    assert [case["id"] for case in cases if wanted not in found_here(case)["checks"]] == []


def test_every_statement_of_a_record_comes_out_the_same_by_itself() -> None:
    """In a record a statement that is malformed has a wrong id too; here that is no matter."""
    cases: dict[str, Case] = {}
    for case in CASES:
        try:
            members = json.loads(content(case["record"]))["statements"]
            for place, member in enumerate(members):
                base64url.decode(member["cose"])
                shown = {name: member[name] for name in ("payload", "salt") if name in member}
                base64url.decode(shown.get("salt", ""))
                shown.get("payload", "").encode("utf-8", "surrogatepass")
                statement = shown | {"cose": member["cose"], "proofs": []}
                alone = STANDARD | {"id": f"{case['id']} {place}", "statement": statement}
                cases.setdefault(json.dumps(statement), alone)
        except (AttributeError, KeyError, TypeError, ValueError):
            continue
    words: Counter[str] = Counter()
    assert differences(cases.values(), words) == []
    assert words["malformed"] > 100
    assert words.total() > 300


STRANGE_ISSUERS = (
    "https://[x/ocop/0FF1CE00",
    "https:///ocop/0FF1CE00",
    "//id.example/ocop/0FF1CE00",
    "https://id.example?x",
    "HTTPS://id.example/ocop/0FF1CE00",
    "https://id.example:443/ocop/0FF1CE00",
    "x",
)


@pytest.mark.parametrize("issuer", STRANGE_ISSUERS)
def test_a_producer_that_a_strange_issuer_speaks_of_is_told_apart_alike(issuer: str) -> None:
    village = Village()
    entry = {"type": "producer", "id": PRODUCER.code, "subjectType": "farm", "address": ADDRESS}
    payload = canonical_json.dumps(entry | {"names": {"vi": "Mắm", "en": "Paste"}})
    statement, salt = sign_statement(
        "producer", payload, issuer=issuer, subject=DOCUMENT, signer=OFFICE.signer, now=NOW
    )
    said = Said(statement, payload.decode(), salt, village.append(statement.cose))
    told = [village.state_batch(), village.state_event(), said]
    record = village.record(told, publish()).to_bytes()
    case = STANDARD | {"id": issuer, "record": inline(record)}
    assert differences([case], Counter()) == []


def test_a_list_whose_version_is_true_says_nothing_in_either() -> None:
    village, trust = Village(), publish()
    told = [village.state_batch(), village.state_event()]
    listed = village.state_complete(told, trust)
    payload = listed.payload.replace('"version":1', '"version":true')
    again = village.state("record", payload.encode(), subject=BATCH)
    record = village.record([*told, again], trust).to_bytes()
    case = STANDARD | {"id": "true", "record": inline(record)}
    assert differences([case], Counter()) == []
    assert ["complete", "fail", ""] in found_here(case)["checks"]


def test_it_reads_no_clock_and_fetches_nothing() -> None:
    scripts = [VERIFIER, *ROOM.glob("*.js")]
    assert len(scripts) > 20
    for script in scripts:
        code = re.sub(r"//.*|/\*.*?\*/", "", script.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not re.search(
            r"Date\.now|new Date\(\)|performance|fetch\(|XMLHttp|document|window", code
        )
        imported = re.findall(r'from "([^"]+)"', code)
        assert all(name.startswith("./") for name in imported), script.name


def test_each_part_is_short_enough_to_be_read() -> None:
    lengths = {
        path.name: path.read_text(encoding="utf-8").count("\n") for path in ROOM.glob("*.js")
    }
    assert [name for name, length in lengths.items() if length > 350 and name != "tables.js"] == []


def test_the_example_runs_and_stands_in_the_guide() -> None:
    example = REPOSITORY / "examples" / "verify_offline.mjs"
    guide = (REPOSITORY / "docs" / "guides" / "second-verifier.md").read_text(encoding="utf-8")
    assert f"```js\n{example.read_text(encoding='utf-8')}```" in guide
    given = REPOSITORY / "docs" / "spec" / "examples"
    files = [given / name for name in ("root.json", "bundle.json", "record.ocop")]
    label = (given / "label.txt").read_text(encoding="utf-8").strip()
    printed = run_script(example, VERIFIER, *files, label)
    # The example asks the clock, and so its verdict ages; what was signed stays signed.
    assert re.findall(r"^  (signature .*?) *$", printed, re.MULTILINE) == [
        "signature pass",
        "signature pass seal",
    ]


def test_its_tables_are_what_the_script_makes_of_the_librarys() -> None:
    path = REPOSITORY / "tools" / "gen_verify_tables.py"
    spec = importlib.util.spec_from_file_location("gen_verify_tables", path)
    assert spec is not None
    assert spec.loader is not None
    generator = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generator)
    assert generator.TABLES.read_text(encoding="utf-8") == generator.render()
