"""Where a pin comes from, as `direct_url.json` records it (PEP 610, uv-lock.md 6.4)."""

from pathlib import PurePosixPath
from urllib.parse import urlsplit, urlunsplit

from hobd.core.formats.direct_url import DirectUrl
from hobd.core.formats.urls import path_url
from hobd.core.plan.model import Pin
from hobd.core.vocab.source import Directory, Editable, Git, Path, Url


def origin_of(pin: Pin, root: PurePosixPath) -> DirectUrl | None:
    """The record; None for what comes from an index.

    Args:
        pin: what is installed.
        root: the folder that relative paths of the lock start from, absolute.
    """
    match pin.package.source:
        case Directory(path) | Editable(path):
            is_editable = None if pin.is_by_hand and not pin.is_editable else pin.is_editable
            return DirectUrl(url=path_url(str(absolute(root, path))), is_folder=True, is_editable=is_editable)
        case Path(path, fragment):
            asked = f"#{fragment}" if pin.is_by_hand and fragment else ""  # locks do not know it; of addresses uv leaves it out
            return DirectUrl(url=path_url(str(absolute(root, path))) + asked)
        case Url(url, subdirectory):
            return DirectUrl(url=without_credentials(url), subdirectory=subdirectory)
        case Git() as git:
            return DirectUrl(
                url=without_credentials(git.url),
                commit=git.commit,
                requested_revision=git.reference,
                subdirectory=git.subdirectory,
                is_lfs=git.lfs,
                path=git.path,
            )
    return None


def absolute(root: PurePosixPath, path: str) -> PurePosixPath:
    """A path of the lock, absolute, without `.` and `..`: as it is written, links are not followed."""
    parts: list[str] = []
    for part in (root / path).parts[1:]:
        if part == "..":
            del parts[-1:]
        else:
            parts.append(part)
    return PurePosixPath("/", *parts)


def without_credentials(url: str) -> str:
    """The address without user and password. The user `git` of ssh is no secret and stays."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    if not at or (parts.scheme.endswith("ssh") and user == "git"):
        return url
    return urlunsplit(parts._replace(netloc=host))
