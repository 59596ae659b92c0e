"""`hob audit`."""

from msgspec import Struct

from hobd.cli.checks import a_name, a_path, a_python_version
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import flag, option, options
from hobd.cli.grammar.model import Command
from hobd.cli.options.audit import AUDIT, AuditOptions, read_audit
from hobd.cli.options.build import BUILD, BuildOptions, read_build
from hobd.cli.options.choices import TARGET_TRIPLE
from hobd.cli.options.globals import GlobalOptions, read_globals
from hobd.cli.options.groups import GroupOptions, read_groups
from hobd.cli.options.index import IndexOptions, read_index
from hobd.cli.options.installer import InstallerOptions, read_installer
from hobd.cli.options.locking import LOCKING, read_locking
from hobd.cli.options.resolver import RESOLVER, ResolverOptions, read_resolver


class Audit(Struct, frozen=True, kw_only=True):
    """`hob audit`: audit the project's dependencies."""

    general: GlobalOptions
    audit: AuditOptions
    groups: GroupOptions
    build: BuildOptions
    index: IndexOptions
    resolver: ResolverOptions
    installer: InstallerOptions
    locked: Given | None = None
    frozen: Given | None = None
    script: str | None = None
    python_version: str | None = None
    python_platform: str | None = None


def _read_audit(found: Found) -> Audit:
    locked, frozen = read_locking(found)
    return Audit(
        general=read_globals(found),
        audit=read_audit(found),
        groups=read_groups(found),
        build=read_build(found),
        index=read_index(found),
        resolver=read_resolver(found),
        installer=read_installer(found),
        locked=locked,
        frozen=frozen,
        script=found.text("script"),
        python_version=found.text("python-version"),
        python_platform=found.text("python-platform"),
    )


AUDIT_COMMAND = Command(
    name="audit",
    arguments=(
        options("no-extra", check=a_name),
        flag("no-dev"),
        options("no-group", separator=" ", check=a_name),
        flag("no-default-groups", variable="UV_NO_DEFAULT_GROUPS"),
        options("only-group", check=a_name),
        flag("only-dev", conflicts=("no-dev",)),
        *LOCKING,
        *AUDIT,
        *BUILD,
        *RESOLVER,
        option("script", check=a_path),
        option("python-version", check=a_python_version),
        option("python-platform", choices=TARGET_TRIPLE),
    ),
    hint="hob help audit",
    hidden_globals=("offline",),
    texts="audit",
    read=_read_audit,
)
