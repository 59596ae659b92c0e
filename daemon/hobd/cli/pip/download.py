"""`hob pip download` and `hob pip wheel`: pip's commands that uv does not have."""

from msgspec import Struct

from hobd.cli.checks import a_file_path, a_path, a_pip_group, a_python_version
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, option, options, positionals
from hobd.cli.grammar.model import Command, Group
from hobd.cli.options.build import PIP_BUILD, PIP_BUILD_HASHES, BuildOptions, read_build
from hobd.cli.options.choices import TARGET_TRIPLE
from hobd.cli.options.globals import GlobalOptions, read_globals
from hobd.cli.options.hashes import HASHES, HashOptions, read_hashes
from hobd.cli.options.headings import PYTHON_OPTIONS
from hobd.cli.options.index import IndexOptions, read_index
from hobd.cli.options.installer import InstallerOptions, read_installer
from hobd.cli.options.pip import INSTALLED_EXTRAS, PIP_COMPAT
from hobd.cli.options.refresh import REFRESH, RefreshOptions, read_refresh
from hobd.cli.options.resolver import RESOLVER, ResolverOptions, read_resolver
from hobd.cli.quantities import plural, size
from hobd.cli.style import bold, cyan, dim


class PipDownload(Struct, frozen=True, kw_only=True):
    """`hob pip download`: packages and what they require, in a folder."""

    general: GlobalOptions
    index: IndexOptions
    resolver: ResolverOptions
    installer: InstallerOptions
    build: BuildOptions
    refresh: RefreshOptions
    hashes: HashOptions
    folder: str
    package: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    editable: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    build_constraints: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    all_extras: Given | None = None
    group: tuple[str, ...] = ()
    deps: Given | None = None
    python: str | None = None
    no_binary: tuple[str, ...] = ()
    only_binary: tuple[str, ...] = ()
    python_version: str | None = None
    platform: str | None = None
    """A name of `--python-platform`, or a platform tag."""
    implementation: str | None = None
    """As pip spells it: `cp`, `pp`."""
    abi: tuple[str, ...] = ()
    """Tags."""


class PipWheel(PipDownload, frozen=True, kw_only=True):
    """`hob pip wheel`: the same, all as wheels."""


def _read(found: Found, kind: type[PipDownload], folder: str) -> PipDownload:
    return kind(
        general=read_globals(found),
        index=read_index(found),
        resolver=read_resolver(found),
        installer=read_installer(found),
        build=read_build(found),
        refresh=read_refresh(found),
        hashes=read_hashes(found),
        folder=found.text(folder) or ".",
        package=found.texts("package"),
        requirements=found.texts("requirements"),
        editable=found.texts("editable"),
        constraints=found.texts_or("constraints", "UV_CONSTRAINT"),
        build_constraints=found.texts_or("build-constraints", "UV_BUILD_CONSTRAINT"),
        extra=found.texts("extra"),
        all_extras=found.switch("all-extras"),
        group=found.texts("group"),
        deps=found.switch("deps"),
        python=found.text("python"),
        no_binary=found.texts("no-binary"),
        only_binary=found.texts("only-binary"),
        python_version=_with_dots(found.text("python-version")),
        platform=found.text("python-platform") or found.text("platform"),
        implementation=found.text("implementation"),
        abi=found.texts("abi"),
    )


def _with_dots(version: str | None) -> str | None:
    """pip writes `311` for `3.11`, too."""
    is_short = version is not None and version.isascii() and version.isdigit() and len(version) > 1
    return f"{version[0]}.{version[1:]}" if version is not None and is_short else version


def _read_download(found: Found) -> PipDownload:
    return _read(found, PipDownload, "dest")


def _read_wheel(found: Found) -> PipDownload:
    return _read(found, PipWheel, "wheel-dir")


_SHARED = (
    positionals("package", group="sources"),
    options("requirements", "r", aliases=("requirement",), check=a_file_path, group="sources"),
    options("editable", "e", group="sources"),
    options("constraints", "c", aliases=("constraint",), separator=" ", check=a_file_path),
    options("build-constraints", "b", aliases=("build-constraint",), separator=" ", check=a_file_path),
    *INSTALLED_EXTRAS,
    options("group", check=a_pip_group, group="sources"),
    *RESOLVER,
    *REFRESH,
    flag("no-deps", overrides=("deps",)),
    flag("deps", is_hidden=True, overrides=("no-deps",)),
    *HASHES,
    *PIP_BUILD_HASHES,
    option("python", "p", variable="UV_PYTHON", heading=PYTHON_OPTIONS),
    *PIP_BUILD,
    option("python-version", check=a_python_version),
    option("python-platform", choices=TARGET_TRIPLE, conflicts=("platform",)),
    option("platform", conflicts=("python-platform",)),
    option("implementation"),
    options("abi"),
    *PIP_COMPAT,
)
_SOURCES = (Group(id="sources", is_required=True, is_multiple=True),)

PIP_DOWNLOAD = Command(
    name="download",
    arguments=(option("dest", "d", aliases=("destination-dir", "destination-directory"), check=a_path), *_SHARED),
    groups=_SOURCES,
    hint="hob help pip download",
    texts="pip-download",
    read=_read_download,
)
PIP_WHEEL = Command(
    name="wheel",
    arguments=(option("wheel-dir", "w", check=a_path), *_SHARED),
    groups=_SOURCES,
    hint="hob help pip wheel",
    texts="pip-download",
    read=_read_wheel,
)


def render_saved(folder: str, saved: int, saved_bytes: int, kept: int) -> str:
    """`Saved 3 files (1.2MiB) in wheels; 2 files were there`; where nothing was missing, how many files were checked."""
    if not saved:
        return dim(f"Checked {bold(plural(kept, 'file'))} in {cyan(folder)}") + "\n"
    there = f"; {plural(kept, 'file')} {'was' if kept == 1 else 'were'} there" if kept else ""
    return dim(f"Saved {bold(plural(saved, 'file'))} ({size(saved_bytes)}) in {cyan(folder)}{there}") + "\n"
