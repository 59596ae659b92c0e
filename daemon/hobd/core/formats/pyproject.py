"""`pyproject.toml` to values, with uv's errors (PEP 518, 621, 735; features.md sections 1, 2, 3, 12).

One document is read twice: here for what the project is, in `tool_uv_settings` for how it is to be treated,
because an error in the second must not hide the first.
"""

from typing import Any

from hobd.core.formats.group_table import groups
from hobd.core.formats.project_table import project
from hobd.core.formats.shapes import Misfit, Place, fields
from hobd.core.formats.sources_table import check_sources, sources
from hobd.core.formats.toml_text import misfit_error, parse_toml
from hobd.core.formats.tool_uv_project import tool_uv_project
from hobd.core.vocab.project import Pyproject, ToolUv
from hobd.errors import HobError


def parse_pyproject(text: str, document: dict[str, Any] | None = None) -> Pyproject:
    """Read a `pyproject.toml`.

    Args:
        text: the decoded file.
        document: the same text parsed, where the caller has it.
    Raises:
        InvalidToml: it is no TOML, or something in it has the wrong shape; the message shows the place.
        InvalidSources: sources of one package overlap; below a message that names the table.
    """
    values = parse_toml(text) if document is None else document
    try:
        found = _pyproject(values)
        check_sources(found.tool_uv.sources)
    except Misfit as misfit:
        raise _preferred(text, values, misfit) from misfit
    except HobError as error:
        raise error.under("Failed to parse `tool.uv.sources`") from error
    return found


def _pyproject(values: dict[str, Any]) -> Pyproject:
    place: Place = ()
    found = fields(values, place, {"project": project, "tool": _tool, "dependency-groups": groups}, closed=False)
    return Pyproject(
        project=found.get("project"),
        has_build_system="build-system" in values,
        groups=found.get("dependency-groups", ()),
        tool_uv=found.get("tool", ToolUv()),
        has_poetry_table="poetry" in values.get("tool", {}),
    )


def _tool(value: object, place: Place) -> ToolUv:
    found = fields(value, place, {"uv": tool_uv_project}, closed=False, wanted="struct Tool")
    tool_uv: ToolUv = found.get("uv", ToolUv())
    return tool_uv


def _preferred(text: str, values: dict[str, Any], misfit: Misfit) -> HobError:
    """A fault in the sources is told before any other, as it is the one that people make."""
    try:
        table = values["tool"]["uv"]["sources"]
    except (KeyError, TypeError):
        return misfit_error(text, misfit)
    try:
        check_sources(sources(table, ("tool", "uv", "sources")))
    except Misfit as fault:
        return misfit_error(text, fault)
    except HobError as error:
        return error.under("Failed to parse `tool.uv.sources`")
    return misfit_error(text, misfit)
