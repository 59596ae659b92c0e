"""Makes tiny, real distributions: wheels that install, sdists that build without any requirement.

Bytes depend on the arguments only, so that digests in tests stay the same.
"""

import base64
import gzip
import hashlib
import io
import re
import tarfile
import textwrap
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

_MOMENT = (2024, 1, 2, 3, 4, 6)
_MOMENT_SECONDS = 1704164646


def make_wheel(
    folder: Path,
    name: str,
    version: str,
    requires: Iterable[str] = (),
    extras: Mapping[str, Iterable[str]] | None = None,
    entry_points: Mapping[str, Mapping[str, str]] | None = None,
    files: Mapping[str, str | bytes] | None = None,
    tag: str = "py3-none-any",
    requires_python: str | None = None,
    build: str | None = None,
) -> Path:
    """Write a wheel and return its path.

    Args:
        folder: where it is written; made if missing.
        name: the project's name, in any spelling.
        requires: PEP 508 texts.
        extras: requirements by extra.
        entry_points: targets by name by group: `{"console_scripts": {"hello": "hello:main"}}`.
        files: content by path in the wheel; `NAME/__init__.py` with `__version__` where None.
            `X.data/scripts/...` and the like are written as given.
        tag: the last three parts of the file's name; compressed sets are written out in `WHEEL`.
        build: the build tag.
    """
    stem = _escaped(name)
    info = f"{stem}-{version}.dist-info"
    members: dict[str, bytes] = {path: _encoded(content) for path, content in _contents(stem, version, files).items()}
    members[f"{info}/METADATA"] = core_metadata(name, version, requires, extras, requires_python).encode()
    members[f"{info}/WHEEL"] = _wheel_file(tag, build).encode()
    if entry_points:
        members[f"{info}/entry_points.txt"] = _entry_points_file(entry_points).encode()
    members[f"{info}/RECORD"] = _record(members, f"{info}/RECORD").encode()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "-".join(part for part in (stem, version, build, tag) if part)
    path = path.with_name(path.name + ".whl")
    path.write_bytes(zipped(members))
    return path


def make_sdist(
    folder: Path,
    name: str,
    version: str,
    requires: Iterable[str] = (),
    extras: Mapping[str, Iterable[str]] | None = None,
    files: Mapping[str, str | bytes] | None = None,
    requires_python: str | None = None,
    metadata_version: str = "2.2",
    dynamic: Iterable[str] = (),
    static_pyproject: bool = True,
    extension: str = ".tar.gz",
    build_requires: Iterable[str] = (),
) -> Path:
    """Write a source distribution and return its path.

    It is built by a backend of its own that needs nothing but Python. Its `PKG-INFO` says `metadata_version` and
    the `dynamic` fields; with `static_pyproject` its `[project]` says everything, else version and dependencies are dynamic.

    Args:
        folder: where it is written; made if missing.
        extension: `.tar.gz` or `.zip`.
        build_requires: `build-system.requires`.
    """
    stem = _escaped(name)
    top = f"{stem}-{version}"
    metadata = core_metadata(name, version, requires, extras, requires_python, metadata_version, dynamic)
    members = {f"{top}/{path}": _encoded(content) for path, content in _contents(stem, version, files).items()}
    members[f"{top}/PKG-INFO"] = metadata.encode()
    full = core_metadata(name, version, requires, extras, requires_python)
    members.update({f"{top}/{path}": text for path, text in _backend_files(name, version, full).items()})
    if f"{top}/pyproject.toml" not in members:
        text = _pyproject(name, version, requires, extras, requires_python, static_pyproject, build_requires)
        members[f"{top}/pyproject.toml"] = text.encode()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (top + extension)
    path.write_bytes(zipped(members) if extension == ".zip" else tarred(members))
    return path


