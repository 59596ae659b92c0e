"""Paths as messages show them."""

from pathlib import Path


def shown_path(path: Path, cwd: Path) -> str:
    """A path as a person sees it who is in `cwd`: relative where it lies below, unless all does, as from `/`."""
    is_below = path != cwd and cwd != cwd.parent and path.is_relative_to(cwd)
    return str(path.relative_to(cwd)) if is_below else str(path)
