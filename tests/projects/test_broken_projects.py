"""What hob says of broken projects is what uv says: `golden/broken_projects.json` holds uv 0.13.8's own words."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.projects.reading import complaints, write_files

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "golden" / "broken_projects.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_broken_project_is_described_in_the_words_that_its_user_knows(case: dict[str, Any], tmp_path: Path) -> None:
    said, code = complaints(write_files(tmp_path, case["files"]))

    assert said.replace(str(tmp_path), "ROOT") == case["stderr"]
    assert code == case["code"]
