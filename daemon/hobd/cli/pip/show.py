"""`hob pip freeze`."""

from msgspec import Struct

from hobd.cli.checks import a_file_path, a_name, a_path, a_python_version
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, option, options, positionals
from hobd.cli.grammar.model import Command
from hobd.cli.options.choices import LIST_FORMAT, TARGET_TRIPLE
from hobd.cli.options.display import DISPLAY_TREE, DisplayOptions, read_display
from hobd.cli.options.globals import GlobalOptions, read_globals
from hobd.cli.options.headings import PYTHON_OPTIONS
from hobd.cli.options.index import IndexOptions, read_index
from hobd.cli.options.pip import ELSEWHERE, PIP_COMPAT
from hobd.cli.options.python import SYSTEM
from hobd.cli.options.resolver import FETCH, ResolverOptions, read_resolver
from hobd.errors import RequestError


class PipFreeze(Struct, frozen=True, kw_only=True):
    """`hob pip freeze`: list, in requirements format, packages installed in an environment."""

    general: GlobalOptions
    exclude_editable: bool = False
    exclude: tuple[str, ...] = ()
    strict: Given | None = None
    python: str | None = None
    path: tuple[str, ...] = ()
    system: Given | None = None
    target: str | None = None
    prefix: str | None = None


def _read_pip_freeze(found: Found) -> PipFreeze:
    return PipFreeze(
        general=read_globals(found),
        exclude_editable=found.flag("exclude-editable"),
        exclude=found.texts("exclude"),
        strict=found.switch("strict"),
        python=found.text("python"),
        path=found.texts("path"),
        system=found.switch("system"),
        target=found.text("target"),
        prefix=found.text("prefix"),
    )


PIP_FREEZE = Command(
    name="freeze",
    arguments=(
        flag("exclude-editable"),
        options("exclude", check=a_name),
        flag("strict", overrides=("no-strict",)),
        flag("no-strict", is_hidden=True, overrides=("strict",)),
        option("python", "p", variable="UV_PYTHON", heading=PYTHON_OPTIONS),
        options("path", value_name="PATHS", check=a_file_path),
        *SYSTEM,
        option("target", "t", check=a_path, conflicts=("prefix", "path")),
        option("prefix", check=a_path, conflicts=("target", "path")),
        *PIP_COMPAT,
    ),
    hint="hob help pip freeze",
    texts="pip",
    read=_read_pip_freeze,
)


class PipList(Struct, frozen=True, kw_only=True):
    """`hob pip list`: list, in tabular format, packages installed in an environment."""

    general: GlobalOptions
    index: IndexOptions
    resolver: ResolverOptions
    editable: bool = False
    exclude_editable: bool = False
    exclude: tuple[str, ...] = ()
    format: str
    outdated: Given | None = None
    strict: Given | None = None
    python: str | None = None
    system: Given | None = None
    target: str | None = None
    prefix: str | None = None


def _read_pip_list(found: Found) -> PipList:
    if found.flag("outdated") and found.text("format") == "freeze":
        raise RequestError("`--outdated` cannot be used with `--format freeze`")
    return PipList(
        general=read_globals(found),
        index=read_index(found),
        resolver=read_resolver(found),
        editable=found.flag("editable"),
        exclude_editable=found.flag("exclude-editable"),
        exclude=found.texts("exclude"),
        format=found.word("format"),
        outdated=found.switch("outdated"),
        strict=found.switch("strict"),
        python=found.text("python"),
        system=found.switch("system"),
        target=found.text("target"),
        prefix=found.text("prefix"),
    )


PIP_LIST = Command(
    name="list",
    arguments=(
        flag("editable", "e"),
        flag("exclude-editable", conflicts=("editable",)),
        options("exclude", check=a_name),
        option("format", choices=LIST_FORMAT, default="columns"),
        flag("outdated", overrides=("no-outdated",)),
        flag("no-outdated", is_hidden=True, overrides=("outdated",)),
        flag("strict", overrides=("no-strict",)),
        flag("no-strict", is_hidden=True, overrides=("strict",)),
        *FETCH,
        option("python", "p", variable="UV_PYTHON", heading=PYTHON_OPTIONS),
        *SYSTEM,
        *ELSEWHERE,
        *PIP_COMPAT,
    ),
    hint="hob help pip list",
    texts="pip",
    read=_read_pip_list,
)


