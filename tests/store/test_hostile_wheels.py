"""What a wheel may not do: escape its folder, hide something, claim what is not so (INS-10)."""

import struct
import zipfile
from pathlib import Path

import pytest

from hobd.core.formats.wheel import InvalidWheel, UninstallableWheel
from hobd.core.formats.wheel_manifest import Manifest
from hobd.core.tags import parse_wheel_name
from hobd.store.selection import check_amount, enclosed
from hobd.store.unpack import unpack_wheel
from tests.store.hostile import central_offset, link_entry, make, patched
from tests.support.wheels import make_wheel


def unpack(path: Path) -> tuple[Path, Manifest]:
    tree = path.parent / "tree"
    tree.mkdir()
    return tree, unpack_wheel(path, tree, wheel=parse_wheel_name(path.name), is_built=False, created=0.0)


def names(tree: Path) -> set[str]:
    return {str(path.relative_to(tree)) for path in tree.rglob("*") if path.is_file() and "dist-info" not in str(path)}


@pytest.mark.parametrize("name", ["../escaped.py", "../../../../escaped.py", "/absolute.py", "a/../../escaped.py", "..", "./"])
def test_names_that_leave_the_wheel_are_left_out(tmp_path: Path, name: str) -> None:
    tree, manifest = unpack(make(tmp_path / "in", [(name, "y = 1\n")]))
    assert names(tree) == {"one.py"}
    assert {path.name for path in tmp_path.rglob("*.py")} == {"one.py"}
    assert [file.path for file in manifest.files if "dist-info" not in file.path] == ["one.py"]


ENCLOSED = {"a//b": "a/b", "./a": "a", "a/./b": "a/b", "a/../b": "b", "back\\slash": "back\\slash"}
ENCLOSED_NOWHERE = dict.fromkeys(["a/..", "", "/", "..", "/etc/passwd", "a/../../b"])


@pytest.mark.parametrize(("name", "path"), [*ENCLOSED.items(), *ENCLOSED_NOWHERE.items()])
def test_names_are_taken_as_paths_inside_the_wheel(name: str, path: str | None) -> None:
    assert enclosed(name) == path


def test_a_link_becomes_a_file_with_the_target_as_its_content(tmp_path: Path) -> None:
    tree, _ = unpack(make(tmp_path, [(link_entry("secret.txt"), "/etc/passwd")]))
    assert not (tree / "secret.txt").is_symlink()
    assert (tree / "secret.txt").read_text() == "/etc/passwd"


def test_of_entries_with_the_same_name_the_last_counts(tmp_path: Path) -> None:
    tree, manifest = unpack(make(tmp_path, [("dup.py", "first"), ("dup.py", "second"), ("./dup.py", "third")]))
    assert (tree / "dup.py").read_text() == "third"
    assert sum(file.path == "dup.py" for file in manifest.files) == 1


def test_names_that_differ_in_case_or_are_odd_are_kept(tmp_path: Path) -> None:
    odd = {"with space.py", "ünï.py", "CON", "UPPER.py", "upper.py", "back\\slash.py"}
    tree, _ = unpack(make(tmp_path, [(name, "") for name in odd]))
    assert names(tree) == odd | {"one.py"}


@pytest.mark.parametrize("name", ["new\nline.py", "tab\t.py", "del\x7f.py"])
def test_control_characters_in_names_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidWheel, match="Archive contains unacceptable filename"):
        unpack(make(tmp_path, [(name, "")]))


@pytest.mark.parametrize(("before", "after"), [(b"", b"junk"), (b"junk", b""), (b"", b"\0" * 70000)])
def test_bytes_around_the_archive_are_refused(tmp_path: Path, before: bytes, after: bytes) -> None:
    path = make(tmp_path)
    path.write_bytes(before + path.read_bytes() + after)
    with pytest.raises(InvalidWheel):
        unpack(path)


def test_an_archive_inside_the_comment_of_another_is_refused(tmp_path: Path) -> None:
    inner = make(tmp_path / "inner", [("evil.py", "")]).read_bytes()
    path = make(tmp_path / "outer")
    path.write_bytes(path.read_bytes() + inner)
    with pytest.raises(InvalidWheel):
        unpack(path)


