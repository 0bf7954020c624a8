"""The office and those who go by it, at the command line: each with files alone between them."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace import messages
from ocoptrace.messages import LANGUAGES, Language
from ocoptrace.signing import Root

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PRODUCER = "HTX Mắm Sóng Trăng"
OFFICE = {"vi": "Văn phòng OCOP tỉnh A", "en": "Province A office"}
FILES = ("root.json", "bundle.json")


def said(run: Any, code: str, lang: Language = "en") -> bool:
    """Tell whether an error and its remedy stand on standard error, whatever their facts."""
    return all(
        re.search(re.sub(r"\\{[a-z_]+\\}", ".+", re.escape(words)), run.err)
        for words in (messages.text(code, lang), messages.remedy(code, lang))
    )


def refused(run: Any, code: str, exit_code: int = 2, lang: Language = "en") -> bool:
    return run.code == exit_code and run.out.count("✓") == 0 and said(run, code, lang)


def done(run: Any) -> str:
    """Return what a command printed that had to succeed."""
    assert run.code == 0, run.err
    out: str = run.out
    return out


def found(cli: Any, name: str, *, office: str, english: str) -> None:
    """Found an office, and hand out its files in a folder ``<name>-files``."""
    host = f"{name}.example"
    done(cli("trust", "init", name, "--host", host, "--name", office, "--name-en", english))
    done(cli("trust", "publish", "-w", name, "--out", f"{name}-files"))


def join(cli: Any, name: str, *, office: str, prefix: str = "9524071") -> str:
    """Make a producer's workspace that goes by an office, and return the code it was given."""
    files = [f"{office}-files/{file}" for file in FILES]
    done(cli("init", name, "--root", files[0], "--trust", files[1]))
    asked = ("--name", PRODUCER, "--gtin-prefix", prefix, "--out", f"{name}.json")
    done(cli("key", "request", "-w", name, *asked))
    code = re.search(r"[0-9A-Z]{8}", done(cli("trust", "register", f"{name}.json", "-w", office)))
    assert code is not None
    done(cli("export", "trust", "-w", office, "--out", f"{office}-files"))
    done(cli("trust", "update", files[1], "-w", name))
    return code[0]


@pytest.fixture(scope="session")
def made(
    tmp_path_factory: pytest.TempPathFactory,
    cli_in: Callable[[Path], Any],
    story: Path,
    batch: str,
) -> Path:
    """A folder with an office ``a``, a producer ``coop`` that goes by it, and its record."""
    cli = cli_in(tmp_path_factory.mktemp("province"))
    found(cli, "a", office=OFFICE["vi"], english=OFFICE["en"])
    join(cli, "coop", office="a")
    assert cli("import", story, "-w", "coop").code == 0
    done(cli("record", story, "-w", "coop"))
    done(cli("export", "record", batch, "-w", "coop", "--out", "record.ocop"))
    shutil.rmtree(cli.folder / "config", ignore_errors=True)
    folder: Path = cli.folder
    return folder


@pytest.fixture
def province(cli: Any, made: Path) -> Any:
    """The command line in a copy of that folder."""
    shutil.copytree(made, cli.folder, dirs_exist_ok=True)
    return cli


@pytest.fixture
def code(province: Any) -> str:
    shown = json.loads(done(province("key", "list", "-w", "coop", "--json")))
    return next(k["issuer"] for k in shown if k["purpose"] == "producer").rpartition("/")[2]


