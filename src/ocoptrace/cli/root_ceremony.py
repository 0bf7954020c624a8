"""``trust root``: the next root, drafted by the office, signed by each holder, adopted."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from ocoptrace.cli.key_names import find_key
from ocoptrace.cli.office import hand_out
from ocoptrace.cli.options import destination, located, open_workspace, read_file
from ocoptrace.cli.passphrase import passphrase_of
from ocoptrace.cli.terminal import Terminal
from ocoptrace.errors import InputError
from ocoptrace.signing import PublicKey, Root
from ocoptrace.signing.root import office_of
from ocoptrace.signing.root_draft import RootDraft
from ocoptrace.signing.signed_file import SignedFile
from ocoptrace.store import read_key, write_whole

__all__ = ["add"]

_MOST_KEYS, _MOST_YEARS, _MOST_DAYS = 64, 20, 3650
_A_YEAR = timedelta(days=365)
_SHORTEST = 8


def add(trust: typer.Typer, terminal: Terminal) -> None:
    """Add the group ``root`` to the group ``trust``."""
    root = typer.Typer(help=terminal.text("cli.trust_root.help"), no_args_is_help=True)
    trust.add_typer(root, name="root")
    _add_draft(root, terminal)
    _add_show(root, terminal)
    _add_sign(root, terminal)
    _add_adopt(root, terminal)


def _add_draft(group: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text

    @group.command("draft", help=text("cli.trust_root.draft"))
    def draft(
        *,
        add_keys: Annotated[
            list[str] | None, typer.Option("--add", help=text("cli.trust_root.add"))
        ] = None,
        drop_keys: Annotated[
            list[str] | None, typer.Option("--drop", help=text("cli.trust_root.drop"))
        ] = None,
        threshold: Annotated[
            int | None,
            typer.Option(min=1, max=_MOST_KEYS, help=text("cli.trust_root.threshold")),
        ] = None,
        office_key: Annotated[
            bool, typer.Option("--office-key", help=text("cli.trust_root.office_key"))
        ] = False,
        drop_old: Annotated[
            bool, typer.Option("--drop-old", help=text("cli.trust_root.drop_old"))
        ] = False,
        years: Annotated[
            int, typer.Option(min=1, max=_MOST_YEARS, help=text("cli.trust_root.years"))
        ] = 5,
        out: Annotated[Path, typer.Option("--out", "-o", help=text("cli.option.out"))] = Path(
            "next-root.json"
        ),
        workspace: Annotated[
            Path | None, typer.Option("--workspace", "-w", help=text("cli.option.workspace"))
        ] = None,
    ) -> None:
        destination(out)
        ws = open_workspace(workspace, terminal)
        made = ws.office.draft_root(
            add=[_key(words, workspace) for words in add_keys or ()],
            drop=[_key(words, workspace, ws.root) for words in drop_keys or ()],
            threshold=threshold,
            new_office_key=office_key,
            keep_old=not drop_old,
            lifetime=years * _A_YEAR,
        )
        write_whole(out, made.file.to_bytes())
        _tell(made.root, made.file, ws.root, terminal)
        terminal.done(text("cli.trust_root.drafted", path=out))


def _add_show(group: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text

    @group.command("show", help=text("cli.trust_root.show"))
    def show(
        file: Annotated[Path, typer.Argument(help=text("cli.trust_root.file"))],
        *,
        after: Annotated[Path | None, typer.Option(help=text("cli.trust_root.after"))] = None,
        as_json: Annotated[bool, typer.Option("--json", help=text("cli.option.json"))] = False,
    ) -> None:
        previous = None if after is None else _root(after)
        data = read_file(file)
        with located(f"{file}: "):
            given = SignedFile.parse(data)
            root = Root.of_text(given.signed)
            if previous is not None:
                RootDraft.parse(data, previous)
        if as_json:
            terminal.json(_json(root, given, previous))
        else:
            _tell(root, given, previous, terminal)


def _add_sign(group: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text

    @group.command("sign", help=text("cli.trust_root.sign"))
    def sign(
        file: Annotated[Path, typer.Argument(help=text("cli.trust_root.file"))],
        *,
        after: Annotated[Path, typer.Option(help=text("cli.trust_root.after"))],
        key: Annotated[Path, typer.Option(help=text("cli.trust_root.key"))],
        yes: Annotated[bool, typer.Option("--yes", help=text("cli.option.yes"))] = False,
        out: Annotated[
            Path | None, typer.Option("--out", "-o", help=text("cli.trust_root.sign_out"))
        ] = None,
    ) -> None:
        path = destination(file if out is None else out)
        previous, data = _root(after), read_file(file)
        with located(f"{file}: "):
            draft = RootDraft.parse(data, previous)
        _tell(draft.root, draft.file, previous, terminal)
        if not yes:
            typer.confirm(text("cli.trust_root.ask"), abort=True)
        signer = read_key(key, passphrase=passphrase_of([key], terminal))
        signed = draft.sign(signer, issuer=office_of(read_file(after)), now=datetime.now(UTC))
        write_whole(path, signed.file.to_bytes())
        terminal.done(text("cli.trust_root.signed", path=path, **_counts(signed)))


def _add_adopt(group: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text

    @group.command("adopt", help=text("cli.trust_root.adopt"))
    def adopt(
        files: Annotated[list[Path], typer.Argument(help=text("cli.trust_root.files"))],
        *,
        overlap: Annotated[
            int, typer.Option(min=0, max=_MOST_DAYS, help=text("cli.key.overlap"))
        ] = 30,
        workspace: Annotated[
            Path | None, typer.Option("--workspace", "-w", help=text("cli.option.workspace"))
        ] = None,
    ) -> None:
        data = [read_file(file) for file in files]
        ws = open_workspace(workspace, terminal)
        root = ws.office.adopt_root(data, overlap=timedelta(days=overlap))
        terminal.done(text("cli.trust_root.adopted", version=root.version))
        terminal.say(text("cli.trust.fingerprint", fingerprint=root.fingerprint))
        terminal.say(text("cli.key.hand_out_root"))
        hand_out(ws, terminal)


def _root(path: Path) -> Root:
    data = read_file(path)
    with located(f"{path}: "):
        return Root.load(data)


def _key(words: str, workspace: Path | None, root: Root | None = None) -> PublicKey:
    """Return the key of a file, or of this workspace; or that of a root, by its thumbprint."""
    if root is not None and len(words) >= _SHORTEST:
        meant = [
            key
            for key in root.roles.root.public_keys()
            if key.thumbprint.hex().startswith(words.lower())
        ]
        if len(meant) == 1:
            return meant[0]
    (found,) = find_key(words, workspace, now=datetime.now(UTC))[:1]
    if found.key is None:
        raise InputError("cli.key_is_locked", value=words)
    return found.key


def _tell(root: Root, file: SignedFile, previous: Root | None, terminal: Terminal) -> None:
    """Say what a root says, what is new in it, and who has signed it."""
    text = terminal.text
    terminal.say(text("cli.trust_root.root", version=root.version, expires=root.expires))
    terminal.say(text("cli.trust.fingerprint", fingerprint=root.fingerprint))
    for name, role in (("root", root.roles.root), ("bundle", root.roles.bundle)):
        count = len(role.public_keys())
        terminal.say(text(f"cli.trust_root.{name}_role", threshold=role.threshold, count=count))
        terminal.rows(
            (
                key["thumbprint"][:16],
                text(f"cli.trust_root.key_{key['change']}") if key["change"] else "",
                text("cli.trust_root.key_signed") if key["signed"] else "",
            )
            for key in _keys(name, root, file, previous)
        )
    if previous is not None:
        draft = RootDraft(previous, root, file)
        terminal.say(text("cli.trust_root.counts", **_counts(draft)))


def _counts(draft: RootDraft) -> dict[str, int]:
    return {
        "last": draft.last,
        "last_threshold": draft.previous.roles.root.threshold,
        "own": draft.own,
        "own_threshold": draft.root.roles.root.threshold,
    }


def _keys(
    name: str, root: Root, file: SignedFile, previous: Root | None
) -> Iterator[dict[str, Any]]:
    """Yield the keys of a role: those that stay, come and go."""
    now = getattr(root.roles, name).public_keys()
    before = now if previous is None else getattr(previous.roles, name).public_keys()
    every = tuple(dict.fromkeys((*before, *now)))
    signed = {thumbprint for _, thumbprint in file.signed_by(every, "root")}
    for key in every:
        change = "gone" if key not in now else "new" if key not in before else ""
        yield {
            "thumbprint": key.thumbprint.hex(),
            "change": change,
            "signed": key.thumbprint in signed,
        }


def _json(root: Root, file: SignedFile, previous: Root | None) -> dict[str, object]:
    return {
        "version": root.version,
        "fingerprint": root.fingerprint.replace(" ", ""),
        "expires": f"{root.expires:%Y-%m-%dT%H:%M:%SZ}",
        **{
            name: {
                "threshold": getattr(root.roles, name).threshold,
                "keys": list(_keys(name, root, file, previous)),
            }
            for name in ("root", "bundle")
        },
    }
