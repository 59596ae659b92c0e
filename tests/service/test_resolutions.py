"""The same problem, asked of the same pages, is solved once."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from hobd.core.lockfile.build import build_lock
from hobd.core.resolver.events import Effort, Event, Hear
from hobd.core.resolver.knowledge import NoPage, Page
from hobd.core.resolver.problem import Cutoff, Problem
from hobd.core.resolver.resolution import Resolution
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Registry
from hobd.service.locks.resolutions import Resolutions
from tests.core.resolver.small_index import Made, SmallIndex, project

INDEX = {"a==1": ["b"], "b==1": []}


class StatedIndex(SmallIndex):
    """An index whose pages tell whether they have changed."""

    def __init__(self, versions: Mapping[str, Made | Sequence[str]], *, state: Hashable = 0, is_flat: bool = True) -> None:
        super().__init__(versions, is_flat=is_flat)
        self.state = state

    def page(self, name: Name, index: Registry | None) -> Page | NoPage:
        found = super().page(name, index)
        return replace(found, state=self.state) if isinstance(found, Page) else found


@dataclass(slots=True)
class Listener:
    hears: bool = False
    warnings: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    @property
    def hear(self) -> Hear | None:
        return self.events.append if self.hears else None

    def warn(self, text: str) -> None:
        self.warnings.append(text)

    def pause(self, effort: Effort) -> None:
        """Nobody waits."""


def resolved(resolutions: Resolutions, problem: Problem, index: SmallIndex, listener: Listener | None = None) -> Resolution:
    return resolutions.find_or_solve(problem, index, listener or Listener(), lambda: None)


def versions(resolution: Resolution) -> set[str]:
    return {f"{node.name}=={node.version}" for node in resolution.nodes if node.name != "p"}


def test_the_same_problem_of_the_same_pages_is_a_lookup() -> None:
    resolutions = Resolutions()
    first = resolved(resolutions, project("a"), StatedIndex(INDEX))
    assert resolved(resolutions, project("a"), StatedIndex(INDEX)) is first


def test_the_lock_of_a_resolution_is_built_once_and_goes_with_it() -> None:
    resolutions, problem = Resolutions(), project("a")
    first = resolved(resolutions, problem, StatedIndex(INDEX))
    lock = resolutions.lock_of(problem, first)
    assert lock == build_lock(problem, first, None)
    assert resolutions.lock_of(project("a"), resolved(resolutions, project("a"), StatedIndex(INDEX))) is lock
    resolutions.clear()
    assert resolutions.lock_of(problem, first) == lock
    assert resolutions.lock_of(problem, first) is not lock


def test_a_page_that_changed_is_solved_anew() -> None:
    resolutions = Resolutions()
    resolved(resolutions, project("a"), StatedIndex(INDEX))
    changed = StatedIndex({**INDEX, "b==2": []}, state=1)
    assert versions(resolved(resolutions, project("a"), changed)) == {"a==1", "b==2"}


def test_metadata_that_changed_is_solved_anew() -> None:
    resolutions = Resolutions()
    resolved(resolutions, project("a"), StatedIndex(INDEX))
    assert versions(resolved(resolutions, project("a"), StatedIndex({**INDEX, "a==1": []}))) == {"a==1"}


def test_a_page_that_went_away_is_told_as_it_always_is() -> None:
    resolutions = Resolutions()
    resolved(resolutions, project("a"), StatedIndex(INDEX))
    assert versions(resolved(resolutions, project("b"), StatedIndex({"b==1": []}))) == {"b==1"}


def test_pages_that_do_not_tell_their_state_are_asked_each_time() -> None:
    resolutions = Resolutions()
    first = resolved(resolutions, project("a"), SmallIndex(INDEX))
    assert resolved(resolutions, project("a"), SmallIndex(INDEX)) is not first


def test_another_spelling_is_another_problem() -> None:
    resolutions = Resolutions()
    first = resolved(resolutions, project("a>=1"), StatedIndex(INDEX))
    assert resolved(resolutions, project("a>=1.0"), StatedIndex(INDEX)) is not first


def test_who_wants_to_hear_of_the_steps_sees_it_solved() -> None:
    resolutions, listener = Resolutions(), Listener(hears=True)
    resolved(resolutions, project("a"), StatedIndex(INDEX))
    resolved(resolutions, project("a"), StatedIndex(INDEX), listener)
    assert listener.events


def test_what_the_user_was_warned_of_is_told_again() -> None:
    problem = project("a", cutoff=Cutoff(before="2024-01-01T00:00:00Z"))
    index = StatedIndex({"a==1": Made(uploaded="2023-01-01T00:00:00Z"), "a==2": []}, is_flat=False)
    resolutions, first, second = Resolutions(), Listener(), Listener()
    resolved(resolutions, problem, index, first)
    resolved(resolutions, problem, index, second)
    assert first.warnings == second.warnings != []


def test_only_the_last_few_are_kept() -> None:
    resolutions = Resolutions()
    for number in range(20):
        resolved(resolutions, project("a", f"b>={number / 100}"), StatedIndex(INDEX))
    assert len(resolutions) == 4
    resolutions.clear()
    assert len(resolutions) == 0
