from __future__ import annotations

import contextlib
import gzip
import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.epcis import parse_event, read_document, write_json
from ocoptrace.epcis.document import write_xml
from ocoptrace.epcis.streaming import DocumentWriter, stream_events
from ocoptrace.epcis.vocabulary import EPCIS_CONTEXT, VOCABULARY
from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOW = datetime(2026, 11, 23, tzinfo=UTC)
CONTEXT = [EPCIS_CONTEXT, {"ex": "https://example.org/voc"}]
MEMORY = Path("/proc/self/statm")
SYNTAXES: tuple[Literal["json", "xml"], ...] = ("json", "xml")


def seen(number: int, note: Any = 'a "}]{[\\ b') -> dict[str, Any]:
    return {
        "type": "ObjectEvent",
        "eventID": f"urn:uuid:00000000-0000-4000-8000-{number:012}",
        "eventTime": "2025-08-20T07:15:00.000+07:00",
        "eventTimeZoneOffset": "+07:00",
        "action": "OBSERVE",
        "bizStep": "receiving",
        "epcList": ["https://id.gs1.org/01/09524071001014/21/7"],
        "ex:note": note,
    }


EVENTS = [parse_event(seen(number), context=CONTEXT) for number in range(5)]


def streamed(data: bytes, **options: Any) -> list[dict[str, Any]]:
    return [event.to_json() for event in stream_events(BytesIO(data), **options)]


class Drip:
    """A file that gives no more than a few bytes at once."""

    def __init__(self, data: bytes, size: int) -> None:
        self._file, self._size = BytesIO(data), size

    def read(self, size: int = -1) -> bytes:
        return self._file.read(min(size, self._size) if size >= 0 else self._size)


