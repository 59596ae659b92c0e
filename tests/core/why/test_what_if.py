"""What if a version were asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from hobd.core.formats.requirement import parse_requirement
from hobd.core.resolver.problem import Cutoff
from hobd.core.resolver.solve import solve
from hobd.core.resolver.unsatisfiable import Unsatisfiable
from hobd.core.vocab.names import Name
from hobd.core.why.objection import Objection, objection_of
from hobd.core.why.what_if import absences, alone, is_locked, with_preference, with_requirement
from tests.core.resolver.small_index import Made, SmallIndex, project
from tests.core.why.asking import ask

EARLY, LATE = "2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z"
INDEX: Mapping[str, Made | Sequence[str]] = {
    "a==1": Made(uploaded=EARLY),
    "a==2": Made(uploaded=EARLY, yanked="broken"),
    "a==3": Made(uploaded=LATE),
    "a==4@cp27-cp27m-linux_x86_64": Made(uploaded=EARLY),
    "a==5": Made(uploaded=EARLY, python=">=3.12"),
}


def objection(text: str, **options: Any) -> Objection:
    """What stands against a requirement alone."""
    asked = parse_requirement(text)
    problem = alone(project("b", **options), asked)
    with pytest.raises(Unsatisfiable) as failure:
        solve(problem, SmallIndex(INDEX, is_flat=False))
    return objection_of(failure.value, asked, is_alone=True)


@pytest.mark.parametrize(
    ("text", "kind", "way_out"),
    [
        ("nosuch", "unknown-package", "Check the spelling, or name the index that has it with `--index`"),
        ("a==99", "no-version", "Ask for a version that is there: 5 is nearest"),
        ("a==3", "cut-off", "Let it in with `--exclude-newer-package a=false`, or move `exclude-newer` to a later time"),
        ("a>1,<3", "yanked", "Only an exact version takes what was yanked: `hob why-not a==VERSION`"),
        ("a==5", "python", "Change `requires-python` of the project to `>=3.12`"),
        (
            "a==4",
            "no-files",
            "Leave out the platforms that it has no files for with `environments` in `[tool.uv]`, or ask for another version",
        ),
    ],
)
def test_what_is_wrong_with_a_version_is_told_with_a_way_out(text: str, kind: str, way_out: str) -> None:
    found = objection(text, cutoff=Cutoff(before="2025-01-01T00:00:00Z"), fork_strategy="fewest")
    assert (found.kind, found.ways_out[0]) == (kind, way_out)
    assert "you ask for" in found.explanation


def test_the_nearest_versions_are_named() -> None:
    asked = parse_requirement("a==1.5")
    with pytest.raises(Unsatisfiable) as failure:
        solve(alone(project(), asked), SmallIndex({"a==1": [], "a==2": [], "a==3": []}))
    assert objection_of(failure.value, asked, is_alone=True).ways_out == ("Ask for a version that is there: 1 and 2 are nearest",)


def test_one_version_is_preferred_where_it_fits() -> None:
    asked = parse_requirement("a==1")
    problem = with_preference(project("a", "a>=2 ; sys_platform == 'linux'"), asked)
    assert problem is not None
    resolution = solve(problem, SmallIndex({"a==1": [], "a==2": [], "a==3": []}))
    assert sorted(str(node.version) for node in resolution.distributions if node.name == "a") == ["1", "3"]
    assert with_preference(problem, parse_requirement("a>=1")) is None


def test_a_conflict_names_who_asks_and_what_could_be_relaxed() -> None:
    asked = parse_requirement("b>=2")
    problem = with_requirement(project("a==1", "c"), asked)
    with pytest.raises(Unsatisfiable) as failure:
        solve(problem, SmallIndex({"a==1": ["b<2"], "b==1": [], "b==2": [], "c==1": []}))
    found = objection_of(failure.value, asked, is_alone=False)
    assert found.kind == "conflict"
    assert found.explanation == (
        "Because all versions of a depend on b<2 and your project depends on a==1, we can conclude that your project depends on b<2.\n"
        "And because you ask for b>=2, we can conclude that your project's requirements are unsatisfiable."
    )
    assert found.ways_out == (
        "Relax `a==1`, which your project requires",
        'If you know better than its dependents: `override-dependencies = ["b>=2"]` in `[tool.uv]`',
    )


def test_who_asks_for_something_that_is_not_locked_is_named_with_the_reason() -> None:
    index: dict[str, Made | Sequence[str]] = {
        "a==1": Made(["b ; python_version < '3'", "b>=1 ; sys_platform == 'win32'"], {"fast": ["b>2"]}),
        "b==1": [],
    }
    asked = ask(index, "a ; sys_platform == 'linux'")
    found = absences(asked.problem, asked.resolution, Name("b"))
    assert [(each.parent, each.specifier, each.why) for each in found][-1] == (
        "a",
        ">2",
        "only with its extra `fast`, which nothing asks for",
    )
    assert found[0].why == "only where python_full_version < '3', which the project's Pythons leave out"


def test_what_is_locked_is_known_to_be() -> None:
    lock = ask({"a==1": []}, "a").lock
    assert is_locked(lock, parse_requirement("a<2"))
    assert not is_locked(lock, parse_requirement("a>=2"))
