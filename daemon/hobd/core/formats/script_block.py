"""The inline metadata of a script (PEP 723): `# /// script`, TOML in comments, `# ///`.

text ─find_block→ Block(prelude, toml, postlude) ─parse_script→ Script, Layer
"""

import re
from pathlib import Path
from typing import Any

from msgspec import Struct

from hobd.core.formats.requirement import parse_requirement
from hobd.core.formats.shapes import Misfit, Place, Reader, checked, fields, list_of
from hobd.core.formats.sources_table import check_sources, sources
from hobd.core.formats.toml_text import misfit_error, parse_toml
from hobd.core.formats.tool_uv_project import excludes, overrides, requirement_text
from hobd.core.formats.tool_uv_settings import OF_SCRIPTS, layer_of
from hobd.core.formats.uv_toml import check_required_version, find_table
from hobd.core.formats.version_text import parse_specifiers
from hobd.core.vocab.project import Script, ToolUv
from hobd.core.vocab.settings_layer import NOTHING, Layer
from hobd.errors import HobError, RequestError

_OPENING = "# /// script"
_TYPE = re.compile(r"# /// ([A-Za-z0-9-]+)")


class InvalidBlock(RequestError):
    """A block that does not end, or a second one."""


class Block(Struct, frozen=True):
    """The metadata of a script and what stands around it."""

    prelude: str
    """Everything before the opening line."""
    toml: str
    """The embedded document, without comment signs."""
    postlude: str
    """Everything behind the closing line."""


def find_block(content: bytes) -> Block | None:
    """Find the metadata in a script; None where there is none.

    Raises:
        InvalidBlock: it does not end, there are two, or the script is not UTF-8.
    """
    start = content.find(_OPENING.encode())
    if start < 0 or (start > 0 and content[start - 1 : start] not in (b"\r", b"\n")):
        return None
    try:
        prelude, rest = content[:start].decode(), content[start:].decode()
    except UnicodeDecodeError as error:
        raise InvalidBlock(f"invalid utf-8 sequence of 1 bytes from index {error.start}") from error
    lines = _lines(rest)
    if lines[0] != _OPENING:
        return None
    body = _body(lines[1:])
    end = _end(body)
    following = lines[end + 2 :]
    if _has_second_block(following):
        raise InvalidBlock("The script contains multiple PEP 723 metadata blocks")
    return Block(prelude, "\n".join(body[:end]) + "\n", "\n".join(following) + "\n")


def _lines(text: str) -> list[str]:
    """Lines without their ends; only LF and CR LF end one."""
    found = [line.removesuffix("\r") for line in text.split("\n")]
    return found[:-1] if found[-1] == "" else found


def _body(lines: list[str]) -> list[str]:
    """The comment lines that follow, without their signs."""
    found = []
    for line in lines:
        if line == "#":
            found.append("")
        elif line.startswith("# "):
            found.append(line[2:])
        else:
            break
    return found


def _end(body: list[str]) -> int:
    """The index of the last closing line."""
    for index in range(len(body) - 1, -1, -1):
        if body[index] == "///":
            return index
    if any(line.startswith("///") for line in body):
        raise InvalidBlock(
            "An opening tag (`# /// script`) was found, but the closing tag (`# ///`) has trailing content. "
            "Remove the trailing content so the line is exactly `# ///`."
        )
    raise InvalidBlock(
        "An opening tag (`# /// script`) was found without a closing tag (`# ///`). Ensure that every line between "
        "the opening and closing tags (including empty lines) starts with a leading `#`."
    )


def _has_second_block(lines: list[str]) -> bool:
    """Whether another complete `script` block follows; one inside a block of another type does not count."""
    index = 0
    while index < len(lines):
        found = _TYPE.fullmatch(lines[index])
        index += 1
        if found is None:
            continue
        while index < len(lines) and _is_comment(lines[index]):
            is_closed = lines[index] == "# ///" and not (index + 1 < len(lines) and _is_comment(lines[index + 1]))
            index += 1
            if is_closed:
                if found[1] == "script":
                    return True
                break
    return False


def _is_comment(line: str) -> bool:
    return line == "#" or line.startswith("# ")


_PROJECT: dict[str, Reader[Any]] = {
    "sources": sources,
    "override-dependencies": overrides,
    "exclude-dependencies": excludes,
    "constraint-dependencies": list_of(requirement_text),
    "build-constraint-dependencies": list_of(requirement_text),
}


def parse_script(toml: str, path: Path | None) -> tuple[Script, Layer]:
    """Read the metadata of a script: what it requires, and its settings.

    Args:
        toml: the embedded document.
        path: of the script; None for standard input.
    Raises:
        InvalidToml: it is broken; the message shows the place in the embedded document.
        InvalidSources: sources of one package overlap.
        WrongVersion: its `required-version` rules hob out.
    """
    values = parse_toml(toml)
    readers: dict[str, Reader[Any]] = {
        "dependencies": list_of(checked(parse_requirement)),
        "requires-python": checked(parse_specifiers),
        "tool": _tool,
    }
    try:
        found = fields(values, (), readers, closed=False)
        tool_uv, layer = found.get("tool", (ToolUv(), NOTHING))
        check_sources(tool_uv.sources)
    except Misfit as misfit:
        raise misfit_error(toml, misfit) from misfit
    except HobError as error:
        raise error.under("Failed to parse `tool.uv.sources`") from error
    check_required_version(find_table(values, "tool", "uv"))
    script = Script(path=path, requires_python=found.get("requires-python"), dependencies=found.get("dependencies"), tool_uv=tool_uv)
    return script, layer


def _tool(value: object, place: Place) -> tuple[ToolUv, Layer]:
    found = fields(value, place, {"uv": _tool_uv}, closed=False, wanted="struct Tool")
    both: tuple[ToolUv, Layer] = found.get("uv", (ToolUv(), NOTHING))
    return both


def _tool_uv(value: object, place: Place) -> tuple[ToolUv, Layer]:
    if isinstance(value, dict) and (unknown := next((key for key in value if key not in _PROJECT and key not in OF_SCRIPTS), None)):
        raise Misfit(f"unknown field `{unknown}`", place)
    project = fields(value, place, _PROJECT, closed=False, wanted="struct ToolUv")
    settings = fields(value, place, OF_SCRIPTS, closed=False, wanted="struct ToolUv")
    layer = layer_of(settings)
    tool_uv = ToolUv(
        sources=project.get("sources", ()),
        indexes=layer.index or (),
        overrides=project.get("override-dependencies", ()),
        excludes=project.get("exclude-dependencies", ()),
        constraints=project.get("constraint-dependencies", ()),
        build_constraints=project.get("build-constraint-dependencies", ()),
    )
    return tool_uv, layer
