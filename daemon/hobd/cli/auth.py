"""`hob auth`."""

from msgspec import Struct

from hobd.cli.checks import a_service
from hobd.cli.found import Found
from hobd.cli.grammar.declare import option, positional
from hobd.cli.grammar.model import Child, Command
from hobd.cli.options.choices import AUTH_HELPER_PROTOCOL, KEYRING_PROVIDER_TYPE
from hobd.cli.options.globals import GlobalOptions, read_globals


class AuthHelperGet(Struct, frozen=True, kw_only=True):
    """`hob auth helper get`: retrieve credentials for a URI."""

    general: GlobalOptions


def _read_auth_helper_get(found: Found) -> AuthHelperGet:
    return AuthHelperGet(
        general=read_globals(found),
    )


AUTH_HELPER_GET = Command(
    name="get",
    arguments=(),
    texts="auth",
    read=_read_auth_helper_get,
)


class AuthLogin(Struct, frozen=True, kw_only=True):
    """`hob auth login`: login to a service."""

    general: GlobalOptions
    service: str
    username: str | None = None
    password: str | None = None
    token: str | None = None
    keyring_provider: str | None = None


def _read_auth_login(found: Found) -> AuthLogin:
    return AuthLogin(
        general=read_globals(found),
        service=found.word("service"),
        username=found.text("username"),
        password=found.text("password"),
        token=found.text("token"),
        keyring_provider=found.text("keyring-provider"),
    )


AUTH_LOGIN = Command(
    name="login",
    arguments=(
        positional("service", check=a_service, is_required=True),
        option("username", "u", conflicts=("token",)),
        option("password", conflicts=("token",)),
        option("token", "t", conflicts=("username", "password")),
        option("keyring-provider", variable="UV_KEYRING_PROVIDER", choices=KEYRING_PROVIDER_TYPE, is_hidden=True),
    ),
    texts="auth",
    read=_read_auth_login,
)


class AuthLogout(Struct, frozen=True, kw_only=True):
    """`hob auth logout`: logout of a service."""

    general: GlobalOptions
    service: str
    username: str | None = None
    keyring_provider: str | None = None


def _read_auth_logout(found: Found) -> AuthLogout:
    return AuthLogout(
        general=read_globals(found),
        service=found.word("service"),
        username=found.text("username"),
        keyring_provider=found.text("keyring-provider"),
    )


AUTH_LOGOUT = Command(
    name="logout",
    arguments=(
        positional("service", check=a_service, is_required=True),
        option("username", "u"),
        option("keyring-provider", variable="UV_KEYRING_PROVIDER", choices=KEYRING_PROVIDER_TYPE, is_hidden=True),
    ),
    texts="auth",
    read=_read_auth_logout,
)


class AuthToken(Struct, frozen=True, kw_only=True):
    """`hob auth token`: show the authentication token for a service."""

    general: GlobalOptions
    service: str
    username: str | None = None
    keyring_provider: str | None = None


def _read_auth_token(found: Found) -> AuthToken:
    return AuthToken(
        general=read_globals(found),
        service=found.word("service"),
        username=found.text("username"),
        keyring_provider=found.text("keyring-provider"),
    )


AUTH_TOKEN = Command(
    name="token",
    arguments=(
        positional("service", check=a_service, is_required=True),
        option("username", "u"),
        option("keyring-provider", variable="UV_KEYRING_PROVIDER", choices=KEYRING_PROVIDER_TYPE, is_hidden=True),
    ),
    texts="auth",
    read=_read_auth_token,
)


class AuthDir(Struct, frozen=True, kw_only=True):
    """`hob auth dir`: show the path to the hob credentials directory."""

    general: GlobalOptions


def _read_auth_dir(found: Found) -> AuthDir:
    return AuthDir(
        general=read_globals(found),
    )


AUTH_DIR = Command(
    name="dir",
    texts="auth",
    read=_read_auth_dir,
)


AUTH_HELPER = Command(
    name="helper",
    arguments=(option("protocol", choices=AUTH_HELPER_PROTOCOL, is_required=True),),
    children=(Child(name="get", load=lambda: AUTH_HELPER_GET),),
    texts="auth",
)


AUTH = Command(
    name="auth",
    arguments=(),
    children=(
        Child(name="login", load=lambda: AUTH_LOGIN),
        Child(name="logout", load=lambda: AUTH_LOGOUT),
        Child(name="token", load=lambda: AUTH_TOKEN),
        Child(name="dir", load=lambda: AUTH_DIR),
        Child(name="helper", load=lambda: AUTH_HELPER, is_hidden=True),
    ),
    hint="hob help auth",
    texts="auth",
)
