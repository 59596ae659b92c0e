"""Which wheels an interpreter can use, and which of them fits best."""

import pytest
from msgspec.structs import replace
from packaging import tags as packaging_tags

from hobd.core.tags import InterpreterFacts, Platform, Tags, UnknownPlatform, parse_wheel_name, tags_for

LINUX = Platform(system="manylinux", machine="x86_64", version=(2, 28))
CPYTHON = InterpreterFacts(implementation="cpython", python_version=(3, 11), implementation_version=(3, 11), platform=LINUX)
MACOS = Platform(system="macos", machine="arm64", version=(14, 2))
MUSL = Platform(system="musllinux", machine="aarch64", version=(1, 2))
BSD = Platform(system="other", machine="x86_64", tag="freebsd_14_1_amd64")


def fits(facts: InterpreterFacts, tag: str) -> bool:
    return Tags(facts).rank(parse_wheel_name(f"a-1.0-{tag}.whl")) is not None


def best(facts: InterpreterFacts, *tags: str) -> str:
    by_fitness = {Tags(facts).fitness(parse_wheel_name(f"a-1.0-{tag}.whl")) or (-(10**9), (-1, "")): tag for tag in tags}
    return by_fitness[max(by_fitness)]


def test_the_tags_of_a_machine_are_those_of_packaging() -> None:
    platforms = list(Tags(CPYTHON)._platforms)
    expected = [
        *packaging_tags.cpython_tags((3, 11), ["cp311"], platforms),
        *packaging_tags.compatible_tags((3, 11), "cp311", platforms),
    ]
    assert list(Tags(CPYTHON)) == [(tag.interpreter, tag.abi, tag.platform) for tag in expected]


def test_platforms_of_glibc_come_newest_first_with_their_old_names_behind() -> None:
    platforms = list(Tags(CPYTHON)._platforms)
    assert platforms[:2] == ["manylinux_2_28_x86_64", "manylinux_2_27_x86_64"]
    assert platforms[11:13] == ["manylinux_2_17_x86_64", "manylinux2014_x86_64"]
    assert platforms[-3:] == ["manylinux_2_5_x86_64", "manylinux1_x86_64", "linux_x86_64"]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("cp311-cp311-manylinux_2_17_x86_64", "cp311-abi3-manylinux_2_28_x86_64"),
        ("cp311-cp311-manylinux_2_28_x86_64", "cp311-cp311-manylinux_2_17_x86_64"),
        ("cp311-abi3-manylinux_2_17_x86_64", "cp311-none-manylinux_2_17_x86_64"),
        ("cp39-abi3-linux_x86_64", "py3-none-any"),
        ("py3-none-manylinux_2_17_x86_64", "py310-none-manylinux_2_17_x86_64"),
        ("cp311-none-any", "py311-none-any"),
        ("py311-none-any", "py3-none-any"),
        ("py3-none-any", "py310-none-any"),
        ("py2.py3-none-any", "cp312-cp312-linux_x86_64"),
        ("2-py3-none-any", "1-py3-none-any"),
    ],
)
def test_the_more_special_wheel_fits_better(better: str, worse: str) -> None:
    assert best(CPYTHON, better, worse) == better
    assert best(CPYTHON, worse, better) == better


@pytest.mark.parametrize(
    ("facts", "tag", "expected"),
    [
        (CPYTHON, "cp310-cp310-linux_x86_64", False),
        (CPYTHON, "cp310-abi3-linux_x86_64", True),
        (CPYTHON, "cp312-abi3-linux_x86_64", False),
        (CPYTHON, "py3-none-manylinux_2_29_x86_64", False),
        (CPYTHON, "py3-none-musllinux_1_1_x86_64", False),
        (CPYTHON, "py3-abi3-any", False),
        (replace(CPYTHON, is_manylinux_compatible=False), "py3-none-manylinux_2_17_x86_64", False),
        (replace(CPYTHON, is_manylinux_compatible=False), "py3-none-linux_x86_64", True),
        (replace(CPYTHON, python_version=(3, 14), is_free_threaded=True), "cp314-cp314t-linux_x86_64", True),
        (replace(CPYTHON, python_version=(3, 14), is_free_threaded=True), "cp314-cp314-linux_x86_64", False),
        (replace(CPYTHON, python_version=(3, 14), is_free_threaded=True), "cp310-abi3-linux_x86_64", False),
        (replace(CPYTHON, python_version=(3, 15), is_free_threaded=True), "cp315-abi3t-linux_x86_64", True),
        (replace(CPYTHON, is_debug=True), "cp311-cp311d-linux_x86_64", True),
        (replace(CPYTHON, is_debug=True), "cp311-cp311-linux_x86_64", True),
        (replace(CPYTHON, python_version=(3, 7)), "cp37-cp37m-linux_x86_64", True),
        (replace(CPYTHON, implementation="pypy", implementation_version=(7, 3)), "pp311-pypy311_pp73-linux_x86_64", True),
        (replace(CPYTHON, implementation="pypy", implementation_version=(7, 3)), "cp311-abi3-linux_x86_64", False),
        (replace(CPYTHON, implementation="graalpy", implementation_version=(24, 2)), "graalpy311-graalpy242_311_native-linux_x86_64", True),
        (replace(CPYTHON, platform=MACOS), "cp311-cp311-macosx_14_0_arm64", True),
        (replace(CPYTHON, platform=MACOS), "cp311-cp311-macosx_15_0_arm64", False),
        (replace(CPYTHON, platform=MACOS), "cp311-cp311-macosx_10_9_universal2", True),
        (replace(CPYTHON, platform=MACOS), "cp311-cp311-macosx_10_9_x86_64", False),
        (
            replace(CPYTHON, platform=Platform(system="musllinux", machine="aarch64", version=(1, 2))),
            "py3-none-musllinux_1_1_aarch64",
            True,
        ),
        (replace(CPYTHON, platform=Platform(system="windows", machine="arm64")), "py3-none-win_arm64", True),
        (
            replace(CPYTHON, platform=Platform(system="other", machine="x86_64", tag="freebsd_14_1_amd64")),
            "py3-none-freebsd_14_1_amd64",
            True,
        ),
    ],
)
def test_a_wheel_fits_or_not(facts: InterpreterFacts, tag: str, *, expected: bool) -> None:
    assert fits(facts, tag) is expected


def test_the_tags_of_equal_facts_are_made_once() -> None:
    assert tags_for(CPYTHON) is tags_for(replace(CPYTHON))


def test_a_machine_that_the_system_does_not_have_is_refused() -> None:
    with pytest.raises(UnknownPlatform, match="no wheels for the machine `riscv64` on `windows`"):
        Tags(replace(CPYTHON, platform=Platform(system="windows", machine="riscv64")))
