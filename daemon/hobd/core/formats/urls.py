"""URLs as uv reads and writes them: the WHATWG form of the schemes that matter here, without credentials where told.

Only what a lock or an error can show is normalized: case of scheme and host, default ports, dots in the path,
characters that have to be escaped. The rest of the text stays as it was given.
"""

import posixpath
import re
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

from hobd.errors import RequestError

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(?=:)")
_SCHEMES = """
    file http https git+file git+git git+http git+https git+ssh bzr+http bzr+https bzr+ssh bzr+sftp bzr+ftp bzr+lp bzr+file hg+file
    hg+http hg+https hg+ssh hg+static-http svn+ssh svn+http svn+https svn+svn svn+file
"""
_KNOWN_SCHEMES = frozenset(_SCHEMES.split())
_DEFAULT_PORTS = {"http": 80, "https": 443}
_SAFE_IN_FILES = "/:@!$&'()*+,;=-._~[]|^"
"""Beside letters and digits: what the path of a file keeps as it is in its URL."""
_PATH_SAFE = "/:@!$&'()*+,;=-._~%[]|^\\"
_QUERY_SAFE = "/:@!$&'()*+,;=-._~%[]|^\\?`{}"


class InvalidUrl(RequestError):
    """A text that is no absolute URL."""


def has_known_scheme(text: str) -> bool:
    """Whether the text is a URL, where a path would do too."""
    found = _SCHEME.match(text)
    return found is not None and found[0].lower() in _KNOWN_SCHEMES


def parse_url(text: str) -> str:
    """The normalized form of an absolute URL.

    Raises:
        InvalidUrl: it has no scheme, no host, or a port that is no number.
    """
    if not _SCHEME.match(text.strip()):
        raise InvalidUrl(f'relative URL without a base: "{text}"')
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError as error:
        reason = "invalid port number" if "port" in str(error).lower() else "invalid IPv6 address"
        raise InvalidUrl(f'{reason}: "{text}"') from error
    is_special = parts.scheme.rpartition("+")[2] in ("http", "https")
    if is_special and not parts.hostname:
        raise InvalidUrl(f'empty host: "{text}"')
    return urlunsplit(_normalized(parts, port, is_special))


def _normalized(parts: SplitResult, port: int | None, is_special: bool) -> SplitResult:
    netloc = parts.netloc
    if netloc:
        user, separator, _ = netloc.rpartition("@")
        host = (parts.hostname or "") if ":" not in (parts.hostname or "") else f"[{parts.hostname}]"
        shown_port = "" if port is None or _DEFAULT_PORTS.get(parts.scheme) == port else f":{port}"
        netloc = f"{user}{separator}{host}{shown_port}"
    path = quote(parts.path, safe=_PATH_SAFE)
    if is_special or parts.scheme == "file":
        path = _without_dots(path) or ("/" if netloc or parts.scheme == "file" else "")
    return SplitResult(parts.scheme, netloc, path, quote(parts.query, safe=_QUERY_SAFE), quote(parts.fragment, safe=_QUERY_SAFE))


def _without_dots(path: str) -> str:
    if not any(segment in (".", "..") for segment in path.split("/")):
        return path
    ends_open = path.endswith(("/", "/.", "/.."))
    found = posixpath.normpath(path)
    found = "/" + found.lstrip("/")
    return found + "/" if ends_open and not found.endswith("/") else found


def without_credentials(url: str) -> str:
    """The URL as a lock may show it: without user and password; `git` as the user of ssh stays."""
    if "@" not in url and "[" not in url and "]" not in url and url.isascii():
        return url  # as nearly every one is: no more can be wrong with it, and a lock asks for hundreds
    parts = urlsplit(url)
    user, separator, host = parts.netloc.rpartition("@")
    if not separator:
        return url
    if parts.scheme.rpartition("+")[2] == "ssh" and user == "git":
        return url
    return urlunsplit(parts._replace(netloc=host))


def login_of(url: str) -> str | None:
    """`user:password`, or `user` alone, as it stands in the URL of a web server."""
    parts = urlsplit(url)
    login, separator, _ = parts.netloc.rpartition("@")
    return login if separator and login and parts.scheme in ("http", "https") else None


def with_masked_password(url: str) -> str:
    """The URL as messages and listings may show it: the password is `****`; so is a user that stands alone, which is a token."""
    parts = urlsplit(url)
    login, separator, host = parts.netloc.rpartition("@")
    if not separator or (parts.scheme.rpartition("+")[2] == "ssh" and login == "git"):
        return url
    user, colon, _ = login.partition(":")
    return urlunsplit(parts._replace(netloc=f"{user}:****@{host}" if colon else f"****@{host}"))


def without_fragment(url: str) -> tuple[str, str]:
    """The URL up to its fragment, and the fragment."""
    address, _, fragment = url.partition("#")
    return address, fragment


def file_url_path(url: str) -> str | None:
    """The absolute path that a `file:` URL means; None for other URLs."""
    if not url.lower().startswith("file:"):
        return None
    parts = urlsplit(url)
    return unquote(parts.path) if parts.netloc in ("", "localhost") else None


def path_url(path: str) -> str:
    """The `file:` URL of an absolute path: only what ends or breaks a URL is quoted, as in the URL standard."""
    return "file://" + quote(path, safe=_SAFE_IN_FILES)
