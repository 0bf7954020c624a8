"""``demo``: one batch from its story to a sticker that a scan verifies, and three attacks."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocoptrace.cli import attacks
from ocoptrace.cli.options import open_workspace, program, read_file
from ocoptrace.cli.passphrase import given_passphrase
from ocoptrace.cli.terminal import Terminal
from ocoptrace.errors import RegistryError, StorageError, WorkspaceError
from ocoptrace.gs1.uri import check_host
from ocoptrace.registry import read_story
from ocoptrace.signing import Root, TrustBundle
from ocoptrace.store import write_whole
from ocoptrace.verify import verify_label, verify_record
from ocoptrace.workspace import Workspace
from ocoptrace.workspace.granting import new_code
from ocoptrace.workspace.workspace import DEFAULT_HOST

if TYPE_CHECKING:
    from ocoptrace.workspace.label_run import LabelRun

__all__ = ["add"]

MARKER = "ocoptrace-demo"
_STORY, _NEIGHBOUR = "shrimp-paste.json", "neighbour.json"
_STICKERS, _SEALED = 24, 12
_PORT = 8000
_DPIS = (203, 300, 600)
_STEPS = 7


def add(app: typer.Typer, terminal: Terminal) -> None:
    """Add the command."""
    text = terminal.text

    @app.command("demo", help=text("cli.demo.help"))
    def demo(
        *,
        out: Annotated[Path, typer.Option("--out", "-o", help=text("cli.demo.out"))] = Path("demo"),
        host: Annotated[str, typer.Option(help=text("cli.option.host"))] = DEFAULT_HOST,
        story: Annotated[Path | None, typer.Option(help=text("cli.demo.story"))] = None,
        fresh: Annotated[bool, typer.Option("--fresh", help=text("cli.demo.fresh"))] = False,
    ) -> None:
        if _is_done(out) and not fresh:
            terminal.say(text("cli.demo.there", folder=out))
            _list_files(out, terminal)
            _next_steps(out, terminal)
            return
        tale = _story(_STORY, story)
        _check(tale, host)
        _clear(out, fresh=fresh)
        _Demo(out, host, terminal).run(tale, _story(_NEIGHBOUR, None))


def _is_done(folder: Path) -> bool:
    return (folder / MARKER).is_file()


def _check(story_file: bytes, host: str) -> None:
    """Read a story before anything is made or removed for it.

    Raises:
        Gs1Error: not a host.
        RegistryError: the story has faults, or nothing in it can bear a sticker.
    """
    story = read_story(story_file, producer_id=new_code(), namespace_host=check_host(host.lower()))
    if not story.batches:
        raise RegistryError("cli.demo_no_batch")


def _clear(folder: Path, *, fresh: bool) -> None:
    """Remove an earlier demo, and nothing else.

    Raises:
        WorkspaceError: the folder holds something that is not ours.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    # The workspace in a demo that was cut short bears a marker of its own.
    ours = _is_done(folder) or (folder / f"{MARKER}-unfinished").is_file()
    if not ours:
        raise WorkspaceError("cli.demo_foreign", path=folder)
    if not fresh:
        raise WorkspaceError("cli.demo_unfinished", path=folder)
    shutil.rmtree(folder)


def _story(name: str, given: Path | None) -> bytes:
    """Return a story: the file given, the one in the package, or that of the checkout."""
    if given is not None:
        return read_file(given)
    packaged = files("ocoptrace").joinpath("stories", name)
    if packaged.is_file():
        with as_file(packaged) as path:
            return path.read_bytes()
    return read_file(Path(__file__).parents[3] / "examples" / "stories" / name)


