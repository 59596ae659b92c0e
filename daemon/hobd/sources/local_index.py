"""An index in a folder, laid out like a simple index: `NAME/index.html` for each project."""

import os
from pathlib import Path

from msgspec.structs import replace

from hobd.core.formats.urls import file_url_path, path_url
from hobd.core.vocab.disk import os_reason
from hobd.core.vocab.distribution import File
from hobd.core.vocab.evidence import Evidence
from hobd.core.vocab.names import Name
from hobd.sources.failures import SourceError
from hobd.sources.releases import Listing


def read_local_page(folder: Path, name: Name, evidence: Evidence) -> Listing | None:
    """The files of one project; None where the folder has no page for it.

    Raises:
        SourceError: the page cannot be read.
        InvalidPage: it is no page of an index.
    """
    from hobd.core.formats.simple_api import parse_html

    path = folder / name / "index.html"
    evidence.saw(path)
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise SourceError(f"Failed to read `{path}`", causes=(os_reason(error),)) from error
    page = parse_html(content, path_url(str(path.parent)) + "/")
    return Listing(name, page.filenames, lambda index: _as_path(page.file(index), folder))


def _as_path(file: File, folder: Path) -> File:
    """Files on this machine are told by their path from the index's folder; links to the web stay what they are."""
    path = file_url_path(file.location)
    return file if path is None else replace(file, location=os.path.relpath(path, folder), is_path=True)
