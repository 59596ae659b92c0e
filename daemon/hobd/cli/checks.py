"""What can be said of a value by looking at it: names, numbers, paths, dates. Each check raises ValueError, saying why not.

A check only refuses what cannot be meant: values reach the stories as they were typed. What reads them is
imported when there is something to read; patterns are compiled then, too.
"""

import re
from collections.abc import Callable

from hobd.cli.grammar.model import Check
from hobd.cli.grammar.values import Empty, Refused
from hobd.errors import HobError

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_SCHEME = r"[A-Za-z][A-Za-z0-9+.-]*:"
_PIP_FILE = r"(?:.*/)?(?:pyproject|pylock(?:\.[^/]+)?)\.toml"
_BUMPS = ("major", "minor", "patch", "stable", "alpha", "beta", "rc", "post", "dev")


def a_name(value: str) -> None:
    """The name of a package, an extra or a group."""
    if not re.fullmatch(_NAME, value):
        raise ValueError(
            f'Not a valid package or extra name: "{value}". Names must start and end with a letter or digit and may only contain '
            "-, _, ., and alphanumeric characters."
        )


def an_extra(value: str) -> None:
    """The name of an extra."""
    if not re.fullmatch(_NAME, value):
        raise ValueError("Extra names must start and end with a letter or digit and may only contain -, _, ., and alphanumeric characters")


def a_name_or_all(value: str) -> None:
    """A package's name, `:all:` or `:none:`."""
    if value not in (":all:", ":none:"):
        a_name(value)


def a_pip_group(value: str) -> None:
    """A group's name, after a path to its pyproject.toml where it is another than this folder's."""
    path, colon, name = value.rpartition(":")
    a_name(name)
    if colon and not re.fullmatch(_PIP_FILE, path):
        raise ValueError(f"The `--group` path is required to end in `pyproject.toml` for compatibility with pip; got: {path}")


def a_number(largest: int = (1 << 64) - 1) -> Check:
    """A check for whole numbers from 0."""

    def check(value: str) -> None:
        digits = value.lstrip("+") if value.startswith("+") else value.removeprefix("-")
        if not value:
            raise ValueError("cannot parse integer from empty string")
        if not (digits.isascii() and digits.isdigit()):
            raise ValueError("invalid digit found in string")
        number = int(value)
        if not 0 <= number <= largest:
            raise ValueError(f"{number} is not in 0..={largest}")

    return check


def a_path(value: str) -> None:
    """A path: anything but nothing."""
    if not value:
        raise Empty


def a_file_path(value: str) -> None:
    """A path or a `file://` address; nothing is nothing."""
    if value.startswith("file://"):
        _valid_url(value)


def a_url(value: str) -> None:
    """An absolute address."""
    if not re.match(_SCHEME, value):
        raise ValueError("relative URL without a base")
    _valid_url(value)


def an_index(value: str) -> None:
    """Indexes, split at white space: an address, a path or a configured name, perhaps with a name of its own before `=`."""
    for part in value.split():
        name, equals, location = part.partition("=")
        an_index_url(location if equals and "/" not in name and ":" not in name else part)


def an_index_url(value: str) -> None:
    """An index: an address or a path."""
    if "://" in value:
        _valid_url(value)


def a_check_url(value: str) -> None:
    """An index to look into: an address or a path, and not nothing."""
    if not value:
        raise ValueError("path could not be converted to an absolute path: ")
    an_index_url(value)


def a_python_version(value: str) -> None:
    """A version of Python: a release, perhaps with a pre-release."""
    from hobd.core.formats.version_text import InvalidVersionText, parse_version

    try:
        version = parse_version(value)
    except InvalidVersionText as error:
        raise ValueError(f"Python version `{value}` could not be parsed: {error.message}") from None
    for is_wrong, what in (
        (version.is_devrelease, "is a development release"),
        (version.is_postrelease, "is a post-release"),
        (version.local is not None, "is a local version"),
        (version.epoch != 0, "has a non-zero epoch"),
    ):
        if is_wrong:
            raise ValueError(f"Python version `{value}` {what}")