def test_a_name_that_differs_between_header_and_directory_is_refused(tmp_path: Path) -> None:
    path = make(tmp_path, [("good.py", "")])
    data = path.read_bytes()
    with pytest.raises(InvalidWheel, match="differently in its own header"):
        unpack(patched(path, [(data.index(b"good.py"), b"evil.py")]))


def test_a_file_that_unpacks_to_more_than_it_claims_is_refused_early(tmp_path: Path) -> None:
    path = make(tmp_path, [("bomb", "0" * 1_000_000)])
    at = central_offset(path, "bomb")
    local = struct.unpack_from("<L", path.read_bytes(), at + 42)[0]
    small = struct.pack("<L", 10)
    with pytest.raises(InvalidWheel, match="damaged"):
        unpack(patched(path, [(at + 24, small), (local + 22, small)]))
    assert (path.parent / "tree" / "bomb").stat().st_size < 20


def test_a_claim_beyond_what_data_can_unpack_to_is_refused(tmp_path: Path) -> None:
    path = make(tmp_path, [("bomb", "0")])
    at = central_offset(path, "bomb")
    local = struct.unpack_from("<L", path.read_bytes(), at + 42)[0]
    large = struct.pack("<L", 0x7FFFFFFF)
    with pytest.raises(InvalidWheel, match="claims a size"):
        unpack(patched(path, [(at + 24, large), (local + 22, large)]))


def test_entries_that_share_their_data_are_refused(tmp_path: Path) -> None:
    path = make(tmp_path, [("aa.py", "x = 1\n"), ("bb.py", "x = 1\n")])
    offset = path.read_bytes()[central_offset(path, "aa.py") + 42 :][:4]
    with pytest.raises(InvalidWheel):
        unpack(patched(path, [(central_offset(path, "bb.py") + 42, offset)]))


def test_damaged_data_is_refused(tmp_path: Path) -> None:
    path = make(tmp_path, [("data.py", "x = 12345678\n" * 50)])
    local = struct.unpack_from("<L", path.read_bytes(), central_offset(path, "data.py") + 42)[0]
    with pytest.raises(InvalidWheel, match=r"`data\.py` is damaged"):
        unpack(patched(path, [(local + 30 + len("data.py") + 3, b"\xff\xff")]))


@pytest.mark.parametrize("flags", [1])
def test_encrypted_files_are_refused(tmp_path: Path, flags: int) -> None:
    path = make(tmp_path, [("data.py", "x")])
    with pytest.raises(InvalidWheel, match="is encrypted"):
        unpack(patched(path, [(central_offset(path, "data.py") + 8, struct.pack("<H", flags))]))


def test_other_ways_of_packing_are_refused(tmp_path: Path) -> None:
    path = make(tmp_path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("data.py", "x")
    with pytest.raises(InvalidWheel, match="packed with method 12"):
        unpack(path)


def test_a_file_that_is_also_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidWheel, match="both a file and a folder"):
        unpack(make(tmp_path, [("thing", ""), ("thing/inside.py", "")]))


@pytest.mark.parametrize(
    ("missing", "error", "message"),
    [
        ("METADATA", InvalidWheel, "METADATA` is missing"),
        ("RECORD", InvalidWheel, "RECORD` is missing"),
        ("dist-info", InvalidWheel, "No .dist-info directory found"),
        ("WHEEL", UninstallableWheel, "WHEEL` is missing"),
    ],
)
def test_a_wheel_must_have_its_metadata(tmp_path: Path, missing: str, error: type[InvalidWheel], message: str) -> None:
    with pytest.raises(error, match=message):
        unpack(make(tmp_path, without=missing))


def test_two_sets_of_metadata_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidWheel, match=r"Multiple \.dist-info directories found: one-1\.0, other-2\.0"):
        unpack(make(tmp_path, [("other-2.0.dist-info/METADATA", "")]))


