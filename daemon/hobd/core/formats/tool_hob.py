"""`[tool.hob]`: hob's own settings. uv does not look at them."""

import re
from typing import Any

from hobd.core.formats.shapes import Misfit, Place, Reader, boolean, fields, positive, string
from hobd.core.vocab.settings_layer import HobSettings

_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)i?B?\s*", re.IGNORECASE)
_POWERS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}


def _size(value: object, place: Place) -> int:
    """Bytes, or a text such as `20GiB`; a kilobyte has 1024."""
    if isinstance(value, int) and not isinstance(value, bool):
        return positive(value, place)
    found = _SIZE.fullmatch(string(value, place))
    if found is None:
        raise Misfit(f"`{value}` is not a size: expected a number of bytes, or a text such as `20GiB`", place)
    return int(float(found[1]) * 1024 ** _POWERS[found[2].upper()])


_KEYS: dict[str, Reader[Any]] = {
    "portable-lock": boolean,
    "strict-wheels": boolean,
    "cache-budget": _size,
    "generations": positive,
}

_NAMES = {"cache-budget": "cache_budget_bytes"}


def tool_hob(value: object, place: Place) -> HobSettings:
    """The table; an unknown key is an error, so that a typing mistake does not go unnoticed."""
    found = fields(value, place, _KEYS, closed=True)
    return HobSettings(**{_NAMES.get(key, key.replace("-", "_")): entry for key, entry in found.items()})