def a_config_setting(value: str) -> None:
    """`KEY=VALUE`."""
    if "=" not in value:
        raise ValueError(f"Invalid config setting: {value} (expected `KEY=VALUE`)")


def a_package_config_setting(value: str) -> None:
    """`PACKAGE:KEY=VALUE`."""
    package, colon, setting = value.partition(":")
    if not colon:
        raise ValueError(f"Invalid config setting: {value} (expected `PACKAGE:KEY=VALUE`)")
    try:
        a_name(package)
    except ValueError as error:
        raise ValueError(f"Invalid package name: {error}") from None
    a_config_setting(setting)


def a_cutoff(value: str) -> None:
    """A date, a time stamp, a duration, or `false`."""
    from datetime import UTC

    from hobd.core.formats.exclude_newer import parse_exclude_newer

    _accept(lambda: parse_exclude_newer(value, UTC))


def a_package_cutoff(value: str) -> None:
    """`PACKAGE=DATE`."""
    package, equals, cutoff = value.partition("=")
    if not equals:
        raise ValueError(f"Invalid `exclude-newer-package` value `{value}`: expected format `PACKAGE=DATE` or `PACKAGE=false`")
    try:
        a_name(package)
    except ValueError as error:
        raise ValueError(f"Invalid `exclude-newer-package` package name `{package}`: {error}") from None
    try:
        a_cutoff(cutoff)
    except ValueError as error:
        raise ValueError(f"Invalid `exclude-newer-package` value `{cutoff}`: {error}") from None


def a_package_prerelease(value: str) -> None:
    """`PACKAGE=MODE`."""
    from hobd.cli.options.choices import PRERELEASE_MODE

    package, equals, mode = value.partition("=")
    if not equals:
        raise ValueError(f"Invalid `prerelease-package` value `{value}`: expected format `PACKAGE=MODE`")
    try:
        a_name(package)
    except ValueError as error:
        raise ValueError(f"Invalid `prerelease-package` package name `{package}`: {error}") from None
    *names, last = (f"`{name}`" for name in PRERELEASE_MODE.names)
    if mode not in PRERELEASE_MODE.names:
        raise ValueError(f"Invalid `prerelease-package` mode: expected one of {', '.join(names)}, or {last}, found `{mode}`")


def a_host(value: str) -> None:
    """A host, a host with a port, or an address."""
    rest = value.partition("://")[2] or value
    host, colon, port = rest.partition("/")[0].partition(":")
    if colon and host and not (port.isdigit() and int(port) < 1 << 16):
        raise ValueError(f"invalid port for `--trusted-host`: `{value}`")
    if colon and not host:
        raise ValueError(f"invalid port for `--trusted-host`: `{value}`")


def a_marker(value: str) -> None:
    """An environment marker."""
    from hobd.core.formats.marker_text import parse_marker

    _accept(lambda: parse_marker(value))


def a_requirement(value: str) -> None:
    """A requirement: a name, perhaps with versions."""
    if not value:
        raise ValueError("Empty field is not allowed for PEP508")
    from hobd.core.formats.requirement import parse_requirement

    _accept(lambda: parse_requirement(value))


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
    if not value:
        raise ValueError("empty host")
    if "://" in value:
        _valid_url(value)


def _accept(read: Callable[[], object]) -> None:
    """Read a value; the reader's complaint, without its hints, is why it is refused."""
    try:
        read()
    except HobError as error:
        raise ValueError(error.message) from None


def _valid_url(value: str) -> None:
    from hobd.core.formats.urls import InvalidUrl, parse_url

    try:
        parse_url(value)
    except InvalidUrl as error:
        raise ValueError(error.message.removesuffix(f': "{value}"')) from None
