"""Files of environment variables."""

import pytest

from hobd.core.formats.dotenv import parse_dotenv


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=b", "b"),
        ("export A=b", "b"),
        ("A = b", "b"),
        ("A=", ""),
        ("A=b # comment", "b"),
        ("A='b # c'", "b # c"),
        ('A="b\\nc"', "b\nc"),
        ("A='b\\nc'", "b\\nc"),
        ('A="$HOME/x"', "/home/me/x"),
        ("A=${HOME}y", "/home/mey"),
        ("A='$HOME'", "$HOME"),
        ('A="two\nlines"', "two\nlines"),
        ("A=a\"b\"'c'", "abc"),
        ("A=$UNKNOWN", ""),
        ("A=b\\", "b"),
    ],
)
def test_values_are_read_as_shells_read_them(line: str, value: str) -> None:
    assert parse_dotenv(line, {"HOME": "/home/me"}).values == (("A", value),)


def test_a_value_may_refer_to_one_above() -> None:
    assert parse_dotenv("A=1\nB=${A}2\n", {}).values == (("A", "1"), ("B", "12"))


@pytest.mark.parametrize("bad", ["no equals sign", "1A=x", 'A="open', "A=b c", 'A="a\\qb"'])
def test_a_bad_line_ends_the_reading_and_what_stands_above_holds(bad: str) -> None:
    found = parse_dotenv(f"# first\nX=1\n{bad}\nY=2\n", {})

    assert (found.values, found.bad_line) == ((("X", "1"),), 3)