class _Demo:
    """The seven steps, in one folder."""

    def __init__(self, out: Path, host: str, terminal: Terminal) -> None:
        self.out = out
        self.host = host
        self.terminal = terminal
        self.number = 0

    def run(self, story_file: bytes, neighbour_file: bytes) -> None:
        """Walk the data once from end to end."""
        started = time.monotonic()
        write_whole(self.out / f"{MARKER}-unfinished", b"1\n")
        ws = self._register(story_file, neighbour_file)
        self._record(ws, story_file)
        batch = ws.batches()[0].id
        run = self._print(ws, batch)
        # Afterwards, so that the record is complete: it tells of the serials too.
        record = self._export(ws, batch)
        self._read_back(run)
        self._attack(ws, batch, record, run)
        (self.out / f"{MARKER}-unfinished").replace(self.out / MARKER)
        self._say_end(time.monotonic() - started)

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        self.number += 1
        title = self.terminal.text(f"cli.demo.step_{name}")
        self.terminal.heading(f"{self.number}/{_STEPS} {title}")
        yield

    def _told(self, name: str, /, **facts: object) -> None:
        self.terminal.done(self.terminal.text(f"cli.demo.{name}", **facts))

    def _register(self, story_file: bytes, neighbour_file: bytes) -> Workspace:
        with self._step("register"):
            ws = Workspace.create(
                self.out / "workspace", host=self.host, passphrase=given_passphrase()
            )
            self._told("created", log=ws.log_origin)
            registry = ws.import_registry(story_file)
            self.terminal.findings(registry.findings)
            ws.import_registry(neighbour_file)
            language = self.terminal.language
            self._told(
                "registered",
                producer=registry.producer.names.text(language),
                code=registry.producer.id,
                product=registry.products[0].names.text(language),
                places=len(registry.places),
                stars=registry.grades[0].stars if registry.grades else 0,
                lot=registry.batches[0].lot,
            )
            self.terminal.note(registry.notice.text(language))
        return ws

    def _record(self, ws: Workspace, story_file: bytes) -> None:
        with self._step("record"):
            story = ws.read_story(story_file)
            ids = ws.record(story.events, producer=story.producer.id)
            self._told("recorded", count=len(ids), size=ws.log_size)

    def _export(self, ws: Workspace, batch: str) -> bytes:
        with self._step("export"):
            record = ws.origin_record(batch)
            data = record.to_bytes()
            write_whole(self.out / "record.ocop", data)
            write_whole(self.out / "bundle.json", ws.trust_file("bundle"))
            write_whole(self.out / "root.json", ws.trust_file("root"))
            self._told("exported", count=len(record.statements), size=len(data))
        return data

    def _print(self, ws: Workspace, batch: str) -> "LabelRun":
        with self._step("print"):
            run = ws.label_run(batch, count=_STICKERS, sealed=_SEALED, demo=True)
            self.terminal.findings(run.findings)
            # The next step reads the file back, as others will.
            run.write_pdf(self.out / "stickers.pdf", check=False)
            run.write_png(self.out / "stickers.png")
            self._told("printed", count=_STICKERS, sealed=_SEALED)
        return run

    def _read_back(self, run: "LabelRun") -> None:
        with self._step("read_back"):
            from ocoptrace.labels import scan_file

            # From here on only files count: no workspace, no network.
            root = Root.load((self.out / "root.json").read_bytes())
            trust = TrustBundle.load((self.out / "bundle.json").read_bytes(), root=root)
            now = datetime.now(UTC)
            sheet = (self.out / "stickers.pdf").read_bytes()
            printed = {content.link for content in run.contents}
            for dpi in _DPIS:
                found = {scan.text for scan in scan_file(sheet, dpi=dpi)} & printed
                if found != printed:
                    raise StorageError(
                        "cli.demo_unreadable", dpi=dpi, found=len(found), count=len(printed)
                    )
                self._told("decoded", count=len(found), dpi=dpi)
            label = verify_label(run.contents[0].link, trust=trust, now=now)
            self.terminal.verdict(label, title=self.terminal.text("cli.demo.sealed_sticker"))
            record = (self.out / "record.ocop").read_bytes()
            verdict = verify_record(record, trust=trust, now=now)
            self.terminal.verdict(verdict, title=self.terminal.text("cli.demo.whole_record"))

    def _attack(self, ws: Workspace, batch: str, record: bytes, run: "LabelRun") -> None:
        with self._step("attack"):
            folder = self.out / "attacks"
            tried = (
                attacks.changed_quantity(record),
                attacks.forged_seal(run.contents[-1].link),
                attacks.neighbours_seal(ws, batch),
            )
            for attack in tried:
                path = write_whole(folder / attack.file, attack.data)
                verdict = attack.verdict(trust=ws.trust, now=datetime.now(UTC))
                title = self.terminal.text(f"cli.demo.attack_{attack.name}", path=path)
                self.terminal.verdict(verdict.failures(), title=title)

    def _say_end(self, seconds: float) -> None:
        with self._step("next"):
            self._told("finished", seconds=f"{seconds:.1f}")
            _list_files(self.out, self.terminal)
            _next_steps(self.out, self.terminal)


_FILES = (
    "stickers.pdf", "stickers.png", "record.ocop", "bundle.json", "root.json",
    "attacks/changed-quantity.ocop", "attacks/forged-seal.txt", "attacks/neighbours-seal.txt",
    "workspace/ocoptrace.db",
)  # fmt: skip


def _list_files(out: Path, terminal: Terminal) -> None:
    rows = []
    for name in _FILES:
        purpose = Path(name).name.replace("-", "_").replace(".", "_")
        rows.append((out / name, terminal.text(f"cli.demo.file_{purpose}")))
    terminal.files(row for row in rows if row[0].is_file())


def _next_steps(out: Path, terminal: Terminal) -> None:
    batch = open_workspace(out / "workspace").batches()[0].id
    path = batch.partition("//")[2].partition("/")[2]
    facts = {"out": out, "workspace": out / "workspace", "program": program()}
    terminal.heading(terminal.text("cli.demo.open_next"))
    terminal.say("  " + terminal.text("cli.demo.open_files", **facts))
    terminal.say("  " + terminal.text("cli.demo.open_page", **facts))
    terminal.say(f"  http://127.0.0.1:{_PORT}/{path}")
    terminal.say("  " + terminal.text("cli.demo.open_verify", **facts))
