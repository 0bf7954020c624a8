from __future__ import annotations

import json
import re
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.errors import StorageError
from ocoptrace.origin_record import MEDIA_TYPE, OriginRecord
from ocoptrace.signing import Root, TrustBundle, Trusted
from ocoptrace.verify import verify_record
from ocoptrace.web.answer import SECURITY_HEADERS
from ocoptrace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOW = datetime(2026, 11, 23, 9, 0, 40, tzinfo=UTC)
GTIN = "/01/09524071001014"
BATCH = f"{GTIN}/10/ST260915"
EVERY_KIND = (
    "/",
    "/healthz",
    "/static/style.css",
    "/trust/root.json",
    GTIN,
    BATCH,
    f"{BATCH}?format=record",
    f"{BATCH}/21/NONE",
    f"{GTIN}/10/OTHER",
    "/01/09524071001015",
    "/nowhere",
)


def text_of(html: str) -> str:
    """Return what a page shows, without markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/healthz", 200),
        ("/static/style.css", 200),
        ("/static/icon.svg", 200),
        ("/static/../app.py", 404),
        ("/static/app.py", 404),
        ("/trust/bundle.json", 200),
        ("/trust/office.json", 404),
        (GTIN, 200),
        (f"{GTIN}/21/K7Q2", 200),
        (BATCH, 200),
        (f"{BATCH}/", 200),
        (f"{BATCH}?17=280914&fbclid=x", 200),
        (f"{BATCH}/21/K7Q2", 200),
        (f"{GTIN}/10/OTHER", 404),
        ("/01/09524071001021", 404),
        ("/01/09524071001015", 400),
        ("/01/9524071001014", 400),
        (f"{BATCH}?17=281399", 400),
        (f"{GTIN}/10/M%E1%BA%AFm", 400),
        ("/ocop/7K3MQ9TB/MAM", 404),
        ("/ocop/one", 400),
        ("/nowhere", 404),
        ("/docs", 404),
        ("/openapi.json", 404),
    ],
)
def test_every_address_has_its_status(reader: Any, path: str, status: int) -> None:
    assert reader.ask(path).status_code == status


@pytest.mark.parametrize("path", EVERY_KIND)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_every_answer_keeps_to_itself(reader: Any, path: str, method: str) -> None:
    headers = reader.ask(path, method).headers
    assert {name: headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert "script" not in headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", EVERY_KIND)
def test_head_says_what_get_would(reader: Any, path: str) -> None:
    head, get = reader.ask(path, "HEAD"), reader.ask(path)
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert head.headers == get.headers


def test_nothing_but_reading_is_allowed(reader: Any) -> None:
    answer = reader.ask(BATCH, "POST", accept_language="en")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert "This page is only for reading." in answer.text


def test_any_host_is_answered_alike(reader: Any) -> None:
    assert reader.ask(BATCH, host="phone.local:8000").content == reader.ask(BATCH).content


def test_a_wrong_check_digit_is_said_with_what_to_do(reader: Any) -> None:
    shown = text_of(reader.ask("/01/09524071001015?lang=vi").text)
    assert "phải là 4, nhưng đang là 5" in shown
    assert "Hãy quét lại tem" in shown
    shown = text_of(reader.ask("/01/09524071001015?lang=en").text)
    assert "should be 4" in shown


def test_an_unknown_lot_is_named(reader: Any) -> None:
    shown = text_of(reader.ask(f"{GTIN}/10/OTHER", accept_language="en").text)
    assert f"There is no record here for {GTIN}/10/OTHER." in shown


def test_the_language_asked_for_beats_the_browser(reader: Any) -> None:
    asked = reader.ask(f"{BATCH}?lang=en", accept_language="vi")
    assert '<html lang="en">' in asked.text
    assert '<html lang="vi">' in reader.ask(BATCH).text
    assert asked.headers["vary"] == "Accept-Language"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_page_is_light_and_fully_worded(reader: Any, language: str) -> None:
    answer = reader.ask(f"{BATCH}?lang={language}")
    assert len(answer.content) < 30_000
    shown = text_of(answer.text)
    assert not re.search(r"\b(page|verdict|steps)\.[a-z_]+|\{\w+\}", shown)
    assert "<script" not in answer.text
    assert " style=" not in answer.text


def test_a_page_has_all_that_a_shopper_asks(reader: Any) -> None:
    shown = text_of(reader.ask(f"{BATCH}?lang=vi").text)
    for said in (
        "phát hành cho lô ST260915. 17 trên 17 bước đã được ký và ghi sổ công khai.",
        "Theo id.example:",
        "Mắm tôm Sóng Trăng",
        "OCOP 4 sao",
        "Có giá trị đến 17/05/2029",
        "Hợp tác xã · Xã Vạn Lộc, Thanh Hóa",
        "15/09/2026",
        "180 g",
        "giáp xác",
        "3.200 kg Moi biển tươi + 800 kg Muối hạt → 4.000 kg Chượp moi",
        "6 kiện, mỗi kiện 3.072 cái Mắm tôm Sóng Trăng",
        "0.03 mg/kg",
        "ai cũng có thể chép lại mã QR",
    ):
        assert said in shown


def test_an_english_page_gives_the_vietnamese_name_too(reader: Any) -> None:
    html = reader.ask(f"{BATCH}?lang=en").text
    assert "<h1>Song Trang shrimp paste</h1>" in html
    assert '<p class="vietnamese" lang="vi">Mắm tôm Sóng Trăng</p>' in html


def test_what_a_page_offers_verifies_by_itself(reader: Any, demo: Workspace) -> None:
    answer = reader.ask(f"{BATCH}?format=record")
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert 'filename="09524071001014-ST260915.ocop"' in answer.headers["content-disposition"]
    root = Root.load(reader.ask("/trust/root.json").content)
    trust = TrustBundle.load(reader.ask("/trust/bundle.json").content, root=root)
    verdict = verify_record(answer.content, trust=trust, now=datetime(2026, 11, 23, 10, tzinfo=UTC))
    assert verdict.overall == "ok"
    assert root.fingerprint == demo.root.fingerprint
    assert root.fingerprint in reader.ask(BATCH).text


def test_whoever_missed_a_root_finds_each_of_them(reader_of: Any, tmp_path: Path) -> None:
    with closing(Workspace.create(tmp_path / "office", clock=lambda: NOW)) as ws:
        first = ws.root
        for _ in range(2):
            ws.office.rotate_own()
        reader = reader_of(ws)
        names = ("root-1", "root-2", "root", "bundle")
        files = [reader.ask(f"/trust/{name}.json").content for name in names]
        trusted = Trusted(first).update(files)
        assert (trusted.root, trusted.bundle) == (ws.root, ws.trust)
        for name in ("root-0", "root-3", "root-x", "roots", "root-01"):
            assert reader.ask(f"/trust/{name}.json").status_code == 404


def test_every_link_of_a_page_leads_somewhere(reader: Any) -> None:
    html = reader.ask(f"{BATCH}?lang=en").text
    links = set(re.findall(r'(?:href|src)="([^"#][^"]*)"', html))
    assert len(links) >= 7
    for link in links:
        path = link if link.startswith("/") else BATCH + link
        assert reader.ask(path).status_code == 200, link


def test_a_page_is_sent_again_only_when_it_changed(reader: Any) -> None:
    first = reader.ask(f"{BATCH}?lang=vi")
    again = reader.ask(f"{BATCH}?lang=vi", if_none_match=f'W/"old", {first.headers["etag"]}')
    assert (again.status_code, again.content) == (304, b"")
    assert reader.ask(f"{BATCH}?lang=en").headers["etag"] != first.headers["etag"]
    assert "immutable" in reader.ask("/static/style.css").headers["cache-control"]
    assert first.headers["cache-control"] == "no-cache"


def test_a_sticker_that_was_issued_is_told_from_one_that_was_not(
    told: Callable[..., Workspace], story: dict[str, Any], reader_of: Any
) -> None:
    workspace = told(story)
    run = workspace.label_run(workspace.batches()[0].id, count=1, demo=True)
    item = urlsplit(run.contents[0].link).path
    reader = reader_of(workspace)
    shown = text_of(reader.ask(f"{item}?lang=en").text)
    serial = run.contents[0].serial or ""
    grouped = f"{serial[:4]} {serial[4:8]} {serial[8:]}"
    assert f"Sticker {grouped} was issued by Song Trang" in shown
    assert "17 of 17 steps" in shown
    other = text_of(reader.ask(f"{BATCH}/21/0123456789AB?lang=en").text)
    assert "id.example has issued no sticker with number 0123 4567 89AB for this lot." in other
    assert "It holds" not in other
    assert "was issued by" not in other


def test_plain_names_are_answered_in_either_case_of_their_literal(
    told: Callable[..., Workspace], story: dict[str, Any], reader_of: Any
) -> None:
    del story["products"]["MAMTOM"]["gtin"]
    del story["events"][14:]
    workspace = told(story)
    path = urlsplit(workspace.batches()[0].id).path
    assert path.startswith("/ocop/")
    reader = reader_of(workspace)
    page = reader.ask(path)
    assert page.status_code == 200
    assert reader.ask(path.upper()).content == page.content
    assert reader.ask(f"{path}/K7Q2").status_code == 200
    assert reader.ask(path.rpartition("/")[0]).status_code == 200
    assert "MAMTOM-ST260915.ocop" in page.text


def test_a_page_never_writes(
    told: Callable[..., Workspace], story: dict[str, Any], reader_of: Any
) -> None:
    workspace = told(story)
    size = workspace.log_size
    reader = reader_of(workspace)
    served = reader.ask(f"{BATCH}?format=record").content
    assert [reader.ask(path).status_code for path in EVERY_KIND]
    assert workspace.log_size == size
    assert not [s for s in OriginRecord.parse(served).statements if s.statement.kind == "record"]
    assert "bên phát hành không xác nhận" in text_of(reader.ask(BATCH).text)


def test_the_record_served_is_the_one_that_was_exported(
    told: Callable[..., Workspace], story: dict[str, Any], reader_of: Any
) -> None:
    workspace = told(story)
    exported = workspace.origin_record(workspace.batches()[0].id).to_bytes()
    (producer,) = [each.id for each in workspace.producers()]
    reader = reader_of(workspace)
    assert reader.ask(f"{BATCH}?format=record").content == exported
    assert "bên phát hành không xác nhận" not in text_of(reader.ask(BATCH).text)
    workspace.import_registry(json.dumps(neighbour(story)).encode())
    assert workspace.trust.version == 3
    assert reader.ask(f"{BATCH}?format=record").content == exported
    later = [*story["events"], story["events"][-1] | {"eventTime": "2026-10-14T08:00:00+07:00"}]
    longer = workspace.read_story(json.dumps(story | {"events": later}).encode())
    workspace.record(longer.events, producer=producer)
    assert reader.ask(f"{BATCH}?format=record").content != exported
    assert "bên phát hành không xác nhận" in text_of(reader.ask(BATCH).text)


def test_what_was_erased_is_shown_no_more(
    told: Callable[..., Workspace], story: dict[str, Any], reader_of: Any
) -> None:
    workspace = told(story)
    reader = reader_of(workspace)
    address = f"{BATCH}?format=record"
    served = OriginRecord.parse(reader.ask(address).content)
    event = next(each for each in served.statements if each.statement.kind == "event")
    assert event.payload is not None
    assert workspace.erase([event.statement.id]) == 1
    again = OriginRecord.parse(reader.ask(address).content).statements
    assert [each.payload for each in again if each.statement == event.statement] == [None]


def test_goods_of_others_that_were_accepted_have_no_page_here(
    told: Callable[..., Workspace], story: dict[str, Any], reader_of: Any, tmp_path: Path
) -> None:
    issuer = told(story)
    other = Workspace.create(tmp_path / "other", clock=lambda: NOW)
    other.accept(issuer.origin_record(issuer.batches()[0].id), trust=issuer.trust)
    assert reader_of(issuer).ask(BATCH).status_code == 200
    assert reader_of(other).ask(BATCH).status_code == 404
    other.close()


def neighbour(members: dict[str, Any]) -> dict[str, Any]:
    """Return the story of another producer, who has no GS1 keys."""
    other: dict[str, Any] = json.loads(json.dumps(members))
    other["producer"]["names"] = {"vi": "Hộ bà Tư (ví dụ)", "en": "Household Tu (example)"}
    del other["producer"]["companyPrefixes"]
    for keyed in (other["producer"], *other["places"].values(), *other["products"].values()):
        keyed.pop("gln", None)
        keyed.pop("gtin", None)
    return other


def test_a_record_is_built_once_until_the_log_grows(
    told: Callable[..., Workspace],
    story: dict[str, Any],
    reader_of: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    workspace = told(story)
    built = []
    build = workspace.origin_record

    def counted(*names: str, **options: bool) -> OriginRecord:
        built.append(names)
        return build(*names, **options)

    monkeypatch.setattr(workspace, "origin_record", counted)
    reader = reader_of(workspace)
    for path in (BATCH, BATCH, f"{BATCH}?lang=en", f"{BATCH}/21/A1", f"{BATCH}?format=record"):
        assert reader.ask(path).status_code == 200
    assert len(built) == 1
    build(workspace.batches()[0].id, state_complete=True)
    assert reader.ask(BATCH).status_code == 200
    assert len(built) == 2


@pytest.mark.parametrize(
    "failure",
    [StorageError("store.failed", reason="secret path", name="X"), RuntimeError("secret path")],
)
def test_a_failure_is_a_calm_page_that_gives_nothing_away(
    told: Callable[..., Workspace],
    story: dict[str, Any],
    reader_of: Any,
    monkeypatch: pytest.MonkeyPatch,
    failure: Exception,
) -> None:
    workspace = told(story)

    def fail(*_: str, **__: bool) -> OriginRecord:
        raise failure

    monkeypatch.setattr(workspace, "origin_record", fail)
    answer = reader_of(workspace).ask(f"{BATCH}?lang=en")
    assert answer.status_code == 503
    assert "Try again in a few minutes." in answer.text
    assert "secret" not in answer.text
    assert answer.headers["Content-Security-Policy"]


def test_markup_in_names_is_shown_and_never_obeyed(
    told: Callable[..., Workspace], story: dict[str, Any], reader_of: Any
) -> None:
    evil = "<script>alert(1)</script>\"'&{{ 7 * 7 }}"
    story["products"]["MAMTOM"]["names"] = {"vi": evil, "en": evil}
    story["events"][0]["description"] = {"vi": evil, "en": evil}
    reader = reader_of(told(story))
    for path in ("/", GTIN, BATCH):
        html = reader.ask(path).text
        assert "<script" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
        assert "{{ 7 * 7 }}" in html


@given(
    st.sampled_from([b"/01/", b"/ocop/", b"/OCOP/", BATCH.encode() + b"/21/"]),
    st.binary(max_size=40) | st.text("0123456789/%AZ.-~ée\0", max_size=40).map(str.encode),
    st.binary(max_size=20),
)
def test_no_path_makes_a_page_fail(reader: Any, start: bytes, rest: bytes, query: bytes) -> None:
    assert reader.ask_raw(start + rest, query) in {200, 400, 404}
