"""What is asked for anew although it is cached."""

from msgspec import Struct

from hobd.cli.checks import a_name
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, options
from hobd.cli.options.headings import CACHE_OPTIONS

REFRESH = (
    flag("refresh", heading=CACHE_OPTIONS, overrides=("no-refresh",)),
    flag("no-refresh", heading=CACHE_OPTIONS, is_hidden=True, overrides=("refresh",)),
    options("refresh-package", check=a_name, heading=CACHE_OPTIONS),
)


class RefreshOptions(Struct, frozen=True, kw_only=True):
    """Cached data to distrust: all, or that of some packages."""

    refresh: Given | None = None
    refresh_package: tuple[str, ...] = ()


def read_refresh(found: Found) -> RefreshOptions:
    """The refresh options."""
    return RefreshOptions(refresh=found.switch("refresh"), refresh_package=found.texts("refresh-package"))
