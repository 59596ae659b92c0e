"""What stands behind the `@` of a requirement: a repository, an archive's address, or a path (PEP 508, PEP 440 "Direct references")."""

import posixpath
import re
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from hobd.core.formats.urls import InvalidUrl, login_of, parse_url, without_credentials, without_fragment
from hobd.core.vocab.source import Directory, Git, Path, Source, Url
from hobd.errors import RequestError

ARCHIVE_EXTENSIONS = (
    *(".whl", ".tar.gz", ".zip", ".tar.bz2", ".tar.lz", ".tar.lzma", ".tar.xz"),
    *(".tar.zst", ".tar", ".tbz", ".tgz", ".tlz", ".txz"),
)
"""The ends of names that make a file a wheel (the first) or a source distribution, in the order in which errors list them."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_FOREIGN = {"hg": "Mercurial", "bzr": "Bazaar", "svn": "Subversion"}
_GIT_SCHEMES = ("https", "ssh", "file", "http", "git")
_COMMIT = re.compile(r"[0-9a-fA-F]{40}")


class InvalidReference(RequestError):
    """A text that refers to no repository, archive or path."""


def parse_direct_reference(text: str, base: str | None) -> Source:
    """Read a reference.

    Args:
        text: a URL, `git+` before one, or a path.
        base: the folder that relative paths start from, itself relative to the lock or absolute; None: they are refused.
    Raises:
        InvalidReference: its scheme is foreign, its end names no archive, or it is relative and there is no base.
    """
    found = _SCHEME.match(text)
    scheme = found[1].lower() if found else ""
    prefix, plus, inner = scheme.partition("+")
    if plus and prefix in _FOREIGN:
        raise InvalidReference(f"Unsupported URL prefix `{prefix}` in URL `{text}` ({_FOREIGN[prefix]} is not supported)")
    if plus and prefix == "git":
        return parse_git_reference(text[4:], inner)
    if scheme in ("http", "https"):
        return _remote(_checked_url(text))
    if scheme == "file":
        return _local(_file_path(text), base)
    return _local(text, base)


def parse_git_reference(text: str, scheme: str) -> Git:
    """The repository that a URL without `git+` means, `@reference` and fragment read off it."""
    if scheme not in _GIT_SCHEMES:
        shown = without_credentials(text)
        raise InvalidReference(f"Unsupported Git URL scheme `{scheme}:` in `{shown}` (expected one of `https:`, `ssh:`, or `file:`)")
    address, fragment = without_fragment(_checked_url(text))
    options = _options(fragment)
    parts = urlsplit(without_credentials(address))
    path, at, reference = parts.path.rpartition("@")
    commit = reference.lower() if _COMMIT.fullmatch(reference) else None
    return Git(
        url=urlunsplit(parts._replace(path=path if at else parts.path, query="")),
        reference_kind="rev" if at else None,
        reference=unquote(reference) if at else None,
        subdirectory=options.get("subdirectory"),
        path=options.get("path"),
        lfs=options.get("lfs") == "true",
        commit=commit,
        login=login_of(address),
    )


def is_archive(path: str) -> bool:
    """Whether a path or URL ends as archives do."""
    return path.lower().endswith(ARCHIVE_EXTENSIONS)


def _remote(url: str) -> Source:
    address, fragment = without_fragment(url)
    path = urlsplit(address).path
    if path.endswith(".git"):
        return parse_git_reference(url, urlsplit(address).scheme)
    if not is_archive(path):
        listed = ", ".join(f"`{extension}`" for extension in ARCHIVE_EXTENSIONS[:-1])
        raise InvalidReference(
            f"Expected direct URL (`{without_credentials(url)}`) to end in a supported file extension: "
            f"{listed}, or `{ARCHIVE_EXTENSIONS[-1]}`"
        )
    return Url(url=address, subdirectory=_options(fragment).get("subdirectory"), fragment=fragment)


def _local(path: str, base: str | None) -> Source:
    path, fragment = without_fragment(path)
    if not path.startswith("/"):
        if base is None:
            raise InvalidReference(f"relative path without a working directory: {path}")
        path = posixpath.join(base, path)
    normal = posixpath.normpath(path)
    return Path(path=normal, fragment=fragment) if is_archive(normal) else Directory(path=normal)


def _file_path(text: str) -> str:
    """`file:///a`, `file://localhost/a` and `file:/a` mean `/a`; `file:a` means `a`."""
    rest = text.partition(":")[2]
    if rest.startswith("//"):
        rest = rest[2:].removeprefix("localhost")
    path, hash_mark, fragment = rest.partition("#")
    return unquote(path) + hash_mark + fragment


def _checked_url(text: str) -> str:
    try:
        return parse_url(text)
    except InvalidUrl as error:
        raise InvalidReference(error.message.partition(': "')[0]) from error


def _options(fragment: str) -> dict[str, str]:
    return dict(parse_qsl(fragment))
