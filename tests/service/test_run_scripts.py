"""`hob run` of scripts with metadata of their own."""

import pytest

from tests.service.runs import Runner

_APPLE = "import apple, sys; print(apple.NAME, sys.argv[1:])"


def test_a_script_has_an_environment_of_its_own_in_the_cache(runner: Runner) -> None:
    project = runner.home.project("plum")
    runner.script(project, "fruit.py", "apple", code=_APPLE)

    first = runner.hob("run", "fruit.py", "a", cwd=project)
    again = runner.hob("run", "fruit.py", "b", cwd=project)

    assert (first.out, first.err) == ("apple ['a']\n", "Installed 2 packages in [TIME]\n")
    assert (again.out, again.err) == ("apple ['b']\n", "")
    assert not (project / ".venv").exists()
    assert not (project / "uv.lock").exists()


def test_a_script_through_standard_input_brings_its_requirements(runner: Runner) -> None:
    folder = runner.folder("alone")
    text = runner.script(folder, "fruit.py", "cherry", code="import cherry; cherry.main()").read_text()

    assert runner.hob("run", "-q", "-", cwd=folder, stdin=text).out == "a cherry\n"


def test_requirements_that_cannot_be_met_are_told_as_a_script_s(runner: Runner) -> None:
    folder = runner.folder("alone")
    runner.script(folder, "fruit.py", "banana>2", code="")

    assert runner.hob("run", "fruit.py", cwd=folder) == runner.uv("run", "fruit.py", cwd=folder)


def test_a_script_s_lock_is_used_and_kept_up_to_date(runner: Runner) -> None:
    folder = runner.folder("alone")
    code = "import banana; print(banana.VERSION)"
    runner.script(folder, "fruit.py", "banana<2", code=code)
    runner.hob("lock", "--script", "fruit.py", cwd=folder)
    runner.script(folder, "fruit.py", "banana", code=code)

    assert runner.hob("run", "-q", "--frozen", "fruit.py", cwd=folder).out == "1\n"
    assert runner.hob("run", "-q", "--locked", "fruit.py", cwd=folder).code == 1
    assert runner.hob("run", "-q", "fruit.py", cwd=folder).out == "1\n", "what was locked stays while it fits"
    runner.script(folder, "fruit.py", "banana>1", code=code)
    assert runner.hob("run", "-q", "fruit.py", cwd=folder).out == "2\n"
    assert 'version = "2.0"' in (folder / "fruit.py.lock").read_text()


_OPTIONS = (
    ("--extra", "x", "--no-dev"),
    ("--package", "p", "--no-sync", "--group", "a"),
    ("--isolated", "--all-packages"),
    ("--locked",),
    ("--frozen",),
)


@pytest.mark.parametrize("options", _OPTIONS, ids=" ".join)
def test_hob_and_uv_say_the_same_of_options_that_scripts_do_not_take(runner: Runner, options: tuple[str, ...]) -> None:
    folder = runner.folder("alone")
    runner.script(folder, "fruit.py", code="print('fruit')")

    assert runner.hob("run", *options, "fruit.py", cwd=folder) == runner.uv("run", *options, "fruit.py", cwd=folder)


def test_a_variable_that_asks_for_a_lock_only_warns(runner: Runner) -> None:
    folder = runner.folder("alone")
    runner.script(folder, "fruit.py", code="print('fruit')")

    for variable in ("UV_LOCKED", "UV_FROZEN"):
        assert runner.hob("run", "fruit.py", cwd=folder, **{variable: "1"}) == runner.uv("run", "fruit.py", cwd=folder, **{variable: "1"})


def test_a_python_that_no_script_can_have_is_not_found(runner: Runner) -> None:
    folder = runner.folder("alone")
    runner.script(folder, "fruit.py", code="", header='requires-python = ">=3.99"')

    assert runner.hob("run", "fruit.py", cwd=folder) == runner.uv("run", "fruit.py", cwd=folder)
