"""What uv 0.13.8 writes for 557 markers: as they stand, on an edge of a project, and on an edge behind another edge."""

import json
from pathlib import Path

import pytest

from hobd.core.markers import Marker, RequiresPython

CASES = json.loads(Path(__file__).with_name("marker_cases.json").read_text())["cases"]


def cases_of(kind: str) -> list[dict[str, str]]:
    return [case for case in CASES if case["kind"] == kind]


@pytest.mark.parametrize("case", cases_of("canonical"), ids=lambda case: case["input"])
def test_a_marker_is_written_in_its_canonical_form(case: dict[str, str]) -> None:
    assert str(Marker.parse(case["input"])) == case["output"]


@pytest.mark.parametrize("case", cases_of("dependency-edge"), ids=lambda case: case["input"])
def test_an_edge_does_not_repeat_what_requires_python_says(case: dict[str, str]) -> None:
    marker = Marker.parse(case["input"]).simplify(RequiresPython.parse(case["requires-python"]))
    assert (case["output"] == "<edge omitted>") if marker.is_false else (str(marker) == case["output"])


@pytest.mark.parametrize("case", cases_of("restricted-edge"), ids=lambda case: f"{case['parent']} -> {case['input']}")
def test_an_edge_is_restricted_to_where_its_parent_is_reached(case: dict[str, str]) -> None:
    requires_python = RequiresPython.parse(case["requires-python"])
    marker = Marker.parse(case["input"]).simplify(requires_python)
    parent = Marker.parse(case["parent"]).simplify(requires_python)
    if case["output"] == "<edge omitted>":
        assert marker.is_disjoint(parent)
    else:
        assert str(marker.restrict(parent)) == case["output"]
