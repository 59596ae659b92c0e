"""Installing only a part of what is locked."""

from hobd.cli.found import Found, Given
from hobd.cli.options.globals import refuse_together

_PARTS = ("project", "workspace", "local")


def read_parts(found: Found) -> dict[str, Given | None]:
    """`no_install_X` and `only_install_X` for project, workspace and local packages, by field name.

    Of each pair, what was typed silences the variables of both.

    Raises:
        RequestError: variables ask for both of a pair.
    """
    parts: dict[str, Given | None] = {}
    for part in _PARTS:
        without, only = f"no-install-{part}", f"only-install-{part}"
        is_typed = found.is_typed(without) or found.is_typed(only)
        for name in (without, only):
            variable = None if is_typed else f"UV_{name.replace('-', '_').upper()}"
            parts[name.replace("-", "_")] = found.given(name, variable=variable)
        refuse_together(parts[f"no_install_{part}"], parts[f"only_install_{part}"])
    return parts


def refuse_without_sync(parts: dict[str, Given | None], *others: Given | None) -> None:
    """Refuse partial installation where nothing is to be installed.

    Raises:
        RequestError: one of `others` is on together with one of the parts.
    """
    for given in parts.values():
        for other in others:
            refuse_together(given, other)
