"""Options of the command line as a layer of settings: what was typed gets the types that files have.

A value that cannot be meant is refused in the words of the command line: `invalid value 'x' for '--flag <FLAG>'`.
"""

from collections.abc import Callable, Iterable
from datetime import UTC
from typing import TypeVar

from hobd.core.formats.exclude_newer import parse_exclude_newer
from hobd.core.formats.index_table import parse_index_name, parse_index_url
from hobd.core.formats.requirement import parse_requirement
from hobd.core.vocab.index import Index
from hobd.core.vocab.names import Name, parse_name
from hobd.errors import HobError, RequestError

T = TypeVar("T")

PRERELEASE_MODES = ("disallow", "allow", "if-necessary", "explicit", "if-necessary-or-explicit")


class InvalidOption(RequestError):
    """A value that an option cannot mean."""


def typed(flag: str, value: str, parse: Callable[[str], T]) -> T:
    """One value of an option.

    Raises:
        InvalidOption: the parser refuses it.
    """
    try:
        return parse(value)
    except HobError as error:
        placeholder = flag.removeprefix("--").replace("-", "_").upper()
        raise InvalidOption(f"invalid value '{value}' for '{flag} <{placeholder}>': {error.message}") from error


def names(flag: str, values: Iterable[str]) -> tuple[Name, ...] | None:
    """Names of packages; None where there are none."""
    return tuple(typed(flag, value, parse_name) for value in values) or None


def requirement_texts(flag: str, values: Iterable[str]) -> tuple[str, ...] | None:
    """Requirements, checked; None where there are none."""
    found = tuple(values)
    for value in found:
        typed(flag, value, parse_requirement)
    return found or None


def exclude_newer(flag: str, value: str | None) -> str | None:
    """A cut-off, checked."""
    if value is not None:
        typed(flag, value, lambda text: parse_exclude_newer(text, UTC))
    return value


def exclude_newer_package(flag: str, values: Iterable[str]) -> tuple[tuple[Name, str], ...] | None:
    """`NAME=CUT-OFF` pairs."""

    def parse(text: str) -> tuple[Name, str]:
        name, separator, cutoff = text.partition("=")
        if not separator:
            raise InvalidOption(f"Invalid `exclude-newer-package` value `{text}`: expected format `PACKAGE=DATE` or `PACKAGE=false`")
        parse_exclude_newer(cutoff, UTC)
        return parse_name(name), cutoff

    return tuple(typed(flag, value, parse) for value in values) or None


def prerelease_package(flag: str, values: Iterable[str]) -> tuple[tuple[Name, str], ...] | None:
    """`NAME=MODE` pairs."""

    def parse(text: str) -> tuple[Name, str]:
        name, separator, mode = text.partition("=")
        if not separator or mode not in PRERELEASE_MODES:
            raise InvalidOption(f"Invalid `prerelease-package` value `{text}`: expected format `PACKAGE=MODE`")
        return parse_name(name), mode

    return tuple(typed(flag, value, parse) for value in values) or None


def config_settings(flag: str, values: Iterable[str]) -> tuple[tuple[str, str], ...] | None:
    """`KEY=VALUE` pairs; one key may come several times."""

    def parse(text: str) -> tuple[str, str]:
        key, separator, value = text.partition("=")
        if not separator:
            raise InvalidOption(f"Missing config setting (expected `KEY=VALUE`): `{text}`")
        return key.strip(), value.strip()

    return tuple(typed(flag, value, parse) for value in values) or None


def config_settings_package(flag: str, values: Iterable[str]) -> tuple[tuple[Name, tuple[tuple[str, str], ...]], ...] | None:
    """`NAME:KEY=VALUE` triples."""
    found = []
    for value in values:
        package, _, setting = value.partition(":")
        pairs = config_settings(flag, (setting,)) or ()
        found.append((typed(flag, package.strip(), parse_name), pairs))
    return tuple(found) or None


def given_index(flag: str, value: str, configured: tuple[Index, ...], exists: Callable[[str], bool]) -> tuple[Index, str | None]:
    """An index of the command line, and what is to be said of it.

    Args:
        flag: `--index` or `--default-index`.
        value: `[NAME=]URL`, a path, or the name of a configured index.
        configured: the indexes of files.
        exists: whether a path is there: it goes before a name.
    Raises:
        InvalidOption: a bad name or URL.
    """
    name, separator, address = value.partition("=")
    if not separator or ":" in name:
        name, address = "", value
    is_bare = not name and "/" not in address and ":" not in address and "\\" not in address and not address.startswith(".")
    if is_bare and not exists(address):
        known = next((index for index in configured if index.name == address), None)
        if known is not None:
            warning = (
                "Referencing an index by name is experimental and may change without warning. "
                "Pass `--preview-features index-by-name` to disable this warning."
            )
            return known, warning
    url = typed(flag, address, parse_index_url)
    index = Index(url=url, name=typed(flag, name, parse_index_name) if name else None)
    is_ambiguous = url == address and "://" not in url and not url.startswith((".", "/")) and "/" not in url
    return index, _ambiguous(address) if is_ambiguous else None


def _ambiguous(path: str) -> str:
    return (
        "Relative paths passed to `--index` or `--default-index` should be disambiguated from index names "
        f"(use `./{path}`). Support for ambiguous values will be removed in the future"
    )
