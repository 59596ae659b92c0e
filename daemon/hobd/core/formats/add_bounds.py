"""Bounds for a requirement that came without any, from the version that was chosen (features.md, ADD-2).

lower 1.2.3 → >=1.2.3      major 1.2.3 → >=1.2.3,<2.0.0      minor 1.2.3 → >=1.2.3,<1.3.0      exact 1.2.3 → ==1.2.3
      0.1.2                      0.1.2 → >=0.1.2,<0.2.0            0.1.2 → >=0.1.2,<0.1.3
"""

from packaging.version import Version


def render_bounds(kind: str, version: Version) -> str:
    """The specifiers.

    Args:
        kind: `lower`, `major`, `minor` or `exact`.
        version: its local part is left out: `>=` does not allow one.
    """
    public = version.public
    if kind == "lower":
        return f">={public}"
    if kind == "exact":
        return f"=={public}"
    last = _last_kept(version.release, is_minor=kind == "minor")
    padded = version.release + (0,) * (last + 1 - len(version.release))
    upper = (*padded[:last], padded[last] + 1, *(0 for _ in padded[last + 1 :]))
    return f">={public},<{'.'.join(map(str, upper))}"


def _last_kept(release: tuple[int, ...], *, is_minor: bool) -> int:
    """Which part the upper bound raises: leading zeros do not count, and of three of them the next part is both major and minor."""
    zeros = next((index for index, number in enumerate(release) if number), None)
    if zeros is None:
        return 2 if is_minor else 1
    return zeros + 1 if is_minor and zeros < 2 else zeros
