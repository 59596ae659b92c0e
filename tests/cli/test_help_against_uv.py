"""Help texts are uv's, letter by letter, at any width and with the same colours."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hobd.cli.catalogue import ROOT
from hobd.cli.grammar.help import render_help
from hobd.cli.grammar.level import Level
from hobd.cli.grammar.model import Argument
from hobd.cli.help import render_long_help
from hobd.cli.style import strip_style
from hobd.cli.wording import Wording
from tests.cli.uv_oracle import UV, as_uv, ask_hob, ask_uv, needs_uv

pytestmark = needs_uv

OWN_COMMANDS = ("daemon", "why", "why-not", "undo", "bundle", "outdated", "env", "trust")
"""What uv does not have."""


OWN_CHILDREN = {("cache", "list"), ("pip", "download"), ("pip", "wheel")}
"""Likewise, of commands that it has."""


class UvWording(Wording):
    """The texts with uv's name, before they are broken into lines: names of other length break them elsewhere."""

    def about(self, path: str) -> str:
        return as_uv(super().about(path))

    def explain(self, level: Level, argument: Argument) -> str:
        return as_uv(super().explain(level, argument))

    def explain_choice(self, choices: str, name: str) -> str | None:
        text = super().explain_choice(choices, name)
        return None if text is None else as_uv(text)


def walk(level: Level) -> Iterator[Level]:
    yield level
    for child in level.command.children:
        if child.name not in OWN_COMMANDS and (*level.path[1:], child.name) not in OWN_CHILDREN:
            yield from walk(level.descend(child))


LEVELS = [level for level in walk(Level(ROOT, ("uv",))) if level.path[-1] not in ("help", "uv")]


@pytest.mark.parametrize("width", [100, 63])
@pytest.mark.parametrize("family", sorted({level.path[1] for level in LEVELS}))
def test_help_of_every_command_is_uvs(family: str, width: int, tmp_path: Path) -> None:
    for level in (level for level in LEVELS if level.path[1] == family):
        path = level.path[1:]
        variables = {"COLUMNS": str(width)}

        short = render_help(level, UvWording(), width=width, is_long=False, environment={})
        long = render_long_help(path, UvWording(), width=width, environment={}, program="uv")

        assert _without_children(as_uv(strip_style(short)), path) == ask_uv([*path, "-h"], variables, tmp_path)[1]
        assert _without_children(as_uv(strip_style(long)), path) == ask_uv(["help", *path], variables, tmp_path)[1]


def _without_children(text: str, path: tuple[str, ...]) -> str:
    names = "|".join(name for *parents, name in OWN_CHILDREN if tuple(parents) == tuple(path))
    return re.sub(rf"^  (?:{names}) .*\n", "", text, flags=re.MULTILINE) if names else text


def test_help_is_coloured_as_uvs(tmp_path: Path) -> None:
    variables = {"CLICOLOR_FORCE": "1", "COLUMNS": "100000"}

    for words in (
        ["lock", "-h"],
        ["init", "-h"],
        ["tool", "-h"],
        ["help", "venv"],
        ["help", "python"],
        ["help", "help"],
        ["format", "--help"],
    ):
        assert ask_hob(words, variables) == ask_uv(words, variables, tmp_path)


def test_an_overview_lists_the_same_options_as_uvs(tmp_path: Path) -> None:
    variables = {"COLUMNS": "100000"}

    for words in (["--help"], ["help"], []):
        code, out, err = ask_hob(words, variables)
        theirs = ask_uv(words, variables, tmp_path)
        assert code == theirs[0]
        assert _without_own(out) == theirs[1]
        assert _without_own(err) == theirs[2]


def _without_own(text: str) -> str:
    names = "|".join(OWN_COMMANDS)
    return re.sub(rf"^  (?:{names}) .*\n", "", text, flags=re.MULTILINE)


def test_every_variable_of_an_option_shows_its_value(tmp_path: Path) -> None:
    variables = {"UV_LINK_MODE": "copy", "UV_INDEX": "secret", "COLUMNS": "100000"}

    assert ask_hob(["sync", "-h"], variables) == ask_uv(["sync", "-h"], variables, tmp_path)


@pytest.mark.parametrize("words", [["help", "snc"], ["help", "pip", "instal"], ["help", "pip", "install", "now"]])
def test_help_for_an_unknown_command_lists_what_there_is(words: list[str], tmp_path: Path) -> None:
    mine, theirs = ask_hob(words, {}), ask_uv(words, {}, tmp_path)

    assert (mine[0], mine[1], _without_own_names(mine[2], words[1:-1])) == theirs


def _without_own_names(text: str, path: list[str]) -> str:
    children = [name for *parents, name in OWN_CHILDREN if parents == path]
    return re.sub(rf"^    (?:{'|'.join([*OWN_COMMANDS, *children])})\n", "", text, flags=re.MULTILINE)


def test_under_the_name_of_the_tool_runner_help_is_that_of_the_tool_runner(tmp_path: Path) -> None:
    import subprocess

    from hobd.cli.parse import parse

    runner = UV.with_name("uvx")
    environment = {"COLUMNS": "100000", "HOME": str(tmp_path), "PATH": "/usr/bin"}
    for words in (["--help"], ["--frm"], ["--from"]):
        done = subprocess.run([runner, *words], capture_output=True, text=True, env=environment, cwd=tmp_path, check=False)
        answer = parse([b"/bin/hobx", *(word.encode() for word in words)], {"COLUMNS": "100000"})
        assert (answer.code, as_uv(answer.stdout), as_uv(answer.stderr)) == (done.returncode, done.stdout, done.stderr)
