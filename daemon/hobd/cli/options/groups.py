"""Which extras and dependency groups take part."""

from msgspec import Struct

from hobd.cli.checks import a_name, an_extra
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, options

EXTRA = (options("extra", separator=",", check=an_extra, conflicts=("all-extras", "only-group")),)

ALL_EXTRAS = (
    flag("all-extras", conflicts=("extra", "only-group")),
    options("no-extra", check=a_name),
    flag("no-all-extras", is_hidden=True, overrides=("all-extras",)),
)

GROUPS = (
    flag("dev", is_hidden=True, overrides=("no-dev",)),
    flag("no-dev", overrides=("dev",)),
    flag("only-dev", conflicts=("group", "all-groups", "no-dev")),
    options("group", check=a_name, conflicts=("only-group", "only-dev")),
    options("no-group", separator=" ", check=a_name),
    flag("no-default-groups", variable="UV_NO_DEFAULT_GROUPS"),
    options("only-group", check=a_name, conflicts=("group", "dev", "all-groups")),
    flag("all-groups", conflicts=("only-group", "only-dev")),
)


class GroupOptions(Struct, frozen=True, kw_only=True):
    """Extras and groups as they were asked for, in the order of the command line."""

    extras: tuple[str, ...] = ()
    all_extras: Given | None = None
    no_extra: tuple[str, ...] = ()
    dev: Given | None = None
    no_dev: Given | None = None
    only_dev: bool = False
    groups: tuple[str, ...] = ()
    no_groups: tuple[str, ...] = ()
    no_default_groups: bool = False
    only_groups: tuple[str, ...] = ()
    all_groups: bool = False


def read_groups(found: Found) -> GroupOptions:
    """The extras and groups of any command that knows some of them.

    A variable for one of `--dev` and `--no-dev` is heard only where neither they nor `--only-dev` were typed.
    """
    is_typed = any(map(found.is_typed, ("dev", "no-dev", "only-dev")))
    return GroupOptions(
        extras=found.texts("extra"),
        all_extras=found.switch("all-extras"),
        no_extra=found.texts("no-extra"),
        dev=found.given("dev", variable=None if is_typed else "UV_DEV"),
        no_dev=found.given("no-dev", variable=None if is_typed else "UV_NO_DEV"),
        only_dev=found.flag("only-dev"),
        groups=found.texts("group"),
        no_groups=found.texts("no-group") or found.ambient.no_group,
        no_default_groups=found.flag("no-default-groups"),
        only_groups=found.texts("only-group"),
        all_groups=found.flag("all-groups"),
    )
