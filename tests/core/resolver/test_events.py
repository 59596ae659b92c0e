"""What the solver tells of its work."""

from dataclasses import dataclass, field

import pytest

from hobd.core.markers import Marker
from hobd.core.resolver.events import Clashed, Effort, Event, Hear
from hobd.core.resolver.solve import Unsatisfiable, solve
from hobd.core.resolver.trace import trace
from tests.core.resolver.small_index import SmallIndex, project


@dataclass
class Ear:
    """Hears everything."""

    is_listening: bool = True
    events: list[Event] = field(default_factory=list)
    efforts: list[Effort] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def hear(self) -> Hear | None:
        return self.events.append if self.is_listening else None

    def warn(self, text: str) -> None:
        self.warnings.append(text)

    def pause(self, effort: Effort) -> None:
        self.efforts.append(effort)

    def lines(self) -> list[str]:
        return [line for event in self.events for line in trace(event, "/work")]


def test_steps_are_told_in_uvs_words() -> None:
    ear = Ear()
    index: dict[str, list[str]] = {"a==1": [], "a==2": ["b>=2"], "b==1": [], "b==2": [], "c==1": []}
    solve(project("a", "b<2", "c ; sys_platform == 'win32'"), SmallIndex(index), observer=ear)
    assert ear.lines()[:12] == [
        "Solving all marker environments",
        "Adding direct dependency: p*",
        "Searching for a compatible version of p @ `file:///work` (*)",
        "Adding direct dependency: a*",
        "Adding direct dependency: b<2",
        "Adding direct dependency: c{sys_platform == 'win32'}*",
        "Searching for a compatible version of a (*)",
        "Selecting: a==2 [compatible] (a-2-py3-none-any.whl)",
        "Adding transitive dependency for a==2: b>=2",
        "Recording unit propagation conflict of a from incompatibility of (b)",
        "Backtracked 1 decision",
        "Searching for a compatible version of a (<=1)",
    ]
    assert ear.lines()[-2] == "Tried 4 versions: a 2, b 1, c 1"
    assert ear.lines()[-1] == "Distinct solution for all marker environments with 4 package(s)"


def test_forks_are_told_when_they_open_and_close() -> None:
    ear = Ear()
    index: dict[str, list[str]] = {"a==1": [], "a==2": []}
    solve(project("a<2 ; sys_platform == 'linux'", "a>=2 ; sys_platform != 'linux'"), SmallIndex(index), observer=ear)
    forks = [line for line in ear.lines() if line.startswith(("Solving", "Splitting", "Distinct"))]
    assert forks == [
        "Solving all marker environments",
        "Splitting resolution on p==1 into 2 resolutions (split `sys_platform != 'linux'`, split `sys_platform == 'linux'`)",
        "Solving split (markers: sys_platform == 'linux')",
        "Distinct solution for split (markers: sys_platform == 'linux') with 2 package(s)",
        "Solving split (markers: sys_platform != 'linux')",
        "Distinct solution for split (markers: sys_platform != 'linux') with 2 package(s)",
    ]


def test_what_an_earlier_fork_chose_is_told_as_a_preference() -> None:
    ear = Ear()
    environments = (Marker.parse("sys_platform == 'linux'"), Marker.parse("sys_platform == 'win32'"))
    solve(project("a", environments=environments), SmallIndex({"a==1": []}), observer=ear)
    selected = [line for line in ear.lines() if line.startswith("Selecting")]
    assert selected == ["Selecting: a==1 [compatible] (a-1-py3-none-any.whl)", "Selecting: a==1 [preference] (a-1-py3-none-any.whl)"]


def test_nobody_is_told_of_steps_who_does_not_listen() -> None:
    ear = Ear(is_listening=False)
    solve(project("a"), SmallIndex({"a==1": []}), observer=ear)
    assert ear.events == []


def test_a_search_that_goes_on_and_on_names_who_is_to_blame() -> None:
    """Versions of `left` and `right` that never go together: every pair is tried."""
    ear = Ear()
    count = 40
    index: dict[str, list[str]] = {f"left=={number}": [f"shared=={number}"] for number in range(count)}
    index |= {f"right=={number}": [f"shared=={number + count}"] for number in range(count)}
    index |= {f"shared=={number}": [] for number in range(2 * count)}
    with pytest.raises(Unsatisfiable):
        solve(project("left", "right"), SmallIndex(index), observer=ear)
    assert ear.efforts
    assert {name for name, _ in ear.efforts[-1].blamed} <= {"left", "right", "shared", "p"}
    assert ear.efforts[-1].blamed[0][1] > 5
    assert ear.efforts[-1].conflicts > 0
    assert any(isinstance(event, Clashed) for event in ear.events)


def test_a_search_can_be_given_up_at_any_decision() -> None:
    left = iter(range(3))

    def checkpoint() -> None:
        if next(left, None) is None:
            raise TimeoutError

    with pytest.raises(TimeoutError):
        solve(project("a"), SmallIndex({"a==1": ["b"], "b==1": []}), checkpoint=checkpoint)
