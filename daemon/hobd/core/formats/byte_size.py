"""Sizes as people write them: `20GiB`, `500 MB`, `1048576`."""

import re

_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)i?B?\s*", re.IGNORECASE | re.ASCII)
_POWERS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}
EXPECTED = "expected a number of bytes, or a text such as `20GiB`"


def parse_size(text: str) -> int:
    """Bytes; a kilobyte has 1024 of them, however it is spelled.

    Raises:
        ValueError: it is no size.
    """
    found = _SIZE.fullmatch(text)
    if found is None:
        raise ValueError(f"`{text}` is not a size: {EXPECTED}")
    return int(float(found[1]) * 1024 ** _POWERS[found[2].upper()])
