"""What was worked out of a page serves the resolutions after it, as long as they see the page in the same way."""

from collections.abc import Sequence

from hobd.core.resolver.candidates import FilePolicy
from hobd.core.resolver.knowledge import NoPage, Page, Release
from hobd.core.resolver.page_versions import Versions
from hobd.core.resolver.problem import Cutoff, Problem
from hobd.core.resolver.resolution import Resolution
from hobd.core.resolver.solve import solve
from hobd.core.vocab.names import Name
from hobd.core.vocab.settings import Choice
from hobd.core.vocab.source import Registry
from tests.core.resolver.small_index import Made, SmallIndex, project

INDEX: dict[str, Made | Sequence[str]] = {
    "a==1": Made(["b"], uploaded="2020-01-01T00:00:00Z"),
    "a==2": Made(["b<2"], uploaded="2021-01-01T00:00:00Z", python=">=3.12"),
    "a==3": Made(["b"], uploaded="2022-01-01T00:00:00Z", yanked="broken"),
    "b==1": Made(is_sdist=True, uploaded="2020-01-01T00:00:00Z"),
    "b==2": Made(uploaded="2021-01-01T00:00:00Z"),
}
PROBLEMS = (
    project("a"),
    project("a", python=">=3.12"),
    project("a==3"),
    project("a", no_build=Choice(everything=True)),
    project("a", cutoff=Cutoff(before="2020-06-01T00:00:00Z")),
    project("a", cutoff=Cutoff(before="2021-06-01T00:00:00Z")),
    project("a<2"),
)


class KeptPages(SmallIndex):
    """An index whose pages stay in memory."""

    def __init__(self) -> None:
        super().__init__(INDEX, is_flat=False)
        self._pages: dict[Name, Page | NoPage] = {}

    def page(self, name: Name, index: Registry | None) -> Page | NoPage:
        known = self._pages.get(name)
        return known or self._pages.setdefault(name, super().page(name, index))


def solved(problem: Problem, index: SmallIndex) -> Resolution:
    return solve(problem, index)


def test_pages_that_were_used_before_change_no_resolution() -> None:
    kept = KeptPages()
    for problem in (*PROBLEMS, *reversed(PROBLEMS)):
        assert solved(problem, kept) == solved(problem, SmallIndex(INDEX, is_flat=False))


class Counted(Sequence[Release]):
    """Releases of a page that count who looks at them."""

    def __init__(self, releases: Sequence[Release]) -> None:
        self._releases = releases
        self.looked_at = 0

    def __len__(self) -> int:
        return len(self._releases)

    def __getitem__(self, index: int) -> Release:  # type: ignore[override]  # nobody asks for slices here
        self.looked_at += 1
        return self._releases[index]


def test_a_version_is_examined_once_for_each_way_of_seeing_it() -> None:
    page = SmallIndex(INDEX, is_flat=False).page(Name("a"), None)
    assert isinstance(page, Page)
    releases = Counted(page.releases)
    counted = Page(name=page.name, places=page.places, releases=releases)
    bounds = PROBLEMS[0].requires_python.bounds
    policy = FilePolicy(cutoff=None, allows_wheels=True, allows_builds=True, allowed_yanks=frozenset(), python=bounds)
    stricter = FilePolicy(cutoff=None, allows_wheels=False, allows_builds=True, allowed_yanks=frozenset(), python=bounds)
    first, second, other = (Versions(counted, each, lambda candidate: None) for each in (policy, policy, stricter))
    assert first.find(page.places[0]) is second.find(page.places[0])
    assert releases.looked_at == 1
    found = other.find(page.places[0])
    assert found is not None
    assert found.rejection is not None
    assert releases.looked_at == 2
