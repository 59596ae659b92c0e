"""`[tool.hob]`: hob's own settings. uv does not look at them."""

from typing import Any

from hobd.core.formats.byte_size import parse_size
from hobd.core.formats.shapes import Misfit, Place, Reader, boolean, fields, positive, string, wrong_type
from hobd.core.vocab.settings_layer import CacheBudget, HobSettings

_GENERATIONS = 3
"""How many are kept where nobody says a number."""


def _size(value: object, place: Place) -> int:
    """Bytes, or a text such as `20GiB`; a kilobyte has 1024."""
    if isinstance(value, int) and not isinstance(value, bool):
        return positive(value, place)
    try:
        return parse_size(string(value, place))
    except ValueError as error:
        raise Misfit(str(error), place) from error


def _generations(value: object, place: Place) -> int | None:
    """`true`, `false`, or how many are kept."""
    if isinstance(value, bool):
        return _GENERATIONS if value else None
    if not isinstance(value, int):
        raise wrong_type(value, place, "a boolean or a nonzero usize")
    return positive(value, place)


_BUDGET: dict[str, Reader[Any]] = {"cache-budget": _size, "cache-budget-inodes": positive}

_KEYS: dict[str, Reader[Any]] = {
    "portable-lock": boolean,
    "strict-wheels": boolean,
    **_BUDGET,
    "generations": _generations,
    "background-bytecode": boolean,
}

_NAMES = {"cache-budget": "cache_budget_bytes"}


def tool_hob(value: object, place: Place) -> HobSettings:
    """The table; an unknown key is an error, so that a typing mistake does not go unnoticed."""
    found = fields(value, place, _KEYS, closed=True)
    return HobSettings(**{_NAMES.get(key, key.replace("-", "_")): entry for key, entry in found.items()})


def hob_toml(value: object) -> CacheBudget:
    """The settings of a `hob.toml`: those that are about a user or a machine, not about a project; any other key is an error."""
    found = fields(value, (), _BUDGET, closed=True)
    return CacheBudget(size_bytes=found.get("cache-budget"), inodes=found.get("cache-budget-inodes"))
