"""Drafts: what files are to hold, while they stay as they are."""

from pathlib import Path

import pytest

from hobd.core.vocab.evidence import NoEvidence
from hobd.projects.discover import Discovery, discover_workspace
from hobd.projects.drafts import Drafts
from hobd.projects.edit import draft_file
from hobd.projects.lockfiles import Changed

PROJECT = '[project]\nname = "%s"\nversion = "1"\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "pyproject.toml"
    path.write_text(PROJECT % "old")
    return path


@pytest.fixture
def drafts(path: Path) -> Drafts:
    drafts = Drafts()
    draft_file(drafts, path, NoEvidence(), lambda text: text.replace("old", "newer"))
    draft_file(drafts, path, NoEvidence(), lambda text: text.replace("newer", "new"))
    return drafts


def test_a_workspace_is_read_as_it_is_drafted(path: Path, drafts: Drafts) -> None:
    names = [
        discover_workspace(path.parent, Discovery(evidence=NoEvidence(), cwd=path.parent, drafts=each)).current for each in (None, drafts)
    ]
    assert names == ["old", "new"]


def test_files_are_written_once_and_told_of(path: Path, drafts: Drafts) -> None:
    assert path.read_text() == PROJECT % "old"
    told: list[Path] = []
    drafts.keep(told.append)
    drafts.keep(told.append)
    assert (path.read_text(), told) == (PROJECT % "new", [path])
    assert drafts.contents() == {path: (PROJECT % "new").encode()}


def test_what_is_kept_may_be_changed_again(path: Path, drafts: Drafts) -> None:
    drafts.keep()
    draft_file(drafts, path, NoEvidence(), lambda text: text.replace("new", "newest"))
    drafts.keep()
    assert path.read_text() == PROJECT % "newest"


def test_what_somebody_else_wrote_meanwhile_is_never_overwritten(path: Path, drafts: Drafts) -> None:
    path.write_text(PROJECT % "mine")
    with pytest.raises(Changed):
        drafts.keep()
    assert path.read_text() == PROJECT % "mine"
