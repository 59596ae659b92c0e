"""Where a document goes beside standard output (B12, B20)."""

from pathlib import Path

from hobd.projects.files import absolute

_STANDARD_OUTPUT = frozenset({"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"})


def output_path(name: str | None, cwd: Path) -> Path | None:
    """The file that `-o` names; None where it names none, or standard output, which is the caller's and gets the document anyway."""
    return None if name is None or name in _STANDARD_OUTPUT else absolute(Path(name), cwd)
