"""New environments: the files that uv makes, working in every shell, and never in the way of something else."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hobd.environments.create import CannotCreate, Shape, create_environment, is_environment, remove_environment
from tests.environments.places import make_environment, this_python

UV = Path(sys.executable).with_name("uv")
SHAPES = {
    "plain": (Shape(), []),
    "prompt": (Shape(prompt="blue"), ["--prompt", "blue"]),
    "system": (Shape(has_system_packages=True), ["--system-site-packages"]),
    "relocatable": (Shape(is_relocatable=True), ["--relocatable"]),
}


def by_uv(root: Path, *flags: str) -> None:
    env = {"PATH": os.defpath, "HOME": str(root.parent), "UV_PYTHON_DOWNLOADS": "never"}
    command = [str(UV), "venv", "-q", "--no-config", "--python", sys.executable, *flags, str(root)]
    subprocess.run(command, env=env, check=True)


def layout(root: Path) -> dict[str, str]:
    """Kinds, modes and targets of all that is below."""
    found = {}
    for path in sorted(root.rglob("*")):
        target = f" -> {os.readlink(path)}" if path.is_symlink() else ""
        found[str(path.relative_to(root))] = oct(path.lstat().st_mode) + target
    return found


@pytest.mark.parametrize("name", SHAPES)
def test_the_files_are_those_that_uv_makes(tmp_path: Path, name: str) -> None:
    shape, flags = SHAPES[name]
    (tmp_path / "hob").mkdir()
    (tmp_path / "uv").mkdir()
    create_environment(tmp_path / "hob/venv", this_python(), shape)
    by_uv(tmp_path / "uv/venv", *flags)
    assert layout(tmp_path / "hob/venv") == layout(tmp_path / "uv/venv")
    for file in ("pyvenv.cfg", ".gitignore", "CACHEDIR.TAG"):
        assert (tmp_path / "hob/venv" / file).read_bytes() == (tmp_path / "uv/venv" / file).read_bytes()


def shell(program: str, script: str, folder: Path, **variables: str) -> str:
    env = {"PATH": "/usr/bin:/bin", "HOME": str(folder), **variables}
    return subprocess.run([program, "-c", script], cwd=folder, env=env, capture_output=True, text=True, check=True).stdout


NAMES = ["venv", "it's here", 'a "quote"', "dollar$HOME", "back`tick", "semi;colon", "per%cent"]


@pytest.mark.parametrize("program", [program for program in ("sh", "bash", "zsh", "ksh") if shutil.which(program)])
@pytest.mark.parametrize("name", NAMES)
def test_activating_and_deactivating_leave_the_shell_as_it_was(tmp_path: Path, program: str, name: str) -> None:
    root = make_environment(tmp_path / name, Shape(prompt=name)).root
    script = """
        before=$PATH; PS1='$ '
        . ./"$NAME"/bin/activate
        printf '%s\\n' "$VIRTUAL_ENV" "$VIRTUAL_ENV_PROMPT" "$(command -v python)" "$PS1" "${PYTHONHOME-gone}"
        deactivate
        printf '%s\\n' "${VIRTUAL_ENV-none}" "$PS1" "$PYTHONHOME"
        [ "$before" = "$PATH" ] && echo restored
    """
    said = shell(program, script, tmp_path, NAME=name, PYTHONHOME="/nowhere").splitlines()
    assert said == [str(root), name, f"{root}/bin/python", f"({name}) $ ", "gone", "none", "$ ", "/nowhere", "restored"]


def test_the_prompt_can_be_left_alone_and_environments_follow_each_other(tmp_path: Path) -> None:
    one, two = (make_environment(tmp_path / name).root for name in ("one", "two"))
    first = f"PS1='$ '; VIRTUAL_ENV_DISABLE_PROMPT=1; . {one}/bin/activate; echo \"$PS1\""
    script = f"{first}; . {two}/bin/activate; echo $VIRTUAL_ENV; deactivate; echo $PATH"
    assert shell("bash", script, tmp_path).splitlines() == ["$ ", str(two), "/usr/bin:/bin"]


def test_bash_is_told_that_the_script_must_be_sourced(tmp_path: Path) -> None:
    script = make_environment(tmp_path / "venv").root / "bin/activate"
    done = subprocess.run(["bash", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (33, "")


def test_a_moved_relocatable_environment_activates_where_it_is(tmp_path: Path) -> None:
    make_environment(tmp_path / "one", Shape(is_relocatable=True))
    (tmp_path / "one").rename(tmp_path / "two")
    assert shell("bash", ". two/bin/activate; echo $VIRTUAL_ENV", tmp_path).strip() == str(tmp_path / "two")


@pytest.mark.parametrize("name", NAMES)
def test_the_running_interpreter_can_enter_it(tmp_path: Path, name: str) -> None:
    root = make_environment(tmp_path / name, Shape(prompt=name)).root
    (root / this_python().environment_purelib / "here.py").write_text("")
    script = "import runpy, sys, os; runpy.run_path(sys.argv[1]); import here; print(sys.prefix); print(os.environ['VIRTUAL_ENV_PROMPT'])"
    done = subprocess.run([sys.executable, "-c", script, root / "bin/activate_this.py"], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [str(root), name]


def test_an_environment_is_not_made_over_another(tmp_path: Path) -> None:
    root = make_environment(tmp_path / "venv").root
    (root / "mine").write_text("")
    with pytest.raises(CannotCreate) as caught:
        create_environment(root, this_python(), Shape(), shown="venv")
    assert caught.value.message == "Failed to create virtual environment"
    assert caught.value.causes == ("A virtual environment already exists at: venv",)
    assert caught.value.hints == ("Use the `--clear` flag or set `UV_VENV_CLEAR=1` to replace the existing virtual environment",)
    create_environment(root, this_python(), Shape(keeps=True))
    assert (root / "mine").exists()
    create_environment(root, this_python(), Shape(clears=True))
    assert not (root / "mine").exists()


def test_a_folder_that_is_something_else_is_only_cleared_by_force(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/code.py").write_text("x")
    for shape, cause in (
        (Shape(), "A directory already exists at: src"),
        (Shape(clears=True), "hob will not clear a directory that is not a virtual environment"),
    ):
        with pytest.raises(CannotCreate) as caught:
            create_environment(tmp_path / "src", this_python(), shape, shown="src")
        assert caught.value.causes == (cause,)
    assert (tmp_path / "src/code.py").read_text() == "x"
    create_environment(tmp_path / "src", this_python(), Shape(clears=True, is_forced=True))
    assert not (tmp_path / "src/code.py").exists()


def test_files_and_dangling_links_are_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to("nowhere")
    for name, cause in (("file", "File exists at `file`"), ("link", "failed to create directory `link`: File exists (os error 17)")):
        with pytest.raises(CannotCreate) as caught:
            create_environment(tmp_path / name, this_python(), Shape(), shown=name)
        assert caught.value.causes == (cause,)


def test_a_link_to_a_folder_is_followed_and_kept(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "linked").symlink_to("real")
    create_environment(tmp_path / "linked", this_python(), Shape())
    create_environment(tmp_path / "linked", this_python(), Shape(clears=True))
    assert (tmp_path / "linked").is_symlink()
    assert is_environment(tmp_path / "real")


def test_an_environment_that_a_kill_left_half_made_is_made_again(tmp_path: Path) -> None:
    root = make_environment(tmp_path / "venv").root
    text = (root / "pyvenv.cfg").read_text()
    (root / "pyvenv.cfg").write_text(text + "hob-incomplete = true\n")
    (root / "rubbish").write_text("")
    create_environment(root, this_python(), Shape())
    assert not (root / "rubbish").exists()
    assert (root / "pyvenv.cfg").read_text() == text


def test_removing_takes_the_folder_too(tmp_path: Path) -> None:
    root = make_environment(tmp_path / "venv").root
    remove_environment(root)
    assert not root.exists()


def test_an_environment_can_be_made_from_another(tmp_path: Path) -> None:
    from tests.environments.places import probe

    first = make_environment(tmp_path / "first")
    create_environment(tmp_path / "second", probe(first.python), Shape())
    assert (tmp_path / "second/bin/python").resolve() == this_python().base_executable.resolve()
    assert "first" not in (tmp_path / "second/pyvenv.cfg").read_text()
