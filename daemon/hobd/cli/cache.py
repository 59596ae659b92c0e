"""`hob cache`."""

from msgspec import Struct

from hobd.cli.checks import a_name
from hobd.cli.found import Found
from hobd.cli.grammar.declare import flag, option, positionals
from hobd.cli.grammar.model import Child, Command
from hobd.cli.options.choices import CACHE_LIST_OUTPUT_FORMAT, CACHE_SIZE_OUTPUT_FORMAT, CACHE_SORT
from hobd.cli.options.globals import GlobalOptions, read_globals


class CacheClean(Struct, frozen=True, kw_only=True):
    """`hob cache clean`: clear the cache, removing all entries or those linked to specific packages."""

    general: GlobalOptions
    package: tuple[str, ...] = ()
    force: bool = False


def _read_cache_clean(found: Found) -> CacheClean:
    return CacheClean(
        general=read_globals(found),
        package=found.texts("package"),
        force=found.flag("force"),
    )


CACHE_CLEAN = Command(
    name="clean",
    arguments=(
        positionals("package", check=a_name),
        flag("force"),
    ),
    texts="cache",
    read=_read_cache_clean,
)


class CachePrune(Struct, frozen=True, kw_only=True):
    """`hob cache prune`: prune dangling cache entries and cached environments."""

    general: GlobalOptions
    ci: bool = False
    force: bool = False
    dry_run: bool = False


def _read_cache_prune(found: Found) -> CachePrune:
    return CachePrune(
        general=read_globals(found),
        ci=found.flag("ci"),
        force=found.flag("force"),
        dry_run=found.flag("dry-run"),
    )


CACHE_PRUNE = Command(
    name="prune",
    arguments=(
        flag("ci"),
        flag("force"),
        flag("dry-run", is_hidden=True),
    ),
    texts="cache",
    read=_read_cache_prune,
)


class CacheDir(Struct, frozen=True, kw_only=True):
    """`hob cache dir`: show the cache directory."""

    general: GlobalOptions


def _read_cache_dir(found: Found) -> CacheDir:
    return CacheDir(
        general=read_globals(found),
    )


CACHE_DIR = Command(
    name="dir",
    arguments=(),
    texts="cache",
    read=_read_cache_dir,
)


class CacheSize(Struct, frozen=True, kw_only=True):
    """`hob cache size`: show the cache size."""

    general: GlobalOptions
    output_format: str
    human: bool = False


def _read_cache_size(found: Found) -> CacheSize:
    return CacheSize(
        general=read_globals(found),
        output_format=found.word("output-format"),
        human=found.flag("human"),
    )


CACHE_SIZE = Command(
    name="size",
    arguments=(
        option("output-format", choices=CACHE_SIZE_OUTPUT_FORMAT, default="auto"),
        flag("human", "H", aliases=("human-readable",), conflicts=("output-format",)),
    ),
    texts="cache",
    read=_read_cache_size,
)


class CacheList(Struct, frozen=True, kw_only=True):
    """`hob cache list`: tell what lies in the cache."""

    general: GlobalOptions
    sort: str
    output_format: str
    svg: str | None = None


def _read_cache_list(found: Found) -> CacheList:
    return CacheList(
        general=read_globals(found),
        sort=found.word("sort"),
        output_format=found.word("output-format"),
        svg=found.text("svg"),
    )


CACHE_LIST = Command(
    name="list",
    arguments=(
        option("sort", choices=CACHE_SORT, default="size"),
        option("output-format", choices=CACHE_LIST_OUTPUT_FORMAT, default="text"),
        option("svg", value_name="FILE", conflicts=("output-format",)),
    ),
    texts="cache",
    read=_read_cache_list,
)


CACHE = Command(
    name="cache",
    arguments=(),
    children=(
        Child(name="clean", load=lambda: CACHE_CLEAN, aliases=("clear",)),
        Child(name="prune", load=lambda: CACHE_PRUNE),
        Child(name="dir", load=lambda: CACHE_DIR),
        Child(name="size", load=lambda: CACHE_SIZE),
        Child(name="list", load=lambda: CACHE_LIST),
    ),
    hint="hob help cache",
    texts="cache",
)


CLEAN = Command(
    name="clean",
    arguments=(
        positionals("package", check=a_name),
        flag("force"),
    ),
    texts="cache",
    read=_read_cache_clean,
)
