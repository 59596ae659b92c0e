"""Lockfiles that uv 0.13.8 wrote, of many shapes."""

from pathlib import Path

FOLDER = Path(__file__).parent / "golden"
NAMES = sorted(path.stem for path in FOLDER.glob("*.lock"))


def golden(name: str) -> str:
    """The text of one golden lock."""
    return (FOLDER / f"{name}.lock").read_text(encoding="utf-8")
