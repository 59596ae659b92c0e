"""The end of a failed build's output says what is missing."""

import pytest
from packaging.version import Version

from hobd.builds.diagnosis import Subject, find_hint
from hobd.core.vocab.names import Name

DEMO = Subject(name=Name("demo"), version=Version("1.11"))
USUAL = "Build failures usually indicate a problem with the package or the build environment"


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        (
            "src/a.c:3020:10: fatal error: graphviz/cgraph.h: No such file or directory",
            'a library that provides "graphviz/cgraph.h" for `demo@1.11`',
        ),
        ("src/a.c:3023:10: fatal error: 'graphviz/cgraph.h' file not found", 'a library that provides "graphviz/cgraph.h" for `demo@1.11`'),
        (
            "/usr/bin/ld: cannot find -lncurses: No such file or directory",
            "shared library for `ncurses` for `demo@1.11` (e.g., `libncurses-dev`)",
        ),
        ("error: invalid command 'bdist_wheel'", "`demo@1.11` depends on `wheel`, but doesn't declare it"),
        ("ModuleNotFoundError: No module named 'torch'", "`demo@1.11` depends on `torch`, but doesn't declare it"),
        ("ModuleNotFoundError: No module named 'pkg_resources'", "`demo@1.11` depends on `setuptools`, but doesn't declare it"),
        (
            "ModuleNotFoundError: No module named 'distutils'",
            "adding a constraint (like `demo >1.11`) to avoid building a version of `demo`",
        ),
        ("something else", USUAL),
    ],
)
def test_a_line_near_the_end_decides(line: str, hint: str) -> None:
    assert hint in find_hint(f"before\n{line}\nafter\n", DEMO)


def test_a_line_far_from_the_end_does_not_count() -> None:
    assert find_hint("ModuleNotFoundError: No module named 'torch'\n" + "later\n" * 10, DEMO) == USUAL


def test_who_is_not_known_is_not_named() -> None:
    assert "a package depends on `torch`" in find_hint("ModuleNotFoundError: No module named 'torch'", Subject())