def bundle(folder: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(json.loads((folder / "bundle.json").read_text())["signed"])
    return said


def pin(cli: Any, office: str = "a") -> None:
    files = f"{office}-files"
    done(cli("trust", "pin", f"{files}/root.json", "--bundle", f"{files}/bundle.json", "--yes"))


def publish(cli: Any, office: str = "a") -> None:
    done(cli("trust", "publish", "-w", office, "--out", f"{office}-files"))


def keep(cli: Any, *names: str) -> None:
    """Leave nothing but these files and folders: no workspace that would be gone by."""
    for path in cli.folder.iterdir():
        if path.name not in names:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


# The way of a producer


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_verdict_says_by_whose_word_it_goes(province: Any, lang: Language) -> None:
    pin(province)
    run = province("verify", "record.ocop", lang=lang)
    assert (run.code, run.err) == (0, "")
    root = Root.load((province.folder / "a-files" / "root.json").read_bytes())
    assert OFFICE[lang] in run.out
    assert " ".join(root.fingerprint.split()[:4]) in run.out
    (verdict,) = json.loads(province("verify", "record.ocop", "--json").out)
    assert verdict["stated_by"] == {
        "office": OFFICE["en"],
        "issuer": bundle(province.folder / "a-files")["keys"][0]["issuer"],
        "bundle": bundle(province.folder / "a-files")["version"],
        "root": root.fingerprint.replace(" ", ""),
    }


def test_an_import_says_what_is_the_offices_to_state(province: Any, story: Path) -> None:
    run = province("import", story, "-w", "coop")
    assert run.code == 0
    assert "/grades/0: " in run.err


def test_nothing_is_imported_before_the_office_has_registered(province: Any, story: Path) -> None:
    files = [f"a-files/{file}" for file in FILES]
    done(province("init", "new", "--root", files[0], "--trust", files[1]))
    assert refused(province("import", story, "-w", "new"), "workspace.not_registered")


def test_a_workspace_goes_by_an_office_with_both_of_its_files(province: Any) -> None:
    run = province("init", "new", "--root", "a-files/root.json")
    assert refused(run, "workspace.root_and_bundle")
    run = province("init", "new", "--root", "a-files/bundle.json", "--trust", "a-files/root.json")
    assert run.code == 2
    assert not (province.folder / "new").exists()


def test_a_workspace_with_an_office_asks_nobody(province: Any) -> None:
    run = province("key", "request", "-w", "a", "--name", PRODUCER, "--out", "asked.json")
    assert refused(run, "workspace.own_office")
    assert refused(province("trust", "update", "a-files/bundle.json", "-w", "a"), (
        "workspace.own_office"
    ))  # fmt: skip
    assert not (province.folder / "asked.json").exists()


def test_a_producer_rotates_its_key_with_the_offices_help(province: Any, batch: str) -> None:
    done(province("key", "rotate", "-w", "coop", "--out", "next.json"))
    done(province("key", "rotate", "--request", "next.json", "-w", "a", "--overlap", 7))
    done(province("export", "trust", "-w", "a", "--out", "a-files"))
    done(province("trust", "update", "a-files/bundle.json", "-w", "coop"))
    keys = json.loads(done(province("key", "list", "-w", "coop", "--json")))
    own = [key["status"] for key in keys if key["purpose"] == "producer"]
    assert own == ["retiring", "current"]
    done(province("export", "record", batch, "-w", "coop", "--out", "again.ocop"))
    done(province("verify", "again.ocop", "--trust", "a-files/bundle.json", "-w", "coop"))


# The office's acts, and what it refuses


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_no_request_is_not_registered(province: Any, lang: Language) -> None:
    before = bundle(province.folder / "a-files")["version"]
    (province.folder / "no.json").write_text("{}")
    run = province("trust", "register", "no.json", "-w", "a", lang=lang)
    assert refused(run, "signing.request", lang=lang)
    assert "no.json" in run.err
    text = (province.folder / "coop.json").read_text()
    (province.folder / "no.json").write_text(text.replace("9524071", "9524072"))
    run = province("trust", "register", "no.json", "-w", "a", lang=lang)
    assert refused(run, "signing.request_signature", lang=lang)
    run = province("trust", "register", "nothing.json", "-w", "a", lang=lang)
    assert refused(run, "cli.no_file", lang=lang)
    publish(province)
    assert bundle(province.folder / "a-files")["version"] == before + 1


def test_a_key_is_registered_once(province: Any) -> None:
    run = province("trust", "register", "coop.json", "-w", "a")
    assert refused(run, "workspace.key_registered")


def test_a_name_of_another_is_not_granted(province: Any) -> None:
    files = [f"a-files/{file}" for file in FILES]
    done(province("init", "thief", "--root", files[0], "--trust", files[1]))
    asked = ("--name", "Kẻ khác", "--gtin-prefix", "952407", "--out", "thief.json")
    done(province("key", "request", "-w", "thief", *asked))
    run = province("trust", "register", "thief.json", "-w", "a")
    assert refused(run, "workspace.name_of_another")


def test_a_grant_is_given_once_and_to_somebody_known(province: Any, code: str) -> None:
    wanted = ("trust", "grant", code, "--gtin-prefix", "8934567", "-w", "a")
    first = done(province(*wanted))
    again = done(province(*wanted))
    assert "version 4" in first
    assert "version" not in again
    run = province("trust", "grant", "N0B0DY00", "--gtin-prefix", "8934568", "-w", "a")
    assert refused(run, "workspace.no_producer")
    run = province("trust", "grant", code, "--gtin-prefix", "12", "-w", "a")
    assert run.code == 2
    publish(province)
    (entry,) = (k for k in bundle(province.folder / "a-files")["keys"] if k["role"] == "producer")
    assert [grant["gtin_prefixes"] for grant in entry["grants"]] == [["9524071"], ["8934567"]]


def test_a_duty_to_seal_names_product_level_and_day(province: Any, code: str) -> None:
    product = "https://id.gs1.org/01/09524071001014"
    for wrong in ("x", f"{product}=item", f"{product}=pack@2027-01-01", f"{product}=item@soon"):
        run = province("trust", "grant", code, "--seal", wrong, "-w", "a")
        assert refused(run, "cli.not_a_duty")
    done(province("trust", "grant", code, "--seal", f"{product}=item@2026-01-01", "-w", "a"))
    publish(province)
    pin(province)
    run = province("verify", "https://id.example/01/09524071001014/10/ST260915")
    assert messages.text("verdict.level.seal_missing", "en", since="1 Jan 2026") in run.out


@pytest.mark.parametrize(
    "command",
    [
        "key rotate --office --yes",
        "key rotate --request coop.json",
        "trust acts",
        "trust forget https://b.example/ocop/0FF1CE00",
        "trust grant X --gtin 1",
        "trust publish",
        "trust recognise a-files/bundle.json --root a-files/root.json --yes",
        "trust register coop.json",
        "trust revoke X --reason ceased --yes",
    ],
)
def test_only_a_workspace_with_an_office_acts_as_one(province: Any, command: str) -> None:
    run = province(*command.split(), "-w", "coop")
    assert refused(run, "workspace.no_office")


def test_without_the_offices_key_nothing_is_done(province: Any, code: str) -> None:
    (province.folder / "a" / "keys" / "office.pem").unlink()
    run = province("trust", "grant", code, "--gtin-prefix", "8934567", "-w", "a")
    assert refused(run, "workspace.key_not_here", 3)
    assert done(province("trust", "show", "-w", "a"))


def test_revoking_asks_and_says_of_whom(province: Any, code: str) -> None:
    run = province("trust", "revoke", code, "--reason", "ceased", "-w", "a")
    assert run.code == 130
    assert PRODUCER in run.out
    publish(province)
    assert bundle(province.folder / "a-files")["revocations"] == []


def test_a_key_is_revoked_once(province: Any, code: str) -> None:
    revoke = ("trust", "revoke", code, "--reason", "ceased", "--yes", "-w", "a")
    done(province(*revoke))
    key = json.loads(done(province("key", "show", code, "-w", "a", "--json")))[0]
    assert key["status"] == "revoked"
    assert province(*revoke).code == 2
    run = province(
        "trust", "revoke", key["thumbprint"][:16], "--reason", "ceased", "--yes", "-w", "a"
    )
    assert refused(run, "workspace.already_revoked")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ("--reason lost", "cli.no_such_choice"),
        ("--reason compromised --seen-before yesterday", "cli.not_a_time"),
        ("--reason compromised --seen-before 2026-11-20T08:00:00", "cli.not_a_time"),
        ("--reason compromised --seen-before 0001-01-01T00:00:00+14:00", "cli.not_a_time"),
        ("--reason compromised --seen-before 2001-01-01T00:00:00Z", "workspace.nothing_seen"),
        ("--reason ceased --seen-before 2026-11-20T08:00:00Z", "workspace.revocation_facts"),
        ("--reason compromised --checkpoint nothing", "cli.no_file"),
        ("--reason compromised --checkpoint coop.json", "signing.note_syntax"),
    ],
)
def test_what_a_revocation_cannot_say_is_refused(
    province: Any, code: str, options: str, problem: str
) -> None:
    run = province("trust", "revoke", code, *options.split(), "--yes", "-w", "a")
    assert refused(run, problem)
    publish(province)
    assert bundle(province.folder / "a-files")["revocations"] == []


