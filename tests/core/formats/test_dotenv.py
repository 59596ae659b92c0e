"""Files of environment variables."""

import pytest

from hobd.core.formats.dotenv import Lookup, parse_dotenv


def known(values: dict[str, str]) -> Lookup:
    def look_up(name: str) -> str | None:
        return values.get(name)

    return look_up


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
    assert parse_dotenv(line, known({"HOME": "/home/me"})).values == (("A", value),)


def test_a_value_may_refer_to_one_above() -> None:
    assert parse_dotenv("A=1\nB=${A}2\n", known({})).values == (("A", "1"), ("B", "12"))


@pytest.mark.parametrize("bad", ["no equals sign", "1A=x", 'A="open', "A=b c", 'A="a\\qb"'])
def test_a_bad_line_ends_the_reading_and_what_stands_above_holds(bad: str) -> None:
    found = parse_dotenv(f"# first\nX=1\n{bad}\nY=2\n", known({}))

    assert found.fault is not None
    assert (found.values, found.fault.line) == ((("X", "1"),), 3)


@pytest.mark.parametrize(
    ("text", "position", "shown"),
    [("A=1\nB C\n", 2, "B C"), ("this is not\n", 5, "this is not"), ('A=1\nB="x\nD=2\n', 9, 'B="x\nD=2\n')],
)
def test_a_fault_says_where_reading_ended(text: str, position: int, shown: str) -> None:
    fault = parse_dotenv(text, known({})).fault

    assert fault is not None
    assert (fault.position, fault.text) == (position, shown)


def test_variables_of_the_environment_come_before_those_of_the_file() -> None:
    assert parse_dotenv("A=1\nB=$A\n", known({"A": "0"})).values == (("A", "1"), ("B", "0"))
