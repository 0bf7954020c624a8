"""Input made to harm: every reader refuses it at once, says where, and takes little memory."""

from __future__ import annotations

import gzip
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace.epcis import hash_document, read_document, stream_events
from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from collections.abc import Callable

MILLION = 1_000_000
JSON = (
    '{"@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",'
    ' {"ex": "urn:ex:"}], "type": "EPCISDocument", "schemaVersion": "2.0",'
    ' "creationDate": "2026-11-23T00:00:00Z", "epcisBody": {"eventList": [{"type": "ObjectEvent",'
    ' "eventTime": "2025-08-20T07:15:00Z", "eventTimeZoneOffset": "+07:00", "action": "OBSERVE",'
    ' "epcList": [], "ex:a": %s}]}}'
)
XML = (
    '<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" xmlns:ex="urn:ex:"'
    ' schemaVersion="2.0" creationDate="2026-11-23T00:00:00Z"><EPCISBody><EventList><ObjectEvent>'
    "<eventTime>2025-08-20T07:15:00Z</eventTime><eventTimeZoneOffset>+07:00</eventTimeZoneOffset>"
    "<epcList/><action>OBSERVE</action>%s</ObjectEvent></EventList></EPCISBody>"
    "</epcis:EPCISDocument>"
)
LAUGHS = "".join(f'<!ENTITY {a} "{f"&{b};" * 10}">' for a, b in zip("bcdefghij", "abcdefghi"))  # noqa: B905
BOMB = f'<!DOCTYPE e [<!ENTITY a "aaaaaaaaaa">{LAUGHS}]>'
FAR = f"<!--{'x' * 70_000}-->"
"""A comment beyond which nobody looks for declarations before parsing."""


def json_of(value: str) -> bytes:
    return (JSON % value).encode("utf-8", "surrogatepass")


def xml_of(inside: str, before: str = "") -> bytes:
    return (before + XML % inside).encode()


def measured(number: str) -> bytes:
    return xml_of(
        "<quantityList><quantityElement><epcClass>urn:x:1</epcClass>"
        f"<quantity>{number}</quantity></quantityElement></quantityList>"
    )


