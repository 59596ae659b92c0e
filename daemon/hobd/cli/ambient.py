"""Environment variables that are no option's own: heard by every command, before it looks at anything else."""

from msgspec import Struct

from hobd.cli.environment import Environment
from hobd.cli.grammar.values import parse_bool
from hobd.errors import RequestError

_SECONDS = "value should be an integer number of seconds"

_FLAGS = (
    "UV_SKIP_WHEEL_FILENAME_CHECK",
    "UV_HIDE_BUILD_OUTPUT",
    "UV_PYTHON_INSTALL_BIN",
    "UV_PYTHON_INSTALL_REGISTRY",
    "UV_PYTHON_NO_REGISTRY",
    "UV_LOG_CONTEXT",
    "UV_GIT_LFS",
    "UV_REQUIRE_METADATA_RANGE_REQUESTS",
    "UV_FROZEN",
    "UV_LOCKED",
    "UV_OFFLINE",
    "UV_NO_SYNC",
    "UV_MANAGED_PYTHON",
    "UV_NO_MANAGED_PYTHON",
    "UV_NATIVE_TLS",
    "UV_SYSTEM_CERTS",
    "UV_PREVIEW",
    "UV_ISOLATED",
    "UV_NO_PROGRESS",
    "UV_NO_INSTALLER_METADATA",
    "UV_DEV",
    "UV_NO_DEV",
    "UV_SHOW_RESOLUTION",
    "UV_NO_EDITABLE",
    "UV_NO_INSTALL_PROJECT",
    "UV_NO_INSTALL_WORKSPACE",
    "UV_NO_INSTALL_LOCAL",
    "UV_ONLY_INSTALL_PROJECT",
    "UV_ONLY_INSTALL_WORKSPACE",
    "UV_ONLY_INSTALL_LOCAL",
    "UV_NO_ENV_FILE",
    "UV_REQUIRE_BUILD_HASHES",
    "UV_VENV_SEED",
    "UV_VENV_CLEAR",
    "UV_VENV_RELOCATABLE",
    "UV_INIT_BARE",
    "UV_MALWARE_CHECK",
)

_NUMBERS = (
    ("UV_CONCURRENT_DOWNLOADS", 1, 64, None),
    ("UV_CONCURRENT_BUILDS", 1, 64, None),
    ("UV_CONCURRENT_INSTALLS", 1, 64, None),
    ("UV_CONCURRENT_CACHE_READS", 1, 64, None),
    ("UV_UPLOAD_HTTP_TIMEOUT", 0, 64, _SECONDS),
    ("UV_HTTP_CONNECT_TIMEOUT", 0, 64, _SECONDS),
    ("UV_HTTP_RETRIES", 0, 32, None),
    ("UV_RUN_RLIMIT_NOFILE", 0, 32, None),
    ("UV_RUN_RECURSION_DEPTH", 0, 32, None),
)

_TIMEOUTS = ("UV_HTTP_TIMEOUT", "UV_REQUEST_TIMEOUT", "HTTP_TIMEOUT")

_LISTS = ("UV_CONSTRAINT", "UV_OVERRIDE", "UV_EXCLUDE", "UV_BUILD_CONSTRAINT")

_NAMES = ("UV_NO_GROUP", "UV_NO_BINARY_PACKAGE", "UV_NO_BUILD_PACKAGE", "UV_NO_SOURCES_PACKAGE")


