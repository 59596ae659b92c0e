"""`hob python list`."""

from msgspec import Struct

from hobd.cli.checks import a_path
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, option, positional
from hobd.cli.grammar.model import Command
from hobd.cli.options.choices import PYTHON_LIST_FORMAT
from hobd.cli.options.globals import GlobalOptions, read_globals
from hobd.cli.options.python import SYSTEM


class PythonList(Struct, frozen=True, kw_only=True):
    """`hob python list`: list the available Python installations."""

    general: GlobalOptions
    request: str | None = None
    all_versions: bool = False
    all_platforms: bool = False
    all_arches: bool = False
    only_installed: bool = False
    only_downloads: bool = False
    show_urls: bool = False
    output_format: str
    python_downloads_json_url: str | None = None


def _read_python_list(found: Found) -> PythonList:
    return PythonList(
        general=read_globals(found),
        request=found.text("request"),
        all_versions=found.flag("all-versions"),
        all_platforms=found.flag("all-platforms"),
        all_arches=found.flag("all-arches"),
        only_installed=found.flag("only-installed"),
        only_downloads=found.flag("only-downloads"),
        show_urls=found.flag("show-urls"),
        output_format=found.word("output-format"),
        python_downloads_json_url=found.text("python-downloads-json-url"),
    )


PYTHON_LIST = Command(
    name="list",
    arguments=(
        positional("request"),
        flag("all-versions"),
        flag("all-platforms"),
        flag("all-arches", aliases=("all_architectures",)),
        flag("only-installed", conflicts=("only-downloads",)),
        flag("only-downloads", conflicts=("only-installed",)),
        flag("show-urls"),
        option("output-format", choices=PYTHON_LIST_FORMAT, default="text"),
        option("python-downloads-json-url"),
    ),
    texts="python",
    read=_read_python_list,
)


class PythonFind(Struct, frozen=True, kw_only=True):
    """`hob python find`: search for a Python installation."""

    general: GlobalOptions
    request: str | None = None
    no_project: bool = False
    system: Given | None = None
    script: str | None = None
    show_version: bool = False
    resolve_links: bool = False
    python_downloads_json_url: str | None = None


def _read_python_find(found: Found) -> PythonFind:
    return PythonFind(
        general=read_globals(found),
        request=found.text("request"),
        no_project=found.flag("no-project"),
        system=found.switch("system"),
        script=found.text("script"),
        show_version=found.flag("show-version"),
        resolve_links=found.flag("resolve-links"),
        python_downloads_json_url=found.text("python-downloads-json-url"),
    )


PYTHON_FIND = Command(
    name="find",
    arguments=(
        positional("request"),
        flag("no-project", aliases=("no_workspace",), variable="UV_NO_PROJECT"),
        *SYSTEM,
        option("script", check=a_path, conflicts=("request", "no-project", "system", "no-system")),
        flag("show-version"),
        flag("resolve-links"),
        option("python-downloads-json-url"),
    ),
    texts="python",
    read=_read_python_find,
)


class PythonPin(Struct, frozen=True, kw_only=True):
    """`hob python pin`: pin to a specific Python version."""

    general: GlobalOptions
    request: str | None = None
    resolved: Given | None = None
    no_project: bool = False
    is_global: bool = False
    rm: bool = False
    python_downloads_json_url: str | None = None


def _read_python_pin(found: Found) -> PythonPin:
    return PythonPin(
        general=read_globals(found),
        request=found.text("request"),
        resolved=found.switch("resolved"),
        no_project=found.flag("no-project"),
        is_global=found.flag("global"),
        rm=found.flag("rm"),
        python_downloads_json_url=found.text("python-downloads-json-url"),
    )


PYTHON_PIN = Command(
    name="pin",
    arguments=(
        positional("request"),
        flag("resolved", overrides=("resolved",)),
        flag("no-resolved", is_hidden=True, overrides=("no-resolved",)),
        flag("no-project", aliases=("no-workspace",), variable="UV_NO_PROJECT"),
        flag("global"),
        flag("rm", conflicts=("request", "resolved")),
        option("python-downloads-json-url"),
    ),
    texts="python",
    read=_read_python_pin,
)


class PythonDir(Struct, frozen=True, kw_only=True):
    """`hob python dir`: show the hob Python installation directory."""

    general: GlobalOptions
    bin: bool = False


def _read_python_dir(found: Found) -> PythonDir:
    return PythonDir(
        general=read_globals(found),
        bin=found.flag("bin"),
    )


PYTHON_DIR = Command(
    name="dir",
    arguments=(flag("bin"),),
    texts="python",
    read=_read_python_dir,
)


class PythonUpdateShell(Struct, frozen=True, kw_only=True):
    """`hob python update-shell`: ensure that the Python executable directory is on the `PATH`."""

    general: GlobalOptions


def _read_python_update_shell(found: Found) -> PythonUpdateShell:
    return PythonUpdateShell(
        general=read_globals(found),
    )


PYTHON_UPDATE_SHELL = Command(
    name="update-shell",
    arguments=(),
    texts="python",
    read=_read_python_update_shell,
)
