"""A fork that follows what earlier forks decided comes to what it would have come to alone."""

from collections.abc import Iterator, Mapping, Sequence
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from packaging.version import Version

from hobd.core.markers import TRUE, Marker, RequiresPython
from hobd.core.resolver.environment import Environment
from hobd.core.resolver.precedents import Precedents
from hobd.core.resolver.problem import Preference, Problem
from hobd.core.resolver.resolution import Resolution
from hobd.core.resolver.solve import Unsatisfiable, solve
from hobd.core.resolver.versions import point
from hobd.core.resolver.world import World
from hobd.core.vocab.names import Name
from tests.core.resolver.small_index import Made, SmallIndex, project
from tests.core.resolver.test_events import Ear

NAMES = "abcdefgh"
CONDITIONS = [
    "sys_platform == 'linux'",
    "sys_platform == 'win32'",
    "sys_platform != 'linux'",
    "python_full_version >= '3.12'",
    "python_full_version < '3.11'",
    "python_full_version >= '3.11' and sys_platform == 'win32'",
    "os_name == 'nt'",
    "os_name == 'nt' and sys_platform == 'darwin'",
]
FORKS = [
    "python_full_version >= '3.12' and sys_platform == 'win32'",
    "python_full_version >= '3.12' and sys_platform != 'win32'",
    "python_full_version < '3.12' and sys_platform == 'win32'",
    "python_full_version == '3.11.*' and sys_platform == 'linux'",
    "python_full_version < '3.11' and sys_platform == 'linux'",
    "python_full_version < '3.12' and sys_platform != 'linux' and sys_platform != 'win32'",
]

RANGES = [*[""] * 20, *["<3"] * 8, *[">=2", ">=1", "!=2", "<2"] * 4, ">2,<1"]
PYTHONS = [None, None, None, None, ">=3.8", ">=3.11", ">=3.12"]
TAGS = [*[""] * 8, *["@cp311-cp311-win_amd64", "@py3-none-manylinux_2_17_x86_64"] * 2, "@cp312-none-any"]


