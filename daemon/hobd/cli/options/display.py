"""How a dependency tree is drawn."""

from msgspec import Struct

from hobd.cli.checks import a_name, a_number
from hobd.cli.found import Found
from hobd.cli.grammar.declare import flag, option, options

DISPLAY_TREE = (
    option("depth", "d", check=a_number(255), default="255"),
    options("prune", check=a_name),
    options("package", check=a_name),
    flag("no-dedupe"),
    flag("invert", aliases=("reverse",)),
    flag("outdated"),
    flag("show-sizes"),
)


class DisplayOptions(Struct, frozen=True, kw_only=True):
    """What of the tree is shown."""

    depth: int = 255
    prune: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    no_dedupe: bool = False
    invert: bool = False
    outdated: bool = False
    show_sizes: bool = False


def read_display(found: Found) -> DisplayOptions:
    """The options of drawing."""
    return DisplayOptions(
        depth=int(found.word("depth")),
        prune=found.texts("prune"),
        packages=found.texts("package"),
        no_dedupe=found.flag("no-dedupe"),
        invert=found.flag("invert"),
        outdated=found.flag("outdated"),
        show_sizes=found.flag("show-sizes"),
    )
