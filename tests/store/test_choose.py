"""What a sweep removes, and what it spares."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hobd.core.vocab.cache_item import CacheItem, CacheKind
from hobd.core.vocab.settings_layer import CacheBudget
from hobd.store.choose import Spared, Why, choose

NOW = 2e9
DAY = 86400.0
NOTHING = Spared()


def item(name: str, kind: CacheKind = CacheKind.WHEEL, *, days: float = 0.0, size: int = 100, is_linked: bool = False) -> CacheItem:
    own = 0 if is_linked else size
    return CacheItem(
        kind=kind,
        path=Path("/cache", name),
        title=name,
        size_bytes=size,
        own_bytes=own,
        inodes=2,
        used=NOW - days * DAY,
        digest=name if kind in (CacheKind.WHEEL, CacheKind.BYTECODE) else None,
        is_linked=is_linked,
    )


def going(items: list[CacheItem], size: int | None = None, inodes: int | None = None, spared: Spared = NOTHING) -> dict[str, Why]:
    chosen = choose(items, CacheBudget(size_bytes=size, inodes=inodes), NOW, spared)
    return {gone.title: why for gone, why in chosen.items}


def test_without_a_budget_wheels_stay_for_ever() -> None:
    assert going([item("old", days=3000), item("built", CacheKind.BUILD, days=3000), item("new")]) == {}


def test_what_nobody_can_use_any_more_goes() -> None:
    items = [item("a"), item("a", CacheKind.BYTECODE), item("gone", CacheKind.BYTECODE), item("half", CacheKind.TEMPORARY)]
    assert going(items) == {"gone": Why.ORPHANED, "half": Why.ABANDONED}


@pytest.mark.parametrize(
    ("kind", "days"), [(CacheKind.OVERLAY, 1), (CacheKind.ENVIRONMENT, 90), (CacheKind.ANSWER, 90), (CacheKind.RECORD, 180)]
)
def test_what_nobody_used_for_long_goes(kind: CacheKind, days: int) -> None:
    assert going([item("old", kind, days=days + 0.1), item("young", kind, days=days - 0.1)]) == {"old": Why.UNUSED}


def test_a_budget_takes_what_was_used_longest_ago_until_there_is_some_air() -> None:
    items = [item("new"), item("older", days=3), item("oldest", days=9), item("old", days=1)]
    assert going(items, size=400) == {}
    assert going(items, size=399) == {"oldest": Why.BUDGET}
    assert going(items, size=310) == {"oldest": Why.BUDGET, "older": Why.BUDGET}  # 300 would be within, but not below nine tenths
    assert going(items, inodes=7) == {"oldest": Why.BUDGET}


def test_a_budget_does_not_take_what_frees_nothing_or_is_in_use() -> None:
    script = item("script", CacheKind.ENVIRONMENT, days=20)
    items = [item("linked", days=50, is_linked=True), item("led-into", days=40), item("free", days=1), script]
    items.append(item("fresh", CacheKind.ENVIRONMENT))
    chosen = choose(items, CacheBudget(size_bytes=1), NOW, Spared(digests={"led-into"}, paths={script.path}))
    assert [gone.title for gone, _ in chosen.items] == ["free"]
    assert (chosen.size_bytes, chosen.over, chosen.own_bytes) == (500, CacheBudget(size_bytes=399), 100)


@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(1, 1000), st.booleans(), st.sampled_from(CacheKind))),
    st.none() | st.integers(1, 5000),
)
def test_a_sweep_never_takes_links_and_reaches_the_budget_or_says_by_how_much_not(
    rows: list[tuple[int, int, bool, CacheKind]], size: int | None
) -> None:
    items = [item(str(n), kind, days=days, size=size_, is_linked=linked) for n, (days, size_, linked, kind) in enumerate(rows)]
    chosen = choose(items, CacheBudget(size_bytes=size), NOW, NOTHING)
    gone = [each for each, _ in chosen.items]
    rest = sum(each.size_bytes for each in items) - sum(each.size_bytes for each in gone)
    assert len(set(gone)) == len(gone)
    assert not [each for each, why in chosen.items if why is Why.BUDGET and each.is_linked]
    assert chosen.over.size_bytes == (rest - size if size is not None and rest > size else None)
    assert replace(chosen, items=()).size_bytes == sum(each.size_bytes for each in items)
