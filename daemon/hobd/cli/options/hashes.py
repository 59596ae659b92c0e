"""Whether digests of requirements are demanded and compared."""

from msgspec import Struct

from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag

HASHES = (
    flag("require-hashes", variable="UV_REQUIRE_HASHES", overrides=("no-require-hashes",)),
    flag("no-require-hashes", is_hidden=True, overrides=("require-hashes",)),
    flag("verify-hashes", is_hidden=True, overrides=("no-verify-hashes",)),
    flag("no-verify-hashes", variable="UV_NO_VERIFY_HASHES", overrides=("verify-hashes",)),
)


class HashOptions(Struct, frozen=True, kw_only=True):
    """Hash checking. None where nothing was said."""

    require_hashes: Given | None = None
    verify_hashes: Given | None = None


def read_hashes(found: Found) -> HashOptions:
    """The hash options."""
    return HashOptions(require_hashes=found.switch("require-hashes"), verify_hashes=found.switch("verify-hashes"))
