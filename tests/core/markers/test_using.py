"""Using markers: order, evaluation, extras, conflicts, memory."""

import gc

import pytest

from hobd.core.markers import FALSE, TRUE, EncodedItem, Marker, decode, encode_extra, encode_group, encode_project, forget
from hobd.core.markers.diagram import MEMO_LIMIT, Memo, count_nodes

LINUX = {
    "os_name": "posix",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_release": "5.15.0-113-generic",
    "platform_version": "#123",
    "implementation_name": "cpython",
    "implementation_version": "3.11.7",
    "python_full_version": "3.11.7",
    "python_version": "3.11",
}


def test_markers_sort_in_the_structural_order() -> None:
    sequence = [
        "python_full_version >= '3.8'",
        "python_full_version < '3.9'",
        "python_full_version == '3.9.*'",
        "python_full_version >= '3.9'",
        "os_name != 'nt'",
        "os_name == 'nt'",
        "os_name == 'nt' or sys_platform == 'linux'",
        "sys_platform != 'linux'",
        "sys_platform == 'linux'",
        "sys_platform == 'win32'",
        "platform_machine in 'a'",
        "'a' in platform_machine",
        "extra == 'a'",
    ]
    ordered = [TRUE, FALSE, *map(Marker.parse, sequence)]
    shuffled = ordered[::-1]
    assert sorted(shuffled, key=Marker.sort_key) == ordered


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("python_version >= '3.11' and sys_platform == 'linux'", True),
        ("python_full_version == '3.11.7'", True),
        ("python_full_version > '3.11.7'", False),
        ("platform_machine in 'x86_64 aarch64'", True),
        ("'86' in platform_machine", True),
        ("'arm' not in platform_machine", True),
        ("platform_release >= '5'", True),
        ("platform_system == 'Windows'", False),
        ("implementation_name == 'pypy' or python_version < '3'", False),
    ],
)
def test_a_marker_is_evaluated_against_an_environment(text: str, *, holds: bool) -> None:
    assert Marker.parse(text).evaluate(LINUX) is holds


def test_the_kernel_of_macos_compares_as_a_version() -> None:
    marker = Marker.parse("platform_release >= '9'")
    assert marker.evaluate(LINUX | {"sys_platform": "darwin", "platform_release": "23.5.0"})
    assert not marker.evaluate(LINUX | {"sys_platform": "linux", "platform_release": "23.5.0"})


def test_a_prerelease_of_python_counts_as_its_release() -> None:
    assert Marker.parse("python_full_version >= '3.13'").evaluate(LINUX | {"python_full_version": "3.13.0rc2"})


def test_extras_and_groups_answer_for_their_names() -> None:
    assert Marker.parse("extra == 'Foo_Bar'").evaluate(LINUX, {"foo-bar"})
    assert Marker.parse("'foo' in extras and 'dev' in dependency_groups").evaluate(LINUX, extras={"foo"}, groups={"dev"})
    assert not Marker.parse("'dev' in dependency_groups").evaluate(LINUX, extras={"dev"})


def test_extras_can_be_decided_dropped_and_kept_alone() -> None:
    marker = Marker.parse("extra == 'a' and (os_name == 'nt' or extra == 'b')")
    assert str(marker.assume_extra("a", active=True)) == "os_name == 'nt' or extra == 'b'"
    assert marker.assume_extra("a", active=False).is_false
    assert marker.without_extras().is_true
    assert str(marker.only_extras()) == "extra == 'a'"
    assert marker.extra_names() == {"a", "b"}


def test_items_of_conflicts_are_extras_with_a_long_name() -> None:
    assert decode(encode_extra("my-demo", "cpu")) == EncodedItem("extra", "my-demo", "cpu")
    assert decode(encode_group("demo", "dev-x")) == EncodedItem("group", "demo", "dev-x")
    assert decode(encode_project("demo")) == EncodedItem("project", "demo", None)
    assert encode_extra("p", "x1") == "extra-1-p-x1"
    assert [decode(name) for name in ("cpu", "extra-cpu", "extra-9-demo-cpu", "extra-4-demo", "project-4-demo-x", "group-4-demo-")] == [
        None
    ] * 6


def test_equal_markers_are_one_and_work_as_keys() -> None:
    left, right = Marker.parse("os_name == 'nt'"), Marker.parse("'nt' == os_name")
    assert left == right
    assert len({left, right}) == 1
    assert left != TRUE


def test_spelled_zeros_mean_nothing_and_do_not_spread() -> None:
    assert str(Marker.parse("python_full_version == '3.9.0.*'")) == "python_full_version >= '3.9.0' and python_full_version < '3.9.1'"
    assert str(Marker.parse("python_full_version >= '3.9.0'")) == "python_full_version >= '3.9'"
    assert (Marker.parse("python_full_version == '3.9.0.*'") & Marker.parse("python_full_version < '3.9'")).is_false


def test_nodes_die_with_the_markers_that_hold_them() -> None:
    forget()
    gc.collect()
    before = count_nodes()
    kept = [Marker.parse(f"platform_machine == 'machine-{number}' and python_version > '3.{number}'") for number in range(200)]
    assert count_nodes() >= before + 400
    assert len(kept) == 200
    kept.clear()
    forget()
    assert count_nodes() <= before


def test_memos_are_emptied_when_they_are_full() -> None:
    memo: Memo[int, int] = Memo()
    for number in range(MEMO_LIMIT + 1):
        memo.keep(number, number)
    assert len(memo) == 1
