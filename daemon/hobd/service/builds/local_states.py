"""The present state of local sources, by the keys that their projects name (CAC-10, uv-lock.md 6.4)."""

from pathlib import Path

from hobd.core.formats.cache_info import CacheInfo
from hobd.core.formats.setting_values import cache_key
from hobd.core.formats.shapes import Misfit, list_of
from hobd.core.formats.toml_text import InvalidToml, parse_toml
from hobd.environments.local_state import DEFAULT_KEYS, CacheKey, read_file_state, read_folder_state
from hobd.errors import HobError
from hobd.projects.discover import PYPROJECT
from hobd.projects.files import read_text
from hobd.projects.repository_state import read_repository_state
from hobd.service.context import Context

_PLACE = ("tool", "uv", "cache-keys")


def read_state(path: Path, context: Context) -> CacheInfo:
    """The state of a project's folder, or of an archive. Blocks: a few `stat` calls.

    Raises:
        OSError: there is no archive.
    """
    if not path.is_dir():
        return read_file_state(path, context.evidence)
    return read_folder_state(path, _keys(path, context), context.environ.get, read_repository_state, context.evidence)


def _keys(folder: Path, context: Context) -> tuple[CacheKey, ...]:
    """What the project names; the defaults where it names nothing, or nothing sensible: the build will complain of that."""
    try:
        text = read_text(folder / PYPROJECT, context.evidence)
        tool_uv = parse_toml(text or "").get("tool", {}).get("uv", {})
        said = list_of(cache_key)(tool_uv["cache-keys"], _PLACE) if "cache-keys" in tool_uv else None
    except (InvalidToml, Misfit, HobError, AttributeError, TypeError):
        return DEFAULT_KEYS
    return DEFAULT_KEYS if said is None else tuple(map(_key, said))


def _key(text: str) -> CacheKey:
    kind, _, value = text.partition(":")
    if kind == "git":
        return CacheKey(kind=kind, uses_commit="commit" in value, uses_tags="tags" in value)
    return CacheKey(kind=kind, value=value)
