"""Small standalone builds of the Python that runs the tests, and a list of them in uv's format: a download site on the disk."""

import hashlib
import json
import sys
import sysconfig
import tarfile
from pathlib import Path

_PARTS = ("collections", "encodings", "importlib", "json", "re", "sysconfig", "urllib")
_EXTENSIONS = ("_struct", "math", "select", "_posixsubprocess", "zlib", "binascii")

MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"
KEY_END = "linux-x86_64-gnu"


def patch(number: int) -> str:
    """A patch version of the minor version that runs."""
    return f"{MINOR}.{number}"


def key(version: str) -> str:
    """`cpython-3.12.1-linux-x86_64-gnu`."""
    return f"cpython-{version}-{KEY_END}"


def make_download_site(folder: Path, *versions: str, base: str | None = None) -> Path:
    """Pack builds and list them.

    Args:
        versions: what they are called; inside all are the Python that runs.
        base: address of the folder; its `file` address if None.
    Returns:
        The list.
    """
    folder.mkdir(parents=True, exist_ok=True)
    packed = _pack(folder / "python.tar.gz")
    entries = {}
    for version in versions:
        archive = folder / f"cpython-{version}-install_only.tar.gz"
        archive.write_bytes(packed)
        entries[key(version)] = _entry(version, f"{base or folder.as_uri()}/{archive.name}", hashlib.sha256(packed).hexdigest())
    listing = folder / "list.json"
    listing.write_text(json.dumps(entries))
    return listing


def _entry(version: str, url: str, sha256: str) -> dict[str, object]:
    major, minor, number = map(int, version.split("."))
    return {
        "name": "cpython",
        "arch": {"family": "x86_64", "variant": None},
        "os": "linux",
        "libc": "gnu",
        "major": major,
        "minor": minor,
        "patch": number,
        "prerelease": "",
        "variant": None,
        "build": "20240107",
        "url": url,
        "sha256": sha256,
    }


def _pack(path: Path) -> bytes:
    """The interpreter and as much of its library as it needs to begin."""
    name, library = f"python{MINOR}", Path(sysconfig.get_paths()["stdlib"])
    wanted = [library / part for part in _PARTS] + list(library.glob("*.py"))
    wanted += [file for stem in _EXTENSIONS for file in library.glob(f"lib-dynload/{stem}.*")]
    with tarfile.open(path, "w:gz", compresslevel=1) as tar:
        tar.add(Path(sys.base_prefix, "bin", name).resolve(), f"python/bin/{name}")
        for file in wanted:
            if file.exists():
                tar.add(file, f"python/lib/{name}/{file.relative_to(library)}", filter=_without_caches)
        site = tarfile.TarInfo(f"python/lib/{name}/site-packages")
        site.type, site.mode = tarfile.DIRTYPE, 0o755
        tar.addfile(site)
    return path.read_bytes()


def _without_caches(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if "__pycache__" in member.name else member
