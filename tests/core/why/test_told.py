"""What `hob why` says."""

from packaging.version import Version

from hobd.core.markers import Marker
from hobd.core.resolver.problem import Preference
from hobd.core.vocab.names import Name
from hobd.core.vocab.requirement import ConflictItem
from hobd.core.why.data import as_data
from hobd.core.why.told import tell
from tests.core.resolver.small_index import Made, requirements
from tests.core.why.asking import ask

DIAMOND = {"a==1": ["c>=1 ; sys_platform == 'win32'"], "b==1": ["a", "c<3"], "c==1": [], "c==2": [], "c==3": []}


def test_ways_are_drawn_as_a_tree_and_the_version_is_explained() -> None:
    asked = ask(DIAMOND, "a", extras={"x": ["b>=1"]}, groups={"dev": ["c"]})
    assert tell(asked.why("c")) == (
        "p v1\n"
        "├── c v2 (group: dev)\n"
        "├── a v1\n"
        "│   └── c v2 [required: >=1] when sys_platform == 'win32'\n"
        "└── b v1 (extra: x) [required: >=1]\n"
        "    └── c v2 [required: <3]\n"
        "… 1 more way: use `--all` to see them\n"
        "\n"
        "c v2 is the newest version that all requirements allow\n"
        "  v3 is the newest there is; excluded by b v1 (c<3)\n"
        "Asked for by:\n"
        "  a v1 requires c>=1 when sys_platform == 'win32'\n"
        "  b v1 requires c<3\n"
        "  p:dev v1 requires c\n"
    )


def test_all_ways_are_shown_the_shortest_first() -> None:
    asked = ask(DIAMOND, "a", "b")
    (found,) = asked.why("c", is_all=True)
    assert [[stop.name for stop in chain] for chain in found.chains] == [["p", "a", "c"], ["p", "b", "c"], ["p", "b", "a", "c"]]
    assert found.more == 0


def test_without_an_account_the_ways_are_told_all_the_same() -> None:
    asked = ask(DIAMOND, "a", "b>=1")
    assert tell(asked.why("b", is_known=False)) == "p v1\n└── b v1 [required: >=1]\n"


def test_versions_that_were_passed_over_are_named_with_the_reason() -> None:
    index: dict[str, Made | list[str]] = {
        "a==1": [],
        "a==2": ["b>=2"],
        "a==3": Made(yanked="broken", uploaded="2020-01-01T00:00:00Z"),
        "a==4": Made(python=">=3.12", uploaded="2020-01-01T00:00:00Z"),
        "a==5rc1": [],
        "b==1": [],
        "b==2": [],
    }
    told = tell(ask(index, "a", "b<2", fork_strategy="fewest").why("a"))
    assert told.endswith(
        "a v1 is the newest version that fits; others were passed over:\n"
        "  v5rc1 is a pre-release\n"
        "  v4 requires Python >=3.12\n"
        "  v3 was yanked (reason: broken)\n"
        "  v2 depends on b>=2, which excludes b 1\n"
        "Asked for by:\n"
        "  p v1 requires a\n"
    )


def test_what_leads_to_something_that_is_not_there_is_named() -> None:
    index = {"a==1": [], "a==2": ["b"], "b==1": ["c>=9"], "c==1": []}
    (found,) = ask(index, "a").why("a")
    assert found.reason is not None
    assert found.reason.choice.passed == (("2", "leads to c>=9, which does not exist"),)


def test_a_version_that_was_kept_says_so_and_how_to_get_a_newer_one() -> None:
    kept = (Name("a"), (Preference(version=Version("1"), index=None),))
    told = tell(ask({"a==1": [], "a==2": []}, "a", preferences=(kept,)).why("a"))
    assert told == (
        "p v1\n"
        "└── a v1\n"
        "\n"
        "a v1 was in the lock before, and still fits\n"
        "  v2 allowed too, but not tried\n"
        "Asked for by:\n"
        "  p v1 requires a\n"
        "`hob lock --upgrade-package a` takes the newest that fits\n"
    )


def test_each_of_several_versions_is_told_of_with_its_environments() -> None:
    told = tell(ask({"a==1": [], "a==2": []}, "a<2 ; sys_platform == 'linux'", "a>=2 ; sys_platform != 'linux'").why("a"))
    assert "└── a v1 [required: <2] when sys_platform == 'linux'\n" in told
    assert "a v1 (where sys_platform == 'linux') is the newest version that all requirements allow\n" in told
    assert "a v2 (where sys_platform != 'linux') is the newest version that all requirements allow\n" in told


def test_who_asks_only_in_a_later_fork_is_named_too() -> None:
    """`b` was chosen before the split over `c`, so it is decided in both forks, and needed in one."""
    index: dict[str, Made | list[str]] = {
        "a==1": ["b ; python_version < '3.11'"],
        "b==1": [],
        "c==1": Made(python=">=3.8"),
        "c==2": Made(python=">=3.11"),
    }
    told = tell(ask(index, "a", "c").why("b"))
    assert told.endswith("Asked for by:\n  a v1 requires b when python_full_version < '3.11'\n")


def test_extras_that_exclude_each_other_are_told_by_their_names() -> None:
    conflict = tuple(ConflictItem(package=Name("p"), extra=Name(extra)) for extra in "xy")
    index: dict[str, list[str]] = {"a==1": ["b"], "b==1": [], "b==2": []}
    told = tell(ask(index, "a", extras={"x": ["b<2"], "y": ["b>=2"]}, conflicts=(conflict,)).why("b"))
    assert "    └── b v1 when p[x]\n" in told
    assert "    └── b v2 when not p[x] or p[y]\n" in told


def test_constraints_and_overrides_are_named_as_such() -> None:
    index = {"a==1": ["b<2", "c<2"], "b==1": [], "b==2": [], "c==1": [], "c==2": []}
    asked = ask(index, "a", constraints=requirements("b<9"), overrides=requirements("c>=2"))
    assert "  a constraint allows only b<9\n  a v1 requires b<2\n" in tell(asked.why("b"))
    assert "  a v1 requires (by an override) c>=2\n" in tell(asked.why("c"))


def test_the_lowest_version_is_wanted_where_low_ones_are() -> None:
    told = tell(ask({"a==1": [], "a==2": []}, "a", resolution_mode="lowest").why("a"))
    assert "a v1 is the oldest version that all requirements allow\n" in told


def test_a_project_of_the_workspace_is_no_mystery() -> None:
    assert tell(ask({}).why("p")) == "p v1 is a project of the workspace\n"


def test_forks_that_take_the_same_version_again_are_counted() -> None:
    environments = (Marker.parse("sys_platform == 'linux'"), Marker.parse("sys_platform == 'win32'"))
    asked = ask({"a==1": [], "a==2": [], "b==1": ["a<2 ; sys_platform == 'linux'"]}, "a", "b", environments=environments)
    choice = asked.account.choice("a", "1")
    assert choice is not None
    assert choice.forks == (0, 1)


def test_programs_get_the_same_as_values() -> None:
    data = as_data("c", ask(DIAMOND, "b").why("c"))
    (package,) = data["packages"]
    assert [stop["name"] for stop in package["ways"][0]] == ["p", "b", "c"]
    assert package["ways"][0][2]["required"] == "<3"
    assert package["ways_not_shown"] == 1
    assert package["decided_by"]["newest_excluded_by"][0]["package"] == "b"
