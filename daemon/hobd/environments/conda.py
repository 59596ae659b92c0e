"""What conda put into an environment: it says so in the distribution, or keeps a list of files in `conda-meta`."""

from collections.abc import Iterable
from pathlib import Path

from hobd.core.plan.model import Installed
from hobd.environments.inspect import read_installer

_INSTALLER = "conda"
_RECORDS = "conda-meta"


def find_conda_packages(prefix: Path, installed: Iterable[Installed]) -> tuple[Installed, ...]:
    """Those of the distributions that conda installed, in their order. Blocks; elsewhere than in conda's environments it asks nothing.

    What pip or hob put in the place of conda's is no longer conda's: its folder is another, and says so.

    Args:
        prefix: of the environment.
    """
    folder = prefix / _RECORDS
    if not folder.is_dir():
        return ()
    return tuple(one for one in installed if read_installer(one) == _INSTALLER or _is_recorded(one, prefix, folder))


def _is_recorded(one: Installed, prefix: Path, folder: Path) -> bool:
    """Whether a list names files of the distribution's metadata. The lists are long, and quicker searched than parsed."""
    try:
        place = one.location.relative_to(prefix).as_posix().encode()
    except ValueError:
        return False
    wanted = (b'"' + place + b"/", b'"' + place + b'"')
    for record in sorted(folder.glob("*.json")):
        try:
            content = record.read_bytes()
        except OSError:
            continue
        if any(text in content for text in wanted):
            return True
    return False
