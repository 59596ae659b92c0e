"""What a requirement allows is raised, and no more than that."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from hobd.core.formats.pyproject_edit import MissingRequirement, replace_requirements
from hobd.core.formats.raised_bounds import raised, relaxed
from hobd.core.lockfile.requirement_table import render_specifiers

DEPENDENCIES = ("project", "dependencies")

RAISED = [
    ("==1.2.3", "2.4.5", "==2.4.5"),
    ("===1.2.3", "2.4.5", "===2.4.5"),
    ("==1.2.*", "2.4.5", "==2.4.*"),
    ("~=1.2", "2.4.5", "~=2.4"),
    ("~=1.2.3", "2.4", "~=2.4.0"),
    ("~=1.2", "1!2.4rc1.post2.dev3+local", "~=1!2.4rc1.post2.dev3"),
    ("<=1.2.3", "2.4.5+local", "<=2.4.5"),
    (">=1.2,<2", "2.4.0", ">=1.2,<3"),
    (">=1.2,<1.3", "1.4.2", ">=1.2,<1.5"),
    ("<2,<4", "2.4", "<3,<4"),
    ("<2", "1!3.1", "<1!4"),
    (">=1", "2", ">=1"),
    ("!=2.3,<9", "2.4", "!=2.3,<9"),
    ("<2", "1.5 2.4", "<3"),
    ("~=1.2", "2.4 2.5", "~=2.4"),
]

specifiers = st.lists(
    st.builds(
        "{}{}.{}".format,
        st.sampled_from(["==", "~=", "<", "<=", ">", ">=", "==="]),
        st.integers(0, 4),
        st.integers(0, 4),
    ),
    max_size=3,
).map(",".join)
versions = st.builds("{}.{}.{}".format, st.integers(0, 6), st.integers(0, 6), st.integers(0, 2)).map(Version)


@pytest.mark.parametrize(("before", "chosen", "after"), RAISED)
def test_each_comparison_keeps_its_operator_and_its_precision(before: str, chosen: str, after: str) -> None:
    found = raised(SpecifierSet(before), [Version(text) for text in chosen.split()])
    assert found is not None
    assert render_specifiers(found) == after


@pytest.mark.parametrize(("before", "chosen"), [("!=2.4,<2", "2.4"), ("==1.*", "1.5 2.4")])
def test_what_no_bound_can_admit_is_not_raised(before: str, chosen: str) -> None:
    assert raised(SpecifierSet(before), [Version(text) for text in chosen.split()]) is None


def test_relaxing_keeps_lower_bounds_and_exclusions() -> None:
    assert render_specifiers(relaxed(SpecifierSet(">=1,>1.5,!=2,!=2.1.*,==2.5,===2.6,<=3,<4"))) == ">=1,>1.5,!=2,!=2.1.*"
    assert render_specifiers(relaxed(SpecifierSet("~=2.32.1"))) == ">=2.32.1"


@given(specifiers, versions)
def test_whatever_the_relaxed_admit_the_raised_admit(text: str, version: Version) -> None:
    before = SpecifierSet(text)
    found = raised(before, [version])
    if version in relaxed(before):
        assert found is not None
        assert version in found
    if version in before:
        assert found == before


def test_requirements_are_replaced_where_they_stand() -> None:
    text = '[project]\r\ndependencies = [ "a<2", # why\r\n  \'b ==1\', "a<2"]'
    changed = replace_requirements(text, DEPENDENCIES, {"a<2": "a<3", "b ==1": "b==2"})
    assert changed == '[project]\r\ndependencies = [ "a<3", # why\r\n  "b==2", "a<3"]'


def test_a_requirement_that_has_gone_meanwhile_is_named() -> None:
    with pytest.raises(MissingRequirement, match=r"`a<2` is not in `project\.dependencies` any more"):
        replace_requirements('[project]\ndependencies = ["a<9"]\n', DEPENDENCIES, {"a<2": "a<3"})