def test_the_offices_own_key_is_rotated_and_not_revoked(province: Any) -> None:
    keys = json.loads(done(province("key", "list", "-w", "a", "--json")))
    office = next(key for key in keys if key["purpose"] == "office")
    run = province(
        "trust", "revoke", office["thumbprint"], "--reason", "ceased", "--yes", "-w", "a"
    )
    assert refused(run, "workspace.key_in_use")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_of_a_stolen_key_nothing_stays_good_that_the_office_did_not_see(
    province: Any, code: str, lang: Language
) -> None:
    pin(province)
    done(province("verify", "record.ocop"))
    for options in (("--seen-before", "2100-01-01T00:00:00Z"), ()):
        run = province(
            "trust", "revoke", code, "--reason", "compromised", *options, "--yes", "-w", "a",
            lang=lang,
        )  # fmt: skip
        done(run)
        log = ".+" if options else ""
        key = "cli.trust.seen_stays" if options else "cli.trust.nothing_stays"
        words = messages.text(key, lang, size="SIZE", log="LOG", count="COUNT")
        assert re.search(re.sub("SIZE|LOG|COUNT", ".+", re.escape(words)), run.out), log
        publish(province)
        run = province("verify", "record.ocop", "--trust", "a-files/bundle.json")
        assert run.code == 1
        assert "[revoked]" in run.out


