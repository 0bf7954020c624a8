"""``trust init``, ``register``, ``grant``, ``revoke`` and more: what a province office does."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from ocoptrace.cli.export import TRUST_FILES, write_trust_files
from ocoptrace.cli.key_names import held_by, holder_of
from ocoptrace.cli.options import choice, destination, located, open_workspace, read_file
from ocoptrace.cli.passphrase import given_passphrase
from ocoptrace.cli.pin import module_named, pin_from
from ocoptrace.cli.terminal import Terminal
from ocoptrace.errors import InputError
from ocoptrace.gs1 import parse_name
from ocoptrace.signing import Root
from ocoptrace.signing.bundle import LabelDuty, Revocation
from ocoptrace.workspace import Workspace
from ocoptrace.workspace.recognition import Claim
from ocoptrace.workspace.revocation import REASONS
from ocoptrace.workspace.workspace import DEFAULT_HOST

__all__ = ["add", "hand_out", "in_languages"]

_DAYS_A_MONTH = 31
_MOST_MONTHS = 600


def add(trust: typer.Typer, terminal: Terminal) -> None:
    """Add the commands to the group ``trust``."""
    _add_office(trust, terminal)
    _add_producers(trust, terminal)
    _add_revoke(trust, terminal)
    _add_recognise(trust, terminal)


def _add_office(trust: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text
    workspace_option = typer.Option("--workspace", "-w", help=text("cli.option.workspace"))
    json_option = typer.Option("--json", help=text("cli.option.json"))

    @trust.command("init", help=text("cli.trust.init"))
    def init(
        folder: Annotated[Path, typer.Argument(help=text("cli.init.folder"))] = Path("office"),
        *,
        host: Annotated[str, typer.Option(help=text("cli.option.host"))] = DEFAULT_HOST,
        name: Annotated[str | None, typer.Option(help=text("cli.option.name"))] = None,
        name_en: Annotated[str | None, typer.Option(help=text("cli.option.name_en"))] = None,
        pkcs11: Annotated[list[str] | None, typer.Option(help=text("cli.trust.pkcs11"))] = None,
    ) -> None:
        ws = Workspace.create(
            folder,
            host=host,
            office_name=in_languages(name, name_en) or None,
            passphrase=given_passphrase(),
            pin=pin_from(terminal),
            pkcs11=_on_tokens(pkcs11 or ()),
        )
        terminal.done(text("cli.trust.founded", folder=folder, host=ws.host))
        terminal.say(text("cli.trust.fingerprint", fingerprint=ws.root.fingerprint))
        terminal.say(text("cli.init.keys", folder=folder / "keys"))
        terminal.say(text("cli.trust.founded_next", folder=folder))

    @trust.command("publish", help=text("cli.trust.publish"))
    def publish(
        *,
        folder: Annotated[Path, typer.Option("--out", "-o", help=text("cli.option.out"))] = Path(),
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        for name in TRUST_FILES.values():
            destination(folder / name)
        ws = open_workspace(workspace, terminal)
        bundle = ws.office.renew()
        terminal.done(text("cli.trust.renewed", version=bundle.version, expires=bundle.expires))
        write_trust_files(ws, folder, terminal)

    @trust.command("acts", help=text("cli.trust.acts"))
    def acts(
        *,
        workspace: Annotated[Path | None, workspace_option] = None,
        as_json: Annotated[bool, json_option] = False,
    ) -> None:
        done = open_workspace(workspace).office.acts()
        if as_json:
            terminal.json(
                [
                    {
                        "time": f"{act.time:%Y-%m-%dT%H:%M:%SZ}",
                        "kind": act.kind,
                        "subject": act.subject,
                        "holder": act.holder,
                        "statement": act.statement_id.hex(),
                        "position": act.position,
                    }
                    for act in done
                ]
            )
            return
        terminal.rows(
            (
                f"{act.time:%Y-%m-%d %H:%M:%SZ}",
                text(f"cli.act.{act.kind}"),
                act.holder or act.subject,
                act.statement_id.hex()[:16],
            )
            for act in done
        )


def _on_tokens(given: Iterable[str]) -> dict[str, str]:
    """Return which key has which PKCS#11 URI, of ``NAME=URI``."""
    parted = [each.partition("=") for each in given]
    return {name: module_named(uri) for name, _, uri in parted}


