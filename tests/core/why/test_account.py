"""Accounts as bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hobd.core.why.account_json import parse_account, render_account
from tests.core.why.asking import ask


def test_an_account_is_read_as_it_was_written() -> None:
    index = {"a==1": ["b<2 ; python_version < '3.12'"], "a==2": ["b>2"], "b==1": [], "b==2": []}
    account = ask(index, "a", groups={"dev": ["b"]}).account
    assert parse_account(render_account(account)) == account
    assert replace(account, forks=()) != account


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b'{"format":0}',
        b'{"format":1,"forks":[1],"choices":[],"demands":[]}',
        b'{"format":1,"forks":[],"choices":[["a"]],"demands":[]}',
        b'{"format":1,"forks":[],"choices":[],"demands":[["a",1,"","","","","",""]]}',
        b'{"format":1,"forks":[],"choices":[["a","1",["x"],false,false,true,[],0,""]],"demands":[]}',
        b'{"format":1,"forks":["=="],"choices":[],"demands":[]}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_what_is_no_account_is_none(content: bytes) -> None:
    assert parse_account(content) is None


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading(content: bytes) -> None:
    assert parse_account(content) is None
