"""Which versions are chosen, and the bundles of options that commands take over as a whole."""

from msgspec import Struct

from hobd.cli.checks import a_cutoff, a_name, a_package_cutoff, a_package_prerelease, a_requirement
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, option, options
from hobd.cli.options.build import CONFIG_SETTINGS, ISOLATION, PACKAGE_ISOLATION
from hobd.cli.options.choices import FORK_STRATEGY, PRERELEASE_MODE, RESOLUTION_MODE
from hobd.cli.options.headings import RESOLVER_OPTIONS
from hobd.cli.options.index import CLIENT, INDEX
from hobd.cli.options.installer import BUILD_LINK, COMPILE_BYTECODE, LINK, REINSTALL

UPGRADE = (
    flag("upgrade", "U", heading=RESOLVER_OPTIONS, overrides=("no-upgrade",)),
    flag("no-upgrade", heading=RESOLVER_OPTIONS, is_hidden=True, overrides=("upgrade",)),
    options("upgrade-package", "P", check=a_requirement, heading=RESOLVER_OPTIONS),
    options("upgrade-group", check=a_name, heading=RESOLVER_OPTIONS),
)

SELECTION = (
    option("resolution", variable="UV_RESOLUTION", choices=RESOLUTION_MODE, heading=RESOLVER_OPTIONS),
    option("prerelease", variable="UV_PRERELEASE", choices=PRERELEASE_MODE, heading=RESOLVER_OPTIONS),
    options("prerelease-package", check=a_package_prerelease, heading=RESOLVER_OPTIONS),
    flag("pre", heading=RESOLVER_OPTIONS, is_hidden=True),
    option("fork-strategy", variable="UV_FORK_STRATEGY", choices=FORK_STRATEGY, heading=RESOLVER_OPTIONS),
)

EXCLUDE_NEWER = (
    option("exclude-newer", variable="UV_EXCLUDE_NEWER", check=a_cutoff, heading=RESOLVER_OPTIONS),
    options("exclude-newer-package", check=a_package_cutoff, heading=RESOLVER_OPTIONS),
)

SOURCES = (
    flag("no-sources", variable="UV_NO_SOURCES", heading=RESOLVER_OPTIONS),
    options("no-sources-package", separator=" ", check=a_name, heading=RESOLVER_OPTIONS),
)

RESOLVER = (*INDEX, *UPGRADE, *CLIENT, *SELECTION, *CONFIG_SETTINGS, *PACKAGE_ISOLATION, *EXCLUDE_NEWER, *BUILD_LINK, *SOURCES)
"""What locking takes."""

INSTALLER = (*INDEX, *REINSTALL, *CLIENT, *CONFIG_SETTINGS, *ISOLATION, *EXCLUDE_NEWER, *LINK, *COMPILE_BYTECODE, *SOURCES)
"""What installing a fixed list takes."""

RESOLVER_INSTALLER = (
    *INDEX,
    *UPGRADE,
    *REINSTALL,
    *CLIENT,
    *SELECTION,
    *CONFIG_SETTINGS,
    *PACKAGE_ISOLATION,
    *EXCLUDE_NEWER,
    *LINK,
    *COMPILE_BYTECODE,
    *SOURCES,
)
"""What locking and installing takes."""

FETCH = (*INDEX, *CLIENT, *EXCLUDE_NEWER)
"""What looking for newer versions takes."""


class ResolverOptions(Struct, frozen=True, kw_only=True):
    """How to choose versions. None, or an empty tuple, where nothing was said."""

    upgrade: Given | None = None
    upgrade_package: tuple[str, ...] = ()
    """Requirements: `name` or `name==version`."""
    upgrade_group: tuple[str, ...] = ()
    resolution: str | None = None
    prerelease: str | None = None
    prerelease_package: tuple[str, ...] = ()
    """`NAME=MODE` each."""
    fork_strategy: str | None = None
    exclude_newer: str | None = None
    """A date, a time stamp, a duration, or `false` for none after all."""
    exclude_newer_package: tuple[str, ...] = ()
    """`NAME=DATE` each."""
    no_sources: bool | None = None
    no_sources_package: tuple[str, ...] = ()


def read_resolver(found: Found) -> ResolverOptions:
    """The resolver options of any command that has some of them."""
    return ResolverOptions(
        upgrade=found.switch("upgrade"),
        upgrade_package=found.texts("upgrade-package"),
        upgrade_group=found.texts("upgrade-group"),
        resolution=found.text("resolution"),
        prerelease="allow" if found.flag("pre") else found.text("prerelease"),
        prerelease_package=found.texts("prerelease-package"),
        fork_strategy=found.text("fork-strategy"),
        exclude_newer=found.text("exclude-newer"),
        exclude_newer_package=found.texts("exclude-newer-package"),
        no_sources=found.flag("no-sources") or None,
        no_sources_package=found.texts("no-sources-package") or found.ambient.no_sources_package,
    )
