"""`hob tree`."""

from msgspec import Struct

from hobd.cli.checks import a_path, a_python_version
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, option
from hobd.cli.grammar.model import Command
from hobd.cli.options.build import BUILD, BuildOptions, read_build
from hobd.cli.options.choices import TARGET_TRIPLE, TREE_FORMAT
from hobd.cli.options.display import DISPLAY_TREE, DisplayOptions, read_display
from hobd.cli.options.globals import GlobalOptions, read_globals
from hobd.cli.options.groups import GROUPS, GroupOptions, read_groups
from hobd.cli.options.headings import PYTHON_OPTIONS
from hobd.cli.options.index import IndexOptions, read_index
from hobd.cli.options.installer import InstallerOptions, read_installer
from hobd.cli.options.locking import LOCKING, read_locking
from hobd.cli.options.resolver import RESOLVER, ResolverOptions, read_resolver


class Tree(Struct, frozen=True, kw_only=True):
    """`hob tree`: display the project's dependency tree."""

    general: GlobalOptions
    display: DisplayOptions
    groups: GroupOptions
    build: BuildOptions
    index: IndexOptions
    resolver: ResolverOptions
    installer: InstallerOptions
    universal: bool = False
    format: str
    locked: Given | None = None
    frozen: Given | None = None
    script: str | None = None
    python_version: str | None = None
    python_platform: str | None = None
    python: str | None = None


def _read_tree(found: Found) -> Tree:
    locked, frozen = read_locking(found)
    return Tree(
        general=read_globals(found),
        display=read_display(found),
        groups=read_groups(found),
        build=read_build(found),
        index=read_index(found),
        resolver=read_resolver(found),
        installer=read_installer(found),
        universal=found.flag("universal"),
        format=found.word("format"),
        locked=locked,
        frozen=frozen,
        script=found.text("script"),
        python_version=found.text("python-version"),
        python_platform=found.text("python-platform"),
        python=found.text("python"),
    )


TREE = Command(
    name="tree",
    arguments=(
        flag("universal"),
        option("format", choices=TREE_FORMAT, default="text"),
        *DISPLAY_TREE,
        *GROUPS,
        *LOCKING,
        *BUILD,
        *RESOLVER,
        option("script", check=a_path),
        option("python-version", check=a_python_version, conflicts=("universal",)),
        option("python-platform", choices=TARGET_TRIPLE, conflicts=("universal",)),
        option("python", "p", variable="UV_PYTHON", heading=PYTHON_OPTIONS),
    ),
    texts="tree",
    read=_read_tree,
)
