"""Scripts with inline metadata on disk (PEP 723; features.md, section 6)."""

from pathlib import Path

from msgspec import Struct

from hobd.core.formats.script_block import Block, find_block, parse_script
from hobd.core.vocab.evidence import Evidence
from hobd.core.vocab.project import LocalFact, Pyproject, Script, Workspace
from hobd.core.vocab.settings_layer import Layer
from hobd.errors import RequestError
from hobd.projects.files import read_bytes
from hobd.projects.local_facts import gather_local_facts


class ReadScript(Struct, frozen=True, kw_only=True):
    """A script that was read."""

    script: Script
    layer: Layer
    """Its settings, for `read_settings`."""
    block: Block

    @property
    def lockfile(self) -> Path | None:
        """Where its lock is; None for a script without a file."""
        return None if self.script.path is None else self.script.path.with_name(self.script.path.name + ".lock")


def read_script(path: Path, evidence: Evidence) -> ReadScript | None:
    """Read the metadata of a script; None where it has none or is not there.

    Raises:
        InvalidBlock: the block does not end, or there are two.
        InvalidToml: the metadata is broken.
    """
    content = read_bytes(path, evidence)
    return None if content is None else parse_script_content(content, path)


def parse_script_content(content: bytes, path: Path | None) -> ReadScript | None:
    """The metadata in the content of a script; None where it has none.

    Raises:
        InvalidBlock, InvalidToml: see `read_script`.
    """
    block = find_block(content)
    if block is None:
        return None
    script, layer = parse_script(block.toml, path)
    return ReadScript(script=script, layer=layer, block=block)


def decode_script(content: bytes) -> str:
    """The text of a script that is to be edited, or to get a block.

    Raises:
        RequestError: it is not UTF-8.
    """
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        length = max(error.end - error.start, 1)
        raise RequestError(f"invalid utf-8 sequence of {length} bytes from index {error.start}") from error


def script_workspace(script: Script, folder: Path, evidence: Evidence) -> Workspace:
    """The workspace that a script's requirements are lowered in: its folder, and no members.

    Args:
        script: its metadata.
        folder: where it lies; the current folder for a script from standard input.
        evidence: is told of the paths that its sources name.
    """
    pyproject = Pyproject(tool_uv=script.tool_uv)
    facts: tuple[tuple[Path, LocalFact], ...] = gather_local_facts(folder, pyproject, (), evidence, extra=script.dependencies or ())
    return Workspace(root=folder, pyproject=pyproject, members=(), local_facts=facts)
