"""Options that pip's commands share: which environment, whose extras, and what changes nothing."""

from hobd.cli.checks import a_path, an_extra
from hobd.cli.found import Found
from hobd.cli.grammar.declare import flag, option, options
from hobd.cli.options.python import SYSTEM
from hobd.errors import RequestError

ELSEWHERE = (
    option("target", "t", check=a_path, conflicts=("prefix",)),
    option("prefix", check=a_path, conflicts=("target",)),
)

CHANGED_ENVIRONMENT = (
    *SYSTEM,
    flag("break-system-packages", variable="UV_BREAK_SYSTEM_PACKAGES", overrides=("no-break-system-packages",)),
    flag("no-break-system-packages", overrides=("break-system-packages",)),
    *ELSEWHERE,
)

INSTALLED_EXTRAS = (
    options("extra", separator=",", check=an_extra, conflicts=("all-extras",)),
    flag("all-extras", conflicts=("extra",), overrides=("no-all-extras",)),
    flag("no-all-extras", is_hidden=True, overrides=("all-extras",)),
)


def refuse_upgraded_groups(found: Found) -> None:
    """Nothing that pip's commands write says which package is in which group.

    Raises:
        RequestError: one is to be upgraded.
    """
    if found.texts("upgrade-group"):
        raise RequestError("`--upgrade-group` is not supported in `hob pip` commands")


PIP_COMPAT = (flag("disable-pip-version-check", is_hidden=True, idle="pip's `--disable-pip-version-check` has no effect"),)
