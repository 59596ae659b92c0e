"""Reading markers: grammar, old names, comparisons that do not count, and complaints."""

import pytest

from hobd.core.markers import InvalidMarker, Marker


@pytest.mark.parametrize(
    "text",
    [
        "",
        "os_name",
        "os_name ==",
        "os_name = 'nt'",
        "os_name === 'nt'",
        "os_name == 'nt",
        "os_name == nt",
        "os_name not 'nt'",
        "os_name notin 'nt'",
        "(os_name == 'nt'",
        "os_name == 'nt')",
        "os_name == 'nt' and",
        "os_name == 'nt' os_name == 'nt'",
        "os_name == 'nt' xor os_name == 'nt'",
        "andos_name == 'nt'",
    ],
)
def test_what_does_not_follow_the_grammar_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(InvalidMarker, match=r"is not a valid environment marker: .* at column \d+"):
        Marker.parse(text)


def test_a_complaint_says_what_was_expected_where() -> None:
    with pytest.raises(InvalidMarker) as caught:
        Marker.parse("os_name == 'nt' and color == 'red'")
    assert str(caught.value) == (
        "`os_name == 'nt' and color == 'red'` is not a valid environment marker: `color` is not the name of a marker value at column 21"
    )


@pytest.mark.parametrize("text", ["os_name=='nt'", '  os_name\t== "nt" ', "(os_name == 'nt')", "'nt'==os_name", "os.name == 'nt'"])
def test_spelling_does_not_matter(text: str) -> None:
    assert str(Marker.parse(text)) == "os_name == 'nt'"


def test_and_binds_closer_than_or() -> None:
    text = "os_name == 'nt' or os_name == 'posix' and sys_platform == 'linux'"
    assert Marker.parse(text) == Marker.parse("os_name == 'nt' or (os_name == 'posix' and sys_platform == 'linux')")


def test_words_may_touch_brackets_and_quotes() -> None:
    assert Marker.parse("(os_name=='nt')or('x'in sys_platform)") == Marker.parse("os_name == 'nt' or 'x' in sys_platform")


@pytest.mark.parametrize("ignored", ["os_name == sys_platform", "sys_platform ~= 'x'", "'3' in python_version", "extra > 'a'"])
def test_a_comparison_that_does_not_count_disappears(ignored: str) -> None:
    assert Marker.parse(ignored).is_true
    assert str(Marker.parse(f"{ignored} or os_name == 'nt'")) == "os_name == 'nt'"
    assert str(Marker.parse(f"os_name == 'nt' and {ignored}")) == "os_name == 'nt'"


@pytest.mark.parametrize("depth", [50, 5_000])
def test_brackets_may_be_nested_as_deep_as_metadata_likes(depth: int) -> None:
    plain = Marker.parse("sys_platform == 'x'")
    assert Marker.parse("(" * depth + "sys_platform == 'x'" + ")" * depth) == plain
    assert Marker.parse("(sys_platform == 'x' and " * depth + "sys_platform == 'x'" + ")" * depth) == plain
    with pytest.raises(InvalidMarker, match="expected `\\)`"):
        Marker.parse("(" * depth + "sys_platform == 'x'")
