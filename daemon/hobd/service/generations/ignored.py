"""A pattern of git that matches a folder does not match a link to one."""

from pathlib import Path

from hobd.service.session import Session


def warn_of_ignored(place: Path, session: Session) -> None:
    """Tell of a `.gitignore` that would leave the environment out as a folder, and shows it once it is a link."""
    try:
        lines = {line.strip() for line in (place.parent / ".gitignore").read_text("utf-8", "replace").splitlines()}
    except OSError:
        return
    name = place.name
    folder = next((line for line in (f"{name}/", f"/{name}/") if line in lines), None)
    if folder is not None and lines.isdisjoint({name, f"/{name}"}):
        session.context.voice.warn(
            f"`{folder}` in `.gitignore` matches folders alone, and `{name}` becomes a link; write `{folder[:-1]}` instead"
        )
