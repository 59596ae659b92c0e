"""Folders of `find-links` are looked at though the lock needs nothing from them: one that is not there is a mistake that uv names."""

import os
from pathlib import Path

from hobd.core.vocab.disk import os_reason
from hobd.service.session import Session


def check_link_folders(session: Session, root: Path) -> None:
    """Refuse folders that cannot be looked at.

    Args:
        session: of the command, with its settings.
        root: what relative paths start from.
    Raises:
        SourceError: for the first of them.
    """
    for index in session.settings.index.find_links:
        from hobd.sources.registries import local_folder

        folder = local_folder(index, root)
        if folder is not None:
            session.context.evidence.saw(folder)
            _check(folder)


def _check(folder: Path) -> None:
    try:
        os.stat(folder)
    except OSError as error:
        from hobd.sources.failures import SourceError

        raise SourceError(f"Failed to read `--find-links` directory: {folder}", causes=(os_reason(error),)) from error