def make_source_tree(
    folder: Path,
    name: str,
    version: str,
    requires: Iterable[str] = (),
    extras: Mapping[str, Iterable[str]] | None = None,
    files: Mapping[str, str | bytes] | None = None,
    requires_python: str | None = None,
    static_pyproject: bool = True,
) -> Path:
    """Write what a sdist holds, but for `PKG-INFO`, into `folder`, and return it."""
    stem = _escaped(name)
    metadata = core_metadata(name, version, requires, extras, requires_python)
    members = {path: _encoded(content) for path, content in _contents(stem, version, files).items()}
    members |= _backend_files(name, version, metadata)
    members["pyproject.toml"] = _pyproject(name, version, requires, extras, requires_python, static_pyproject, ()).encode()
    for path, content in members.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder


def core_metadata(
    name: str,
    version: str,
    requires: Iterable[str] = (),
    extras: Mapping[str, Iterable[str]] | None = None,
    requires_python: str | None = None,
    metadata_version: str = "2.2",
    dynamic: Iterable[str] = (),
) -> str:
    """The text of `METADATA` or `PKG-INFO`."""
    lines = [f"Metadata-Version: {metadata_version}", f"Name: {name}", f"Version: {version}"]
    lines += [f"Dynamic: {field}" for field in dynamic]
    lines += [f"Requires-Python: {requires_python}"] if requires_python else []
    lines += [f"Requires-Dist: {requirement}" for requirement in requires]
    for extra, requirements in (extras or {}).items():
        lines.append(f"Provides-Extra: {extra}")
        lines += [f"Requires-Dist: {_with_extra(requirement, extra)}" for requirement in requirements]
    return "\n".join(lines) + f"\n\n# {name}\n"


def zipped(members: Mapping[str, bytes]) -> bytes:
    """A zip archive with these members, in this order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in members.items():
            entry = zipfile.ZipInfo(path, _MOMENT)
            entry.external_attr = (0o100755 if ".data/scripts/" in path else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()


def tarred(members: Mapping[str, bytes]) -> bytes:
    """A gzipped tar archive with these members, in this order."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path, content in members.items():
            entry = tarfile.TarInfo(path)
            entry.size, entry.mtime, entry.mode = len(content), _MOMENT_SECONDS, 0o644
            archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(buffer.getvalue(), mtime=0)


