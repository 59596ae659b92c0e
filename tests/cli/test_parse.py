"""From a command line to a command's value."""

from hobd.cli.answer import Answer
from hobd.cli.found import Given
from hobd.cli.lock import Lock
from hobd.cli.parse import parse
from hobd.cli.pip.install import PipInstall
from hobd.cli.run import Run
from hobd.cli.sync import Sync
from hobd.cli.tool.run import ToolRun


def read(*words: str, **variables: str) -> object:
    return parse([b"hob", *(word.encode() for word in words)], variables)


def test_a_plain_command_line_leaves_everything_to_the_settings() -> None:
    value = read("sync")

    assert isinstance(value, Sync)
    assert value.index.index == ()
    assert value.installer.link_mode is None
    assert value.locked is None
    assert value.general.offline is None


def test_global_options_may_stand_before_and_after_the_command() -> None:
    before, after = read("--offline", "-v", "sync"), read("sync", "--offline", "-v")

    assert before == after


def test_a_switch_knows_whether_it_was_typed_or_came_from_a_variable() -> None:
    typed, heard = read("sync", "--locked", UV_LOCKED="1"), read("sync", UV_LOCKED="yes")

    assert isinstance(typed, Sync)
    assert isinstance(heard, Sync)
    assert typed.locked == Given(flag="--locked")
    assert heard.locked == Given(flag="--locked", variable="UV_LOCKED")
    assert heard.locked.spelling == "UV_LOCKED=1"


def test_variables_that_name_packages_to_build_are_for_projects_not_for_pip() -> None:
    variables = {"UV_NO_BINARY_PACKAGE": "a b", "UV_NO_BUILD_PACKAGE": "c"}
    project, pip = read("sync", **variables), read("pip", "install", "a", **variables)

    assert isinstance(project, Sync)
    assert isinstance(pip, PipInstall)
    assert (project.build.no_binary_package, project.build.no_build_package) == (("a", "b"), ("c",))
    assert (pip.build.no_binary_package, pip.build.no_build_package) == ((), ())


def test_a_switch_that_was_turned_off_is_not_the_same_as_none() -> None:
    value = read("lock", "--no-upgrade")

    assert isinstance(value, Lock)
    assert value.resolver.upgrade is not None
    assert not value.resolver.upgrade


def test_what_follows_the_command_of_run_is_passed_on_as_it_is() -> None:
    value = read("run", "-q", "--with", "a,b", "python", "-c", "pass", "--frozen", "--", "-q")

    assert isinstance(value, Run)
    assert value.command == ("python", "-c", "pass", "--frozen", "--", "-q")
    assert value.with_packages == ("a,b",)
    assert value.general.quiet == 1
    assert value.frozen is None


def test_dashes_before_the_command_of_run_are_dropped() -> None:
    value = read("run", "--", "python", "-V")

    assert isinstance(value, Run)
    assert value.command == ("python", "-V")


def test_bytes_that_are_no_text_survive() -> None:
    value = parse([b"hob", b"run", b"cat", b"\xff"], {})

    assert isinstance(value, Run)
    assert value.command[1].encode("utf-8", "surrogateescape") == b"\xff"


def test_under_the_name_of_the_tool_runner_the_program_runs_tools() -> None:
    value = parse([b"/usr/bin/uvx", b"--from", b"a", b"b", b"--help"], {})

    assert isinstance(value, ToolRun)
    assert value.from_package == "a"
    assert value.command == ("b", "--help")


def test_only_variables_that_mean_something_to_the_command_are_asked_for() -> None:
    asked = set()

    class Environment:
        def get(self, name: str) -> str | None:
            asked.add(name)
            return None

    parse([b"hob", b"cache", b"dir"], Environment())

    assert "UV_CACHE_DIR" in asked
    assert "UV_INDEX" not in asked


def test_a_usage_error_is_answered_with_code_2() -> None:
    answer = read("sync", "--locked", "--frozen")

    assert answer == Answer(
        stderr=(
            "error: the argument '--locked' cannot be used with '--frozen'\n\n"
            "Usage: hob sync --locked\n\n"
            "For more information, try '--help'.\n"
        ),
        code=2,
    )
