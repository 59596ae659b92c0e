"""`hob export`."""

from msgspec import Struct

from hobd.cli.checks import a_name, a_path
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, option, options
from hobd.cli.grammar.model import Command
from hobd.cli.options.build import BUILD, BuildOptions, read_build
from hobd.cli.options.choices import EXPORT_FORMAT
from hobd.cli.options.globals import GlobalOptions, read_globals
from hobd.cli.options.groups import ALL_EXTRAS, EXTRA, GROUPS, GroupOptions, read_groups
from hobd.cli.options.headings import PYTHON_OPTIONS
from hobd.cli.options.index import IndexOptions, read_index
from hobd.cli.options.installer import EDITABLE, InstallerOptions, read_installer
from hobd.cli.options.locking import LOCKING, read_locking
from hobd.cli.options.refresh import REFRESH, RefreshOptions, read_refresh
from hobd.cli.options.resolver import RESOLVER, ResolverOptions, read_resolver


class Export(Struct, frozen=True, kw_only=True):
    """`hob export`: export the project's lockfile to an alternate format."""

    general: GlobalOptions
    groups: GroupOptions
    index: IndexOptions
    resolver: ResolverOptions
    installer: InstallerOptions
    build: BuildOptions
    refresh: RefreshOptions
    format: str | None = None
    all_packages: bool = False
    package: tuple[str, ...] = ()
    prune: tuple[str, ...] = ()
    annotate: Given | None = None
    header: Given | None = None
    emit_index_url: Given | None = None
    emit_find_links: Given | None = None
    editable: Given | None = None
    no_editable_package: tuple[str, ...] = ()
    hashes: Given | None = None
    output_file: str | None = None
    batch: str | None = None
    no_emit_project: bool = False
    only_emit_project: bool = False
    no_emit_workspace: bool = False
    only_emit_workspace: bool = False
    no_emit_local: bool = False
    only_emit_local: bool = False
    no_emit_package: tuple[str, ...] = ()
    only_emit_package: tuple[str, ...] = ()
    locked: Given | None = None
    frozen: Given | None = None
    script: str | None = None
    python: str | None = None


def _read_export(found: Found) -> Export:
    locked, frozen = read_locking(found)
    return Export(
        general=read_globals(found),
        groups=read_groups(found),
        index=read_index(found),
        resolver=read_resolver(found),
        installer=read_installer(found),
        build=read_build(found),
        refresh=read_refresh(found),
        format=found.text("format"),
        all_packages=found.flag("all-packages"),
        package=found.texts("package"),
        prune=found.texts("prune"),
        annotate=found.switch("annotate"),
        header=found.switch("header"),
        emit_index_url=found.switch("emit-index-url"),
        emit_find_links=found.switch("emit-find-links"),
        editable=found.switch("editable", off_variable="UV_NO_EDITABLE"),
        no_editable_package=found.texts("no-editable-package"),
        hashes=found.switch("hashes"),
        output_file=found.text("output-file"),
        batch=found.text("batch"),
        no_emit_project=found.flag("no-emit-project"),
        only_emit_project=found.flag("only-emit-project"),
        no_emit_workspace=found.flag("no-emit-workspace"),
        only_emit_workspace=found.flag("only-emit-workspace"),
        no_emit_local=found.flag("no-emit-local"),
        only_emit_local=found.flag("only-emit-local"),
        no_emit_package=found.texts("no-emit-package"),
        only_emit_package=found.texts("only-emit-package"),
        locked=locked,
        frozen=frozen,
        script=found.text("script"),
        python=found.text("python"),
    )


EXPORT = Command(
    name="export",
    arguments=(
        option("format", choices=EXPORT_FORMAT),
        flag("all-packages", conflicts=("package",)),
        options("package", check=a_name, conflicts=("all-packages",)),
        options("prune", value_name="PACKAGE", check=a_name, conflicts=("all-packages",)),
        *EXTRA,
        *ALL_EXTRAS,
        *GROUPS,
        flag("no-annotate", overrides=("annotate",)),
        flag("annotate", is_hidden=True, overrides=("no-annotate",)),
        flag("no-header", overrides=("header",)),
        flag("header", is_hidden=True, overrides=("no-header",)),
        flag("emit-index-url", overrides=("no-emit-index-url",)),
        flag("no-emit-index-url", is_hidden=True, overrides=("emit-index-url",)),
        flag("emit-find-links", overrides=("no-emit-find-links",)),
        flag("no-emit-find-links", is_hidden=True, overrides=("emit-find-links",)),
        *EDITABLE,
        flag("hashes", is_hidden=True, aliases=("generate-hashes",), overrides=("no-hashes",)),
        flag("no-hashes", overrides=("hashes",)),
        option("output-file", "o", check=a_path),
        option(
            "batch",
            check=a_path,
            is_hidden=True,
            conflicts=(
                "all-packages",
                "package",
                "extra",
                "all-extras",
                "no-extra",
                "no-all-extras",
                "dev",
                "no-dev",
                "only-dev",
                "group",
                "no-group",
                "no-default-groups",
                "only-group",
                "all-groups",
                "output-file",
                "script",
            ),
        ),
        flag("no-emit-project", aliases=("no-install-project",), conflicts=("only-emit-project",)),
        flag("only-emit-project", aliases=("only-install-project",), is_hidden=True, conflicts=("no-emit-project",)),
        flag("no-emit-workspace", aliases=("no-install-workspace",), conflicts=("only-emit-workspace",)),
        flag("only-emit-workspace", aliases=("only-install-workspace",), is_hidden=True, conflicts=("no-emit-workspace",)),
        flag("no-emit-local", aliases=("no-install-local",), conflicts=("only-emit-local",)),
        flag("only-emit-local", aliases=("only-install-local",), is_hidden=True, conflicts=("no-emit-local",)),
        options("no-emit-package", aliases=("no-install-package",), separator=",", check=a_name, conflicts=("only-emit-package",)),
        options(
            "only-emit-package",
            aliases=("only-install-package",),
            separator=",",
            check=a_name,
            is_hidden=True,
            conflicts=("no-emit-package",),
        ),
        *LOCKING,
        *RESOLVER,
        *BUILD,
        *REFRESH,
        option("script", check=a_path, conflicts=("all-packages", "package", "no-emit-project", "no-emit-workspace")),
        option("python", "p", variable="UV_PYTHON", heading=PYTHON_OPTIONS),
    ),
    hint="hob help export",
    texts="export",
    read=_read_export,
)