class PipShow(Struct, frozen=True, kw_only=True):
    """`hob pip show`: show information about one or more installed packages."""

    general: GlobalOptions
    package: tuple[str, ...] = ()
    strict: Given | None = None
    files: bool = False
    python: str | None = None
    system: Given | None = None
    target: str | None = None
    prefix: str | None = None


def _read_pip_show(found: Found) -> PipShow:
    return PipShow(
        general=read_globals(found),
        package=found.texts("package"),
        strict=found.switch("strict"),
        files=found.flag("files"),
        python=found.text("python"),
        system=found.switch("system"),
        target=found.text("target"),
        prefix=found.text("prefix"),
    )


PIP_SHOW = Command(
    name="show",
    arguments=(
        positionals("package", check=a_name),
        flag("strict", overrides=("no-strict",)),
        flag("no-strict", is_hidden=True, overrides=("strict",)),
        flag("files", "f"),
        option("python", "p", variable="UV_PYTHON", heading=PYTHON_OPTIONS),
        *SYSTEM,
        *ELSEWHERE,
        *PIP_COMPAT,
    ),
    hint="hob help pip show",
    texts="pip",
    read=_read_pip_show,
)


class PipTree(Struct, frozen=True, kw_only=True):
    """`hob pip tree`: display the dependency tree for an environment."""

    general: GlobalOptions
    display: DisplayOptions
    index: IndexOptions
    resolver: ResolverOptions
    show_version_specifiers: bool = False
    strict: Given | None = None
    python: str | None = None
    system: Given | None = None


def _read_pip_tree(found: Found) -> PipTree:
    return PipTree(
        general=read_globals(found),
        display=read_display(found),
        index=read_index(found),
        resolver=read_resolver(found),
        show_version_specifiers=found.flag("show-version-specifiers"),
        strict=found.switch("strict"),
        python=found.text("python"),
        system=found.switch("system"),
    )


PIP_TREE = Command(
    name="tree",
    arguments=(
        flag("show-version-specifiers"),
        *DISPLAY_TREE,
        flag("strict", overrides=("no-strict",)),
        flag("no-strict", is_hidden=True, overrides=("strict",)),
        *FETCH,
        option("python", "p", variable="UV_PYTHON", heading=PYTHON_OPTIONS),
        *SYSTEM,
        *PIP_COMPAT,
    ),
    hint="hob help pip tree",
    texts="pip",
    read=_read_pip_tree,
)


class PipCheck(Struct, frozen=True, kw_only=True):
    """`hob pip check`: verify installed packages have compatible dependencies."""

    general: GlobalOptions
    python: str | None = None
    system: Given | None = None
    python_version: str | None = None
    python_platform: str | None = None


def _read_pip_check(found: Found) -> PipCheck:
    return PipCheck(
        general=read_globals(found),
        python=found.text("python"),
        system=found.switch("system"),
        python_version=found.text("python-version"),
        python_platform=found.text("python-platform"),
    )


PIP_CHECK = Command(
    name="check",
    arguments=(
        option("python", "p", variable="UV_PYTHON", heading=PYTHON_OPTIONS),
        *SYSTEM,
        option("python-version", check=a_python_version),
        option("python-platform", choices=TARGET_TRIPLE),
    ),
    hint="hob help pip check",
    texts="pip",
    read=_read_pip_check,
)


def _refuse_debug(_found: Found) -> None:
    raise RequestError("pip's `debug` is unsupported (consider using `hobx pip debug` instead)")


PIP_DEBUG = Command(
    name="debug",
    arguments=(
        option("platform", is_hidden=True),
        option("python-version", is_hidden=True),
        option("implementation", is_hidden=True),
        option("abi", is_hidden=True),
    ),
    texts="pip",
    read=_refuse_debug,
)
