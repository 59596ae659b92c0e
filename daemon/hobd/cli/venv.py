"""`hob venv`."""

from msgspec import Struct

from hobd.cli.checks import a_path
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, option, positional
from hobd.cli.grammar.model import Command
from hobd.cli.options.choices import LINK_MODE
from hobd.cli.options.globals import GlobalOptions, read_globals
from hobd.cli.options.headings import PYTHON_OPTIONS
from hobd.cli.options.index import CLIENT, INDEX, IndexOptions, read_index
from hobd.cli.options.refresh import REFRESH, RefreshOptions, read_refresh
from hobd.cli.options.resolver import EXCLUDE_NEWER, ResolverOptions, read_resolver

_IDLE = (
    "The `--{}` flag has no effect, `hob venv` always ignores virtual environments when finding a Python interpreter; "
    "did you mean `--{}-python`?"
)


class Venv(Struct, frozen=True, kw_only=True):
    """`hob venv`: create a virtual environment."""

    general: GlobalOptions
    resolver: ResolverOptions
    index: IndexOptions
    refresh: RefreshOptions
    python: str | None = None
    system: Given | None = None
    no_project: bool = False
    seed: Given | None = None
    clear: Given | None = None
    force: bool = False
    allow_existing: bool = False
    path: str | None = None
    prompt: str | None = None
    system_site_packages: bool = False
    relocatable: Given | None = None
    link_mode: str | None = None


def _read_venv(found: Found) -> Venv:
    return Venv(
        general=read_globals(found),
        resolver=read_resolver(found),
        index=read_index(found),
        refresh=read_refresh(found),
        python=found.text("python"),
        system=found.switch("system"),
        no_project=found.flag("no-project"),
        seed=found.switch("seed", variable="UV_VENV_SEED"),
        clear=found.switch("clear", variable="UV_VENV_CLEAR"),
        force=found.flag("force"),
        allow_existing=found.flag("allow-existing"),
        path=found.text("path"),
        prompt=found.text("prompt"),
        system_site_packages=found.flag("system-site-packages"),
        relocatable=found.switch("relocatable", variable="UV_VENV_RELOCATABLE"),
        link_mode=found.text("link-mode"),
    )


VENV = Command(
    name="venv",
    arguments=(
        option("python", "p", variable="UV_PYTHON", heading=PYTHON_OPTIONS),
        flag("system", variable="UV_SYSTEM_PYTHON", is_hidden=True, overrides=("no-system",), idle=_IDLE.format("system", "no-managed")),
        flag("no-system", is_hidden=True, overrides=("system",), idle=_IDLE.format("no-system", "managed")),
        flag("no-project", aliases=("no-workspace",), variable="UV_NO_PROJECT"),
        flag("seed"),
        flag("clear", "c", overrides=("allow-existing",)),
        flag("force"),
        flag("no-clear", is_hidden=True, conflicts=("allow-existing",), overrides=("clear",)),
        flag("allow-existing", overrides=("clear",)),
        positional("path", check=a_path),
        option("prompt"),
        flag("system-site-packages"),
        flag("relocatable", overrides=("no-relocatable",)),
        flag("no-relocatable", is_hidden=True, overrides=("relocatable",)),
        *INDEX,
        *CLIENT,
        *EXCLUDE_NEWER,
        option("link-mode", variable="UV_LINK_MODE", choices=LINK_MODE),
        *REFRESH,
        flag("no-seed", is_hidden=True, idle="virtualenv's `--no-seed` has no effect (hob omits seed packages by default)"),
        flag("no-pip", is_hidden=True, idle="virtualenv's `--no-pip` has no effect (hob omits `pip` by default)"),
        flag("no-setuptools", is_hidden=True, idle="virtualenv's `--no-setuptools` has no effect (hob omits `setuptools` by default)"),
        flag("no-wheel", is_hidden=True, idle="virtualenv's `--no-wheel` has no effect (hob omits `wheel` by default)"),
    ),
    hint="hob help venv",
    texts="venv",
    read=_read_venv,
)
