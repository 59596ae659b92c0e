"""Homes for whole commands; every daemon that a test started ends with it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.house import Home, make_home


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = make_home(tmp_path)
    yield made
    made.stop()
