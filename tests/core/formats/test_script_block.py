"""Inline metadata of scripts (PEP 723)."""

import pytest

from hobd.core.formats.script_block import InvalidBlock, find_block, parse_script
from hobd.core.formats.toml_text import InvalidToml

SCRIPT = b"""#!/usr/bin/env python
# /// script
# requires-python = ">=3.11"
# dependencies = ["rich"]
#
# [tool.uv]
# exclude-newer = "2024-01-01"
# sources = { rich = { path = "../rich" } }
# ///
import rich
"""


def test_a_block_is_found_with_what_stands_around_it() -> None:
    block = find_block(SCRIPT)

    assert block is not None
    assert (block.prelude, block.postlude) == ("#!/usr/bin/env python\n", "import rich\n")
    assert block.toml.startswith('requires-python = ">=3.11"\ndependencies = ["rich"]\n\n[tool.uv]\n')


def test_a_script_has_requirements_and_settings() -> None:
    block = find_block(SCRIPT)
    assert block is not None

    script, layer = parse_script(block.toml, None)

    assert (script.requires_python, script.dependencies) == (">=3.11", ("rich",))
    assert [name for name, _ in script.tool_uv.sources] == ["rich"]
    assert layer.exclude_newer == "2024-01-01"


def test_the_last_closing_line_ends_the_block() -> None:
    block = find_block(b"# /// script\n# a = 1\n# ///\n#\n# ///\n")

    assert block is not None
    assert block.toml == "a = 1\n///\n\n"


@pytest.mark.parametrize("text", ["", "import os\n", "x = '''\n  # /// script\n'''\n", " # /// script\n# ///\n", "# /// scripts\n# ///\n"])
def test_most_scripts_have_no_block(text: str) -> None:
    assert find_block(text.encode()) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# /// script\n# a = 1\n", "without a closing tag"),
        ("# /// script\n# a = 1\n# /// end\n", "has trailing content"),
        ("# /// script\n# ///\nx\n# /// script\n# ///\n", "multiple PEP 723 metadata blocks"),
    ],
)
def test_what_is_no_whole_block_is_refused(text: str, message: str) -> None:
    with pytest.raises(InvalidBlock, match=message):
        find_block(text.encode())


def test_line_ends_of_windows_do_not_matter() -> None:
    block = find_block(SCRIPT.replace(b"\n", b"\r\n"))

    assert block is not None
    assert "\r" not in block.toml


def test_a_fault_is_shown_in_the_embedded_document() -> None:
    with pytest.raises(InvalidToml, match="TOML parse error at line 1, column 16"):
        parse_script("dependencies = 1\n", None)
