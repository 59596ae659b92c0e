"""TOML laid out anew says the same as before."""

import tomllib
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hobd.core.formats.toml_pretty import render_pretty_toml

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12).map(lambda text: text.replace("\r", ""))
SCALARS = st.one_of(
    TEXTS,
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.dates(min_value=date(1000, 1, 1)),
    st.datetimes(min_value=datetime(1000, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - a bound has no zone
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=12)


@given(document=st.dictionaries(TEXTS, VALUES, max_size=5))
def test_reading_it_gives_the_same_values(document: dict[str, Any]) -> None:
    assert tomllib.loads(render_pretty_toml(document)) == document


def test_the_layout_is_that_of_uv() -> None:
    text = """\
[a]
one = ["x"]
both = \"\"\"say "hi" it's\"\"\"
none = []
more = [
    1,
    { b = 2 },
]

[a."c.d".e]
path = 'C:\\new'
lines = \"\"\"
1
2\"\"\"

[[f]]
g = 1.5

[[f.h]]

[empty]
"""
    assert render_pretty_toml(tomllib.loads(text)) == text