def test_acts_are_told_in_order(province: Any, code: str) -> None:
    acts = json.loads(done(province("trust", "acts", "-w", "a", "--json")))
    assert [act["position"] for act in acts] == sorted(act["position"] for act in acts)
    assert acts[-2]["kind"] == "key"
    assert acts[-2]["holder"].endswith(code)
    assert acts[-1]["subject"] == f"bundle:{bundle(province.folder / 'a-files')['version']}"
    assert code in done(province("trust", "acts", "-w", "a"))


# What is seen once is not forgotten


def test_an_older_bundle_is_refused_by_whoever_saw_a_newer(province: Any, code: str) -> None:
    pin(province)
    shutil.copy(province.folder / "a-files" / "bundle.json", province.folder / "old.json")
    done(province("trust", "grant", code, "--gtin-prefix", "8934567", "-w", "a"))
    done(province("export", "trust", "-w", "a", "--out", "a-files"))
    done(province("trust", "update", "a-files/bundle.json", "-w", "coop"))
    assert refused(province("trust", "update", "old.json", "-w", "coop"), "signing.rollback")
    # Whatever way it came: here as an argument, once.
    keep(province, "a-files", "old.json", "record.ocop", "config")
    done(province("verify", "record.ocop", "--trust", "old.json"))
    done(province("verify", "record.ocop", "--trust", "a-files/bundle.json"))
    for way in (("--trust", "old.json"), ("--trust", "old.json", "--root", "a-files/root.json")):
        assert refused(province("verify", "record.ocop", *way), "signing.rollback")
    assert refused(province("trust", "update", "old.json"), "signing.rollback")
    run = province("trust", "pin", "a-files/root.json", "--bundle", "old.json", "--yes")
    assert refused(run, "signing.rollback")
    shown = json.loads(done(province("trust", "show", "--json")))
    assert [each["version"] for each in shown] == [bundle(province.folder / "a-files")["version"]]


@pytest.mark.parametrize("way", ["workspace", "root"])
def test_what_was_seen_is_remembered_without_a_pin(province: Any, code: str, way: str) -> None:
    root = ("--root", "a-files/root.json") if way == "root" else ("-w", "coop")
    for version, prefix in enumerate(("8934567", "8934568"), start=1):
        done(province("trust", "grant", code, "--gtin-prefix", prefix, "-w", "a"))
        done(province("export", "trust", "-w", "a", "--out", "a-files"))
        shutil.copy(
            province.folder / "a-files" / "bundle.json", province.folder / f"{version}.json"
        )
    if way == "root":
        keep(province, "a-files", "1.json", "2.json", "record.ocop", "config")
    verify = ("verify", "record.ocop", *root, "--trust")
    for _ in range(2):
        done(province(*verify, "2.json"))
        assert refused(province(*verify, "1.json"), "signing.rollback")
    (kept,) = (province.folder / "config" / "ocoptrace" / "seen").iterdir()
    assert kept.read_bytes() == (province.folder / "2.json").read_bytes()
    kept.write_bytes(b"{}")
    assert str(kept) in province(*verify, "2.json").err


