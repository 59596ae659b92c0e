"""`hob pip uninstall`."""

from msgspec import Struct

from hobd.cli.checks import a_file_path
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, option, options, positionals
from hobd.cli.grammar.model import Command, Group
from hobd.cli.options.choices import KEYRING_PROVIDER_TYPE
from hobd.cli.options.globals import GlobalOptions, read_globals
from hobd.cli.options.headings import PYTHON_OPTIONS
from hobd.cli.options.pip import CHANGED_ENVIRONMENT, PIP_COMPAT


class PipUninstall(Struct, frozen=True, kw_only=True):
    """`hob pip uninstall`: uninstall packages from an environment."""

    general: GlobalOptions
    package: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    python: str | None = None
    keyring_provider: str | None = None
    system: Given | None = None
    break_system_packages: Given | None = None
    target: str | None = None
    prefix: str | None = None
    dry_run: bool = False


def _read_pip_uninstall(found: Found) -> PipUninstall:
    return PipUninstall(
        general=read_globals(found),
        package=found.texts("package"),
        requirements=found.texts("requirements"),
        python=found.text("python"),
        keyring_provider=found.text("keyring-provider"),
        system=found.switch("system"),
        break_system_packages=found.switch("break-system-packages"),
        target=found.text("target"),
        prefix=found.text("prefix"),
        dry_run=found.flag("dry-run"),
    )


PIP_UNINSTALL = Command(
    name="uninstall",
    arguments=(
        positionals("package", group="sources"),
        options("requirements", "r", aliases=("requirement",), check=a_file_path, group="sources"),
        option("python", "p", variable="UV_PYTHON", heading=PYTHON_OPTIONS),
        option("keyring-provider", variable="UV_KEYRING_PROVIDER", choices=KEYRING_PROVIDER_TYPE),
        *CHANGED_ENVIRONMENT,
        flag("dry-run"),
        flag("yes", "y", is_hidden=True, idle="`--yes` has no effect (hob never asks for confirmation)"),
        *PIP_COMPAT,
    ),
    groups=(Group(id="sources", is_required=True, is_multiple=True),),
    hint="hob help pip uninstall",
    texts="pip",
    read=_read_pip_uninstall,
)
