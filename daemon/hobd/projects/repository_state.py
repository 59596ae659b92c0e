"""The commit and the tags of the repository that a folder lies in, read from git's own files: no process is started.

HEAD ─ref: refs/heads/x─→ refs/heads/x, else packed-refs ─→ commit
"""

from collections.abc import Iterator
from pathlib import Path

_REFERENCE, _TAGS = "ref: ", "refs/tags/"


def read_repository_state(folder: Path) -> tuple[str | None, dict[str, str] | None]:
    """The checked out commit, and the tags with what they point to; None where the folder is in no repository."""
    git = next((above / ".git" for above in (folder, *folder.parents) if (above / ".git").exists()), None)
    if git is None:
        return None, None
    own = _own_folder(git)
    shared = _shared_folder(own)
    packed = dict(_packed(shared))
    head = _text(own / "HEAD")
    if head is not None and head.startswith(_REFERENCE):
        reference = head.removeprefix(_REFERENCE)
        head = _text(own / reference) or _text(shared / reference) or packed.get(reference)
    tags = {name.removeprefix(_TAGS): commit for name, commit in packed.items() if name.startswith(_TAGS)}
    return head, tags | dict(_loose_tags(shared))


def _own_folder(git: Path) -> Path:
    """A worktree's `.git` is a file that names the folder."""
    text = _text(git) if git.is_file() else None
    return git if text is None else git.parent / text.removeprefix("gitdir: ")


def _shared_folder(own: Path) -> Path:
    common = _text(own / "commondir")
    return own if common is None else own / common


def _packed(shared: Path) -> Iterator[tuple[str, str]]:
    for line in (_text(shared / "packed-refs") or "").splitlines():
        commit, _, name = line.partition(" ")
        if name and not line.startswith(("#", "^")):
            yield name, commit


def _loose_tags(shared: Path) -> Iterator[tuple[str, str]]:
    root = shared / _TAGS
    for path in sorted(root.rglob("*")):
        if path.is_file() and (commit := _text(path)):
            yield path.relative_to(root).as_posix(), commit


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
