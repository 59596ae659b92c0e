"""`hob upgrade`."""

from msgspec import Struct

from hobd.cli.checks import a_name
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, options, positionals
from hobd.cli.grammar.model import Command
from hobd.cli.options.globals import GlobalOptions, read_globals
from hobd.cli.options.headings import BUILD_OPTIONS
from hobd.cli.options.index import CLIENT, INDEX, IndexOptions, read_index


class Upgrade(Struct, frozen=True, kw_only=True):
    """`hob upgrade`: upgrade a dependency in the project."""

    general: GlobalOptions
    index: IndexOptions
    packages: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    require_build_hashes: Given | None = None


def _read_upgrade(found: Found) -> Upgrade:
    return Upgrade(
        general=read_globals(found),
        index=read_index(found),
        packages=found.texts("packages"),
        exclude=found.texts("exclude"),
        require_build_hashes=found.switch("require-build-hashes", variable="UV_REQUIRE_BUILD_HASHES"),
    )


UPGRADE = Command(
    name="upgrade",
    arguments=(
        positionals("packages", check=a_name),
        options("exclude", check=a_name),
        *INDEX,
        *CLIENT,
        flag("require-build-hashes", heading=BUILD_OPTIONS, overrides=("no-require-build-hashes",)),
        flag("no-require-build-hashes", heading=BUILD_OPTIONS, overrides=("require-build-hashes",)),
    ),
    texts="upgrade",
    read=_read_upgrade,
)