def test_a_file_without_an_end_is_not_read(province: Any) -> None:
    for command in (("trust", "pin", "/dev/zero"), ("trust", "update", "/dev/zero")):
        run = province(*command, "-w", "coop") if "update" in command else province(*command)
        assert refused(run, "cli.file_too_large")


def test_another_bundle_of_the_same_version_is_refused(province: Any, code: str) -> None:
    shutil.copytree(province.folder / "a", province.folder / "double")
    done(province("trust", "grant", code, "--gtin-prefix", "8934567", "-w", "a"))
    publish(province)
    done(province("trust", "grant", code, "--gtin-prefix", "8934568", "-w", "double"))
    publish(province, "double")
    versions = {bundle(province.folder / f"{name}-files")["version"] for name in ("a", "double")}
    assert len(versions) == 1
    done(province("trust", "update", "a-files/bundle.json", "-w", "coop"))
    run = province("trust", "update", "double-files/bundle.json", "-w", "coop")
    assert refused(run, "signing.bundle_fork")
    pin(province)
    run = province("verify", "record.ocop", "--trust", "double-files/bundle.json")
    assert refused(run, "signing.bundle_fork")


def test_where_nothing_can_be_written_a_bundle_still_counts(province: Any) -> None:
    done(province("trust", "pin", "a-files/root.json", "--yes"))
    keep(province, "a-files", "record.ocop", "config")
    (folder,) = (province.folder / "config" / "ocoptrace" / "roots").iterdir()
    (folder / "bundle.json").mkdir()  # in the way of what would be remembered
    done(province("verify", "record.ocop", "--trust", "a-files/bundle.json"))
    assert refused(province("verify", "record.ocop"), "cli.no_trust")


@pytest.mark.parametrize("drop", [(), ("--drop-old",)], ids=["kept", "dropped"])
def test_a_root_that_follows_is_taken_without_asking(province: Any, drop: tuple[str, ...]) -> None:
    pin(province)
    shutil.copytree(province.folder / "a-files", province.folder / "old-files")
    done(province("key", "rotate", "--office", "--yes", *drop, "-w", "a"))
    done(province("export", "trust", "-w", "a", "--out", "a-files"))
    files = [f"a-files/{file}" for file in FILES]
    done(province("trust", "update", *files, "-w", "coop"))
    keep(province, "a-files", "old-files", "record.ocop", "config")

    # The new bundle says nothing without the new root; the old one counts until it comes,
    # unless a thief may have made it.
    assert province("verify", "record.ocop", "--trust", files[1]).code == 2
    done(province("trust", "update", files[0]))
    run = province("verify", "record.ocop")
    assert refused(run, "cli.no_trust") if drop else run.code == 0
    done(province("trust", "update", files[1]))
    shown = json.loads(done(province("trust", "show", "--json")))
    assert [each["root_version"] for each in shown] == [2]
    done(province("verify", "record.ocop"))

    run = province("verify", "record.ocop", "--trust", "old-files/bundle.json")
    assert run.code == 2
    run = province("trust", "pin", "old-files/root.json", "--yes")
    assert refused(run, "cli.root_older")
    done(province("trust", "pin", files[0]))  # known: nothing is asked


def test_a_root_that_follows_nothing_is_asked_about(province: Any) -> None:
    pin(province)
    found(province, "b", office="Văn phòng OCOP tỉnh B", english="Province B office")
    assert province("trust", "pin", "b-files/root.json").code == 130
    assert refused(province("trust", "update", "b-files/root.json", "-w", "coop"), (
        "signing.root_step"
    ))  # fmt: skip
    keep(province, "b-files", "config")
    assert refused(province("trust", "update", "b-files/root.json"), "cli.no_root")
    assert refused(province("trust", "update", "b-files/bundle.json"), "signing.threshold")
    shown = json.loads(done(province("trust", "show", "--json")))
    assert len(shown) == 1


def test_files_of_two_offices_pin_neither(province: Any) -> None:
    found(province, "b", office="Văn phòng OCOP tỉnh B", english="Province B office")
    run = province("trust", "pin", "a-files/root.json", "--bundle", "b-files/bundle.json", "--yes")
    assert refused(run, "signing.threshold")
    assert not (province.folder / "config").exists()


