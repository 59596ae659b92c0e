"""Numbers that fit into no machine word are no versions, wherever they stand; no text of digits takes long."""

import pytest
from packaging.version import InvalidVersion, Version

from hobd.core.formats.requirement import InvalidRequirement, parse_requirement
from hobd.core.formats.version_text import InvalidVersionText, parse_version
from hobd.core.markers import Marker
from hobd.core.resolver.versions import parse_point
from hobd.core.tags.wheel_name import InvalidWheelName, parse_wheel_name
from hobd.core.vocab.version import version_of

LARGEST = 2**64 - 2
HUGE = [str(LARGEST + 1), "1" * 30, "1" * 5000, "2.post" + "1" * 30, "1" * 5000 + "!1", "2.dev" + "9" * 20]
FINE = [str(LARGEST), "0" * 40 + "1", "2+" + "1" * 30, "2." + "1" * 19]


@pytest.mark.parametrize("text", HUGE)
def test_a_number_that_is_too_large_is_refused_everywhere(text: str) -> None:
    with pytest.raises(InvalidVersion):
        version_of(text)
    with pytest.raises(ValueError, match="version"):
        parse_point(text)
    with pytest.raises(InvalidVersionText, match=f"expected number less than or equal to {LARGEST}, but number found in"):
        parse_version(text)
    with pytest.raises(InvalidRequirement, match="exceeds it"):
        parse_requirement(f"a<{text}")
    with pytest.raises(InvalidWheelName):
        parse_wheel_name(f"a-{text}-py3-none-any.whl")
    assert Marker.parse(f"python_full_version < '{text}'").is_true
    assert Marker.parse(f"python_version in '{text}'").is_true


@pytest.mark.parametrize("text", FINE)
def test_the_largest_number_and_long_texts_of_small_ones_are_fine(text: str) -> None:
    assert parse_point(text).version == parse_version(text) == version_of(text) == Version(text)
