"""What people read: numbers, summaries, changes, errors."""

import pytest

from hobd.cli.failure import render_error, render_failure, render_warning
from hobd.cli.quantities import duration, plural, size
from hobd.cli.report import (
    Change,
    LockChange,
    render_brought,
    render_changes,
    render_checked,
    render_compiled,
    render_installed,
    render_lock_changes,
    render_resolved,
    render_summary,
    render_using,
)
from hobd.cli.style import strip_style
from hobd.errors import RequestError


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.00ms"),
        (0.0000509, "0.05ms"),
        (0.00099, "0.99ms"),
        (0.0129, "12ms"),
        (0.9999, "999ms"),
        (1.059, "1.05s"),
        (5.19, "5.19s"),
        (59.999, "59.99s"),
        (62.4, "1m 02s"),
        (3723, "62m 03s"),
    ],
)
def test_durations_are_cut_not_rounded(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0B"), (1023, "1023B"), (1024, "1.0KiB"), (1258291, "1.2MiB"), (1048575, "1.0MiB"), (5 * 1024**3, "5.0GiB")],
)
def test_sizes_are_in_the_largest_unit_that_fits(count: int, text: str) -> None:
    assert size(count) == text


def test_one_package_is_no_packages() -> None:
    assert [plural(count, "package") for count in (0, 1, 2)] == ["0 packages", "1 package", "2 packages"]


def test_a_summary_is_dimmed_around_a_bold_number() -> None:
    assert render_resolved(5, 0.632) == "\x1b[2mResolved \x1b[1m5 packages\x1b[0m \x1b[2min 632ms\x1b[0m\x1b[0m\n"
    assert render_summary("Would install", 4, None) == "\x1b[2mWould install \x1b[1m4 packages\x1b[0m\x1b[0m\n"


def test_summaries_read_as_uvs() -> None:
    told = render_installed(1, 0.00086) + render_compiled(58, 0.177) + render_checked(4, 0.00009) + render_checked(0, 0)
    told += render_resolved(0, 0.001)

    assert strip_style(told).splitlines() == [
        "Installed 1 package in 0.86ms",
        "Bytecode compiled 58 files in 177ms",
        "Checked 4 packages in 0.09ms",
        "Checked in 0.00ms",
        "Resolved in 1ms",
    ]


def test_changes_are_listed_by_name_and_what_went_comes_first() -> None:
    changes = [
        Change(happened="added", name="six", version="1.16.0"),
        Change(happened="removed", name="six", version="1.17.0"),
        Change(happened="reinstalled", name="lib", version="1.0", origin="file:///tmp/lib"),
        Change(happened="added", name="anyio", version="4.0.0"),
    ]

    assert strip_style(render_changes(changes)) == (" + anyio==4.0.0\n ~ lib==1.0 (from file:///tmp/lib)\n - six==1.17.0\n + six==1.16.0\n")


def test_a_change_has_a_coloured_mark_and_a_dimmed_version() -> None:
    change = Change(happened="added", name="six", version="1.16.0")

    assert render_changes([change]) == " \x1b[32m+\x1b[39m \x1b[1msix\x1b[0m\x1b[2m==1.16.0\x1b[0m\n"


def test_changes_of_a_lock_are_told_with_both_versions() -> None:
    changes = [
        LockChange(name="sniffio", before=("1.3.1",)),
        LockChange(name="anyio", before=("4.0.0",), after=("4.16.0",)),
        LockChange(name="iniconfig", before=("2.1.0", "2.3.1"), after=("2.3.1",)),
        LockChange(name="idna", after=("3.20",)),
        LockChange(name="demo", before=("0.1.0",), after=("(dynamic)",)),
    ]

    assert strip_style(render_lock_changes(changes)) == (
        "Updated anyio v4.0.0 -> v4.16.0\n"
        "Updated demo v0.1.0 -> (dynamic)\n"
        "Added idna v3.20\n"
        "Updated iniconfig v2.1.0, v2.3.1 -> v2.3.1\n"
        "Removed sniffio v1.3.1\n"
    )


def test_a_dry_run_tells_what_it_would_do() -> None:
    assert strip_style(render_lock_changes([LockChange(name="a", before=("1",), after=("2",))], is_dry_run=True)) == "Update a v1 -> v2\n"


def test_an_error_comes_with_its_causes_and_hints() -> None:
    error = RequestError(
        "Failed to add dependencies", causes=("No solution found", "Because a\nand b"), hints=("Use `--frozen`", "Use `--frozen`")
    )

    assert strip_style(render_error(error)) == (
        "error: Failed to add dependencies\n  cause: No solution found\n  cause: Because a\n         and b\n\nhint: Use `--frozen`\n"
    )


def test_words_of_an_error_are_coloured_as_uvs() -> None:
    assert render_failure("No", ("Why",), ("How",)) == (
        "\x1b[1m\x1b[31merror\x1b[39m\x1b[0m\x1b[1m:\x1b[0m No\n"
        "  \x1b[1m\x1b[31mcause\x1b[39m\x1b[0m\x1b[1m:\x1b[0m Why\n"
        "\n\x1b[36m\x1b[1mhint\x1b[0m\x1b[39m\x1b[1m:\x1b[0m How\n"
    )
    assert render_warning("Odd") == "\x1b[1m\x1b[33mwarning\x1b[39m\x1b[0m\x1b[1m:\x1b[0m \x1b[1mOdd\x1b[0m\n"


def test_a_narrow_terminal_breaks_lines_below_their_beginning() -> None:
    cause = (
        "Because nosuchpkg was not found in the package registry and your project depends on nosuchpkg, "
        "we can conclude that your project's requirements are unsatisfiable."
    )

    assert strip_style(render_failure("No solution found when resolving dependencies", (cause,), width=60)) == (
        "error: No solution found when resolving dependencies\n"
        "  cause: Because nosuchpkg was not found in the package\n"
        "         registry and your project depends on nosuchpkg, we\n"
        "         can conclude that your project's requirements are\n"
        "         unsatisfiable.\n"
    )


def test_a_quoted_file_keeps_its_lines_and_blank_lines_below_the_cause() -> None:
    cause = "TOML parse error at line 6, column 5\n  |\n\n6 | x = = 1"

    assert strip_style(render_failure("Failed to parse: pyproject.toml", (cause,))) == (
        "error: Failed to parse: pyproject.toml\n  cause: TOML parse error at line 6, column 5\n           |\n\n         6 | x = = 1\n"
    )


def test_an_interpreter_is_told_with_its_place() -> None:
    assert render_using("CPython 3.12.1", "/usr/bin/python3") == "Using CPython 3.12.1 interpreter at: \x1b[36m/usr/bin/python3\x1b[39m\n"


def test_links_and_colours_can_be_taken_out() -> None:
    assert strip_style("\x1b[1m\x1b]8;;file:///x\x1b\\name\x1b]8;;\x1b\\\x1b[0m") == "name"


def test_of_much_that_came_along_only_the_first_are_named() -> None:
    names = [f"part-{letter}" for letter in "abcdefghij"]
    told = strip_style(render_brought(["thing"], names, 3 << 20))
    assert told == "Along with thing came 10 other packages (3.0MiB): part-a, part-b, part-c, part-d, part-e, part-f, part-g, part-h, …\n"
    assert strip_style(render_brought(["a", "b"], ["c"], None)) == "Along with 2 packages came 1 other package: c\n"
