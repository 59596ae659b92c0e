"""What can be said of a value by looking at it: names, numbers, paths, dates. Each check raises ValueError, saying why not.

A check only refuses what cannot be meant: values reach the stories as they were typed.
"""

import re

from hobd.cli.grammar.model import Check
from hobd.cli.grammar.values import Empty, Refused

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_BUMPS = ("major", "minor", "patch", "stable", "alpha", "beta", "rc", "post", "dev")


def a_name(value: str) -> None:
    """The name of a package, an extra or a group."""
    if not _NAME.fullmatch(value):
        raise ValueError(
            f'Not a valid package or extra name: "{value}". Names must start and end with a letter or digit and may only contain '
            "-, _, ., and alphanumeric characters."
        )


def an_extra(value: str) -> None:
    """The name of an extra; an empty one is nobody's."""
    if not _NAME.fullmatch(value):
        raise ValueError("Extra names must start and end with a letter or digit and may only contain -, _, ., and alphanumeric characters")


def a_name_or_all(value: str) -> None:
    """A package's name, `:all:` or `:none:`."""
    if value not in (":all:", ":none:"):
        a_name(value)


def a_pip_group(value: str) -> None:
    """A group's name, after a path to its pyproject.toml where it is another than this folder's."""
    path, colon, name = value.rpartition(":")
    a_name(name)
    if colon and not path.endswith(("pyproject.toml", "pylock.toml")) and not re.search(r"pylock\.[^/]*\.toml$", path):
        raise ValueError(f"The `--group` path is required to end in 'pyproject.toml' for compatibility with pip; got: {path}")


def a_number(largest: int = (1 << 64) - 1) -> Check:
    """A check for whole numbers from 0."""

    def check(value: str) -> None:
        digits = value.removeprefix("+")
        if not digits:
            raise ValueError("cannot parse integer from empty string" if not value else "invalid digit found in string")
        if not (digits.isascii() and digits.isdigit()):
            raise ValueError("invalid digit found in string")
        if int(digits) > largest:
            raise ValueError(f"{int(digits)} is not in 0..={largest}")

    return check


def a_path(value: str) -> None:
    """A path: anything but nothing."""
    if not value:
        raise Empty


def a_file_path(value: str) -> None:
    """A path or a `file://` address."""
    if value.startswith("file://") and not value.removeprefix("file://").startswith("/"):
        raise ValueError(f"invalid file URL: {value}")


def a_url(value: str) -> None:
    """An absolute address."""
    if not _SCHEME.match(value):
        raise ValueError("relative URL without a base")


def an_index(value: str) -> None:
    """An index: an address, a path or a configured name, perhaps with a name of its own before `=`."""


def an_index_url(value: str) -> None:
    """An index: an address or a path."""


def a_python_version(value: str) -> None:
    """A version of Python: one to three numbers, perhaps a pre-release."""
    from packaging.version import InvalidVersion, Version

    try:
        version = Version(value)
    except InvalidVersion:
        raise ValueError(f"expected a Python version, but `{value}` is none") from None
    if version.is_devrelease:
        raise ValueError(f"Python version `{value}` is a development release")
    if version.local is not None:
        raise ValueError(f"Python version `{value}` is a local version")
    if version.epoch != 0:
        raise ValueError(f"Python version `{value}` has a non-zero epoch")


def a_config_setting(value: str) -> None:
    """`KEY=VALUE`."""
    if "=" not in value:
        raise ValueError(f"Missing config setting (expected `KEY=VALUE`): `{value}`")


def a_package_config_setting(value: str) -> None:
    """`PACKAGE:KEY=VALUE`."""
    package, colon, setting = value.partition(":")
    if not colon:
        raise ValueError(f"Invalid config setting: expected `PACKAGE:KEY=VALUE`, got: `{value}`")
    a_name(package.strip())
    a_config_setting(setting)


def a_cutoff(value: str) -> None:
    """A date, a time stamp, a duration, or `false`."""


def a_package_cutoff(value: str) -> None:
    """`NAME=DATE`."""


def a_package_prerelease(value: str) -> None:
    """`NAME=MODE`."""


def a_host(value: str) -> None:
    """A host, a host with a port, or an address."""


def a_marker(value: str) -> None:
    """An environment marker."""


def a_requirement(value: str) -> None:
    """A requirement: a name, perhaps with versions."""


def a_bump(value: str) -> None:
    """A component of a version to raise, perhaps with its new number: `minor`, `rc=2`."""
    name, equals, number = value.partition("=")
    if name not in _BUMPS:
        raise Refused(f"invalid bump component `{name}`")
    if name == "stable" and equals:
        raise Refused("`--bump stable` does not accept a value")
    if equals and not number:
        raise Refused("`--bump` values cannot be empty")
    if equals and not (number.isascii() and number.isdigit()):
        raise Refused(f"invalid numeric value `{number}` for `--bump {name}`")


def a_service(value: str) -> None:
    """A service to log into: a host or an address."""
