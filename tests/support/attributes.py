"""What ext4 keeps about a folder."""

import subprocess
from pathlib import Path


def attributes(folder: Path) -> str | None:
    """As `lsattr` writes it; None where it cannot be told."""
    try:
        done = subprocess.run(["lsattr", "-d", folder], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout.split()[0] if done.returncode == 0 else None