class Ambient(Struct, frozen=True, kw_only=True):
    """What the variables say; a variable that is not set says nothing."""

    flags: tuple[tuple[str, bool], ...] = ()
    """Variables that were set, with their truth."""
    numbers: tuple[tuple[str, int], ...] = ()
    http_timeout: int | None = None
    """Seconds that a read may take."""
    no_group: tuple[str, ...] = ()
    no_binary_package: tuple[str, ...] = ()
    no_build_package: tuple[str, ...] = ()
    no_sources_package: tuple[str, ...] = ()
    lists: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Variables that list paths."""
    build_backend: str | None = None
    """`UV_INIT_BUILD_BACKEND`."""
    malware_check_url: str | None = None
    working_directory: str | None = None
    """`UV_WORKING_DIRECTORY`, the old name of `UV_WORKING_DIR`."""

    def flag(self, variable: str) -> bool:
        """Whether the variable says yes."""
        return self.said(variable) is True

    def said(self, variable: str) -> bool | None:
        """What the variable says, or None."""
        return next((truth for name, truth in self.flags if name == variable), None)

    def words(self, variable: str) -> tuple[str, ...]:
        """The variable's list, split at white space."""
        return next((words for name, words in self.lists if name == variable), ())

    def number(self, variable: str) -> int | None:
        """The variable's number, or None."""
        return next((number for name, number in self.numbers if name == variable), None)


def read_ambient(environment: Environment) -> Ambient:
    """Read the variables.

    Raises:
        RequestError: one has a value that cannot be meant; the first in this order is named.
    """
    timeouts = [_number(environment, name, 0, 64, _SECONDS) for name in _TIMEOUTS]
    flags = ((name, _flag(environment, name)) for name in _FLAGS)
    numbers = ((name, _number(environment, name, least, bits, advice)) for name, least, bits, advice in _NUMBERS)
    return Ambient(
        http_timeout=next((timeout for timeout in timeouts if timeout is not None), None),
        numbers=tuple((name, number) for name, number in numbers if number is not None),
        flags=tuple((name, truth) for name, truth in flags if truth is not None),
        **{name.removeprefix("UV_").lower(): _names(environment, name) for name in _NAMES},
        lists=tuple((name, tuple(value.split())) for name in _LISTS if (value := environment.get(name))),
        build_backend=_build_backend(environment),
        malware_check_url=_url(environment, "UV_MALWARE_CHECK_URL"),
        working_directory=environment.get("UV_WORKING_DIRECTORY"),
    )


def _refuse(name: str, value: str, why: str) -> RequestError:
    return RequestError(f"Failed to parse environment variable `{name}` with invalid value `{value}`: {why}")


def _flag(environment: Environment, name: str) -> bool | None:
    value = environment.get(name)
    if value is None:
        return None
    truth = parse_bool(value)
    if truth is None:
        raise _refuse(name, value, "expected a boolish value")
    return truth


def _number(environment: Environment, name: str, least: int, bits: int, advice: str | None) -> int | None:
    value = environment.get(name)
    if not value:
        return None
    digits = value.removeprefix("+")
    why = None
    if not (digits.isascii() and digits.isdigit()):
        why = "invalid digit found in string"
    elif int(digits) >= 1 << bits:
        why = "number too large to fit in target type"
    elif int(digits) < least:
        why = "number would be zero for non-zero type"
    if why is not None:
        raise _refuse(name, value, f"{why}; {advice}" if advice else why)
    return int(digits)


def _names(environment: Environment, name: str) -> tuple[str, ...]:
    value = environment.get(name)
    if not value:
        return ()
    from hobd.core.vocab.names import InvalidName, parse_name

    try:
        return tuple(parse_name(word) for word in value.split())
    except InvalidName as error:
        raise _refuse(name, value, error.message) from None


def _build_backend(environment: Environment) -> str | None:
    value = environment.get("UV_INIT_BUILD_BACKEND")
    if not value:
        return None
    from hobd.cli.grammar.model import find_choice
    from hobd.cli.options.choices import PROJECT_BUILD_BACKEND

    backend = find_choice(PROJECT_BUILD_BACKEND, value)
    if backend is None:
        raise _refuse("UV_INIT_BUILD_BACKEND", value, f"invalid variant: {value}")
    return backend


def _url(environment: Environment, name: str) -> str | None:
    value = environment.get(name)
    if not value:
        return None
    from hobd.cli.checks import a_url

    try:
        a_url(value)
    except ValueError as error:
        raise _refuse(name, value, str(error)) from None
    return value
