"""What is said of disks and budgets that are nearly used up."""

import pytest

from hobd.core.vocab.settings_layer import CacheBudget
from hobd.service.caches.fullness import Space, words_of_budget, words_of_space
from hobd.store.stamp import Swept

GIB = 1 << 30


@pytest.mark.parametrize(
    ("space", "said"),
    [
        (Space(100 * GIB, 6 * GIB, 10**6, 10**5), []),
        (Space(100 * GIB, 4 * GIB, 10**6, 10**5), ["Only 4.0GiB of 100.0GiB are left on the disk of the cache"]),
        (Space(100 * GIB, 50 * GIB, 10**6, 40_000), ["Only 40000 of 1000000 files are left on the disk of the cache"]),
        (Space(9000 * GIB, 100 * GIB, 10**9, 10**7), []),
        (Space(9000 * GIB, 9 * GIB, 0, 0), ["Only 9.0GiB of 8.8TiB are left on the disk of the cache"]),
        (Space(0, 0, 0, 0), []),
    ],
)
def test_of_a_disk_what_is_little_in_share_and_in_itself_is_told(space: Space, said: list[str]) -> None:
    assert list(words_of_space(space)) == said


def test_of_a_budget_it_is_told_that_what_is_left_is_in_use() -> None:
    budget = CacheBudget(size_bytes=10 * GIB, inodes=1000)
    assert list(words_of_budget(budget, None)) == []
    assert list(words_of_budget(budget, Swept(size_bytes=9 * GIB, inodes=900))) == []
    assert list(words_of_budget(CacheBudget(), Swept(size_bytes=90 * GIB, inodes=10**9))) == []
    assert list(words_of_budget(budget, Swept(size_bytes=19 * GIB, inodes=950))) == [
        "The cache takes 19.0GiB of its budget of 10.0GiB, and what is left in it is in use",
        "The cache has 950 files and folders of the 1000 in its budget, and what is left in it is in use",
    ]