SHAPES: dict[str, Callable[[], bytes]] = {
    "document": lambda: write_json(EVENTS),
    "list": lambda: json.dumps([seen(0) | {"@context": CONTEXT}, seen(1, 7)]).encode(),
    "bare event": lambda: json.dumps(seen(0) | {"@context": CONTEXT}).encode(),
    "empty list": lambda: b" [ ] ",
    "byte order mark": lambda: b"\xef\xbb\xbf" + write_json(EVENTS),
    "query document": lambda: json.dumps(
        {
            "@context": CONTEXT,
            "type": "EPCISQueryDocument",
            "epcisBody": {
                "queryResults": {"queryName": "q", "resultsBody": {"eventList": [seen(3)]}}
            },
        }
    ).encode(),
    "xml": lambda: write_xml(EVENTS),
    "xml without events": lambda: write_xml([], now=NOW),
    "bare event in xml": lambda: (
        b"<ObjectEvent><eventTime>2025-08-20T07:15:00Z</eventTime><eventTimeZoneOffset>+07:00"
        b"</eventTimeZoneOffset><epcList><epc>urn:x:1</epc></epcList><action>ADD</action>"
        b"</ObjectEvent>"
    ),
    "compressed": lambda: gzip.compress(write_json(EVENTS)),
    "compressed xml": lambda: gzip.compress(write_xml(EVENTS)),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_stream_has_the_events_of_the_document(shape: str) -> None:
    data = SHAPES[shape]()
    document = read_document(data)
    events = list(stream_events(BytesIO(data)))
    assert [event.to_json() for event in events] == [e.to_json() for e in document.events]
    assert [event.prefixes for event in events] == [e.prefixes for e in document.events]


@pytest.mark.parametrize("shape", ["document", "list", "xml"])
@given(size=st.integers(1, 200))
def test_a_stream_may_come_in_pieces_of_any_size(shape: str, size: int) -> None:
    data = SHAPES[shape]()
    events = list(stream_events(Drip(data, size)))  # type: ignore[arg-type]
    assert [e.to_json() for e in events] == [e.to_json() for e in read_document(data).events]


def test_a_file_is_read_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "events.json"
    path.write_bytes(write_json(EVENTS))
    assert len(list(stream_events(path))) == len(list(stream_events(str(path)))) == len(EVENTS)


def document(*events: str, before: str = "", after: str = "", context: str = "[]") -> bytes:
    body = f'{{"eventList": [{", ".join(events)}]}}'
    return (
        f'{{"type": "EPCISDocument", "@context": {context}{before}, "epcisBody": {body}{after}}}'
    ).encode()


GOOD = json.dumps(seen(0) | {"@context": CONTEXT})
XML = write_xml(EVENTS[:2]).decode()


@pytest.mark.parametrize(
    ("data", "code", "place", "events"),
    [
        (document(GOOD, "{}"), "epcis.event_type", "/epcisBody/eventList/1/type", 1),
        (document(GOOD, '{"a": 1, "a": 2}'), "json.duplicate_member", "line 1", 1),
        (document(GOOD, "{1}"), "json.syntax", "/epcisBody/eventList/1", 1),
        (document(GOOD, after=', "@context": []'), "json.duplicate_member", "/@context", 1),
        (document(GOOD)[:-1], "epcis.stream_syntax", "byte ", 1),
        (document(GOOD) + b"x", "epcis.stream_syntax", "byte ", 1),
        (document(GOOD)[:80], "epcis.stream_syntax", "byte ", 0),
        (document(GOOD, context="[7]"), "epcis.context", "/@context", 0),
        (b'{"epcisBody": {"eventList": []}, "@context": 1}', "epcis.stream_context", "/@con", 0),
        (b"{,}", "epcis.stream_syntax", "byte 1", 0),
        (b"[1,]", "epcis.event_type", "/0/type", 0),
        (b"", "epcis.stream_syntax", "byte 0", 0),
        (b"nonsense", "epcis.stream_syntax", "byte 0", 0),
        (b"\x1f\x8b\x08nonsense-and-more", "epcis.gzip", "", 0),
        (gzip.compress(document(GOOD))[:-4], "epcis.gzip", "", 0),
        (XML[:-9].encode(), "epcis.xml_syntax", "", 2),
        (XML.replace("EPCISDocument", "Other").encode(), "epcis.not_a_document", "line 2", 0),
        (XML.replace("<action>OBSERVE", "<action>x", 1).encode(), "fields.not_one_of", "line", 0),
        (XML.replace("ObjectEvent", "NoEvent").encode(), "epcis.event_type", "line ", 0),
        (XML.replace("</EventList>", "<x/></EventList>").encode(), "epcis.event_type", "line", 2),
        (b'<!DOCTYPE e [<!ENTITY a "b">]>' + XML[38:].encode(), "epcis.xml_dtd", "line 1", 0),
        (XML[39:].encode("utf-16"), "epcis.xml_encoding", "line 1", 0),
        (XML[39:].encode("utf-16-le"), "epcis.xml_encoding", "line 1", 0),
        (b"<e/>", "epcis.not_a_document", "line 1, /e", 0),
    ],
)
def test_a_fault_comes_after_the_events_before_it(
    data: bytes, code: str, place: str, events: int
) -> None:
    read: list[Any] = []
    with pytest.raises(EpcisError) as caught:
        read.extend(stream_events(BytesIO(data)))
    assert (caught.value.code, len(read)) == (code, events)
    assert caught.value.place.startswith(place)


def query(events: str, **members: Any) -> bytes:
    around = json.dumps({"@context": CONTEXT, "type": "EPCISQueryDocument"} | members)[:-1]
    body = f'"queryResults": {{"resultsBody": {{"eventList": {events}}}}}'
    return f'{around}, "epcisBody": {{{body}}}}}'.encode()


DEEP = b'{"epcisBody":' * 5000
TWICE = f'"eventList": [{GOOD}], "eventList": [{GOOD}]'


@pytest.mark.parametrize(
    ("data", "code", "place", "events"),
    [
        (DEEP, "json.too_deep", "byte", 0),
        (b'{"a":' * 10**6, "json.too_deep", "byte", 0),
        (b'{"epcisBody":{"queryResults":' * 5000, "json.too_deep", "byte", 0),
        (document(GOOD).replace(b"EPCISDocument", b"Nonsense"), "fields.not_one_of", "/type", 0),
        (document(GOOD).replace(b"EPCISDocument", b"EPCISQueryDocument"), "epcis.no_event_list",
         "/epcisBody/queryResults/resultsBody/eventList", 0),
        (document(GOOD, before=', "schemaVersion": "9"'), "fields.form", "/schemaVersion", 1),
        (document(GOOD, after=', "creationDate": "today"'), "epcis.time", "/creationDate", 1),
        (document(GOOD, after=', "epcisBody": {}'), "json.duplicate_member", "/epcisBody", 1),
        (document(GOOD).replace(f'"eventList": [{GOOD}]'.encode(), TWICE.encode()),
         "json.duplicate_member", "/epcisBody/eventList", 1),
        (query("[]").replace(b'"queryResults": {', b'"queryResults": {"a": 1, "a": 2, '),
         "json.duplicate_member", "/epcisBody/queryResults/a", 0),
        (query(f"[{GOOD}]", type="EPCISDocument"), "epcis.no_event_list",
         "/epcisBody/eventList", 0),
        (document(GOOD).replace(b'"@context": []', b'"id": "urn:x:1"'), "fields.missing",
         "/@context", 1),
        (document(after=', "ex:a": ' + "[" * 31 + "]" * 31), "json.too_deep", "/ex:a/0/0", 0),
        (document(GOOD, json.dumps(seen(1, 0)).replace('"ex:note": 0', '"ex:note": 1e999')),
         "json.out_of_range", "/epcisBody/eventList/1/ex:note", 1),
        (XML.replace('schemaVersion="2.0"', 'schemaVersion="9"').encode(), "fields.form",
         "/schemaVersion", 2),
        (XML.replace("<EventList>", '<EventList ex:a="1">').encode(), "epcis.xml_attribute",
         "line", 2),
        (XML.replace("</ObjectEvent>", "</ObjectEvent>lost", 1).encode(), "epcis.xml_text",
         "line", 1),
        (XML.replace("</EPCISBody>", "</EPCISBody><EPCISBody/>").encode(), "epcis.xml_twice",
         "line", 2),
    ],
)  # fmt: skip
def test_a_document_is_looked_at_as_a_whole_in_the_end(
    data: bytes, code: str, place: str, events: int
) -> None:
    read: list[Any] = []
    with pytest.raises(EpcisError) as caught:
        read.extend(stream_events(BytesIO(data)))
    assert (caught.value.code, len(read)) == (code, events)
    assert caught.value.place.startswith(place)
    with pytest.raises(EpcisError):
        read_document(data)


def test_members_of_the_body_beside_the_events_are_read_past() -> None:
    data = document(GOOD).replace(b'{"eventList"', b'{"ex:a": {"eventList": [7]}, "eventList"')
    assert streamed(data) == [event.to_json() for event in read_document(data).events]
    assert len(streamed(query(f"[{GOOD}]"))) == 1


def test_wrapped_events_of_version_1_2_are_forgotten_too() -> None:
    events = "<extension>" + XML.partition("<EventList>")[2].partition("</EventList>")[0]
    data = XML.partition("<EventList>")[0] + "<EventList>" + (events + "</extension>\n") * 50
    data = (data + "</EventList></EPCISBody></epcis:EPCISDocument>").replace(
        "urn:epcglobal:epcis:xsd:2", "urn:epcglobal:epcis:xsd:1"
    )
    assert len(streamed(data.encode())) == len(read_document(data.encode()).events) == 100


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_an_event_that_is_too_large_is_refused_before_it_is_held(syntax: str) -> None:
    large = parse_event(seen(9, "x" * 200_000), context=CONTEXT)
    write = write_json if syntax == "json" else write_xml
    data = write([EVENTS[0], large])
    assert len(streamed(data)) == 2
    with pytest.raises(EpcisError) as caught:
        streamed(data, max_event_bytes=20_000)
    assert caught.value.code == "epcis.event_too_large"


def test_a_head_that_never_ends_is_refused() -> None:
    members = ",".join(f'"ex:{number}": "{"x" * 1_000_000}"' for number in range(20))
    with pytest.raises(EpcisError) as caught:
        streamed(f'{{"@context": [], {members}, "epcisBody": {{"eventList": []}}}}'.encode())
    assert caught.value.code == "json.too_large"
    with pytest.raises(EpcisError) as caught:
        streamed(XML.replace("<EPCISBody>", "<ex:a/>" * 2_500_000 + "<EPCISBody>").encode())
    assert caught.value.code == "json.too_large"


@pytest.mark.parametrize(
    ("start", "piece", "code"),
    [
        (b"[", b"[", "json.too_deep"),
        (b'[{"a":[', b"1,", "epcis.event_too_large"),
        (b'["', b"x", "epcis.event_too_large"),
        (b"", b" ", "json.too_large"),
        (b"[", b"\n", "epcis.event_too_large"),
    ],
)
def test_what_never_ends_is_refused(start: bytes, piece: bytes, code: str) -> None:
    class Endless:
        def __init__(self) -> None:
            self.given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return (start if self.given == size else b"") + piece * size

    source = Endless()
    with pytest.raises(EpcisError) as caught:
        list(stream_events(source, max_event_bytes=2**20))  # type: ignore[arg-type]
    assert caught.value.code == code
    assert source.given < 2**25


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_what_a_writer_writes_is_the_document_of_its_events(
    syntax: Literal["json", "xml"],
) -> None:
    file = BytesIO()
    with DocumentWriter(file, syntax, created=NOW, context=CONTEXT) as writer:
        for event in EVENTS:
            writer.write(event)
        writer.write(parse_event(seen(8), context=[{"ex": "urn:other"}]))
    document = read_document(file.getvalue())
    assert [e.to_json() for e in document.events] == [*map(seen, range(5)), seen(8)]
    assert document.events[-1].prefixes == {"ex": "urn:other", "ocop": VOCABULARY}
    assert document.head is not None
    assert document.head.creation_date == NOW.isoformat()


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_document_that_was_not_finished_cannot_be_read(syntax: Literal["json", "xml"]) -> None:
    file = BytesIO()
    with contextlib.suppress(KeyError), DocumentWriter(file, syntax, created=NOW) as writer:
        writer.write(EVENTS[0])
        raise KeyError
    with pytest.raises(EpcisError):
        read_document(file.getvalue())


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_writer_goes_on_with_the_head_of_a_document(syntax: Literal["json", "xml"]) -> None:
    source = json.loads(write_json(EVENTS)) | {"sender": "a", "receiver": "b"}
    document = read_document(json.dumps(source).encode())
    file = BytesIO()
    with DocumentWriter(file, syntax, head=document.head) as writer:
        for event in document.events:
            writer.write(event)
    assert json.loads(write_json(read_document(file.getvalue()))) == source


class Made:
    """A document that is made while it is read."""

    def __init__(self, syntax: Literal["json", "xml"], size: int) -> None:
        file = BytesIO()
        with DocumentWriter(file, syntax, created=NOW, context=CONTEXT) as writer:
            writer.write(EVENTS[0])
            self._start = file.getvalue()
            writer.write(EVENTS[1])
        event = file.getvalue()[len(self._start) :]
        end = b"\n]" if syntax == "json" else b"\n</EventList>"
        event, mark, rest = event.rpartition(end)
        self._pieces = self._make(event, mark + rest, size)

    def _make(self, event: bytes, end: bytes, size: int) -> Iterator[bytes]:
        yield self._start
        block = event * 200
        for _ in range(size // len(block)):
            yield block
        yield end

    def read(self, size: int = -1) -> bytes:
        del size
        return next(self._pieces, b"")


def resident() -> int:
    """Return the memory of this process, in bytes."""
    return int(MEMORY.read_text().split()[1]) * 4096


@pytest.mark.skipif(not MEMORY.exists(), reason="the memory of the process is not shown here")
@pytest.mark.parametrize("syntax", SYNTAXES)
def test_memory_does_not_grow_with_the_document(syntax: Literal["json", "xml"]) -> None:
    stream = stream_events(Made(syntax, 50_000_000))  # type: ignore[arg-type]
    count = sum(1 for _, event in zip(range(10_000), stream, strict=False) if event)
    before = resident()
    most = before
    for event in stream:
        count += bool(event)
        if count % 10_000 == 0:
            most = max(most, resident())
    assert count > 70_000
    assert most - before < 5_000_000


@pytest.mark.parametrize(
    "before", ["<EventList>", "</ObjectEvent>", "<EPCISBody>", "</EPCISBody>", "</EventList>"]
)
def test_text_beside_elements_is_refused(before: str) -> None:
    data = XML.replace(before, f"{before}or so").encode()
    with pytest.raises(EpcisError) as caught:
        read_document(data)
    assert caught.value.code == "epcis.xml_text"
    if before in {"<EventList>", "</ObjectEvent>"}:
        with pytest.raises(EpcisError) as caught:
            streamed(data)
        assert caught.value.code == "epcis.xml_text"
    assert streamed(XML.replace(before, f"{before} \n ").encode()) == streamed(XML.encode())


def test_a_stream_that_never_stops_declaring_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ocoptrace.epcis.streaming.MAX_DECLARATIONS", 200)
    event = XML.partition("<ObjectEvent")[2].partition("</ObjectEvent>")[0]
    events = f'<ObjectEvent xmlns:d="urn:d"{event}</ObjectEvent>' * 500
    with pytest.raises(EpcisError) as caught:
        streamed(XML.replace("<EventList>", f"<EventList>{events}").encode())
    assert caught.value.code == "epcis.xml_declarations"


def test_a_list_of_events_inside_an_extension_is_none() -> None:
    data = XML.replace("<EventList>", "<ex:e><EventList>").replace(
        "</EventList>", "</EventList></ex:e><EventList></EventList>"
    )
    assert streamed(data.encode()) == []
    assert read_document(data.encode()).events == ()
