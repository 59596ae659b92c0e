"""A wheel that is named directly and is none, or another's: uv and hob say what is wrong with it, and end alike."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.service.sessions import make_sites

_WHEEL = "Wheel-Version: 1.0\nTag: py3-none-any\nRoot-Is-Purelib: true\n"


def _complete(stem: str, metadata: str, wheel: str = _WHEEL) -> dict[str, str]:
    folder = f"{stem}.dist-info"
    return {f"{folder}/METADATA": metadata, f"{folder}/WHEEL": wheel, f"{folder}/RECORD": ""}


METADATA = "Metadata-Version: 2.1\nName: one\nVersion: 1.0\n"
BROKEN: dict[str, Mapping[str, str]] = {
    "no metadata at all": {"one.py": ""},
    "two sets of metadata": {"one-1.0.dist-info/METADATA": METADATA, "two-1.0.dist-info/METADATA": METADATA},
    "no version": _complete("one-1.0", "Metadata-Version: 2.1\nName: one\n"),
    "a requirement that is none": _complete("one-1.0", METADATA + "Requires-Dist: ???\n"),
    "another project's": _complete("two-1.0", METADATA.replace("one", "two")),
    "of a format to come": _complete("one-1.0", METADATA, _WHEEL.replace("1.0", "2.0")),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_wrong_with_a_wheel_that_was_named_is_told_as_by_uv(tmp_path: Path, what: str) -> None:
    with zipfile.ZipFile(tmp_path / "one-1.0-py3-none-any.whl", "w") as archive:
        for path, text in BROKEN[what].items():
            archive.writestr(path, text)
    uv, hob = make_sites(tmp_path, {"keep": ""})
    assert hob.tell("venv", "-q") == uv.tell("venv", "-q")
    for wanted in ("../../one-1.0-py3-none-any.whl", f"one @ {(tmp_path / 'one-1.0-py3-none-any.whl').as_uri()}"):
        theirs, ours = uv.tell("pip", "install", wanted), hob.tell("pip", "install", wanted)
        assert theirs.code == ours.code != 0
        assert _errors(ours.err) == _errors(theirs.err)


def test_a_wheel_under_another_versions_name_is_refused_unless_one_insists(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "one-2.0-py3-none-any.whl", "w") as archive:
        for path, text in _complete("one-1.0", METADATA).items():
            archive.writestr(path, text)
    sites = make_sites(tmp_path / "strict", {"keep": ""}), make_sites(tmp_path / "lax", {"keep": ""}, {"UV_SKIP_WHEEL_FILENAME_CHECK": "1"})
    for uv, hob in sites:
        assert hob.tell("venv", "-q") == uv.tell("venv", "-q")
        theirs, ours = (site.tell("pip", "install", str(tmp_path / "one-2.0-py3-none-any.whl")) for site in (uv, hob))
        assert ours.code == theirs.code
        assert ("If this is intentional" in ours.err) == ("If this is intentional" in theirs.err)
        assert hob.tell("pip", "list").out == uv.tell("pip", "list").out
    assert [hob.tell("pip", "freeze").out == "" for _, hob in sites] == [True, False]


def _errors(text: str) -> str:
    return text[text.index("error: ") :]
