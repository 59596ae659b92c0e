"""What lies in a cache, for people and for programs."""

from pathlib import Path

from msgspec.structs import replace

from hobd.cli.cache_report import draw_listing, listing_as_data, render_listing
from hobd.cli.style import strip_style
from hobd.core.vocab.cache_item import CacheItem, CacheKind, CacheListing
from hobd.core.vocab.settings_layer import CacheBudget

NOW = 1_700_000_000.0
DAY = 86400.0
MIB = 1 << 20


def item(kind: CacheKind, title: str, size: int, *, days: float = 0.0, own: int | None = None, digest: str | None = None) -> CacheItem:
    return CacheItem(
        kind=kind,
        path=Path("/cache", title),
        title=title,
        size_bytes=size,
        own_bytes=size if own is None else own,
        inodes=3,
        used=NOW - days * DAY,
        digest=digest,
        is_linked=own is not None,
    )


NUMPY = item(CacheKind.WHEEL, "numpy 2.1.0", 30 * MIB, own=0, digest="aa")
OLD = item(CacheKind.WHEEL, "old 1.0", 2 * MIB, days=400, digest="bb")
SCRIPT = item(CacheKind.ENVIRONMENT, "script-1", MIB, days=1)
ANSWERS = tuple(item(CacheKind.ANSWER, f"{number}.answer", 1024, days=number) for number in range(3))
LISTING = CacheListing(
    path=Path("/cache"),
    items=(NUMPY, OLD, SCRIPT, *ANSWERS),
    users={"aa": (Path("/home/a/.venv"), Path("/home/b/.venv"), Path("/home/c/.venv"))},
    budget=CacheBudget(size_bytes=100 * MIB),
    swept=(OLD,),
    pruned=(SCRIPT,),
)


def table(sort: str = "size", listing: CacheListing = LISTING) -> list[str]:
    return strip_style(render_listing(listing, sort, NOW, str)).splitlines()


def test_people_see_what_is_large_for_whom_it_is_and_what_would_be_free() -> None:
    assert table() == [
        "   Size    Free  Used           What",
        "30.0MiB      0B  today          wheel numpy 2.1.0  /home/a/.venv and 2 more",
        " 2.0MiB  2.0MiB  13 months ago  wheel old 1.0",
        " 1.0MiB  1.0MiB  yesterday      environment script-1",
        " 3.0KiB  3.0KiB  today          answers of indexes (3)",
        "",
        "33.0MiB in 18 files and folders",
        "`hob cache prune` would free 1.0MiB, `hob cache clean` 3.0MiB",
        "The next sweep takes 1 thing and frees 2.0MiB",
        "33% of the budget of 100.0MiB",
    ]


def test_what_is_of_no_use_is_marked_and_the_folders_between_count() -> None:
    left = replace(OLD, is_usable=False)
    lines = table(listing=replace(LISTING, items=(left,), frame_bytes=MIB, frame_inodes=2, swept=(), pruned=(left,)))
    assert lines[1].endswith("wheel old 1.0 (of no use to this hob)")
    assert lines[3:5] == ["3.0MiB in 5 files and folders", "`hob cache prune` would free 2.0MiB, `hob cache clean` 3.0MiB"]


def test_the_order_is_the_one_that_is_asked_for() -> None:
    assert [line.split()[-2:] for line in table("age")[1:3]] == [["old", "1.0"], ["environment", "script-1"]]
    assert table("use")[4].endswith("wheel old 1.0")


def test_an_empty_cache_is_told_too() -> None:
    empty = replace(LISTING, items=(), swept=(), pruned=(), budget=CacheBudget(inodes=10))
    assert table(listing=empty)[2:] == [
        "0B in 0 files and folders",
        "`hob cache prune` would free 0B, `hob cache clean` 0B",
        "0% of the budget of 10 files and folders",
    ]
    assert "<rect" in draw_listing(empty, NOW)


def test_programs_learn_of_each_thing() -> None:
    data = listing_as_data(LISTING, "age")
    assert data["freed_bytes"] == {"sweep": 2 * MIB, "prune": MIB, "clean": 3 * MIB + 3 * 1024}
    assert [row["name"] for row in data["items"]][:2] == ["old 1.0", "2.answer"]
    assert data["items"][0]["is_swept_next"]
    (numpy,) = [row for row in data["items"] if row["sha256"] == "aa"]
    assert (numpy["environments"], numpy["last_used"]) == (["/home/a/.venv", "/home/b/.venv", "/home/c/.venv"], "2023-11-14T22:13:20Z")


def test_the_picture_marks_wheels_that_no_environment_holds() -> None:
    picture = draw_listing(LISTING, NOW)
    assert "wheel old 1.0: 2.0MiB, last used 13 months ago</title>" in picture
    assert "used by /home/a/.venv, /home/b/.venv, /home/c/.venv</title>" in picture
    assert picture.count('class="free"') == 1
