"""Resolving for one interpreter, as build environments need it."""

import pytest

from hobd.core.tags import InterpreterFacts, Platform, tags_for
from tests.core.resolver.plain import NoPlainSolution, Pin, resolve_plain
from tests.core.resolver.small_index import Made, SmallIndex, requirements
from tests.core.resolver.test_referee import LINUX

TAGS = tags_for(
    InterpreterFacts(
        implementation="cpython",
        python_version=(3, 11),
        implementation_version=(3, 11),
        platform=Platform(system="manylinux", machine="x86_64", version=(2, 36)),
    )
)


def named(pins: tuple[Pin, ...]) -> dict[str, str]:
    return {pin.name: str(pin.version) for pin in pins}


def test_the_highest_versions_are_taken() -> None:
    index = SmallIndex({"a==1": [], "a==2": ["b<2"], "b==1": [], "b==2": []})
    assert named(resolve_plain(requirements("a"), index, LINUX)) == {"a": "2", "b": "1"}


def test_requirements_for_other_environments_do_not_count() -> None:
    index = SmallIndex({"a==1": ["b ; sys_platform == 'win32'"]})
    assert named(resolve_plain(requirements("a", "c ; python_version < '3'"), index, LINUX)) == {"a": "1"}


def test_the_wheel_that_fits_best_is_the_one_to_install() -> None:
    index = SmallIndex({"a==1@py3-none-any": [], "a==1@cp311-cp311-manylinux_2_17_x86_64": [], "a==1@cp311-cp311-win_amd64": []})
    (pin,) = resolve_plain(requirements("a"), index, LINUX, TAGS)
    assert pin.file is not None
    assert pin.file.file.filename == "a-1-cp311-cp311-manylinux_2_17_x86_64.whl"


def test_a_version_without_a_wheel_that_fits_is_passed_over() -> None:
    index = SmallIndex({"a==2@cp311-cp311-win_amd64": [], "a==1": []})
    assert named(resolve_plain(requirements("a"), index, LINUX, TAGS)) == {"a": "1"}


def test_a_version_for_newer_pythons_is_passed_over() -> None:
    index = SmallIndex({"a==2": Made(python=">=3.12"), "a==1": Made(python=">=3.8,<3.10")})
    assert named(resolve_plain(requirements("a"), index, LINUX)) == {"a": "1"}


def test_prereleases_are_taken_only_where_a_requirement_mentions_one() -> None:
    index = SmallIndex({"a==1": [], "a==2rc1": [], "b==1rc1": []})
    assert named(resolve_plain(requirements("a"), index, LINUX)) == {"a": "1"}
    assert named(resolve_plain(requirements("a>=2rc0"), index, LINUX)) == {"a": "2rc1"}
    with pytest.raises(NoPlainSolution):
        resolve_plain(requirements("b"), index, LINUX)


def test_constraints_restrict_only_what_is_required() -> None:
    index = SmallIndex({"a==1": ["b"], "b==1": [], "b==2": []})
    assert named(resolve_plain(requirements("a"), index, LINUX, constraints=requirements("b<2", "z==1"))) == {"a": "1", "b": "1"}


def test_extras_are_told_with_their_distribution() -> None:
    index = SmallIndex({"a==1": Made([], {"x": ["b"]}), "b==1": []})
    first, second = resolve_plain(requirements("a[x]"), index, LINUX)
    assert (first.extras, second.extras) == (("x",), ())


def test_packages_that_were_given_up_again_are_left_out() -> None:
    index = SmallIndex(
        {"a==1": Made([], {"x": []}), "a==2": ["e"], "b==1": ["a[x]<2", "e[x]"], "e==1": ["b<2"], "a==3": ["d>=2"], "d==1": []}
    )
    assert named(resolve_plain(requirements("a[x]"), index, LINUX)) == {"a": "1"}


def test_the_way_to_a_contradiction_is_told() -> None:
    index = SmallIndex({"a==1": ["c>2"], "b==1": ["c<2"], "c==1": [], "c==3": []})
    with pytest.raises(NoPlainSolution) as failure:
        resolve_plain(requirements("a", "b"), index, LINUX)
    assert "a==1 depends on c>2" in failure.value.causes[0]
    assert "b==1 depends on c<2" in failure.value.causes[0]
