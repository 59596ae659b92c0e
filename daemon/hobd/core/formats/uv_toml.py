"""`uv.toml`, and the settings part of a `pyproject.toml` (features.md, section 12)."""

from collections.abc import Mapping
from typing import Any

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from hobd.core.formats.setting_values import parse_required_version
from hobd.core.formats.shapes import Misfit, fields
from hobd.core.formats.toml_text import InvalidToml, misfit_error, parse_toml
from hobd.core.formats.tool_hob import hob_toml, tool_hob
from hobd.core.formats.tool_uv_settings import KEYS, tool_uv_settings
from hobd.core.vocab.settings_layer import NOTHING, Layer
from hobd.core.vocab.uv_version import UV_VERSION
from hobd.errors import HobError, RequestError

_OF_PROJECTS = (
    "conflicts",
    "workspace",
    "sources",
    "dev-dependencies",
    "default-groups",
    "dependency-groups",
    "managed",
    "package",
    "build-backend",
    "environments",
    "required-environments",
)
"""Keys that a `uv.toml` may not have, in the order in which they are looked for."""

_NEVER_MASKED = frozenset((*_OF_PROJECTS, "audit", "minimum-libc-version"))


class WrongVersion(RequestError):
    """The settings are for another version."""


class MisplacedKey(RequestError):
    """A key of projects in a `uv.toml`."""


def parse_uv_toml(text: str, shown: str) -> Layer:
    """Read a `uv.toml`.

    Args:
        text: the decoded file.
        shown: the file as errors show it.
    Raises:
        WrongVersion: `required-version` rules hob out; this is told before any other fault.
        MisplacedKey: it has a key that only projects may have.
        InvalidToml: it is broken, below a message that names it.
    """
    try:
        values = parse_toml(text)
        try:
            layer = tool_uv_settings(values, ())
        except Misfit as misfit:
            check_required_version(values)
            raise misfit_error(text, misfit) from misfit
    except InvalidToml as error:
        raise error.under(f"Failed to parse: {shown}") from error
    check_required_version(values)
    for key in _OF_PROJECTS:
        if key in values:
            raise MisplacedKey(
                f"Failed to parse `{shown}`. The `{key}` field is not allowed in a `uv.toml` file. `{key}` is only applicable "
                "in the context of a project, and should be placed in a `pyproject.toml` file instead."
            )
    return layer


def parse_pyproject_settings(text: str) -> Layer | None:
    """The settings of a `pyproject.toml`; None where it has no `[tool.uv]`.

    Raises:
        WrongVersion: `required-version` rules hob out.
        InvalidToml: the settings are broken: they are to be left out, with this message as a warning.
    """
    values = parse_toml(text)
    try:
        tool = fields(
            values, (), {"tool": lambda value, place: fields(value, place, {}, closed=False, wanted="struct Tools")}, closed=False
        )
        table = values["tool"].get("uv") if "tool" in tool else None
        layer = None if table is None else tool_uv_settings(table, ("tool", "uv"))
    except Misfit as misfit:
        check_required_version(find_table(values, "tool", "uv"))
        raise misfit_error(text, misfit) from misfit
    if layer is not None:
        check_required_version(values["tool"]["uv"])
    return layer


def parse_hob_settings(text: str) -> Layer:
    """`[tool.hob]` of a `pyproject.toml`, as a layer. What is no TOML says nothing: whoever reads the project tells that.

    Raises:
        InvalidToml: the table is broken.
    """
    try:
        values = parse_toml(text)
    except InvalidToml:
        return NOTHING
    table = find_table(values, "tool").get("hob")
    try:
        return NOTHING if table is None else Layer(hob=tool_hob(table, ("tool", "hob")))
    except Misfit as misfit:
        raise misfit_error(text, misfit) from misfit


def parse_hob_toml(text: str, shown: str) -> Layer:
    """Read a `hob.toml`.

    Args:
        text: the decoded file.
        shown: the file as errors show it.
    Raises:
        InvalidToml: it is broken, below a message that names it.
    """
    try:
        values = parse_toml(text)
        try:
            return Layer(cache_budget=hob_toml(values))
        except Misfit as misfit:
            raise misfit_error(text, misfit) from misfit
    except InvalidToml as error:
        raise error.under(f"Failed to parse: {shown}") from error


def masked_keys(text: str) -> tuple[str, ...]:
    """The keys of `[tool.uv]` that a `uv.toml` beside it puts out of effect; none where they are broken."""
    try:
        table = find_table(parse_toml(text), "tool", "uv")
        tool_uv_settings(table, ("tool", "uv"))
    except (InvalidToml, Misfit):
        return ()
    return tuple(key for key in KEYS if key in table and key not in _NEVER_MASKED)


def check_required_version(table: Mapping[str, Any]) -> None:
    """Hold `required-version` against the version that hob stands in for; a malformed one says nothing.

    Raises:
        WrongVersion: it does not admit it.
    """
    said = table.get("required-version")
    if not isinstance(said, str):
        return
    try:
        wanted = parse_required_version(said)
    except HobError:
        return
    if not wanted.contains(UV_VERSION, prereleases=True):
        advice = _advice(wanted)
        specifiers = said if said[:1] in "<>=!~" else f"=={said}"
        shown = f"Required uv version `{specifiers}` does not match the running version `{UV_VERSION}`"
        raise WrongVersion(f"{shown}. {advice}" if advice else shown)


def _advice(wanted: SpecifierSet) -> str | None:
    """How to come to a version that is admitted, where that is a newer or a certain one."""
    specifiers = list(wanted)
    if len(specifiers) == 1 and specifiers[0].operator == "==" and not specifiers[0].version.endswith(".*"):
        return f"Update `uv` by running `uv self update {specifiers[0].version}`."
    lower_bounds = [Version(each.version.removesuffix(".*")) for each in specifiers if each.operator in (">=", ">", "==", "~=")]
    return "Update `uv` by running `uv self update`." if any(bound > Version(UV_VERSION) for bound in lower_bounds) else None


def find_table(values: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    """The table at a place of a document; an empty one where there is none."""
    found: Any = values
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}
