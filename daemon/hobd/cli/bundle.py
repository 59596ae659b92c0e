"""`hob bundle`: the files of a lock in one folder, for machines without a network."""

from msgspec import Struct

from hobd.cli.checks import a_path
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, option, options
from hobd.cli.grammar.model import Command
from hobd.cli.options.build import BUILD, BuildOptions, read_build
from hobd.cli.options.choices import SYNC_FORMAT, TARGET_TRIPLE
from hobd.cli.options.globals import GlobalOptions, read_globals
from hobd.cli.options.headings import PYTHON_OPTIONS
from hobd.cli.options.index import IndexOptions, read_index
from hobd.cli.options.installer import InstallerOptions, read_installer
from hobd.cli.options.locking import LOCKING, read_locking
from hobd.cli.options.refresh import REFRESH, RefreshOptions, read_refresh
from hobd.cli.options.resolver import RESOLVER, ResolverOptions, read_resolver
from hobd.cli.quantities import plural, size
from hobd.cli.style import bold, cyan, dim


class Bundle(Struct, frozen=True, kw_only=True):
    """`hob bundle`: gather the files of the project's lockfile in one folder."""

    general: GlobalOptions
    index: IndexOptions
    resolver: ResolverOptions
    installer: InstallerOptions
    build: BuildOptions
    refresh: RefreshOptions
    output_format: str
    out_dir: str | None = None
    """None: `wheelhouse`, beside the lockfile."""
    sdists: bool = False
    python_platforms: tuple[str, ...] = ()
    is_narrow: bool = False
    """Whether only what one Python, or some platforms, would install is asked for."""
    dry_run: bool = False
    locked: Given | None = None
    frozen: Given | None = None
    script: str | None = None
    python: str | None = None


def _read_bundle(found: Found) -> Bundle:
    locked, frozen = read_locking(found)
    platforms = found.texts("python-platform")
    return Bundle(
        general=read_globals(found),
        index=read_index(found),
        resolver=read_resolver(found),
        installer=read_installer(found),
        build=read_build(found),
        refresh=read_refresh(found),
        output_format=found.word("output-format"),
        out_dir=found.text("out-dir"),
        sdists=found.flag("sdists"),
        python_platforms=platforms,
        is_narrow=bool(platforms) or found.is_typed("python"),
        dry_run=found.flag("dry-run"),
        locked=locked,
        frozen=frozen,
        script=found.text("script"),
        python=found.text("python"),
    )


def render_bundled(folder: str, fetched: int, fetched_bytes: int, kept: int, *, dry_run: bool) -> str:
    """`Bundled 12 files (3.1MiB) in wheelhouse; 3 files were there`; where nothing was missing, how many files were checked."""
    if not fetched:
        return dim(f"Checked {bold(plural(kept, 'file'))} in {cyan(folder)}") + "\n"
    verb = "Would bundle" if dry_run else "Bundled"
    there = f"; {plural(kept, 'file')} {'was' if kept == 1 else 'were'} there" if kept else ""
    amount = f" ({size(fetched_bytes)})" if fetched_bytes else ""
    return dim(f"{verb} {bold(plural(fetched, 'file'))}{amount} in {cyan(folder)}{there}") + "\n"


BUNDLE = Command(
    name="bundle",
    arguments=(
        option("out-dir", "o", check=a_path),
        options("python-platform", choices=TARGET_TRIPLE),
        flag("sdists"),
        flag("dry-run"),
        option("output-format", choices=SYNC_FORMAT, default="text"),
        *LOCKING,
        *RESOLVER,
        *BUILD,
        *REFRESH,
        option("script", check=a_path),
        option("python", "p", variable="UV_PYTHON", heading=PYTHON_OPTIONS),
    ),
    hint="hob help bundle",
    texts="bundle",
    read=_read_bundle,
)
