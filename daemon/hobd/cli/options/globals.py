"""Options that every command takes, before or after its name."""

from msgspec import Struct

from hobd.cli.checks import a_host, a_path
from hobd.cli.found import Found, Given
from hobd.cli.grammar.declare import count, flag, option, options
from hobd.cli.grammar.model import Argument
from hobd.cli.options.choices import COLOR_CHOICE, PYTHON_DOWNLOADS, PYTHON_PREFERENCE
from hobd.cli.options.headings import CACHE_OPTIONS, GLOBAL_OPTIONS, PYTHON_OPTIONS
from hobd.errors import RequestError

HELP = Argument(id="help", kind="help", long="help", short="h", heading=GLOBAL_OPTIONS, is_global=True, order=1900)

_CERTS = ("native-tls", "no-native-tls", "system-certs", "no-system-certs")

_NATIVE_TLS = "The `--{}` flag is deprecated and will be removed in a future release. Use `{}` instead."

_KNOWS_ISOLATED = ("run", "check", "tool run")
"""Commands with an `--isolated` of their own."""

_STABLE = ("auth", "build", "cache", "clean", "daemon", "help", "pip", "publish", "self", "venv", "workspace")
"""Commands for which `--isolated` still does what `--no-config` does."""

GLOBALS = (
    flag("no-cache", "n", aliases=("no-cache-dir",), variable="UV_NO_CACHE", heading=CACHE_OPTIONS, order=27, is_global=True),
    option("cache-dir", variable="UV_CACHE_DIR", check=a_path, heading=CACHE_OPTIONS, order=28, is_global=True),
    option(
        "python-preference",
        variable="UV_PYTHON_PREFERENCE",
        choices=PYTHON_PREFERENCE,
        heading=PYTHON_OPTIONS,
        order=700,
        is_hidden=True,
        is_global=True,
    ),
    flag("managed-python", heading=PYTHON_OPTIONS, order=1001, is_global=True, overrides=("no-managed-python",)),
    flag("no-managed-python", heading=PYTHON_OPTIONS, order=1002, is_global=True, overrides=("managed-python",)),
    flag("allow-python-downloads", heading=PYTHON_OPTIONS, order=1003, is_hidden=True, is_global=True),
    flag("no-python-downloads", heading=PYTHON_OPTIONS, order=1004, is_global=True),
    option("python-fetch", choices=PYTHON_DOWNLOADS, heading=GLOBAL_OPTIONS, order=1005, is_hidden=True, is_global=True),
    count("quiet", "q", heading=GLOBAL_OPTIONS, order=1006, is_global=True, conflicts=("verbose",)),
    count("verbose", "v", heading=GLOBAL_OPTIONS, order=1007, is_global=True, conflicts=("quiet",)),
    flag("no-color", heading=GLOBAL_OPTIONS, order=1008, is_hidden=True, is_global=True, conflicts=("color",)),
    option(
        "color",
        value_name="COLOR_CHOICE",
        choices=COLOR_CHOICE,
        heading=GLOBAL_OPTIONS,
        order=1009,
        is_global=True,
        conflicts=("no-color",),
    ),
    flag(
        "native-tls",
        heading=GLOBAL_OPTIONS,
        order=1010,
        is_hidden=True,
        is_global=True,
        idle=_NATIVE_TLS.format("native-tls", "--system-certs"),
        overrides=_CERTS[1:],
    ),
    flag(
        "no-native-tls",
        heading=GLOBAL_OPTIONS,
        order=1011,
        is_hidden=True,
        is_global=True,
        idle=_NATIVE_TLS.format("no-native-tls", "--no-system-certs"),
        overrides=(_CERTS[0], *_CERTS[2:]),
    ),
    flag("system-certs", heading=GLOBAL_OPTIONS, order=1012, is_global=True, overrides=(*_CERTS[:2], _CERTS[3])),
    flag("no-system-certs", heading=GLOBAL_OPTIONS, order=1013, is_hidden=True, is_global=True, overrides=_CERTS[:3]),
    flag("offline", heading=GLOBAL_OPTIONS, order=1014, is_global=True, overrides=("no-offline",)),
    flag("no-offline", heading=GLOBAL_OPTIONS, order=1015, is_hidden=True, is_global=True, overrides=("offline",)),
    options(
        "allow-insecure-host",
        aliases=("trusted-host",),
        variable="UV_INSECURE_HOST",
        separator=" ",
        check=a_host,
        heading=GLOBAL_OPTIONS,
        order=1016,
        is_global=True,
    ),
    flag("preview", heading=GLOBAL_OPTIONS, order=1017, is_hidden=True, is_global=True, overrides=("no-preview",)),
    flag("no-preview", heading=GLOBAL_OPTIONS, order=1018, is_hidden=True, is_global=True, overrides=("preview",)),
    options(
        "preview-features",
        aliases=("preview-feature",),
        variable="UV_PREVIEW_FEATURES",
        separator=",",
        heading=GLOBAL_OPTIONS,
        order=1019,
        is_hidden=True,
        is_global=True,
    ),
    flag("isolated", heading=GLOBAL_OPTIONS, order=1020, is_hidden=True, is_global=True),
    flag("show-settings", heading=GLOBAL_OPTIONS, order=1021, is_hidden=True, is_global=True),
    flag("no-progress", heading=GLOBAL_OPTIONS, order=1022, is_global=True),
    flag("no-installer-metadata", heading=GLOBAL_OPTIONS, order=1023, is_hidden=True, is_global=True),
    option("directory", variable="UV_WORKING_DIR", check=a_path, heading=GLOBAL_OPTIONS, order=1024, is_global=True),
    option("project", variable="UV_PROJECT", check=a_path, heading=GLOBAL_OPTIONS, order=1025, is_global=True),
    option("config-file", variable="UV_CONFIG_FILE", check=a_path, heading=GLOBAL_OPTIONS, order=1026, is_global=True),
    flag("no-config", variable="UV_NO_CONFIG", heading=GLOBAL_OPTIONS, order=1027, is_global=True),
    HELP,
)