class Universe:
    """A project, its index and the forks that it starts from, all by chance. Most have a solution, and most forks differ a little."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self.index = {key: made for name in NAMES for key, made in self._versions(name)}
        self.wanted = [self._text(NAMES) for _ in range(chance.randint(2, 5))]
        self.more = [self._text(NAMES) for _ in range(chance.randint(0, 2))]
        self.forks = tuple(map(Marker.parse, chance.sample(FORKS, chance.choice([0, 3, 5, 6]))))
        self.mode = chance.choice(["highest", "highest", "highest", "lowest", "lowest-direct"])
        self.prereleases = chance.choice(["if-necessary", "if-necessary", "allow", "explicit"])

    def _text(self, names: str) -> str:
        extra = "[x]" if self._chance.random() < 0.2 else ""
        marker = f" ; {self._chance.choice(CONDITIONS)}" if self._chance.random() < 0.4 else ""
        return f"{self._chance.choice(names)}{extra}{self._chance.choice(RANGES)}{marker}"

    def _versions(self, name: str) -> Iterator[tuple[str, Made]]:
        later = NAMES[NAMES.index(name) + 1 :] if self._chance.random() < 0.9 else NAMES.replace(name, "")
        others = ["3", "3rc1", "2+local", "1.5"] if self._chance.random() < 0.2 else ["3"]
        for version in ["0.5", "1", "2", *self._chance.sample(others, self._chance.randint(0, len(others)))]:
            asked = [[self._text(later) for _ in range(self._chance.choice(most)) if later] for most in ([0, 1, 1, 2], [0, 0, 1])]
            tag = self._chance.choice(TAGS) if version != "0.5" else ""
            yield (
                f"{name}=={version}{tag}",
                Made(
                    asked[0],
                    {"x": asked[1]} if self._chance.random() < 0.7 else {},
                    python=self._chance.choice(PYTHONS) if version != "0.5" else None,
                    uploaded=self._chance.choice([None, "2020-01-01T00:00:00Z"]),
                    is_sdist=not tag and self._chance.random() < 0.8,
                ),
            )

    def problem(self, wanted: Sequence[str]) -> Problem:
        """The project that wants these."""
        return project(*wanted, python=">=3.10", environments=self.forks, resolution_mode=self.mode, prerelease_mode=self.prereleases)


def outcome(problem: Problem, index: Mapping[str, Made | Sequence[str]], *, is_alone: bool) -> tuple[object, int]:
    """All that a resolution comes to, with every order in it, and how many decisions it took. A told resolution follows nobody."""
    decisions = 0

    def count() -> None:
        nonlocal decisions
        decisions += 1

    try:
        found = solve(problem, SmallIndex(index), checkpoint=count, observer=Ear(is_listening=is_alone))
    except Unsatisfiable as failure:
        return str(failure), decisions
    edges = [(parent, list(children.items())) for parent, children in found.edges.items()]
    return [found, list(found.nodes.items()), edges, list(found.distributions)], decisions


def relocked(problem: Problem, resolution: Resolution) -> Problem:
    """The problem of the next lock: it starts from the forks and versions of the last."""
    found: dict[str, list[Preference]] = {}
    for node in resolution.distributions:
        if node.name != "p":
            found.setdefault(node.name, []).append(Preference(version=node.version, index="links"))
    preferences = tuple((name, tuple(each)) for name, each in sorted(found.items()))
    return replace(problem, preferences=preferences, initial_forks=resolution.fork_markers)


@settings(max_examples=60, deadline=None)
@given(chance=st.randoms(use_true_random=False))
def test_following_changes_nothing(chance: Random) -> None:
    universe = Universe(chance)
    problem = universe.problem(universe.wanted)
    followed = outcome(problem, universe.index, is_alone=False)
    assert followed == outcome(problem, universe.index, is_alone=True)
    if isinstance(followed[0], list):
        again = relocked(universe.problem([*universe.wanted, *universe.more]), followed[0][0])
        assert outcome(again, universe.index, is_alone=False) == outcome(again, universe.index, is_alone=True)


places = st.sampled_from(["linux", "win32", "darwin"])
releases = st.sampled_from(["3.10.1", "3.11.4", "3.12.0", "3.13.2"])
conditions = st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=3).map(lambda texts: Marker.parse(" and ".join(texts)))


@given(fork=conditions, marker=conditions, platform=places, release=releases)
def test_what_holds_throughout_a_fork_holds_everywhere_in_it_and_what_does_not_holds_nowhere(
    fork: Marker, marker: Marker, platform: str, release: str
) -> None:
    environment = Environment.everywhere(RequiresPython.parse(">=3.11").bounds).narrowed(fork)
    values = {
        "sys_platform": platform,
        "os_name": "nt" if platform == "win32" else "posix",
        "python_full_version": release,
        "python_version": release.rpartition(".")[0],
    }
    if release != "3.10.1" and fork.evaluate(values):
        assert environment.holds(marker) in (None, marker.evaluate(values))


def test_a_fork_has_the_precedents_whose_version_everybody_took_and_its_pythons_admit() -> None:
    index: dict[str, Made | Sequence[str]] = {
        "a==1": ["c<2 ; sys_platform == 'linux'", "c ; sys_platform == 'win32'", "d ; implementation_name == 'x'"],
        "b==2": Made(python=">=3.12"),
        "c==1": [],
        "d==1": [],
    }
    problem = project(*"abcd", python=">=3.11")
    world = World(problem, SmallIndex(index), lambda text: None)
    precedents, packages = Precedents(world), [world.table.package(Name(name)) for name in "abcd"]
    for package in packages:
        assert package.name is not None
        place = point(Version("2" if package.name == "b" else "1"))
        world.pages.of(package.name, None)
        precedents.note(package, place)
        if package.name != "d":
            world.chooser.prefer(package.name, place, None, TRUE)
    environment = Environment.everywhere(problem.requires_python.bounds)
    newer, linux = (environment.narrowed(Marker.parse(text)) for text in ("python_full_version >= '3.12'", "sys_platform == 'linux'"))
    assert list(precedents.in_fork(newer)) == packages[:3]
    assert list(precedents.in_fork(environment)) == [packages[0], packages[2]]
    needs = precedents.in_fork(linux)[packages[0]].needs_in(linux)
    assert needs is not None
    assert [str(package) for package, _ in needs.ranges] == ["c{sys_platform == 'linux'}", "d{implementation_name == 'x'}"]
    assert precedents.in_fork(environment)[packages[0]].needs_in(environment) is None
