"""Where plans stand: a path, a name in the user's folders, what is built in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ocoptrace.errors import LabelError
from ocoptrace.labels import find_printer, find_stock, find_template, load_template, template_names
from ocoptrace.labels.template import template_text

if TYPE_CHECKING:
    from pathlib import Path

STOCK = 'page = "A4"\nlabel = [90, 50]\n'
TEMPLATE = '{"format": "ocop-label/1", "size": [30, 30], "element": []}'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine.toml").write_text(STOCK)
    (tmp_path / "bare.json").write_text(TEMPLATE)
    (tmp_path / "ocop-50x30.json").write_text(TEMPLATE.replace("30, 30", "50, 31"))
    (tmp_path / "office.toml").write_text("dx = 1\n")
    return tmp_path


def test_a_name_means_the_users_file_before_what_is_built_in(folder: Path) -> None:
    assert find_template("ocop-50x30").height == 30_000
    assert find_template("ocop-50x30", folders=[folder]).height == 31_000
    assert load_template("ocop-50x30", folders=[folder]).name == "ocop-50x30"
    assert find_template("ocop-70x37", folders=[folder]).height == 37_000
    assert find_stock("mine", folders=[folder]).slots == 1
    assert find_printer("office", folders=[folder]).dx == 1000
    assert set(template_names(folders=[folder])) - set(template_names()) == {
        "bare", "mine", "office",
    }  # fmt: skip


@pytest.mark.parametrize("named", ["bare.json", "{folder}/bare.json"])
def test_a_path_means_its_file_and_a_files_name_that_in_the_folders(
    folder: Path, named: str
) -> None:
    found = find_template(named.format(folder=folder), folders=[folder])
    assert (found.name, found.width) == ("bare", 30_000)
    assert template_text(named.format(folder=folder), folders=[folder]) == TEMPLATE


def test_the_first_folder_that_has_a_file_counts(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "office.toml").write_text("dx = 2\n")
    assert find_printer("office", folders=[other, folder]).dx == 2000
    assert find_printer("office", folders=iter([folder, other])).dx == 1000


@pytest.mark.parametrize(
    ("named", "code"),
    [
        ("none", "label.unknown_template"),
        ("none.toml", "label.plan_file"),
        ("../bare", "label.unknown_template"),
        ("", "label.unknown_template"),
        (".", "label.unknown_template"),
        ("\0", "label.unknown_template"),
        ("x" * 300, "label.unknown_template"),
        ("x" * 300 + ".toml", "label.plan_file"),
        ("mine", "label.plan_value"),
    ],
)
def test_what_is_not_there_is_told(folder: Path, named: str, code: str) -> None:
    for find in (find_template, template_text):
        if find is template_text and code == "label.plan_value":
            continue  # its text can be had, whatever it says
        with pytest.raises(LabelError) as caught:
            find(named, folders=[folder])
        assert caught.value.code == code


def test_names_of_folders_are_told_with_the_others(folder: Path) -> None:
    with pytest.raises(LabelError) as caught:
        find_stock("none", folders=[folder])
    assert "mine" in caught.value.facts["known"]
    with pytest.raises(LabelError) as caught:
        find_printer("none", folders=[folder])
    assert "office" in caught.value.facts["known"]