class GlobalOptions(Struct, frozen=True, kw_only=True):
    """What holds for any command. None where neither the command line nor a variable says anything."""

    quiet: int = 0
    """1: no more than errors and data; 2: no errors either."""
    verbose: int = 0
    color: str | None = None
    """`auto`, `always` or `never`, from the command line only: see `style` for the variables."""
    no_progress: Given | None = None
    offline: Given | None = None
    cache_dir: str | None = None
    no_cache: bool = False
    managed_python: Given | None = None
    no_managed_python: Given | None = None
    python_preference: str | None = None
    python_downloads: Given | None = None
    """On: `--allow-python-downloads`; off: `--no-python-downloads`."""
    python_fetch: str | None = None
    """`--python-fetch`, the old name of the setting `python-downloads`."""
    system_certs: Given | None = None
    cert: str | None = None
    """`--cert`, which the commands of `pip` share: a bundle of certificates in place of all others."""
    allow_insecure_host: tuple[str, ...] = ()
    preview: Given | None = None
    preview_features: tuple[str, ...] = ()
    show_settings: bool = False
    no_installer_metadata: Given | None = None
    directory: str | None = None
    project: str | None = None
    config_file: str | None = None
    no_config: bool = False
    warnings: tuple[str, ...] = ()
    """What is odd about the command line, to be said before anything else."""


def read_globals(found: Found) -> GlobalOptions:
    """The global options.

    Raises:
        RequestError: a preference for interpreters is given twice, in two ways.
    """
    is_typed = found.is_typed("managed-python") or found.is_typed("no-managed-python")
    managed = found.given("managed-python", variable=None if is_typed else "UV_MANAGED_PYTHON")
    unmanaged = found.given("no-managed-python", variable=None if is_typed else "UV_NO_MANAGED_PYTHON")
    preference = found.text("python-preference")
    for given in (managed, unmanaged):
        if given is not None and preference is not None:
            refuse_together(given, Given(flag="--python-preference"))
    return GlobalOptions(
        quiet=found.count("quiet"),
        verbose=found.count("verbose"),
        color="never" if found.flag("no-color") else found.text("color"),
        no_progress=found.given("no-progress", variable="UV_NO_PROGRESS"),
        offline=found.switch("offline", variable="UV_OFFLINE"),
        cache_dir=found.text("cache-dir"),
        no_cache=found.flag("no-cache"),
        managed_python=managed,
        no_managed_python=unmanaged,
        python_preference=preference,
        python_downloads=found.opposite("allow-python-downloads", "no-python-downloads"),
        python_fetch=found.text("python-fetch"),
        system_certs=_read_certs(found),
        cert=found.text("cert"),
        allow_insecure_host=tuple(filter(None, found.texts("allow-insecure-host"))),
        preview=found.switch("preview", variable="UV_PREVIEW"),
        preview_features=tuple(filter(None, found.texts("preview-features"))),
        show_settings=found.flag("show-settings"),
        no_installer_metadata=found.given("no-installer-metadata", variable="UV_NO_INSTALLER_METADATA"),
        directory=found.text("directory") or found.ambient.working_directory,
        project=found.text("project"),
        config_file=found.text("config-file"),
        no_config=_heed_isolated(found) or found.flag("no-config"),
    )


def _heed_isolated(found: Found) -> bool:
    """Warn where `--isolated` is out of date; returns whether it stands for `--no-config`."""
    if not found.flag("isolated") or " ".join(found.path) in ("", *_KNOWS_ISOLATED):
        return False
    stands = found.path[0] in _STABLE
    instead = "`--no-config` to prevent hob from discovering configuration files"
    if found.path == ("init",):
        instead += " or `--no-workspace` to prevent hob from adding the initialized project to the containing workspace"
    found.warn(f"The `--isolated` flag is deprecated{'' if stands else ' and has no effect'}. Instead, use {instead}.")
    return stands


def _read_certs(found: Found) -> Given | None:
    if found.ambient.said("UV_NATIVE_TLS") is not None:
        found.warn(
            "The `UV_NATIVE_TLS` environment variable is deprecated and will be removed in a future release. Use `UV_SYSTEM_CERTS` instead."
        )
    return (
        found.switch("system-certs")
        or found.switch("native-tls")
        or found.given("system-certs", variable="UV_SYSTEM_CERTS")
        or found.given("native-tls", variable="UV_NATIVE_TLS")
    )


def refuse_together(one: Given | None, other: Given | None) -> None:
    """Refuse two switches that exclude each other, wherever they come from.

    Raises:
        RequestError: both are on; each is named by the option or the variable that asked for it.
    """
    if one and other:
        raise RequestError(f"the argument {_told(one)} cannot be used with {_told(other)}")


def _told(given: Given) -> str:
    from hobd.cli.style import green

    return green(f"`{given.flag}`" if given.variable is None else f"`{given.variable}` (environment variable)")
