"""`.python-version` files: the nearest counts, down from the project's root, then the user's own."""

from pathlib import Path

from hobd.projects.python_versions import find_version_file
from tests.projects.reading import environ, write_files
from tests.support.evidence import DiskNotes


def is_no_name(text: str, folder: Path) -> bool:
    return text != "my-env"


def test_the_nearest_file_counts_and_nothing_above_the_root(tmp_path: Path) -> None:
    write_files(tmp_path, {".python-version": "3.9\n", "root/a/b/x": "", "root/.python-version": "# pinned\n\n3.12\n3.11\n"})
    seen = DiskNotes()

    found, warnings = find_version_file(tmp_path / "root" / "a" / "b", tmp_path / "root", environ(), seen, is_no_name)
    none, _ = find_version_file(tmp_path / "root" / "a" / "b", tmp_path / "root" / "a", environ(), DiskNotes(), is_no_name)

    assert found is not None
    assert (found.request, found.requests, warnings, none) == ("3.12", ("3.12", "3.11"), (), None)
    assert tmp_path / "root" / "a" / ".python-versions" in seen.paths


def test_the_users_own_file_comes_last(tmp_path: Path) -> None:
    write_files(tmp_path, {"home/.config/uv/.python-version": "3.10\n", "project/x": ""})

    found, _ = find_version_file(tmp_path / "project", tmp_path / "project", environ(HOME=str(tmp_path / "home")), DiskNotes(), is_no_name)

    assert found is not None
    assert found.request == "3.10"


def test_what_cannot_be_asked_for_is_left_out_and_warned_of(tmp_path: Path) -> None:
    write_files(tmp_path, {".python-version": "my-env\n3.12\n./bin/python\n"})

    found, warnings = find_version_file(tmp_path, None, environ(), DiskNotes(), is_no_name)

    assert found is not None
    assert found.requests == ("3.12", "./bin/python")
    assert warnings == (f"Ignoring unsupported Python request `my-env` in version file: {tmp_path}/.python-version",)


def test_a_file_with_nothing_usable_asks_for_nothing(tmp_path: Path) -> None:
    write_files(tmp_path, {".python-version": "my-env\n"})

    found, warnings = find_version_file(tmp_path, None, environ(), DiskNotes(), is_no_name)

    assert found is not None
    assert (found.requests, found.request) == ((), None)
    assert len(warnings) == 1


def test_without_configuration_there_are_no_version_files(tmp_path: Path) -> None:
    write_files(tmp_path, {".python-version": "3.12\n"})

    assert find_version_file(tmp_path, None, environ(), DiskNotes(), is_no_name, is_configured=False) == (None, ())
