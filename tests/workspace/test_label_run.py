"""Runs of stickers: serials that are issued once, stated, and printed as they were meant."""

from __future__ import annotations

import shutil
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clock import Clock
from ocoptrace import canonical_json
from ocoptrace.errors import Gs1Error, LabelError, ProofError, WorkspaceError
from ocoptrace.gs1 import SERIAL_ALPHABET, parse_name
from ocoptrace.labels import scan_file
from ocoptrace.labels.manifest import Manifest, manifest_path
from ocoptrace.labels.stock.printer import PrinterProfile
from ocoptrace.registry import Issuance, read_entry
from ocoptrace.transparency import leaf_hash
from ocoptrace.transparency.merkle import root_of
from ocoptrace.verify import verify_label, verify_record
from ocoptrace.workspace import Workspace, print_job
from ocoptrace.workspace.item_names import ItemNames
from ocoptrace.workspace.printing import Printing
from ocoptrace.workspace.serials import Counted, Drawn, Given, Serials, counted, draw

if TYPE_CHECKING:
    from collections.abc import Callable

    from ocoptrace.workspace.label_run import LabelRun

STORIES = Path(__file__).parents[2] / "examples" / "stories"
OTHER_BATCH = "https://id.gs1.org/01/09524071001014/10/OTHER"


@pytest.fixture
def batch(commune: Workspace) -> str:
    return next(b.id for b in commune.batches() if "/01/" in b.id)


@pytest.fixture
def issue(commune: Workspace, batch: str) -> Callable[..., LabelRun]:
    def issue(**options: Any) -> LabelRun:
        return commune.label_run(batch, **({"demo": True, "sealed": 0} | options))

    return issue


def issuance_of(ws: Workspace, run: LabelRun) -> Issuance:
    assert run.statement_id is not None
    payload = ws._setting.stated(run.statement_id).payload  # noqa: SLF001
    assert payload is not None
    entry = read_entry(canonical_json.loads(payload))
    assert isinstance(entry, Issuance)
    return entry


# Serials


def test_random_serials_have_twelve_symbols_and_ascend(issue: Callable[..., LabelRun]) -> None:
    run = issue(count=200)
    serials = list(run.serials)
    assert serials == sorted(set(serials))
    assert all(len(serial) == 12 for serial in serials)
    assert set("".join(serials)) <= set(SERIAL_ALPHABET)
    assert [content.serial for content in run.contents] == serials


def test_a_sequence_counts_on_from_its_first(issue: Callable[..., LabelRun]) -> None:
    run = issue(count=3, serials="A0099")
    assert list(run.serials) == ["A0099", "A0100", "A0101"]
    assert run.contents[-1].link == f"{run.contents[0].link[:-5]}A0101"


@pytest.mark.parametrize(
    ("serials", "count", "code"),
    [
        ("A", 1, "workspace.first_serial"),
        ("1234567890123456", 1, "workspace.first_serial"),
        ("A98", 3, "workspace.serial_digits"),
        (["x", "y"], 3, "workspace.too_few_serials"),
        (["x", "y", "x"], 3, "workspace.serial_twice"),
        (lambda number: f"N{number % 2}", 3, "workspace.serial_twice"),
    ],
)
def test_serials_that_do_not_make_a_run_are_refused(
    issue: Callable[..., LabelRun], serials: Any, count: int, code: str
) -> None:
    with pytest.raises(WorkspaceError) as caught:
        issue(count=count, serials=serials)
    assert caught.value.code == code


@pytest.mark.parametrize("serials", [["có dấu"], ["A" * 21], [""], "A b1", "ABCDEFGHIJKLMNOP00001"])
def test_a_serial_that_cannot_stand_in_a_name_is_refused(
    issue: Callable[..., LabelRun], serials: Any
) -> None:
    with pytest.raises(Gs1Error):
        issue(count=1, serials=serials)


