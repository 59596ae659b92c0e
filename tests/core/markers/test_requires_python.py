"""`requires-python`: what is written, and what its bounds do (uv-lock.md section 2)."""

import pytest
from packaging.version import Version

from hobd.core.markers import InvalidRequiresPython, Marker, RequiresPython


@pytest.mark.parametrize(
    ("members", "written"),
    [
        ((">=3.8,<3.13",), ">=3.8, <3.13"),
        (("<4,>=3.9",), ">=3.9, <4"),
        ((">=3.11,<3.12",), "==3.11.*"),
        (("~=3.9",), ">=3.9, <4"),
        (("~=3.11.2",), ">=3.11.2, <3.12"),
        ((">=3.9,!=3.10.*",), ">=3.9, !=3.10.*"),
        ((">=3.9,!=3.9.0,!=3.9.1,<3.13",), ">3.9.0, !=3.9.1, <3.13"),
        ((">=3.9,!=3.9.*",), ">=3.10"),
        ((">=3.11,!=3.11.0.*",), ">=3.11.1"),
        ((">=3.9rc1",), ">=3.9"),
        ((">=3.9,<3.12.0a1",), ">=3.9, <3.12.0"),
        ((">=3.9.0",), ">=3.9.0"),
        ((">3.9",), ">3.9"),
        (("<4",), "<4"),
        (("==3.11.7",), "==3.11.7"),
        ((">=3.8", ">=3.9,<4"), ">=3.9, <4"),
        ((">=3.11", "<3.12"), "==3.11.*"),
        ((">=3.9,!=3.10.*", ">=3.8,!=3.12.*"), ">=3.9, !=3.10.*, !=3.12.*"),
        ((">=3.9,!=3.10.*,!=3.11.*",), ">=3.9, !=3.10.*, !=3.11.*"),
        (("===3.11.7",), "==3.11.7"),
    ],
)
def test_the_ranges_of_all_members_are_written_anew(members: tuple[str, ...], written: str) -> None:
    intersection = RequiresPython.intersection(map(RequiresPython.parse, members))
    assert intersection is not None
    assert intersection.text() == written


def test_members_that_share_no_python_have_no_intersection() -> None:
    assert RequiresPython.intersection([RequiresPython.parse(">=3.11"), RequiresPython.parse("<3.9")]) is None


def test_of_equal_bounds_the_later_lower_and_the_earlier_upper_keep_their_spelling() -> None:
    first, second = RequiresPython.parse(">=3.9,<4.0"), RequiresPython.parse(">=3.9.0,<4")
    intersection = RequiresPython.intersection([first, second])
    assert intersection is not None
    assert intersection.text() == ">=3.9.0, <4.0"


def test_one_projects_specifiers_keep_their_spelling_in_the_order_of_versions() -> None:
    assert RequiresPython.parse("<3.13,>=3.8").text() == ">=3.8, <3.13"
    assert str(RequiresPython.parse("~=3.9").specifiers) == "~=3.9"


def test_another_spelling_is_another_text() -> None:
    assert RequiresPython.parse(">=3.11") != RequiresPython.parse(">=3.11.0")


@pytest.mark.parametrize("text", [">=three", "3.9", ">=3.*", "~=3"])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequiresPython, match="not a valid version specifier"):
        RequiresPython.parse(text)


@pytest.mark.parametrize(
    ("text", "version", "fits"),
    [
        (">=3.9,!=3.10.*", "3.10.2", False),
        (">=3.9,!=3.10.*", "3.11.0", True),
        (">=3.12", "3.12.0rc1", True),
        ("<3.12", "3.12.0", False),
        ("==3.11.*", "3.11.7", True),
    ],
)
def test_an_interpreter_fits_by_its_release(text: str, version: str, *, fits: bool) -> None:
    assert RequiresPython.parse(text).contains(Version(version)) is fits


@pytest.mark.parametrize(
    ("candidate", "fits"),
    [(">=3.9", True), (">=3.8,<3.10", True), (">=3.9.1", False), (">3.9", False), ("<3.8", True), ("", True), ("!=3.9.*", True)],
)
def test_a_candidate_may_be_chosen_by_its_lower_bound_alone(candidate: str, *, fits: bool) -> None:
    assert RequiresPython.parse(">=3.9,<4").is_contained_by(candidate) is fits


@pytest.mark.parametrize(
    ("requires_python", "marker", "simplified"),
    [
        (">=3.9", "python_version >= '3.8'", None),
        (">=3.9", "python_version < '3.9'", "python_version < '0'"),
        (">=3.9", "python_version == '3.9'", "python_full_version < '3.10'"),
        (">=3.9", "python_version != '3.9'", "python_full_version >= '3.10'"),
        (">=3.9", "python_full_version >= '3.9.1'", "python_full_version >= '3.9.1'"),
        (">=3.9,<3.13", "python_version == '3.12'", "python_full_version >= '3.12'"),
        (">=3.9,<3.13", "python_version > '3.12'", "python_version < '0'"),
        ("==3.11.*", "python_version < '3.12' and sys_platform == 'darwin'", "sys_platform == 'darwin'"),
        (">=3.8.1", "python_full_version != '3.8.1'", "python_full_version > '3.8.1'"),
        (">=3.9,!=3.10.*", "python_full_version == '3.10.*'", "python_full_version == '3.10.*'"),
    ],
)
def test_markers_are_simplified_by_the_bounds(requires_python: str, marker: str, simplified: str | None) -> None:
    assert Marker.parse(marker).simplify(RequiresPython.parse(requires_python)).to_text() == simplified


@pytest.mark.parametrize(
    ("marker", "lower", "upper"),
    [
        ("python_version >= '3.9' and python_version < '3.11'", ((3, 9), 0, 0), ((3, 11), 0, 0)),
        ("(python_version < '3.9' and os_name == 'nt') or python_version > '3.11'", None, None),
        ("python_version > '3.8' and sys_platform == 'linux' or python_version == '3.12'", ((3, 9), 0, 0), None),
        ("sys_platform == 'linux' or python_version >= '3.9'", None, None),
        ("python_full_version > '3.9.1'", ((3, 9, 1), 1, 0), None),
        ("python_version < '0'", None, None),
    ],
)
def test_a_marker_has_the_bounds_of_all_its_paths(marker: str, lower: object, upper: object) -> None:
    bounds = Marker.parse(marker).python_bounds()
    assert (bounds.lower, bounds.upper) == (lower, upper)


def test_bounds_can_be_narrowed_united_and_sorted() -> None:
    wide, narrow = RequiresPython.parse(">=3.8").bounds, RequiresPython.parse(">=3.9,<=3.11").bounds
    assert wide.intersect(narrow) == narrow
    assert wide.unite(narrow) == wide
    assert narrow.intersect(RequiresPython.parse(">3.11").bounds).is_empty
    assert wide.lower_order < narrow.lower_order
    assert narrow.upper_order < wide.upper_order
