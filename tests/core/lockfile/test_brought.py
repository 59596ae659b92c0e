"""What requirements brought into a lock."""

import pytest

from hobd.core.lockfile.brought import brought
from hobd.core.lockfile.build import build_lock
from hobd.core.lockfile.model import Lock
from hobd.core.resolver.solve import solve
from tests.core.resolver.small_index import Made, SmallIndex, project, requirements

INDEX = SmallIndex(
    {
        "a==1": Made(["b"], {"x": ["c[y]"], "z": ["e"]}),
        "b==1": ["a ; sys_platform == 'win32'"],
        "c==1": Made([], {"y": ["d"]}),
        "d==1": [],
        "e==1": [],
        "f==1": ["d"],
    }
)


def locked(*texts: str) -> Lock:
    problem = project(*texts)
    return build_lock(problem, solve(problem, INDEX), None)


@pytest.mark.parametrize(
    ("before", "asked", "after"),
    [
        ([], ["a"], {"b"}),
        ([], ["a[x]"], {"b", "c", "d"}),
        (["f"], ["a[x]"], {"b", "c"}),
        (["a"], ["a[z]"], {"e"}),
        ([], ["a", "b"], set()),
        (["f"], ["d"], set()),
    ],
)
def test_it_is_all_that_they_need_and_that_was_not_there(before: list[str], asked: list[str], after: set[str]) -> None:
    assert brought(locked("f", *asked), locked(*before) if before else None, requirements(*asked)) == after
