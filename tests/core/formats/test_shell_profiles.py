"""Which shell it is, which files it reads, and how it puts a folder on PATH."""

from pathlib import Path

import pytest

from hobd.core.formats.shell_profiles import Shell, find_shell
from tests.support.variables import Variables

HOME = Path("/home/me")


@pytest.mark.parametrize(
    ("variables", "shell"),
    [
        ({"SHELL": "/usr/bin/zsh"}, "zsh"),
        ({"SHELL": "/bin/bash", "FISH_VERSION": "3"}, "fish"),
        ({"NU_VERSION": "0.1"}, "nu"),
        ({"SHELL": "/bin/pwsh"}, "powershell"),
        ({"SHELL": "/bin/dash"}, None),
        ({}, None),
    ],
)
def test_the_shell_is_known_by_its_own_variable_first(variables: dict[str, str], shell: str | None) -> None:
    found = find_shell(Variables(variables))
    assert (None if found is None else found.id) == shell


@pytest.mark.parametrize(
    ("shell", "present", "variables", "files"),
    [
        ("bash", (), {}, (".bash_profile", ".bashrc")),
        ("bash", (".profile", ".bash_login"), {}, (".bash_login", ".bashrc")),
        ("ksh", (), {}, (".profile", ".kshrc")),
        ("csh", (), {}, (".cshrc", ".login")),
        ("fish", (), {}, (".config/fish/config.fish",)),
        ("fish", (), {"XDG_CONFIG_HOME": "/home/me/c"}, ("c/fish/config.fish",)),
        ("zsh", (), {"ZDOTDIR": "/home/me/z"}, ("z/.zshenv",)),
        ("zsh", (".zshenv",), {"ZDOTDIR": "/home/me/z"}, (".zshenv",)),
        ("nu", (), {}, ()),
    ],
)
def test_login_shells_and_others_each_have_a_file(
    shell: str, present: tuple[str, ...], variables: dict[str, str], files: tuple[str, ...]
) -> None:
    found = Shell(shell).profiles(HOME, Variables(variables), lambda path: str(path.relative_to(HOME)) in present)
    assert found == tuple(HOME / file for file in files)


def test_folders_are_quoted_so_that_nothing_in_them_is_run() -> None:
    assert Shell("bash").prepend('/a b/$(x)`y`"\\') == 'export PATH="/a b/\\$(x)\\`y\\`\\"\\\\:$PATH"'
    assert Shell("csh").prepend("/a") == 'setenv PATH "/a:$PATH"'
    assert Shell("fish").prepend("/a") == 'fish_add_path "/a"'
    assert Shell("nu").prepend("/a") is None


@pytest.mark.parametrize(
    ("shell", "folder", "command"),
    [
        ("bash", "/it's", "source '/it'\"'\"'s/activate'"),
        ("zsh", "bin", "source bin/activate"),
        ("ksh", "bin", ". bin/activate"),
        ("fish", "a b", "source 'a b/activate.fish'"),
        ("csh", "bin", "source bin/activate.csh"),
        ("nu", "a b", "overlay use 'a b/activate.nu'"),
        ("powershell", "a b", '& "a b/activate"'),
        ("powershell", "bin", "bin/activate"),
    ],
)
def test_every_shell_has_its_way_into_an_environment(shell: str, folder: str, command: str) -> None:
    assert Shell(shell).activate(folder) == command