def test_a_serial_is_issued_once_in_a_batch(
    commune: Workspace, issue: Callable[..., LabelRun]
) -> None:
    first = issue(count=10, serials="L0001")
    drawn = issue(count=5)
    size = commune.log_size
    overlapping: list[Any] = ["L0010", "L0001", ["x", "L0004"], [drawn.serials[3]], "L10"]
    for serials in overlapping[:-1]:
        with pytest.raises(WorkspaceError) as caught:
            issue(count=2 if serials != [drawn.serials[3]] else 1, serials=serials)
        assert caught.value.code == "workspace.serial_issued"
        assert caught.value.facts["run"] in {first.code, drawn.code}
    assert commune.log_size == size
    # As long, and a number of other width: other serials.
    issue(count=2, serials="L10")


def test_random_serials_are_drawn_again_where_one_was_issued(
    commune: Workspace, issue: Callable[..., LabelRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = issue(count=3)
    tried = iter([first.serials, draw(3)])
    monkeypatch.setattr("ocoptrace.workspace.issuing.draw", lambda _: next(tried))
    second = issue(count=3)
    assert set(second.serials).isdisjoint(first.serials)
    proof, _ = commune.prove_issued(f"{second.batch}/21/{second.serials[1]}")
    proof.check(issuance_of(commune, second))


KINDS = st.one_of(
    st.integers(1, 30).map(draw),
    st.tuples(st.sampled_from(["", "A", "A-"]), st.integers(0, 60), st.integers(1, 30)).map(
        lambda each: counted(f"{each[0]}{each[1]:03}", each[2])
    ),
    st.sets(st.sampled_from([*(f"A{n:03}" for n in range(90)), "x", "012"]), min_size=1)
    .map(sorted)
    .map(tuple)
    .map(Given),
)


@given(KINDS, KINDS)
def test_what_two_runs_share_is_found_whatever_their_kinds(one: Serials, other: Serials) -> None:
    shared = set(one) & set(other)
    assert (one.overlap(other) in shared) if shared else one.overlap(other) is None
    assert (other.overlap(one) in shared) if shared else other.overlap(one) is None
    assert [one.find(serial) for serial in one] == list(range(len(one)))
    assert all(one.find(serial) is None for serial in set(other) - shared)


def test_names_and_links_are_those_that_the_names_themselves_give() -> None:
    for text in (
        "https://id.gs1.org/01/09521234543213/10/L1",
        "https://id.example/ocop/7K3MQ9TB/MAMTOM/ST260915",
    ):
        name = parse_name(text)
        names = ItemNames.of(name, "id.example")
        serials = ["0123456789AB", "A1", "A.1", "A-_1", "007"]
        serials += ["a/b", "x%y", ".", "..", "-1"] if "/01/" in text else []
        for serial in serials:
            item = name.item(serial)
            assert names.name(serial) == item.canonical()
            for fragment in ("", "123"):
                link = item.to_uri(host="id.example", upper=True, fragment=fragment)
                assert names.link(serial, fragment) == link


# What is stated


def test_that_serials_were_issued_is_one_statement_of_the_batch(
    commune: Workspace, issue: Callable[..., LabelRun]
) -> None:
    size = commune.log_size
    run = issue(count=7, serials="A01")
    assert commune.log_size == size + 1
    said = issuance_of(commune, run)
    names = [f"{run.batch}/21/A{number:02}" for number in range(1, 8)]
    root = root_of(leaf_hash(name.encode()) for name in names)
    assert (said.run, said.count, said.root) == (run.code, 7, root.hex())
    assert run.root == root
    assert said.sequence is not None
    assert [said.sequence.serial(position) for position in (0, 6)] == ["A01", "A07"]


@pytest.mark.parametrize("serials", [None, "A0001", [f"x{n}" for n in range(21)]])
def test_each_item_is_proven_to_be_one_of_its_run_and_no_other_is(
    commune: Workspace, issue: Callable[..., LabelRun], serials: Any
) -> None:
    run, other = issue(count=21, serials=serials), issue(count=21)
    said, said_otherwise = issuance_of(commune, run), issuance_of(commune, other)
    for position, serial in enumerate(run.serials):
        proof, statement = commune.prove_issued(f"{run.batch}/21/{serial}")
        assert (proof.index, statement) == (position, run.statement_id)
        proof.check(said)
        for wrong in (
            replace(proof, item=f"{run.batch}/21/NOT"),
            replace(proof, index=position ^ 1),
            replace(proof, item=f"{OTHER_BATCH}/21/{serial}"),
            replace(proof, run=other.code),
        ):
            with pytest.raises(ProofError):
                wrong.check(said)
        with pytest.raises(ProofError):
            proof.check(said_otherwise)
    for item in (f"{run.batch}/21/NOT", run.batch, f"{OTHER_BATCH}/21/{run.serials[0]}"):
        with pytest.raises(WorkspaceError) as caught:
            commune.prove_issued(item)
        assert caught.value.code == "workspace.not_issued"


def test_a_record_tells_of_it_and_holds(commune: Workspace, clock: Clock, batch: str) -> None:
    story = commune.read_story(STORIES / "shrimp-paste.json")
    commune.record(story.events, producer=story.producer.id)
    commune.label_run(batch, count=3, demo=True)
    record = commune.origin_record(batch)
    shown = [canonical_json.loads(e.payload or "")["type"] for e in record.statements
             if e.statement.kind == "batch" and e.statement.subject == batch]  # fmt: skip
    assert sorted(shown) == ["batch", "issuance"]
    assert verify_record(record, trust=commune.trust, now=clock()).overall == "ok"


# What is printed


def test_the_contents_of_a_run_are_made_anew_and_are_the_same(
    commune: Workspace, batch: str
) -> None:
    run = commune.label_run(batch, count=5, sealed=2, copies=2, demo=True)
    once, again = list(run.contents), list(run.contents)
    assert once == again
    assert once == [run.contents[number] for number in range(10)] == run.contents[:]
    assert (
        [each.serial for each in once[::2]]
        == list(run.serials)
        == [each.serial for each in once[1::2]]
    )
    assert ["#" in each.link for each in once] == [True] * 4 + [False] * 6
    for each in once[:4]:
        assert verify_label(each.link, trust=commune.trust, now=Clock()()).overall == "ok_offline"


def test_a_run_is_printed_as_it_was_meant_after_its_workspace_was_closed(
    commune: Workspace, batch: str, tmp_path: Path
) -> None:
    run = commune.label_run(batch, count=30, copies=2, start_slot=5, sealed=7, demo=True)
    links = [each.link for each in run.contents]
    commune.close()
    again = Workspace.open(commune.folder, clock=Clock())
    opened = again.label_run_of(run.code)
    assert [each.link for each in opened.contents] == links
    assert (opened.serials, opened.root, opened.sealed) == (run.serials, run.root, 7)
    assert opened.pdf() == run.pdf()
    opened.write_pdf(tmp_path / "stickers.pdf")
    found = [scan.text for scan in scan_file((tmp_path / "stickers.pdf").read_bytes())]
    assert found == links
    again.close()


def test_a_run_of_rows_says_what_each_row_says(commune: Workspace, batch: str) -> None:
    rows = [
        {"tên sản phẩm": "Mắm tôm loại 1", "Khối lượng tịnh": "500 g", "Số tem": 2},
        {"tên sản phẩm": "Mắm tôm loại 2", "Ghi chú": "hũ sành"},
    ]
    run = commune.label_run(batch, rows=rows, demo=True, sealed=0)
    told = [(c.product, c.net_content, c.value("ghi_chu")) for c in run.contents]
    first = ("Mắm tôm loại 1", "500 g", None)
    assert told == [first, first, ("Mắm tôm loại 2", "180 g", "hũ sành")]
    # What a row does not say is still said.
    assert all(c.value("ingredients", "en") for c in run.contents)
    assert len(set(run.serials)) == 3
    opened = commune.label_run_of(run.code)
    assert list(opened.contents) == list(run.contents)


@pytest.mark.parametrize(
    ("rows", "code", "place"),
    [
        ([{"sê-ri": "x1"}, {"stars": 3}], "label.serial_missing", "/1/sê-ri"),
        ([{"sê-ri": "x1", "copies": 2}], "label.serial_copies", "/0/sê-ri"),
        ([{"lô": "L9", "stars": 3}], "label.column_of_batch", "/0/lô"),
        ([{"stars": 9}], "label.stars", "/0/stars"),
        ([{"stars": 3}, {"hsd": "31/2/2028"}], "label.cell_date", "/1/hsd"),
        ([], "label.no_rows", ""),
        ([{"product": "x" * 3000}], "label.too_long", "/0/product"),
        ([{"product": ["x"]}], "label.table_json", "/0/product"),
    ],
)
def test_a_row_that_cannot_be_printed_issues_nothing(
    commune: Workspace, batch: str, rows: Any, code: str, place: str
) -> None:
    with pytest.raises(LabelError) as caught:
        commune.label_run(batch, rows=rows, demo=True)
    assert (caught.value.code, caught.value.place) == (code, place)
    assert commune.label_runs() == []


def test_serials_may_come_with_the_rows(commune: Workspace, batch: str) -> None:
    rows = [{"serial": "B7"}, {"serial": "A1", "product": "Mắm tôm"}]
    run = commune.label_run(batch, rows=rows, demo=True)
    assert list(run.serials) == ["B7", "A1"]
    assert run.serials.kind == "listed"
    assert commune.was_issued(f"{batch}/21/A1")


def test_options_are_one_value_or_its_members(commune: Workspace, batch: str) -> None:
    printing = Printing(template="ocop-50x30", stock="roll-50x30", demo=True, sealed=0)
    run = commune.label_run(batch, count=2, printing=printing, dpi=203)
    assert run.printing == replace(printing, dpi=203)
    with pytest.raises(LabelError) as caught:
        commune.label_run(batch, printing=printing, copies=0)
    assert caught.value.code == "label.copies"


# Its file


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files be written in parts of two sheets."""
    monkeypatch.setattr(print_job, "_PART_STICKERS", 48)


def links_in(path: Path) -> list[str]:
    return [scan.text for scan in scan_file(path.read_bytes())]


def test_a_manifest_stands_beside_the_file(
    commune: Workspace, issue: Callable[..., LabelRun], tmp_path: Path
) -> None:
    run = issue(count=30, start_slot=3, serials="A001")
    path = run.write_pdf(tmp_path / "stickers.pdf")
    told = Manifest.parse(manifest_path(path).read_bytes())
    assert manifest_path(path).name == "stickers.manifest.json"
    assert (told.run, told.batch, told.state, told.next) == (run.code, run.batch, "complete", None)
    assert (told.labels.first, told.labels.last, told.labels.count) == ("A001", "A030", 30)
    assert told.labels.root == issuance_of(commune, run).root
    assert told.template.sha256 == run.template.sha256
    [file] = told.files
    assert (file.name, file.size, file.pages) == ("stickers.pdf", path.stat().st_size, 2)
    assert [act.act for act in told.acts] == ["printed"]
    [line] = commune.label_runs()
    assert (line.code, line.size, line.spoiled, line.is_printed) == (run.code, 30, 0, True)


@pytest.mark.usefixtures("in_parts")
def test_a_long_run_is_written_in_parts_and_joined(
    issue: Callable[..., LabelRun], tmp_path: Path
) -> None:
    run = issue(count=130, start_slot=5)
    told: list[tuple[int, int]] = []
    run.write_pdf(tmp_path / "s.pdf", progress=lambda done, total, _: told.append((done, total)))
    assert sorted(path.name for path in tmp_path.glob("*.*")) == ["s.manifest.json", "s.pdf"]
    assert links_in(tmp_path / "s.pdf") == [content.link for content in run.contents]
    assert told == [(done, 130) for done in (20, 44, 68, 92, 116, 130)]


@pytest.mark.usefixtures("in_parts")
@pytest.mark.parametrize("parts", [0, 1, 2])
def test_what_broke_off_is_gone_on_with(
    commune: Workspace, issue: Callable[..., LabelRun], tmp_path: Path, parts: int
) -> None:
    run = issue(count=130, sealed=130)
    path = tmp_path / "s.pdf"

    def pull_the_plug(done: int, *_: object) -> None:
        if done > parts * 48:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run.write_pdf(path, progress=pull_the_plug)
    left = Manifest.parse(manifest_path(path).read_bytes())
    assert (left.state, left.next) == ("partial", parts * 48 + 1)
    assert not path.exists()
    kept = [link for file in left.files for link in links_in(tmp_path / file.name)]
    assert kept == [content.link for content in run.contents[: parts * 48]]
    size = commune.log_size
    begun: list[int] = []
    commune.label_run_of(run.code).write_pdf(path, progress=lambda done, *_: begun.append(done))
    assert begun[0] == parts * 48 + 24
    assert links_in(path) == [content.link for content in run.contents]
    assert commune.log_size == size
    done = Manifest.parse(manifest_path(path).read_bytes())
    assert [act.act for act in done.acts] == ["resumed"] * bool(parts) + ["printed"]
    assert not list(tmp_path.glob("*.part-*"))


@pytest.mark.usefixtures("in_parts")
def test_a_part_that_was_changed_meanwhile_is_written_anew(
    issue: Callable[..., LabelRun], tmp_path: Path
) -> None:
    run = issue(count=100)
    path = tmp_path / "s.pdf"

    def pull_the_plug(done: int, *_: object) -> None:
        if done > 96:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run.write_pdf(path, progress=pull_the_plug)
    (tmp_path / "s.part-002.pdf").write_bytes(b"%PDF-1.6 torn")
    run.write_pdf(path)
    assert links_in(path) == [content.link for content in run.contents]


def test_an_unfinished_run_is_not_written_over(
    issue: Callable[..., LabelRun], tmp_path: Path
) -> None:
    first, second = issue(count=30), issue(count=30)
    path = tmp_path / "s.pdf"

    def pull_the_plug(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        first.write_pdf(path, progress=pull_the_plug)
    with pytest.raises(WorkspaceError) as caught:
        second.write_pdf(path)
    assert (caught.value.code, caught.value.facts["run"]) == (
        "workspace.unfinished_run",
        first.code,
    )
    first.write_pdf(path)
    second.write_pdf(path)
    assert links_in(path) == [content.link for content in second.contents]


def test_a_file_is_printed_once_and_then_duplicated(
    issue: Callable[..., LabelRun], tmp_path: Path
) -> None:
    run = issue(count=3)
    with pytest.raises(WorkspaceError) as caught:
        run.duplicate(tmp_path / "s.pdf")
    assert caught.value.code == "workspace.run_not_printed"
    data = run.write_pdf(tmp_path / "s.pdf").read_bytes()
    with pytest.raises(WorkspaceError) as caught:
        run.write_pdf(tmp_path / "again.pdf")
    assert caught.value.code == "workspace.run_printed"
    again = run.duplicate(tmp_path / "again.pdf")
    assert again.read_bytes() == data
    told = Manifest.parse(manifest_path(again).read_bytes())
    assert [act.act for act in told.acts] == ["printed", "duplicated"]


def test_a_file_that_is_no_pdf_is_refused_before_anything_is_written(
    issue: Callable[..., LabelRun], tmp_path: Path
) -> None:
    run = issue(count=1)
    with pytest.raises(LabelError) as caught:
        run.write_pdf(tmp_path / "stickers.docx")
    assert caught.value.code == "label.output_kind"
    assert not run.is_printed


# Reprints


@pytest.mark.parametrize(
    ("serials", "expected"), [("A001", ["A031", "A032", "A033"]), (None, None), (["x"], None)]
)
def test_spoiled_labels_get_new_serials(
    commune: Workspace, issue: Callable[..., LabelRun], tmp_path: Path, serials: Any, expected: Any
) -> None:
    if serials == ["x"]:
        serials = [f"x{number}" for number in range(30)]
    run = issue(count=30, serials=serials, sealed=5)
    run.write_pdf(tmp_path / "s.pdf")
    new = commune.reprint(run.code, first=4, last=6)
    assert len(new.serials) == 3
    assert set(new.serials).isdisjoint(run.serials)
    assert expected is None or list(new.serials) == expected
    # Of labels 4, 5 and 6 the first two bore a seal.
    assert ["#" in content.link for content in new.contents] == [True, True, False]
    said = issuance_of(commune, new).replaces
    assert said is not None
    assert (said.run, said.first, said.last) == (run.code, 4, 6)
    told = new.manifest("complete", "s.pdf")
    assert told.replaces is not None
    assert (told.replaces.run, told.replaces.first, told.replaces.last) == (run.code, 4, 6)
    spoilt = run.manifest("complete", "s.pdf")
    assert (spoilt.spoiled, spoilt.acts[-1].replaced_by) == (3, new.code)
    assert all(commune.was_issued(f"{run.batch}/21/{s}") for s in [*run.serials, *new.serials])


def test_a_label_is_spoiled_once_and_what_stands_in_for_it_can_be_too(
    commune: Workspace, issue: Callable[..., LabelRun]
) -> None:
    run = issue(count=10)
    new = commune.reprint(run.code, first=2, last=4)
    for first, last in ((4, 5), (1, 2), (3, 3), (1, 10)):
        with pytest.raises(WorkspaceError) as caught:
            commune.reprint(run.code, first=first, last=last)
        assert (caught.value.code, caught.value.facts["run"]) == (
            "workspace.spoiled_before",
            new.code,
        )
    for first, last in ((0, 1), (10, 11), (5, 4)):
        with pytest.raises(WorkspaceError) as caught:
            commune.reprint(run.code, first=first, last=last)
        assert caught.value.code == "workspace.no_such_labels"
    newest = commune.reprint(new.code, first=1, last=3)
    assert len({*run.serials, *new.serials, *newest.serials}) == 16
    with pytest.raises(WorkspaceError) as caught:
        commune.reprint("0" * 12, first=1, last=1)
    assert caught.value.code == "workspace.no_run"


def test_a_row_keeps_its_words_when_its_label_is_spoiled(commune: Workspace, batch: str) -> None:
    rows = [{"product": f"Mắm {number}", "copies": 3} for number in range(4)]
    run = commune.label_run(batch, rows=rows, demo=True, sealed=0)
    new = commune.reprint(run.code, first=3, last=7)
    said = [content.product for content in new.contents]
    assert said == [content.product for content in run.contents[2:7]]


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("run"), st.integers(1, 40), st.sampled_from([None, "A", "AB"])),
            st.tuples(st.just("reprint"), st.integers(0, 9), st.integers(1, 40)),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_no_serial_ever_repeats(
    imported: Path, tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[Any, ...]]
) -> None:
    folder = tmp_path_factory.mktemp("acts") / "ocop"
    shutil.copytree(imported, folder)
    ws = Workspace.open(folder, clock=Clock())
    batch = next(b.id for b in ws.batches() if "/01/" in b.id)
    runs: list[LabelRun] = []
    used = 0
    for kind, one, other in acts:
        try:
            if kind == "run":
                serials = None if other is None else f"{other}{used:05}"
                run = ws.label_run(batch, count=one, serials=serials, demo=True, sealed=0)
                used += one if other else 0
            elif runs:
                earlier = runs[one % len(runs)]
                label = min(other, len(earlier.serials))
                run = ws.reprint(earlier.code, first=label, last=label)
            else:
                continue
        except WorkspaceError as error:
            assert error.code in {"workspace.spoiled_before", "workspace.serial_issued"}  # noqa: PT017
            continue
        runs.append(run)
    serials = [serial for run in runs for serial in run.serials]
    assert len(set(serials)) == len(serials)
    opened = [content.serial for run in runs for content in ws.label_run_of(run.code).contents]
    assert opened == serials
    ws.close()


def _issue_some(folder: str, count: int) -> list[str]:
    ws = Workspace.open(folder, clock=Clock())
    batch = next(b.id for b in ws.batches() if "/01/" in b.id)
    codes = []
    for _ in range(count):
        codes.append(ws.label_run(batch, count=20, demo=True, sealed=0).code)
        try:
            codes.append(ws.label_run(batch, count=3, serials="S0001", demo=True, sealed=0).code)
        except WorkspaceError as error:
            assert error.code == "workspace.serial_issued"  # noqa: PT017
    ws.close()
    return codes


def test_two_at_once_issue_no_serial_twice(commune: Workspace) -> None:
    with get_context("spawn").Pool(2) as pool:
        made = pool.starmap(_issue_some, [(str(commune.folder), 4)] * 2)
    codes = [code for codes in made for code in codes]
    # Of all that asked for S0001, one got it.
    assert len(codes) == 2 * 4 + 1
    runs = [commune.label_run_of(code) for code in codes]
    serials = [serial for run in runs for serial in run.serials]
    assert len(set(serials)) == len(serials) == 8 * 20 + 3


def test_kinds_of_serials_say_what_they_are() -> None:
    kinds = [draw(2), counted("A1", 2), Given(("x", "y"))]
    assert [(type(each), each.kind, len(each)) for each in kinds] == [
        (Drawn, "random", 2),
        (Counted, "sequential", 2),
        (Given, "listed", 2),
    ]


def test_a_sheet_is_filled_as_told_across_parts_and_a_closed_workspace(
    commune: Workspace, batch: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(print_job, "_PART_STICKERS", 24)
    profile = PrinterProfile(name="office", dx=1)
    printing = Printing(
        order="columns",
        used=(1, 2),
        skip=(24,),
        start_slot=4,
        printer=profile,
        crop=True,
        demo=True,
    )
    run = commune.label_run(batch, count=60, printing=printing, sealed=0)
    whole = list(run.printing.lay_out(run.contents))
    opened = commune.label_run_of(run.code)
    assert opened.printing == run.printing
    path = opened.write_pdf(tmp_path / "s.pdf")
    told = Manifest.parse(manifest_path(path).read_bytes())
    assert (told.printer, told.pages) == ("office", len(whole))
    sizes = [len(page.stickers) for page in whole]
    assert 24 not in {sticker.slot for page in whole for sticker in page.stickers}
    assert sorted(links_in(path)) == sorted(content.link for content in run.contents)
    ends = [sum(sizes[: number + 1]) for number in range(len(sizes))]
    pages = [opened.labels_on(number + 1) for number in range(len(sizes))]
    assert pages == list(zip([1, *(end + 1 for end in ends[:-1])], ends, strict=True))
    for page in (0, len(sizes) + 1):
        with pytest.raises(WorkspaceError) as caught:
            opened.labels_on(page)
        assert caught.value.facts == {"page": page, "pages": len(sizes)}


@pytest.mark.usefixtures("in_parts")
@pytest.mark.parametrize(("ending", "each"), [("zpl", b"^XA"), ("tspl", b"PRINT 1,1")])
def test_label_printers_are_sent_their_own_language(
    commune: Workspace, batch: str, tmp_path: Path, ending: str, each: bytes
) -> None:
    run = commune.label_run(
        batch, count=100, template="ocop-50x30", stock="roll-50x30", dpi=203, demo=True, sealed=0
    )
    path = run.write(tmp_path / f"s.{ending}")
    assert path.read_bytes().count(each) == 100
    told = Manifest.parse(manifest_path(path).read_bytes())
    assert (told.output, told.pages, told.state) == (f"s.{ending}", 100, "complete")
    assert not list(tmp_path.glob("*.part-*"))
