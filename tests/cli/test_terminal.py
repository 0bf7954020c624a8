"""What strangers wrote is shown, and never obeyed, by the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace.cli.terminal import Terminal
from ocoptrace.verify import Check, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

CLEAR_AND_GREEN = "\x1b[2J\x1b[32mOK"
RIGHT_TO_LEFT = "\N{RIGHT-TO-LEFT OVERRIDE}KO"


@pytest.mark.parametrize("text", [CLEAR_AND_GREEN, RIGHT_TO_LEFT, "\x9b2J", "a\rb"])
def test_control_and_direction_characters_are_not_printed(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = Terminal("en")
    terminal.say(text)
    terminal.rows([(text,)])
    verdict = Verdict("", (Check("parameters", "warn", "unsigned_parameter", {"names": text}),))
    terminal.verdict(verdict, title=text)
    printed = capsys.readouterr().out
    assert printed.count("\ufffd") >= 3
    assert not {"\x1b", "\x9b", "\r", "\N{RIGHT-TO-LEFT OVERRIDE}"} & set(printed)


def test_markup_in_a_name_is_only_text(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal("en").say("[red]Lot[/red]")
    assert capsys.readouterr().out == "[red]Lot[/red]\n"


def test_a_link_from_a_label_cannot_steer_the_terminal(cli: Callable[..., Any], demo: Any) -> None:
    demo.copy("bundle.json", "root.json", to=cli.folder)
    link = f"HTTPS://ID.EXAMPLE/01/09524071001014/10/L1?note={CLEAR_AND_GREEN}"
    run = cli("verify", link, "--trust", "bundle.json", "--root", "root.json")
    assert run.code == 1
    assert "\x1b" not in run.out + run.err
