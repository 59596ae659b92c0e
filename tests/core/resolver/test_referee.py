"""The universal solver and resolvelib, which know nothing of each other, agree on small random indexes."""

from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.version import Version

from hobd.core.resolver.resolution import Resolution
from hobd.core.resolver.solve import Unsatisfiable, solve
from tests.core.resolver.plain import NoPlainSolution, resolve_plain
from tests.core.resolver.small_index import Made, SmallIndex, project, requirements

NAMES = "abcde"
LINUX = {
    "implementation_name": "cpython",
    "implementation_version": "3.11.7",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_release": "6.1",
    "platform_system": "Linux",
    "platform_version": "#1",
    "python_full_version": "3.11.7",
    "python_version": "3.11",
    "sys_platform": "linux",
}
WINDOWS = LINUX | {"os_name": "nt", "sys_platform": "win32", "platform_system": "Windows", "platform_machine": "AMD64"}

markers = st.sampled_from(["", "", "", " ; sys_platform == 'linux'", " ; sys_platform == 'win32'", " ; sys_platform != 'linux'"])
ranges = st.sampled_from(["", "==1", "==2", "==3", ">=2", "<2", "<3", "!=2", ">1,<3"])


@st.composite
def texts(draw: st.DrawFn, *, may_have_extra: bool = True) -> str:
    extra = "[x]" if may_have_extra and draw(st.integers(0, 5)) == 0 else ""
    return f"{draw(st.sampled_from(NAMES))}{extra}{draw(ranges)}{draw(markers)}"


@st.composite
def indexes(draw: st.DrawFn) -> dict[str, Made]:
    index = {}
    for name in NAMES:
        for version in range(1, draw(st.integers(1, 3)) + 1):
            others = texts().filter(is_not_about(name))
            extras = {"x": draw(st.lists(others, max_size=2))} if draw(st.booleans()) else {}
            index[f"{name}=={version}"] = Made(draw(st.lists(others, max_size=3)), extras)
    return index


def is_not_about(name: str) -> Callable[[str], bool]:
    return lambda text: not text.startswith(name)


@settings(max_examples=60, deadline=None)
@given(index=indexes(), wanted=st.lists(texts(), min_size=1, max_size=3))
def test_a_universal_solution_holds_on_every_platform_and_plain_solutions_exist_there(index: dict[str, Made], wanted: list[str]) -> None:
    try:
        resolution = solve(project(*wanted, python=">=3.11,<3.12"), SmallIndex(index))
    except Unsatisfiable:
        return
    for environment in (LINUX, WINDOWS):
        check(index, wanted, environment, chosen_in(resolution, environment))
        pins = resolve_plain(requirements(*wanted), SmallIndex(index), environment)
        check(index, wanted, environment, {pin.name: pin.version for pin in pins})


@settings(max_examples=60, deadline=None)
@given(index=indexes(), wanted=st.lists(texts(), min_size=1, max_size=3))
def test_without_markers_both_find_a_solution_or_none(index: dict[str, Made], wanted: list[str]) -> None:
    bare = {key: Made([bare_text(text) for text in made.requires], bare_extras(made)) for key, made in index.items()}
    asked = [bare_text(text) for text in wanted]
    try:
        resolution = solve(project(*asked, python=">=3.11,<3.12"), SmallIndex(bare))
    except Unsatisfiable:
        resolution = None
    try:
        pins = resolve_plain(requirements(*asked), SmallIndex(bare), LINUX)
    except NoPlainSolution:
        assert resolution is None
    else:
        assert resolution is not None
        check(bare, asked, LINUX, {pin.name: pin.version for pin in pins})
        check(bare, asked, LINUX, chosen_in(resolution, LINUX))


@st.composite
def indexes_with_prereleases(draw: st.DrawFn) -> dict[str, Made]:
    index = {}
    for name in NAMES:
        for version in draw(st.lists(st.sampled_from(["1", "2rc1", "2", "3a1", "3a2"]), min_size=1, max_size=3, unique=True)):
            others = texts(may_have_extra=False).filter(is_not_about(name)).map(bare_text)
            index[f"{name}=={version}"] = Made(draw(st.lists(others, max_size=2)))
    return index


prerelease_ranges = st.sampled_from(["", "", ">=1", ">=2rc1", "==3a1", ">2rc1,<3", "<2rc1", ">=3.dev0"])


@settings(max_examples=60, deadline=None)
@given(
    index=indexes_with_prereleases(),
    wanted=st.lists(st.builds("{}{}".format, st.sampled_from(NAMES), prerelease_ranges), min_size=1, max_size=3),
)
def test_both_take_prereleases_only_where_the_project_names_them(index: dict[str, Made], wanted: list[str]) -> None:
    named = {
        requirement.name for requirement in requirements(*wanted) for each in requirement.specifier if Version(each.version).is_prerelease
    }
    try:
        resolution = solve(project(*wanted, python=">=3.11,<3.12", prerelease_mode="explicit"), SmallIndex(index))
    except Unsatisfiable:
        resolution = None
    try:
        pins = resolve_plain(requirements(*wanted), SmallIndex(index), LINUX)
    except NoPlainSolution:
        assert resolution is None
        return
    assert resolution is not None
    for chosen in ({pin.name: pin.version for pin in pins}, chosen_in(resolution, LINUX)):
        check(index, wanted, LINUX, chosen)
        assert {name for name, version in chosen.items() if version.is_prerelease} <= named


def bare_text(text: str) -> str:
    return text.partition(" ;")[0]


def bare_extras(made: Made) -> dict[str, list[str]]:
    return {extra: [bare_text(text) for text in listed] for extra, listed in made.extras.items()}


def chosen_in(resolution: Resolution, environment: dict[str, str]) -> dict[str, Version]:
    """What an installer would take from the graph in one environment."""
    start = [node for node in resolution.nodes if node.name == "p"]
    reached, queue = set(start), list(start)
    while queue:
        for child, marker in resolution.edges[queue.pop()].items():
            if child not in reached and marker.evaluate(environment):
                reached.add(child)
                queue.append(child)
    chosen: dict[str, set[Version]] = {}
    for node in reached:
        chosen.setdefault(node.name, set()).add(node.version)
    assert all(len(versions) == 1 for versions in chosen.values())
    return {name: versions.pop() for name, versions in chosen.items() if name != "p"}


def check(index: dict[str, Made], wanted: list[str], environment: dict[str, str], chosen: dict[Any, Version]) -> None:
    """Every requirement that counts in the environment is met, and nothing is chosen without need."""
    queue: list[tuple[str, str | None]] = []
    for requirement in requirements(*wanted):
        queue += met(requirement, environment, chosen)
    seen = set()
    while queue:
        name, extra = queue.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        made = index[f"{name}=={chosen[name]}"]
        for requirement in requirements(*(made.requires if extra is None else made.extras.get(extra, ()))):
            queue += met(requirement, environment, chosen)
    assert {name for name, _ in seen} == set(chosen)


def met(requirement: Any, environment: dict[str, str], chosen: dict[Any, Version]) -> list[tuple[str, str | None]]:
    if not requirement.marker.evaluate(environment):
        return []
    assert requirement.specifier.contains(chosen[requirement.name], prereleases=True)
    return [(requirement.name, None), *((requirement.name, extra) for extra in requirement.extras)]
