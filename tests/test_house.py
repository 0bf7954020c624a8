"""What holds for the whole house, whichever room someone adds next."""

from __future__ import annotations

import ast
import importlib
import json
import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ocoptrace.messages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "ocoptrace"
SOURCES = sorted(SOURCE.rglob("*.py"))
GENERATED = {SOURCE / "gs1" / "ai_table.py"}
MODULES = [
    ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in SOURCES
    if path.name == "__init__.py" or not path.name.startswith("_")
]
CATALOGUES = sorted(path.stem for path in (SOURCE / "messages" / "vi").glob("*.toml"))

CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
FILE_NAME = re.compile(r".*\.(csv|db|html|json|key|ocop|pdf|pem|png|sqlite|svg|toml|xlsx|zpl)")
SUBJECTLESS = {"base", "common", "helpers", "manager", "misc", "service", "utils"}
OVERCLAIMS = re.compile(
    r"\bauthentic(ity)?\b|\bcompliant\b|\bthe law obliges\b|chính hãng|hàng thật",
    re.IGNORECASE,
)


@cache
def catalogue(language: str, name: str) -> dict[str, str]:
    """Return the texts of a catalogue, each by its dotted key (``key.text``, ``key.remedy``)."""
    path = SOURCE / "messages" / language / f"{name}.toml"
    return dict(flatten(tomllib.loads(path.read_text(encoding="utf-8"))))


def flatten(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def texts_of(code: str, language: str) -> list[str]:
    """Return the text and remedy that a code stands for; empty where there is none."""
    name, _, key = code.partition(".")
    if name not in CATALOGUES:
        return []
    texts = catalogue(language, name)
    exact = [texts[each] for each in (key, f"{key}.text", f"{key}.remedy") if each in texts]
    # An f-string gives only how the code begins: some entry must begin so.
    begins = key if key.endswith(("_", ".")) else f"{key}."
    return exact or [text for each, text in texts.items() if each.startswith(begins)]


def calls(path: Path) -> Iterator[tuple[ast.Call, str, str]]:
    """Yield (call, name of the function, code) of each call that names a message code."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        function, code = node.func, node.args[0]
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        speaks = name.endswith("Error") or name in {"Finding", "text", "remedy"}
        if speaks and isinstance(code, ast.Constant) and isinstance(code.value, str):
            yield node, name, code.value


def constants(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def facts_of(call: ast.Call, name: str) -> set[str] | None:
    """Return the names of the facts that a call hands over; None where they cannot be seen."""
    if name == "Finding":
        given: ast.expr | None = call.args[3] if len(call.args) > 3 else None
        given = next((word.value for word in call.keywords if word.arg == "facts"), given)
        if given is None:
            return set()
        if not isinstance(given, ast.Dict):
            return None
        names = [key.value if isinstance(key, ast.Constant) else None for key in given.keys]
    else:
        names = [word.arg for word in call.keywords]
    if None in names:
        return None
    return {str(each) for each in names} - ({"place", "findings"} if name != "Finding" else set())


def natural_order(name: str) -> tuple[bool, bool, str]:
    """Constants first, then classes, then functions: the order that ruff writes."""
    return not name.isupper(), not name[0].isupper(), name


@pytest.mark.parametrize("name", MODULES)
def test_all_is_declared_sorted_and_importable(name: str) -> None:
    module = importlib.import_module(name)
    exported = module.__all__
    assert list(exported) == sorted(set(exported), key=natural_order)
    assert [each for each in exported if not hasattr(module, each)] == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_module_has_one_subject(path: Path) -> None:
    assert path.stem not in SUBJECTLESS
    if path not in GENERATED:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 500


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_every_message_code_has_words_in_every_language(path: Path) -> None:
    named = {code for _, _, code in calls(path) if CODE.fullmatch(code)}
    tabled = {
        text
        for text in constants(path)
        if CODE.fullmatch(text) and text.partition(".")[0] in CATALOGUES
        if not FILE_NAME.fullmatch(text)
    }
    mute = [
        (code, language)
        for code in sorted(named | tabled)
        for language in LANGUAGES
        if not texts_of(code, language)
    ]
    assert mute == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_every_fact_that_a_message_shows_is_handed_over(path: Path) -> None:
    missing = [
        (path.name, call.lineno, code, sorted(wanted - facts))
        for call, name, code in calls(path)
        if (facts := facts_of(call, name)) is not None
        for wanted in [set().union(*map(placeholders, texts_of(code, "en")))]
        if wanted - facts
    ]
    assert missing == []


def test_catalogues_were_found_in_every_language() -> None:
    assert len(CATALOGUES) >= 2
    for language in LANGUAGES:
        found = sorted(path.stem for path in (SOURCE / "messages" / language).glob("*.toml"))
        assert found == CATALOGUES


@pytest.mark.parametrize("name", CATALOGUES)
def test_catalogues_say_the_same_in_every_language(name: str) -> None:
    vietnamese, english = catalogue("vi", name), catalogue("en", name)
    assert vietnamese.keys() == english.keys()
    shown_vi = {key: placeholders(text) for key, text in vietnamese.items()}
    shown_en = {key: placeholders(text) for key, text in english.items()}
    assert shown_vi == shown_en
    assert all(each.isidentifier() for shown in shown_en.values() for each in shown)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CATALOGUES)
def test_catalogue_texts_are_composed_and_filled(language: str, name: str) -> None:
    for key, text in catalogue(language, name).items():
        assert unicodedata.is_normalized("NFC", text), key
        assert text == text.strip() != "", key


def shown_files() -> list[Path]:
    """Return the files whose words reach a shopper, a clerk or an inspector."""
    packaged = [path for path in SOURCE.rglob("*") if path.suffix in {".html", ".js", ".toml"}]
    command_help = (SOURCE / "cli").rglob("*.py")
    return sorted([*packaged, *command_help, *(ROOT / "examples").rglob("*.json")])


@pytest.mark.parametrize("path", shown_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_shown_claims_more_than_is_proven(path: Path) -> None:
    text = unicodedata.normalize("NFC", path.read_text(encoding="utf-8"))
    if path.suffix == ".json":
        text = json.dumps(json.loads(text), ensure_ascii=False)
    assert [match.group() for match in OVERCLAIMS.finditer(text)] == []


def test_constraints_pin_every_declared_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lists = [
        project["build-system"]["requires"],
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    ]
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if not line.startswith("#")]
    pinned = {canonicalize_name(pin.name): str(pin.specifier).removeprefix("==") for pin in pins}
    assert all(re.fullmatch(r"==[0-9][0-9A-Za-z.]*", str(pin.specifier)) for pin in pins)
    assert all(pin.url is None for pin in pins)
    assert "pip" in pinned
    for requirement in map(Requirement, [each for listed in lists for each in listed]):
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)])
