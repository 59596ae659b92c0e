"""Whether and how distributions are built from source."""

from msgspec import Struct

from hobd.cli.checks import a_config_setting, a_name, a_name_or_all, a_package_config_setting
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, options
from hobd.cli.options.headings import BUILD_OPTIONS

CONFIG_SETTINGS = (
    options("config-setting", "C", aliases=("config-settings",), check=a_config_setting, heading=BUILD_OPTIONS),
    options("config-settings-package", check=a_package_config_setting, heading=BUILD_OPTIONS),
)

ISOLATION = (
    flag("no-build-isolation", variable="UV_NO_BUILD_ISOLATION", heading=BUILD_OPTIONS, overrides=("build-isolation",)),
    flag("build-isolation", heading=BUILD_OPTIONS, is_hidden=True, overrides=("no-build-isolation",)),
)

PACKAGE_ISOLATION = (*ISOLATION, options("no-build-isolation-package", check=a_name, heading=BUILD_OPTIONS))

BUILD = (
    flag("no-build", variable="UV_NO_BUILD", heading=BUILD_OPTIONS, overrides=("build",)),
    flag("build", heading=BUILD_OPTIONS, is_hidden=True, overrides=("no-build",)),
    options("no-build-package", separator=" ", check=a_name, heading=BUILD_OPTIONS),
    flag("no-binary", variable="UV_NO_BINARY", heading=BUILD_OPTIONS, overrides=("binary",)),
    flag("binary", heading=BUILD_OPTIONS, is_hidden=True, overrides=("no-binary",)),
    options("no-binary-package", separator=" ", check=a_name, heading=BUILD_OPTIONS),
    flag("require-build-hashes", heading=BUILD_OPTIONS, overrides=("no-require-build-hashes",)),
    flag("no-require-build-hashes", heading=BUILD_OPTIONS, overrides=("require-build-hashes",)),
)

PIP_BUILD = (
    flag("no-build", conflicts=("no-binary", "only-binary"), overrides=("build",)),
    flag("build", is_hidden=True, conflicts=("no-binary", "only-binary"), overrides=("no-build",)),
    options("no-binary", separator=",", check=a_name_or_all, conflicts=("no-build",)),
    options("only-binary", separator=",", check=a_name_or_all, conflicts=("no-build",)),
)

PIP_BUILD_HASHES = (
    flag("require-build-hashes", overrides=("no-require-build-hashes",)),
    flag("no-require-build-hashes", is_hidden=True, overrides=("require-build-hashes",)),
)


class BuildOptions(Struct, frozen=True, kw_only=True):
    """Builds: allowed, isolated, configured. None, or an empty tuple, where nothing was said."""

    no_build: Given | None = None
    """On: never build; off (`--build`): build after all."""
    no_build_package: tuple[str, ...] = ()
    no_binary: Given | None = None
    """On: never use a wheel; off (`--binary`): use wheels after all."""
    no_binary_package: tuple[str, ...] = ()
    require_build_hashes: Given | None = None
    config_settings: tuple[str, ...] = ()
    """`KEY=VALUE` each."""
    config_settings_package: tuple[str, ...] = ()
    """`PACKAGE:KEY=VALUE` each."""
    no_build_isolation: Given | None = None
    no_build_isolation_package: tuple[str, ...] = ()


def read_build(found: Found) -> BuildOptions:
    """The build options of any command that has some of them, but for pip's lists of packages, which no variable is about."""
    has_lists = found.knows("only-binary")
    return BuildOptions(
        no_build=found.opposite("no-build", "build"),
        no_build_package=found.texts("no-build-package") or (() if has_lists else found.ambient.no_build_package),
        no_binary=None if has_lists else found.opposite("no-binary", "binary"),
        no_binary_package=found.texts("no-binary-package") or (() if has_lists else found.ambient.no_binary_package),
        require_build_hashes=found.switch("require-build-hashes", variable="UV_REQUIRE_BUILD_HASHES"),
        config_settings=found.texts("config-setting"),
        config_settings_package=found.texts("config-settings-package") or found.texts("config-setting-package"),
        no_build_isolation=found.opposite("no-build-isolation", "build-isolation"),
        no_build_isolation_package=found.texts("no-build-isolation-package"),
    )