def sha256(path: Path) -> str:
    """The hex digits of a file's digest."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _escaped(name: str) -> str:
    return re.sub(r"[-_.]+", "_", name).lower()


def _encoded(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


def _contents(stem: str, version: str, files: Mapping[str, str | bytes] | None) -> Mapping[str, str | bytes]:
    return {f"{stem}/__init__.py": f'__version__ = "{version}"\n'} if files is None else files


def _with_extra(requirement: str, extra: str) -> str:
    head, separator, marker = requirement.partition(";")
    return f'{head.strip()}; ({marker.strip()}) and extra == "{extra}"' if separator else f'{head.strip()}; extra == "{extra}"'


def _wheel_file(tag: str, build: str | None) -> str:
    python, abi, platform = tag.split("-")
    tags = [f"{p}-{a}-{s}" for p in python.split(".") for a in abi.split(".") for s in platform.split(".")]
    lines = ["Wheel-Version: 1.0", "Generator: tests", f"Root-Is-Purelib: {'true' if platform == 'any' else 'false'}"]
    lines += [f"Build: {build}"] if build else []
    return "\n".join([*lines, *(f"Tag: {tag}" for tag in tags)]) + "\n"


def _entry_points_file(groups: Mapping[str, Mapping[str, str]]) -> str:
    parts = ["\n".join([f"[{group}]", *(f"{name} = {target}" for name, target in names.items())]) for group, names in groups.items()]
    return "\n\n".join(parts) + "\n"


def _record(members: Mapping[str, bytes], own_path: str) -> str:
    rows = [f"{path},sha256={_urlsafe_digest(content)},{len(content)}" for path, content in members.items()]
    return "\n".join([*rows, f"{own_path},,"]) + "\n"


def _urlsafe_digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def _pyproject(
    name: str,
    version: str,
    requires: Iterable[str],
    extras: Mapping[str, Iterable[str]] | None,
    requires_python: str | None,
    is_static: bool,
    build_requires: Iterable[str],
) -> str:
    lines = ["[build-system]", f"requires = {list(build_requires)!r}", 'build-backend = "tiny_backend"', 'backend-path = ["."]', ""]
    lines += ["[project]", f"name = {name!r}"]
    lines += [f"requires-python = {requires_python!r}"] if requires_python else []
    if not is_static:
        return "\n".join([*lines, 'dynamic = ["version", "dependencies", "optional-dependencies"]']) + "\n"
    lines += [f"version = {version!r}", f"dependencies = {_toml_list(requires)}"]
    if extras:
        lines += ["", "[project.optional-dependencies]"]
        lines += [f"{extra} = {_toml_list(requirements)}" for extra, requirements in extras.items()]
    return "\n".join(lines) + "\n"


def _toml_list(texts: Iterable[str]) -> str:
    return "[" + ", ".join("'''" + text + "'''" for text in texts) + "]"


def _backend_files(name: str, version: str, metadata: str) -> dict[str, bytes]:
    return {"tiny_backend.py": _BACKEND.format(stem=_escaped(name), version=version, metadata=metadata).encode()}


_BACKEND = textwrap.dedent('''\
    """A build backend that needs nothing: it zips the package folder beside it."""

    import base64, hashlib, io, os, tarfile, zipfile

    STEM, VERSION, METADATA = {stem!r}, {version!r}, {metadata!r}
    INFO = f"{{STEM}}-{{VERSION}}.dist-info"
    WHEEL = "Wheel-Version: 1.0\\nGenerator: tiny\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"


    def _package_files():
        for folder, _, names in sorted(os.walk(STEM)):
            for name in sorted(names):
                if not name.endswith(".pyc"):
                    path = os.path.join(folder, name)
                    with open(path, "rb") as file:
                        yield path, file.read()


    def _write_wheel(folder, members):
        rows = []
        for path, content in members:
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            rows.append(f"{{path}},sha256={{digest}},{{len(content)}}")
        rows.append(f"{{INFO}}/RECORD,,")
        name = f"{{STEM}}-{{VERSION}}-py3-none-any.whl"
        with zipfile.ZipFile(os.path.join(folder, name), "w") as archive:
            for path, content in [*members, (f"{{INFO}}/RECORD", ("\\n".join(rows) + "\\n").encode())]:
                archive.writestr(zipfile.ZipInfo(path, (2024, 1, 2, 3, 4, 6)), content)
        return name


    def _info_files():
        return [(f"{{INFO}}/METADATA", METADATA.encode()), (f"{{INFO}}/WHEEL", WHEEL.encode())]


    def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
        return _write_wheel(wheel_directory, [*_package_files(), *_info_files()])


    def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
        link = (f"__editable__{{STEM}}.pth", os.getcwd().encode() + b"\\n")
        return _write_wheel(wheel_directory, [link, *_info_files()])


    def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
        os.makedirs(os.path.join(metadata_directory, INFO))
        for path, content in _info_files():
            with open(os.path.join(metadata_directory, path), "wb") as file:
                file.write(content)
        return INFO


    prepare_metadata_for_build_editable = prepare_metadata_for_build_wheel


    def build_sdist(sdist_directory, config_settings=None):
        top = f"{{STEM}}-{{VERSION}}"
        name = f"{{top}}.tar.gz"
        with tarfile.open(os.path.join(sdist_directory, name), "w:gz", format=tarfile.PAX_FORMAT) as archive:
            info = tarfile.TarInfo(f"{{top}}/PKG-INFO")
            info.size = len(METADATA.encode())
            archive.addfile(info, io.BytesIO(METADATA.encode()))
            for path in ["pyproject.toml", "tiny_backend.py", STEM]:
                archive.add(path, f"{{top}}/{{path}}")
        return name
''')
