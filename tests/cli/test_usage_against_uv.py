"""Command lines that cannot be understood are refused in uv's words, with uv's exit code."""

import shlex
from pathlib import Path

import pytest

from tests.cli.uv_oracle import ask_hob, ask_uv, needs_uv

pytestmark = needs_uv

CASES = [line for line in (Path(__file__).parent / "usage_cases.txt").read_text().splitlines() if line and not line.startswith("#")]


def split(line: str) -> tuple[list[str], dict[str, str]]:
    """A case's words, and the variables set before them."""
    words = shlex.split(line)
    variables = {}
    while words and "=" in words[0] and words[0].partition("=")[0].isupper():
        name, _, value = words.pop(0).partition("=")
        variables[name] = value
    return words, variables


@pytest.mark.parametrize("line", CASES)
def test_a_command_line_is_refused_as_uv_refuses_it(line: str, tmp_path: Path) -> None:
    words, variables = split(line)

    assert ask_hob(words, variables) == ask_uv(words, variables, tmp_path)


def test_complaints_are_coloured_as_uvs(tmp_path: Path) -> None:
    variables = {"CLICOLOR_FORCE": "1"}
    lines = ["sync --frozn", "sync --locked --frozen -U", "pip install", "run --foo", "lck", "sync --color x", "sync --package !", "auth"]

    for line in lines:
        assert ask_hob(line.split(), variables) == ask_uv(line.split(), variables, tmp_path)


def test_complaints_about_variables_are_coloured_as_uvs(tmp_path: Path) -> None:
    for variables in ({"UV_LOCKED": "1", "UV_FROZEN": "1"}, {"UV_OFFLINE": "maybe"}):
        variables = variables | {"FORCE_COLOR": "1"}
        assert ask_hob(["sync"], variables) == ask_uv(["sync"], variables, tmp_path)
