"""The folder of a cache: marked so that back-ups and version control leave it alone."""

from contextlib import suppress
from pathlib import Path

_TAG = "CACHEDIR.TAG"
_MARKS = {".gitignore": "*", _TAG: "Signature: 8a477f597d28d172789f06886806bc55"}
"""The tag comes last: where it is, all is. See the Cache Directory Tagging Specification."""


def make_cache_folder(folder: Path) -> None:
    """Make and mark the folder of a cache, where that has not been done; a folder that cannot be written stays as it is."""
    if (folder / _TAG).exists():
        return
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in _MARKS.items():
            with suppress(FileExistsError), (folder / name).open("x", encoding="utf-8") as file:
                file.write(content)
