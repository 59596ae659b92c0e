"""Installing only a part of what is locked."""

from collections.abc import Iterable

from msgspec import Struct

from hobd.cli.checks import a_name
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, options
from hobd.cli.grammar.model import Argument
from hobd.cli.options.globals import refuse_together

_PARTS = ("project", "workspace", "local")


def declare_parts(*excluded: str) -> tuple[Argument, ...]:
    """`--no-install-X` and `--only-install-X` of each part; `excluded` are the options that forbid them all."""
    switches = (
        flag(name, is_hidden=is_hidden, conflicts=(*excluded, opposite))
        for part in _PARTS
        for name, opposite, is_hidden in (
            (f"no-install-{part}", f"only-install-{part}", False),
            (f"only-install-{part}", f"no-install-{part}", True),
        )
    )
    return (
        *switches,
        options("no-install-package", check=a_name, conflicts=(*excluded, "only-install-package")),
        options("only-install-package", check=a_name, is_hidden=True, conflicts=(*excluded, "no-install-package")),
    )


class PartOptions(Struct, frozen=True, kw_only=True):
    """What is left out, or installed alone."""

    no_install_project: Given | None = None
    only_install_project: Given | None = None
    no_install_workspace: Given | None = None
    only_install_workspace: Given | None = None
    no_install_local: Given | None = None
    only_install_local: Given | None = None
    no_install_package: tuple[str, ...] = ()
    only_install_package: tuple[str, ...] = ()

    @property
    def left_out(self) -> tuple[Given | None, ...]:
        """The switches that leave a part out."""
        return self.no_install_project, self.no_install_workspace, self.no_install_local

    @property
    def switches(self) -> tuple[Given | None, ...]:
        """All of them, in the order in which they are declared."""
        pairs = zip(self.left_out, (self.only_install_project, self.only_install_workspace, self.only_install_local), strict=True)
        return tuple(given for pair in pairs for given in pair)


def read_parts(found: Found) -> PartOptions:
    """The parts of any command that knows them. Of each pair, what was typed silences the variables of both.

    Raises:
        RequestError: variables ask for both of a pair.
    """
    switches: dict[str, Given | None] = {}
    for part in _PARTS:
        without, only = f"no-install-{part}", f"only-install-{part}"
        is_typed = found.is_typed(without) or found.is_typed(only)
        for name in (without, only):
            variable = None if is_typed else f"UV_{name.replace('-', '_').upper()}"
            switches[name.replace("-", "_")] = found.given(name, variable=variable)
        refuse_together(switches[f"no_install_{part}"], switches[f"only_install_{part}"])
    return PartOptions(
        **switches,
        no_install_package=found.texts("no-install-package"),
        only_install_package=found.texts("only-install-package"),
    )


def refuse_parts(parts: Iterable[Given | None], *others: Given | None) -> None:
    """Refuse partial installation where nothing, or something else, is to be installed.

    Raises:
        RequestError: one of `others` is on together with one of the parts.
    """
    for given in parts:
        for other in others:
            refuse_together(given, other)