# Several offices


def test_of_several_offices_the_one_that_knows_the_issuer_speaks(
    province: Any, story: Path, batch: str
) -> None:
    found(province, "b", office="Văn phòng OCOP tỉnh B", english="Province B office")
    join(province, "other", office="b")
    assert province("import", story, "-w", "other").code == 0
    done(province("record", story, "-w", "other"))
    done(province("export", "record", batch, "-w", "other", "--out", "other.ocop"))
    pin(province, "a")
    pin(province, "b")
    keep(province, "record.ocop", "other.ocop", "config")
    for file, office in (("record.ocop", OFFICE["en"]), ("other.ocop", "Province B office")):
        (verdict,) = json.loads(done(province("verify", file, "--json")))
        assert verdict["stated_by"]["office"] == office
    shown = json.loads(done(province("trust", "show", "--json")))
    assert {each["stated_by"]["office"] for each in shown} == {OFFICE["en"], "Province B office"}


def test_of_several_offices_that_know_an_issuer_the_gravest_word_counts(
    province: Any, code: str
) -> None:
    found(province, "b", office="Văn phòng OCOP tỉnh B", english="Province B office")
    with_root = ("--root", "a-files/root.json", "--yes", "-w", "b")
    done(province("trust", "recognise", "a-files/bundle.json", *with_root))
    publish(province, "b")
    # Office a hears of a theft; office b has not yet.
    done(province("trust", "revoke", code, "--reason", "compromised", "--yes", "-w", "a"))
    publish(province, "a")
    pin(province, "a")
    pin(province, "b")
    keep(province, "record.ocop", "config")
    run = province("verify", "record.ocop", "--json")
    assert run.code == 1
    (verdict,) = json.loads(run.out)
    assert (verdict["overall"], verdict["stated_by"]["office"]) == ("revoked", OFFICE["en"])


def test_a_recognised_offices_producers_are_known(province: Any) -> None:
    found(province, "b", office="Văn phòng OCOP tỉnh B", english="Province B office")
    with_root = ("--root", "a-files/root.json", "-w", "b")
    assert province("trust", "recognise", "a-files/bundle.json", *with_root).code == 130
    done(province("trust", "recognise", "a-files/bundle.json", *with_root, "--yes"))
    publish(province, "b")
    pin(province, "b")
    keep(province, "record.ocop", "config")
    (verdict,) = json.loads(done(province("verify", "record.ocop", "--json")))
    assert verdict["stated_by"]["office"] == "Province B office"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_recognising_shows_first_what_that_office_vouches_for(
    province: Any, lang: Language
) -> None:
    found(province, "b", office="Văn phòng OCOP tỉnh B", english="Province B office")
    with_root = ("--root", "a-files/root.json", "-w", "b")
    run = province("trust", "recognise", "a-files/bundle.json", *with_root, lang=lang)
    assert run.code == 130
    logs = ", ".join(log["origin"] for log in bundle(province.folder / "a-files")["logs"])
    assert logs
    for name, facts in (
        ("hosts", {"hosts": "a.example"}),
        ("gtins", {"count": 1, "gtins": "9524071"}),
        ("logs", {"logs": logs}),
    ):
        assert messages.text(f"cli.trust.claims_{name}", lang, **facts) in run.out
    assert len(bundle(province.folder / "b-files")["namespaces"]) == 1


def test_a_recognised_office_is_forgotten(province: Any) -> None:
    found(province, "b", office="Văn phòng OCOP tỉnh B", english="Province B office")
    before = bundle(province.folder / "b-files")
    with_root = ("--root", "a-files/root.json", "--yes", "-w", "b")
    done(province("trust", "recognise", "a-files/bundle.json", *with_root))
    office = bundle(province.folder / "a-files")["keys"][0]["issuer"]
    forgotten = done(province("trust", "forget", office, "-w", "b"))
    facts: dict[str, Any] = {"office": office, "gone": 3, "count": 2}
    assert messages.text("cli.trust.forgotten", "en", **facts) in forgotten
    publish(province, "b")
    after = bundle(province.folder / "b-files")
    assert all(after[each] == before[each] for each in ("keys", "logs", "namespaces"))
    assert refused(province("trust", "forget", office, "-w", "b"), "workspace.not_recognised")


