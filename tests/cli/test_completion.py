"""Completion scripts."""

import shutil
import subprocess

import pytest

from hobd.cli.answer import Answer
from hobd.cli.parse import parse

SHELLS = ["bash", "zsh", "fish", "elvish", "nushell", "powershell"]


def script(*argv: str) -> str:
    answer = parse([word.encode() for word in argv], {})
    assert isinstance(answer, Answer)
    assert answer.code == 0
    return answer.stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_knows_commands_options_and_values(shell: str) -> None:
    text = script("hob", "generate-shell-completion", shell)

    for word in ("sync", "compile", "link-mode", "hardlink", "daemon"):
        assert word in text
    assert "show-settings" not in text, "what help hides is not offered"


@pytest.mark.parametrize("shell", SHELLS)
def test_the_tool_runner_has_a_script_of_its_own(shell: str) -> None:
    text = script("hobx", "--generate-shell-completion", shell)

    assert "hobx" in text
    assert "uvx" in text
    assert "compile-bytecode" in text
    assert "pip" not in text.split()


def complete(line: str) -> list[str]:
    """What bash offers for the last word of a command line."""
    words = " ".join(f"'{word}'" for word in line.split(" "))
    program = line.split(" ", 1)[0]
    function = f'$(complete -p {program} | sed "s/.*-F \\([^ ]*\\) .*/\\1/")'
    call = f'COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); {function}; echo "${{COMPREPLY[@]}}"'
    text = script("hob", "generate-shell-completion", "bash")
    done = subprocess.run(["bash", "-c", f"{text}\n{call}"], capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("hob syn", ["sync"]),
        ("uv pip un", ["uninstall"]),
        ("hob -q sync --link-mode ", ["clone", "copy", "hardlink", "symlink"]),
        ("hob lock --check", ["--check", "--check-exists"]),
        ("hob generate-shell-completion z", ["zsh"]),
        ("hob tool run --isol", ["--isolated"]),
    ],
)
def test_bash_offers_what_can_stand_next(line: str, offered: list[str]) -> None:
    assert complete(line) == offered
