"""Where distributions come from."""

from msgspec import Struct

from hobd.cli.checks import an_index, an_index_url
from hobd.cli.found import Found
from hobd.cli.grammar.declare import flag, option, options
from hobd.cli.options.choices import INDEX_STRATEGY, KEYRING_PROVIDER_TYPE
from hobd.cli.options.headings import INDEX_OPTIONS

INDEX = (
    options("index", variable="UV_INDEX", hides_value=True, check=an_index, heading=INDEX_OPTIONS),
    option("default-index", variable="UV_DEFAULT_INDEX", hides_value=True, check=an_index, heading=INDEX_OPTIONS),
    option("index-url", "i", variable="UV_INDEX_URL", hides_value=True, check=an_index_url, heading=INDEX_OPTIONS),
    options("extra-index-url", variable="UV_EXTRA_INDEX_URL", hides_value=True, separator=" ", check=an_index_url, heading=INDEX_OPTIONS),
    options("find-links", "f", variable="UV_FIND_LINKS", hides_value=True, separator=",", check=an_index_url, heading=INDEX_OPTIONS),
    flag("no-index", heading=INDEX_OPTIONS),
)

CLIENT = (
    option("index-strategy", variable="UV_INDEX_STRATEGY", choices=INDEX_STRATEGY, heading=INDEX_OPTIONS),
    option("keyring-provider", variable="UV_KEYRING_PROVIDER", choices=KEYRING_PROVIDER_TYPE, heading=INDEX_OPTIONS),
)


class IndexOptions(Struct, frozen=True, kw_only=True):
    """Indexes and flat locations as they were given: `[name=]url`, a path or the name of a configured index."""

    index: tuple[str, ...] = ()
    """In order of priority; each value may have been several, split at spaces."""
    default_index: str | None = None
    index_url: str | None = None
    extra_index_url: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    no_index: bool | None = None
    index_strategy: str | None = None
    keyring_provider: str | None = None


def read_index(found: Found) -> IndexOptions:
    """The index options of any command that has some of them; empty values count as not given."""
    return IndexOptions(
        index=tuple(part for value in found.texts("index") for part in value.split()),
        default_index=found.text("default-index") or None,
        index_url=found.text("index-url") or None,
        extra_index_url=tuple(filter(None, found.texts("extra-index-url"))),
        find_links=tuple(filter(None, found.texts("find-links"))),
        no_index=found.flag("no-index") or None,
        index_strategy=found.text("index-strategy"),
        keyring_provider=found.text("keyring-provider"),
    )