def test_a_root_of_another_office_recognises_nothing(province: Any) -> None:
    found(province, "b", office="Văn phòng OCOP tỉnh B", english="Province B office")
    for root, problem in (("b-files/root.json", "workspace.own_office"), ("no", "cli.no_file")):
        run = province(
            "trust", "recognise", "a-files/bundle.json", "--root", root, "--yes", "-w", "b"
        )
        assert refused(run, problem)


# Records that go from hand to hand


def statements(cli: Any, file: str) -> list[dict[str, Any]]:
    """Return the statements of a record file, and whether they show what they say."""
    read: list[dict[str, Any]] = json.loads((cli.folder / file).read_text())["statements"]
    return read


def test_a_record_is_taken_over_once(province: Any) -> None:
    join(province, "buyer", office="a", prefix="9524072")
    count = len(statements(province, "record.ocop"))
    first = done(province("accept", "record.ocop", "-w", "buyer"))
    assert messages.text("cli.accept.done", "en", path="record.ocop", new=count, shown=0) in first
    again = done(province("accept", "record.ocop", "-w", "buyer"))
    assert messages.text("cli.accept.done", "en", path="record.ocop", new=0, shown=0) in again


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_record_of_an_unknown_office_is_taken_over_on_its_word(
    province: Any, lang: Language
) -> None:
    found(province, "b", office="Văn phòng OCOP tỉnh B", english="Province B office")
    join(province, "buyer", office="b")
    run = province("accept", "record.ocop", "-w", "buyer", lang=lang)
    assert refused(run, "workspace.not_accepted", lang=lang)
    files = ("--trust", "a-files/bundle.json", "--root", "a-files/root.json")
    done(province("accept", "record.ocop", "-w", "buyer", *files, lang=lang))


def test_what_is_no_record_is_not_taken_over(province: Any) -> None:
    for file, problem in (("coop.json", "record."), ("nothing.ocop", "cli.no_file")):
        run = province("accept", file, "-w", "coop")
        assert run.code == 2
        assert file in run.err
        assert problem.startswith("record.") or said(run, problem)


def test_what_is_withheld_is_shown_later(province: Any, batch: str) -> None:
    join(province, "buyer", office="a", prefix="9524072")
    withheld = ("--withhold", "place", "--out", "less.ocop", "-w", "coop")
    done(province("export", "record", batch, *withheld))
    shown = [each["id"] for each in statements(province, "less.ocop") if "payload" in each]
    hidden = len(statements(province, "less.ocop")) - len(shown)
    assert hidden == 6  # the places of the story
    done(province("accept", "less.ocop", "-w", "buyer"))
    whole = done(province("accept", "record.ocop", "-w", "buyer"))
    assert messages.text("cli.accept.done", "en", path="record.ocop", new=0, shown=hidden) in whole
    # One by its id, and nothing that is not there.
    done(
        province("export", "record", batch, "--withhold", shown[0], "-o", "one.ocop", "-w", "coop")
    )
    assert sum("payload" not in each for each in statements(province, "one.ocop")) == 1
    run = province("export", "record", batch, "--withhold", "horse", "-o", "no.ocop", "-w", "coop")
    assert run.code == 2
    assert not (province.folder / "no.ocop").exists()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_erased_is_gone_and_the_log_stays(
    province: Any, batch: str, lang: Language
) -> None:
    (place, *_) = (
        each for each in statements(province, "record.ocop") if '"type":"place"' in each["payload"]
    )
    assert province("erase", place["id"], "-w", "coop", lang=lang).code == 130
    for wrong, problem in (("12ab", "cli.not_an_id"), ("0" * 64, "workspace.no_statement")):
        run = province("erase", wrong, "--yes", "-w", "coop", lang=lang)
        assert refused(run, problem, lang=lang)
    done(province("erase", place["id"], "--yes", "-w", "coop", lang=lang))
    done(province("export", "record", batch, "-w", "coop", "--out", "less.ocop"))
    (left,) = (s for s in statements(province, "less.ocop") if s["id"] == place["id"])
    assert "payload" not in left
    assert left["cose"] == place["cose"]
    pin(province)
    done(province("verify", "less.ocop"))
