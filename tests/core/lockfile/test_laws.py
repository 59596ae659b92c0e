"""Laws that hold for all locks."""

import tomllib
from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hobd.core.lockfile.canonical_toml import parse_canonical
from hobd.core.lockfile.model import Lock
from hobd.core.lockfile.order import edge_order, package_order, requirement_order
from hobd.core.lockfile.parse import read_lock
from hobd.core.lockfile.render import render
from tests.core.lockfile.strategies import edges, locks, packages, requirements

LAWS = settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@LAWS
@given(lock=locks())
def test_a_lock_is_read_back_as_it_was_written(lock: Lock) -> None:
    text = render(lock)
    found = read_lock(tomllib.loads(text))  # whether its packages fit together is another question
    assert found == lock
    assert render(found) == text


@LAWS
@given(lock=locks())
def test_the_text_of_a_lock_is_toml_that_the_quick_parser_knows(lock: Lock) -> None:
    text = render(lock)
    quick = parse_canonical(text)
    assert quick is None or quick == tomllib.loads(text)
    assert quick is not None or any(mark in text for mark in ("'", '"""', "\\"))  # strings that hardly any lock has


@pytest.mark.parametrize(("values", "order"), [(edges, edge_order), (requirements, requirement_order), (packages, package_order)])
def test_every_order_is_total(values: st.SearchStrategy[Any], order: Callable[[Any], Any]) -> None:
    @LAWS
    @given(some=st.lists(values, min_size=3, max_size=3))
    def holds(some: list[Any]) -> None:
        expected = list(map(order, sorted(some, key=order)))
        for arranged in permutations(some):
            assert list(map(order, sorted(arranged, key=order))) == expected

    holds()
