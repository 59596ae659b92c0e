"""What changed between two locks."""

from hobd.core.lockfile.changes import Change, compare
from hobd.core.lockfile.parse import parse
from hobd.core.vocab.names import Name
from tests.core.lockfile.made import package

HEAD = 'version = 1\nrequires-python = ">=3.11"\n'


def from_git(commit: str) -> str:
    return f'[[package]]\nname = "lib"\nversion = "0.1"\nsource = {{ git = "https://git.example/lib#{commit * 40}" }}\n'


def test_another_commit_of_the_same_version_is_a_change() -> None:
    old, new = parse(HEAD + from_git("a")), parse(HEAD + from_git("b"))
    assert compare(old, new) == (Change(name=Name("lib"), before=("v0.1 (aaaaaaaa)",), after=("v0.1 (bbbbbbbb)",)),)
    assert compare(old, old) == ()


def test_versions_of_one_name_are_told_together() -> None:
    old, new = parse(HEAD + package("a")), parse(HEAD + package("a") + "\n" + package("a", version="2.0") + "\n" + package("b"))
    assert compare(old, new) == (
        Change(name=Name("a"), before=("v1.0",), after=("v1.0", "v2.0")),
        Change(name=Name("b"), before=(), after=("v1.0",)),
    )
