"""`direct_url.json`: where a distribution came from, if not from an index (PEP 610)."""

import json

from msgspec import Struct, ValidationError, convert

from hobd.core.formats.urls import with_masked_password


class DirectUrl(Struct, frozen=True, kw_only=True):
    """The origin. Which of the kinds it is follows from what is set."""

    url: str
    """Without credentials; `file://` for local ones."""
    is_folder: bool = False
    is_editable: bool | None = None
    """Of folders; None where it is not said: uv says it of what comes from a lock, and not of what was asked for by hand."""
    vcs: str = "git"
    """Of repositories: what keeps them; hob itself knows git alone."""
    commit: str | None = None
    """Of repositories: what was checked out."""
    requested_revision: str | None = None
    subdirectory: str | None = None
    is_lfs: bool = False
    """Of repositories: that large files were fetched (written only where true)."""
    path: str | None = None
    """Of repositories: the archive inside that was installed."""

    @property
    def is_archive(self) -> bool:
        """Whether it is neither folder nor repository."""
        return not self.is_folder and self.commit is None


def parse_direct_url(text: str) -> DirectUrl | None:
    """Read the file; None where it is damaged or of a kind that hob does not know."""
    try:
        data = json.loads(text)
        said = {"url": data["url"], "subdirectory": data.get("subdirectory")}
        if "dir_info" in data:
            said |= {"is_folder": True, "is_editable": data["dir_info"].get("editable")}
        elif "vcs_info" in data:
            info = data["vcs_info"]
            said |= {"vcs": info["vcs"], "commit": info["commit_id"], "requested_revision": info.get("requested_revision")}
            said |= {"is_lfs": bool(info.get("git_lfs")), "path": data.get("path")}
        elif "archive_info" not in data:
            return None
        return convert(said, DirectUrl)
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError):
        return None


def render_direct_url(origin: DirectUrl) -> str:
    """Compact JSON, keys in uv's order (uv-lock.md 6.6)."""
    data: dict[str, object] = {"url": origin.url}
    if origin.is_folder:
        data["dir_info"] = {} if origin.is_editable is None else {"editable": origin.is_editable}
    elif origin.commit is not None:
        info: dict[str, object] = {"vcs": origin.vcs, "commit_id": origin.commit}
        info |= {"requested_revision": origin.requested_revision} if origin.requested_revision is not None else {}
        data["vcs_info"] = info | ({"git_lfs": True} if origin.is_lfs else {})
    else:
        data["archive_info"] = {}
    data |= {"subdirectory": origin.subdirectory} if origin.subdirectory is not None else {}
    data |= {"path": origin.path} if origin.path is not None else {}
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False)


def render_reference(origin: DirectUrl) -> str:
    """The origin as listings and summaries show it: `git+URL@commit#subdirectory=s`, passwords masked."""
    url = with_masked_password(origin.url)
    if origin.commit is not None:
        url = f"{origin.vcs}+{url}@{origin.commit}"
    return url if origin.subdirectory is None else f"{url}#subdirectory={origin.subdirectory}"