@pytest.mark.parametrize(
    ("filename", "error", "message"),
    [
        ("two-1.0-py3-none-any.whl", InvalidWheel, "does not start with the normalized package name: two"),
        ("one-2.0-py3-none-any.whl", UninstallableWheel, r"Wheel version does not match filename \(1\.0 != 2\.0\)"),
    ],
)
def test_the_metadata_must_be_of_the_project_that_the_file_name_says(
    tmp_path: Path, filename: str, error: type[InvalidWheel], message: str
) -> None:
    with pytest.raises(error, match=message):
        unpack(make(tmp_path).rename(tmp_path / filename))


@pytest.mark.parametrize(
    ("wheel", "message"),
    [
        ("Wheel-Version: 2.0\nRoot-Is-Purelib: true\n", r"Unsupported wheel major version \(expected 1, got 2\)"),
        ("", "Invalid Wheel-Version in `WHEEL` file: None"),
        ("Wheel-Version: one\n", "Invalid Wheel-Version"),
        ("Wheel-Version: 1.0\n", "Unknown Root-Is-Purelib value"),
    ],
)
def test_formats_that_hob_does_not_know_are_refused(tmp_path: Path, wheel: str, message: str) -> None:
    with pytest.raises(UninstallableWheel, match=message):
        unpack(make(tmp_path, wheel=wheel))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[console_scripts]\ngood = one:main\nbroken", "invalid option or section header at line 3"),
        ("[console_scripts]\nbad = not a target", "invalid console script: 'not a target'"),
        ("outside = one:main", "at line 1"),
    ],
)
def test_entry_points_must_be_readable(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UninstallableWheel, match=message):
        unpack(make(tmp_path, [("one-1.0.dist-info/entry_points.txt", text)]))


def test_unknown_kinds_of_data_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UninstallableWheel, match=r"Unknown wheel data type: x\.txt"):
        unpack(make(tmp_path, [("one-1.0.data/data/../x.txt", "")]))


ODD: dict[str, tuple[list[tuple[str | zipfile.ZipInfo, str]], str]] = {
    "escaping": ([("../evil.py", "")], "`../evil.py` leads out of the wheel and is left out"),
    "absolute": ([("/etc/evil", "")], "`/etc/evil` leads out of the wheel and is left out"),
    "a link": ([(link_entry("secret.txt"), "/etc/passwd")], "`secret.txt` is a link and becomes a file"),
    "twice": ([("dup.py", "first"), ("./dup.py", "second")], "`dup.py` is there more than once; the last one counts"),
    "case": ([("Dup.py", ""), ("dup.PY", "")], "`Dup.py` and `dup.PY` differ in nothing but case"),
    "unlisted": ([("more.py", "")], "`more.py` is not in RECORD"),
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_is_installed_and_noted(tmp_path: Path, name: str) -> None:
    entries, told = ODD[name]
    assert told in unpack(make(tmp_path, entries))[1].oddities


def test_a_record_that_does_not_fit_is_noted(tmp_path: Path) -> None:
    rows = "one.py,,7\ngone.py,,\n../evil,,\none-1.0.dist-info/METADATA,,\none-1.0.dist-info/WHEEL,,\none-1.0.dist-info/RECORD,,\n"
    path = make(tmp_path, without="RECORD")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(zipfile.ZipInfo("one-1.0.dist-info/RECORD"), rows)
    assert unpack(path)[1].oddities == (
        "`one.py` has 6 bytes, but 7 in RECORD",
        "RECORD lists `gone.py`, which is not there",
        "RECORD lists `../evil`, which is not there",
    )


def test_a_wheel_as_it_has_to_be_is_not_odd(tmp_path: Path) -> None:
    files = {"kit/__init__.py": "", "kit-1.0.data/scripts/run": "#!python\n", "kit-1.0.data/data/share/x": "x"}
    assert unpack(make_wheel(tmp_path, "kit", "1.0", files=files))[1].oddities == ()


def test_bombs_are_refused_before_anything_is_written() -> None:
    check_amount(1000, 3 << 30, 1 << 30)
    check_amount(1, 1 << 30, 1_100_000)
    with pytest.raises(InvalidWheel, match="claims to unpack to 10737418240"):
        check_amount(1, 10 << 30, 11_000_000)
    with pytest.raises(InvalidWheel, match="has 2000000 entries"):
        check_amount(2_000_000, 0, 1 << 30)
