"""Edits of the inline metadata of a script (PEP 723; features.md, SCR-6). What stands around the block stays.

A block that is new comes first, but for a line that names the program to run the script with.
"""

from collections.abc import Callable

from hobd.core.formats.script_block import Block, find_block

_OPENING = "# /// script\n"
_CLOSING = "# ///\n"


def change_metadata(text: str, change: Callable[[str], str], initial: str | None) -> str:
    """Change the document in a script's block.

    Args:
        text: the script. Where it has a block of its own, what follows that gets LF as line ends, as with uv.
        change: gives the new document for the old one.
        initial: the document of a script that has, or before this edit had, no block; None for others.
    Raises:
        InvalidBlock: the block does not end, or there are two.
    """
    block = find_block(text.encode())
    if initial is not None:
        block = _new_block(text, initial) if block is None else _own_block(text)
    assert block is not None  # whoever has no initial document has seen one
    return f"{block.prelude}{_OPENING}{_commented(change(block.toml))}{_CLOSING}{block.postlude}"


def _new_block(text: str, toml: str) -> Block:
    first, _, rest = text.partition("\n")
    prelude, postlude = (f"{first}\n", rest) if text.startswith("#!") else ("", text)
    # A comment must not follow at once: the block would go on with it.
    gap = "\n" if postlude.startswith(("# ", "#\n", "#\r")) else ""
    return Block(prelude, toml, gap + postlude)


def _own_block(text: str) -> Block:
    """The block that this module wrote; what follows it stays as it is."""
    prelude, _, rest = text.partition(_OPENING)
    lines, _, postlude = rest.partition(_CLOSING)
    return Block(prelude, "".join(f"{line[2:]}\n" for line in lines.splitlines()), postlude)


def _commented(toml: str) -> str:
    return "".join(f"# {line}\n" if line else "#\n" for line in toml.splitlines())
