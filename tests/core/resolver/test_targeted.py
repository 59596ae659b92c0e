"""Solving for one environment: markers are evaluated, wheels have to fit, and what is installed may stay."""

import pytest
from msgspec.structs import replace
from packaging.version import Version

from hobd.core.markers import RequiresPython
from hobd.core.resolver.problem import Problem
from hobd.core.resolver.solve import Unsatisfiable, solve
from hobd.core.resolver.target import INSTALLED, InstalledVersion, Target
from hobd.core.tags import InterpreterFacts, Platform, tags_for
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import Name
from tests.core.resolver.small_index import Made, SmallIndex, requirements

UPLOADED = "2024-03-01T00:00:00Z"
TAGS = tags_for(
    InterpreterFacts(
        implementation="cpython",
        python_version=(3, 12),
        implementation_version=(3, 12),
        platform=Platform(system="manylinux", machine="x86_64", version=(2, 28)),
    )
)
HERE = Target(
    values={
        "implementation_name": "cpython",
        "implementation_version": "3.12.1",
        "os_name": "posix",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "platform_release": "6",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": "3.12.1",
        "python_version": "3.12",
        "sys_platform": "linux",
    },
    tags=TAGS,
)


def posed(*texts: str, target: Target = HERE, follows: bool = True) -> Problem:
    """What is asked for without a project."""
    return Problem(
        roots=(),
        requirements=requirements(*texts),
        requires_python=RequiresPython.parse(">=3.12.1"),
        target=target,
        follows_dependencies=follows,
    )


def chosen(index: SmallIndex, *texts: str, target: Target = HERE, follows: bool = True) -> set[str]:
    nodes = solve(posed(*texts, target=target, follows=follows), index).distributions
    return {f"{node.name}=={node.version}" + (" installed" if node.source == INSTALLED else "") for node in nodes}


def failure(index: SmallIndex, *texts: str, target: Target = HERE) -> Unsatisfiable:
    with pytest.raises(Unsatisfiable) as found:
        solve(posed(*texts, target=target), index)
    return found.value


def there(name: str, version: str) -> Target:
    metadata = Metadata(name=Name(name), version=Version(version))
    return replace(HERE, installed=(InstalledVersion(name=Name(name), version=Version(version), metadata=metadata),))


def test_requirements_of_other_environments_are_left_out() -> None:
    index = SmallIndex({"a==1": ["b ; sys_platform == 'win32'", "c ; python_version >= '3.12'"], "b==1": [], "c==1": []})
    assert chosen(index, "a") == {"a==1", "c==1"}


def test_what_is_asked_for_may_be_all() -> None:
    index = SmallIndex({"a==1": ["b"], "b==1": []})
    assert chosen(index, "a") == {"a==1", "b==1"}
    assert chosen(index, "a", follows=False) == {"a==1"}


def test_environments_do_not_split() -> None:
    index = SmallIndex({"a==1": [], "a==2": []})
    assert chosen(index, "a<2 ; sys_platform == 'linux'", "a>=2 ; sys_platform != 'linux'") == {"a==1"}


def test_a_version_whose_wheels_do_not_fit_is_passed_over() -> None:
    index = SmallIndex({"a==1": [], "a==2@cp312-cp312-win_amd64": [], "a==3@cp311-cp311-manylinux_2_17_x86_64": []})
    assert chosen(index, "a") == {"a==1"}


@pytest.mark.parametrize(
    ("tag", "what", "hint"),
    [
        ("cp312-cp312-win_amd64", "platform tag (e.g., `manylinux_2_28_x86_64`)", "on the following platform: `win_amd64`"),
        ("cp311-cp311-any", "Python ABI tag (e.g., `cp312`)", "with the following Python ABI tag: `cp311`"),
        ("pp39-none-any", "Python implementation tag (e.g., `cp312`)", "with the following Python implementation tag: `pp39`"),
    ],
)
def test_the_tag_that_does_not_fit_is_told(tag: str, what: str, hint: str) -> None:
    error = failure(SmallIndex({f"a=={1}@{tag}": []}), "a")
    assert f"no wheels with a matching {what}" in error.causes[0]
    assert error.hints[0].endswith(hint)


def test_an_installed_version_stays_while_it_is_in_range() -> None:
    index = SmallIndex({"a==1": [], "a==2": []})
    assert chosen(index, "a", target=there("a", "1")) == {"a==1 installed"}
    assert chosen(index, "a>1", target=there("a", "1")) == {"a==2"}
    assert chosen(SmallIndex({}), "a", target=there("a", "1")) == {"a==1 installed"}


def test_an_upgrade_takes_the_installed_version_only_where_nothing_is_better() -> None:
    index = SmallIndex({"a==1": [], "a==2": []})
    assert chosen(index, "a", target=replace(there("a", "1"), upgrades_everything=True)) == {"a==2"}
    assert chosen(index, "a", target=replace(there("a", "3"), upgrades=frozenset({Name("a")}))) == {"a==3 installed"}


def test_the_python_that_is_asked_for_and_the_one_that_runs_are_told_apart() -> None:
    index = SmallIndex({"a==1": Made(python=">=3.99", uploaded=UPLOADED)}, is_flat=False)
    error = failure(index, "a")
    assert "the current Python version (3.12.1) does not satisfy Python>=3.99" in error.causes[0]
    assert error.hints == ()
    error = failure(index, "a", target=replace(HERE, is_requested=True))
    assert "the requested Python version (>=3.12.1) does not satisfy Python>=3.99" in error.causes[0]
    assert "The `--python-version` value (>=3.12.1)" in error.hints[0]


def test_a_build_needs_a_python_that_runs_here() -> None:
    index = SmallIndex({"a==1": Made(python=">=3.12", uploaded=UPLOADED, is_sdist=True)}, is_flat=False)
    error = failure(index, "a", target=replace(HERE, is_requested=True, builds_with=Version("3.11.7")))
    assert "the current Python version (3.11.7) does not satisfy Python>=3.12" in error.causes[0]
