"""`hob why` and `hob why-not`: questions to a lock."""

from msgspec import Struct

from hobd.cli.checks import a_name, a_path
from hobd.cli.found import Found
from hobd.cli.grammar.declare import flag, option, positional
from hobd.cli.grammar.model import Argument, Command
from hobd.cli.options.build import BUILD, BuildOptions, read_build
from hobd.cli.options.globals import GlobalOptions, read_globals
from hobd.cli.options.headings import PYTHON_OPTIONS
from hobd.cli.options.index import IndexOptions, read_index
from hobd.cli.options.installer import InstallerOptions, read_installer
from hobd.cli.options.resolver import RESOLVER, ResolverOptions, read_resolver

STDOUT = "-"
"""Where a picture goes if no file is named."""


class Why(Struct, frozen=True, kw_only=True):
    """`hob why`: tell why a package is in the lockfile."""

    general: GlobalOptions
    build: BuildOptions
    index: IndexOptions
    resolver: ResolverOptions
    installer: InstallerOptions
    package: str
    all: bool = False
    json: bool = False
    svg: str | None = None
    """A file, or `STDOUT`."""
    script: str | None = None
    python: str | None = None


class WhyNot(Struct, frozen=True, kw_only=True):
    """`hob why-not`: tell why a package or a version of it is not in the lockfile."""

    general: GlobalOptions
    build: BuildOptions
    index: IndexOptions
    resolver: ResolverOptions
    installer: InstallerOptions
    requirement: str
    json: bool = False
    svg: str | None = None
    script: str | None = None
    python: str | None = None


def _read_why(found: Found) -> Why:
    return Why(
        general=read_globals(found),
        build=read_build(found),
        index=read_index(found),
        resolver=read_resolver(found),
        installer=read_installer(found),
        package=found.word("package"),
        all=found.flag("all"),
        json=found.flag("json"),
        svg=found.text("svg"),
        script=found.text("script"),
        python=found.text("python"),
    )


def _read_why_not(found: Found) -> WhyNot:
    return WhyNot(
        general=read_globals(found),
        build=read_build(found),
        index=read_index(found),
        resolver=read_resolver(found),
        installer=read_installer(found),
        requirement=found.word("requirement"),
        json=found.flag("json"),
        svg=found.text("svg"),
        script=found.text("script"),
        python=found.text("python"),
    )


_ANSWER: tuple[Argument, ...] = (
    flag("json", conflicts=("svg",)),
    option("svg", value_name="FILE", implied=STDOUT, conflicts=("json",)),
    option("script", check=a_path),
    *BUILD,
    *RESOLVER,
    option("python", "p", variable="UV_PYTHON", heading=PYTHON_OPTIONS),
)

WHY = Command(
    name="why",
    arguments=(positional("package", is_required=True, check=a_name), flag("all"), *_ANSWER),
    hint="hob help why",
    texts="why",
    read=_read_why,
)

WHY_NOT = Command(
    name="why-not",
    arguments=(positional("requirement", is_required=True), *_ANSWER),
    hint="hob help why-not",
    texts="why",
    read=_read_why_not,
)