DEEP, SYNTAX, RANGE = {"json.too_deep"}, {"json.syntax"}, {"json.out_of_range"}
TWICE, NUL = {"json.duplicate_member"}, {"json.nul"}
LARGE = {"json.too_large", "epcis.event_too_large"}
STREAM = "epcis.stream_syntax"
NOT_XML, DTD, GZIP = {"epcis.xml_syntax"}, {"epcis.xml_dtd"}, {"epcis.gzip"}
NUMBER = {"fields.not_number"}
CASES: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "arrays, a million deep": (lambda: json_of("[" * MILLION + "]" * MILLION), DEEP),
    "objects, a million deep": (lambda: json_of('{"a":' * MILLION + "1" + "}" * MILLION), DEEP),
    "arrays that never close": (lambda: b"[" * MILLION, DEEP),
    "objects that never close": (lambda: b'{"a":' * MILLION, DEEP),
    "a little too deep": (lambda: json_of("[" * 40 + "]" * 40), DEEP),
    "a million digits": (lambda: json_of("9" * MILLION), SYNTAX),
    "1e999": (lambda: json_of("1e999"), RANGE),
    "-1e999": (lambda: json_of("-1e999"), RANGE),
    "an exponent of a thousand digits": (lambda: json_of("1e" + "9" * 1000), NUMBER),
    "NaN": (lambda: json_of("NaN"), SYNTAX),
    "Infinity": (lambda: json_of("-Infinity"), SYNTAX),
    "a lone surrogate": (lambda: json_of('"\\ud800"'), SYNTAX),
    "a lone surrogate in a name": (lambda: json_of('{"\\udc00": 1}'), SYNTAX),
    "a lone surrogate in bytes": (lambda: json_of('"\ud800"'), {"json.not_utf8"}),
    "NUL, escaped": (lambda: json_of('"a\\u0000"'), NUL),
    "NUL in a name": (lambda: json_of('{"a\\u0000": 1}'), NUL),
    "NUL in bytes": (lambda: json_of('"\0"'), SYNTAX),
    "nothing but NUL": (lambda: bytes(1000), {*SYNTAX, STREAM}),
    "a member twice": (lambda: json_of('{"a": 1, "a": 2}'), TWICE),
    "a member twice, once escaped": (lambda: json_of('{"a": 1, "\\u0061": 2}'), TWICE),
    "a member twice after NFC": (lambda: json_of('{"\u1eaf": 1, "\u0103\u0301": 2}'), TWICE),
    "a text that never ends": (lambda: json_of('"' + "x" * MILLION)[:MILLION], {*SYNTAX, STREAM}),
    "an entity bomb": (lambda: xml_of("<ex:a>&j;</ex:a>", BOMB), DTD),
    "an entity bomb in an attribute": (lambda: xml_of("<ex:a b='&j;'/>", BOMB), DTD),
    "an entity bomb far in": (lambda: xml_of("<ex:a b='&j;'/>", FAR + BOMB), NOT_XML),
    "an entity far in": (
        lambda: xml_of("<bizStep>&a;</bizStep>", FAR + '<!DOCTYPE e [<!ENTITY a "b">]>'),
        DTD,
    ),
    "a large entity again and again": (
        lambda: xml_of(
            f"<ex:a>{'&a;' * 100_000}</ex:a>",
            f'{FAR}<!DOCTYPE e [<!ENTITY a "{"x" * 100_000}">]>',
        ),
        NOT_XML,
    ),
    "an external entity": (
        lambda: xml_of("&a;", '<!DOCTYPE e [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
        DTD,
    ),
    "an external entity far in": (
        lambda: xml_of("&a;", FAR + '<!DOCTYPE e [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
        DTD,
    ),
    "an external parameter entity far in": (
        lambda: xml_of("", f'{FAR}<!DOCTYPE e [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>'),
        {*DTD, *NOT_XML},
    ),
    "an external DTD far in": (
        lambda: xml_of("", FAR + '<!DOCTYPE e SYSTEM "file:///etc/passwd">'),
        {*DTD, *NOT_XML},
    ),
    "elements, a million deep": (
        lambda: xml_of("<ex:a>" * MILLION + "</ex:a>" * MILLION),
        NOT_XML,
    ),
    "elements that never close": (lambda: b"<a>" * MILLION, NOT_XML),
    "NUL as a character of XML": (lambda: xml_of("<ex:a>&#0;</ex:a>"), NOT_XML),
    "NUL in bytes of XML": (lambda: xml_of("<ex:a>\0</ex:a>"), {"epcis.xml_encoding"}),
    "a surrogate as a character of XML": (lambda: xml_of("<ex:a>&#xD800;</ex:a>"), NOT_XML),
    "half a million attributes": (
        lambda: xml_of("<ex:a " + " ".join(f"a{n}='1'" for n in range(500_000)) + "/>"),
        {"epcis.xml_attributes", *LARGE},
    ),
    "an attribute twice": (lambda: xml_of("<ex:a b='1' b='2'/>"), NOT_XML),
    "a million digits in XML": (lambda: measured("9" * MILLION), NUMBER),
    "NaN in XML": (lambda: measured("NaN"), NUMBER),
    "1e999 in XML": (lambda: measured("1e999"), RANGE),
    "a name of a million letters": (lambda: xml_of(f"<ex:{'a' * MILLION}/>"), NOT_XML),
    "UTF-7": (
        lambda: b"<?xml version='1.0' encoding='utf-7'?>" + xml_of(""),
        {"epcis.xml_encoding"},
    ),
    "white space, a gigabyte of it, compressed": (lambda: gzip.compress(b" " * 2**30, 1), LARGE),
    "a text, compressed": (lambda: gzip.compress(json_of(f'"{" " * 2**28}"'), 1), LARGE),
    "an element, compressed": (
        lambda: gzip.compress(xml_of(f"<ex:a>{' ' * 2**28}</ex:a>"), 1),
        {*LARGE, *NOT_XML},
    ),
    "gzip cut off": (lambda: gzip.compress(json_of("1"))[:-9], GZIP),
    "gzip cut off in its header": (lambda: b"\x1f\x8b\x08", GZIP),
    "gzip with something behind": (lambda: gzip.compress(json_of("1")) + b"more", GZIP),
    "gzip in gzip": (
        lambda: gzip.compress(gzip.compress(json_of("1"))),
        {"json.not_utf8", STREAM},
    ),
}
READERS: dict[str, Callable[[bytes], Any]] = {
    "whole": read_document,
    "stream": lambda data: list(stream_events(BytesIO(data))),
    "hash": hash_document,
}
WITHOUT_PLACE = {*GZIP, *LARGE}
"""Faults of a file as a whole."""
SECONDS, MEGABYTES = 60, 1024
UNDER_LIMITS = f"""
import resource, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
import test_hostile_input as hostile
from ocoptrace.errors import EpcisError
for make, codes in hostile.CASES.values():
    data = make()
    taken = int(open("/proc/self/statm").read().split()[0]) * 4096
    most = taken + {MEGABYTES} * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))
    for read in hostile.READERS.values():
        try:
            read(data)
        except EpcisError:
            pass
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
"""


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest) -> tuple[bytes, set[str]]:
    make, codes = CASES[request.param]
    return make(), codes


@pytest.mark.parametrize("reader", READERS)
def test_it_is_refused_with_a_place(reader: str, case: tuple[bytes, set[str]]) -> None:
    data, codes = case
    with pytest.raises(EpcisError) as caught:
        READERS[reader](data)
    error = caught.value
    assert error.code in codes
    assert error.place or "line" in error.facts or error.code in WITHOUT_PLACE
    for language in ("en", "vi"):
        assert len(error.text(language) + error.remedy(language)) < 1000


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="no such limits here")
def test_it_takes_little_memory_and_time() -> None:
    """The time is that of the processor, and far more than is needed."""
    script = f"import resource\nresource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))\n"
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-c", script + UNDER_LIMITS], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