def _add_producers(trust: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text
    workspace_option = typer.Option("--workspace", "-w", help=text("cli.option.workspace"))
    months_option = typer.Option(
        "--shelf-life", min=0, max=_MOST_MONTHS, help=text("cli.trust.months")
    )

    @trust.command("register", help=text("cli.trust.register"))
    def register(
        request: Annotated[Path, typer.Argument(help=text("cli.trust.request"))],
        *,
        trust_witnesses: Annotated[
            bool, typer.Option("--trust-witnesses", help=text("cli.trust.trust_witnesses"))
        ] = False,
        months: Annotated[int, months_option] = 36,
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        data = read_file(request)
        ws = open_workspace(workspace, terminal)
        with located(f"{request}: "):
            entry = ws.office.register(
                data, trust_witnesses=trust_witnesses, shelf_life=_months(months)
            )
        name, code = holder_of(entry, terminal.language)
        terminal.done(text("cli.trust.registered", name=name, code=code, until=entry.sign_until))
        hand_out(ws, terminal)

    @trust.command("grant", help=text("cli.trust.grant"))
    def grant(
        code: Annotated[str, typer.Argument(help=text("cli.argument.code"))],
        *,
        gtin_prefix: Annotated[
            list[str] | None, typer.Option(help=text("cli.option.gtin_prefix"))
        ] = None,
        gtin: Annotated[list[str] | None, typer.Option(help=text("cli.option.gtin"))] = None,
        seal: Annotated[list[str] | None, typer.Option(help=text("cli.trust.seal"))] = None,
        months: Annotated[int, months_option] = 0,
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        ws = open_workspace(workspace, terminal)
        before = ws.trust.version
        entry = ws.office.grant(
            code,
            gtin_prefixes=gtin_prefix or (),
            gtins=gtin or (),
            labels=[_duty(words) for words in seal or ()],
            shelf_life=_months(months),
        )
        name, code = holder_of(entry, terminal.language)
        if ws.trust.version == before:
            terminal.done(text("cli.trust.granted_before", name=name, code=code))
            return
        terminal.done(text("cli.trust.granted", name=name, code=code))
        hand_out(ws, terminal)


def _add_revoke(trust: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text
    workspace_option = typer.Option("--workspace", "-w", help=text("cli.option.workspace"))

    @trust.command("revoke", help=text("cli.trust.revoke"))
    def revoke(
        key: Annotated[str, typer.Argument(help=text("cli.argument.key"))],
        *,
        reason: Annotated[str, typer.Option(help=text("cli.trust.reason"))],
        seen_before: Annotated[str | None, typer.Option(help=text("cli.trust.seen_before"))] = None,
        checkpoint: Annotated[Path | None, typer.Option(help=text("cli.trust.checkpoint"))] = None,
        batch: Annotated[list[str] | None, typer.Option(help=text("cli.trust.batch"))] = None,
        yes: Annotated[bool, typer.Option("--yes", help=text("cli.option.yes"))] = False,
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        choice("--reason", reason, REASONS)
        time = None if seen_before is None else _time(seen_before)
        note = None if checkpoint is None else read_file(checkpoint).decode(errors="replace")
        ws = open_workspace(workspace, terminal)
        meant = held_by(ws.trust, key)
        for entry in meant:
            name, code = holder_of(entry, terminal.language)
            facts = {"name": name, "code": code, "key": entry.thumbprint[:16]}
            terminal.say(text("cli.trust.revoking", **facts))
        if len(meant) == 1:
            # Its code finds a key that was revoked before no more, and it may be revoked again.
            key = meant[0].thumbprint
        if not yes:
            terminal.say(text(f"cli.trust.reason_{reason}"))
            typer.confirm(text("cli.trust.ask_revoke"), abort=True)
        made = ws.office.revoke(key, reason, seen_before=time, checkpoint=note, batches=batch)
        for line in _stays_good(made, terminal):
            terminal.done(line)
        hand_out(ws, terminal)


def _add_recognise(trust: typer.Typer, terminal: Terminal) -> None:
    text = terminal.text
    workspace_option = typer.Option("--workspace", "-w", help=text("cli.option.workspace"))

    @trust.command("recognise", help=text("cli.trust.recognise"))
    def recognise(
        bundle: Annotated[Path, typer.Argument(help=text("cli.option.trust"))],
        *,
        root: Annotated[list[Path], typer.Option(help=text("cli.trust.their_root"))],
        yes: Annotated[bool, typer.Option("--yes", help=text("cli.trust.yes"))] = False,
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        data = read_file(bundle)
        roots = []
        for path in root:
            roots.append(read_file(path))
            with located(f"{path}: "):
                fingerprint = Root.load(roots[-1]).fingerprint
            terminal.say(text("cli.trust.fingerprint", fingerprint=fingerprint))
        ws = open_workspace(workspace, terminal)
        for line in _claims(ws.office.examine(data, roots=roots), terminal):
            terminal.say(line)
        if not yes:
            typer.confirm(text("cli.trust.ask_recognise"), abort=True)
        before = len(ws.trust.keys)
        ws.office.recognise(data, roots=roots)
        count = len(ws.trust.keys)
        terminal.done(text("cli.trust.recognised", new=count - before, count=count))
        hand_out(ws, terminal)

    @trust.command("forget", help=text("cli.trust.forget"))
    def forget(
        issuer: Annotated[str, typer.Argument(help=text("cli.trust.their_uri"))],
        *,
        workspace: Annotated[Path | None, workspace_option] = None,
    ) -> None:
        ws = open_workspace(workspace, terminal)
        before = len(ws.trust.keys)
        ws.office.forget(issuer)
        count = len(ws.trust.keys)
        terminal.done(text("cli.trust.forgotten", office=issuer, gone=before - count, count=count))
        hand_out(ws, terminal)


def hand_out(ws: Workspace, terminal: Terminal) -> None:
    """Say which bundle there is now, and that it is to be handed out."""
    facts = {"version": ws.trust.version, "expires": ws.trust.expires, "folder": ws.folder}
    terminal.say(terminal.text("cli.trust.hand_out", **facts))


def in_languages(name: str | None, name_en: str | None) -> dict[str, str]:
    """Return a name by its languages; empty where none was given."""
    given = {"vi": name or name_en, "en": name_en}
    return {language: words for language, words in given.items() if words}


def _months(months: int) -> timedelta:
    return timedelta(days=_DAYS_A_MONTH * months)


def _duty(words: str) -> LabelDuty:
    """Return from when a product's labels bear a seal, of ``NAME=item@2027-01-01``."""
    product, _, rule = words.rpartition("=")
    due, _, since = rule.partition("@")
    try:
        name = parse_name(product).product().canonical()
        return LabelDuty(product=name, due=due, since=date.fromisoformat(since))
    except (ValidationError, ValueError) as error:
        raise InputError("cli.not_a_duty", value=words) from error


def _time(words: str) -> datetime:
    try:
        time = datetime.fromisoformat(words)
        in_utc = time.astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise InputError("cli.not_a_time", value=words) from error
    if time.tzinfo is None:
        raise InputError("cli.not_a_time", value=words)
    return in_utc


def _claims(claim: Claim, terminal: Terminal) -> Iterator[str]:
    """Say what another office vouches for as its own."""
    text, gtins = terminal.text, claim.gtins
    yield text("cli.trust.claims_hosts", hosts=", ".join(claim.namespaces))
    yield text("cli.trust.claims_gtins", count=len(gtins), gtins=", ".join(gtins) or "–")
    logs = ", ".join(log.origin for log in claim.logs)
    yield text("cli.trust.claims_logs", logs=logs or "–")


def _stays_good(made: Revocation, terminal: Terminal) -> Iterator[str]:
    """Say what was revoked, and what of it stays good."""
    text = terminal.text
    yield text("cli.trust.revoked", key=made.key[:16])
    if made.reason != "compromised":
        yield text("cli.trust.stays_good")
    elif made.checkpoint is None:
        yield text("cli.trust.nothing_stays")
    else:
        facts = {"size": made.checkpoint.size, "log": made.checkpoint.origin}
        yield text("cli.trust.seen_stays", count=len(made.batches), **facts)
