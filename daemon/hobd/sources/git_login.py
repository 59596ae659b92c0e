"""Telling git who we are, by its environment alone: command lines can be read by every user of a machine.

git asks the helper below once a server refuses, and only for that server; users' own helpers and netrc serve all others.
"""

from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

_USER, _PASSWORD = "HOB_GIT_USER", "HOB_GIT_PASSWORD"
_HELPER = f"""!f() {{ test "$1" = get && printf 'username=%s\\npassword=%s\\n' "${_USER}" "${_PASSWORD}"; }}; f"""
_COUNT = "GIT_CONFIG_COUNT"


def with_login(environment: Mapping[str, str], url: str, login: str | None) -> Mapping[str, str]:
    """The environment in which git knows a user, and perhaps a password, for the server of a repository.

    Args:
        environment: as it is without.
        url: of the repository.
        login: `user` or `user:password`, escaped as in an address; None: nobody is known.
    """
    parts = urlsplit(url)
    if login is None or parts.scheme not in ("http", "https"):
        return environment
    user, colon, password = (unquote(part) for part in login.partition(":"))
    if any(sign in user + password for sign in "\0\r\n"):
        return environment  # git's protocol has lines: such a login would say more than it is
    server = f"credential.{parts.scheme}://{parts.netloc}"
    if not colon:
        return _configured(environment, (f"{server}.username", user))
    configured = _configured(environment, (f"{server}.helper", ""), (f"{server}.helper", _HELPER))  # the empty one: no others
    return {**configured, _USER: user, _PASSWORD: password}


def _configured(environment: Mapping[str, str], *settings: tuple[str, str]) -> dict[str, str]:
    """With more of git's settings, behind those that the environment has already."""
    given = environment.get(_COUNT, "")
    first = int(given) if given.isascii() and given.isdigit() else 0
    variables = {_COUNT: str(first + len(settings))}
    for number, (key, value) in enumerate(settings, first):
        variables |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return {**environment, **variables}
