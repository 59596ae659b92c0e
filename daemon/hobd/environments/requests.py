"""What `--python`, `UV_PYTHON` and `.python-version` can ask for (PYT-6).

any | default                        whatever there is
3  3.12  3.12.3  3.13rc1  312        a version, also as `python3.12`; with variant: 3.13t  3.13+freethreaded  3.13+debug
>=3.12,<3.13                         a range
pypy  cp  pypy@3.10  cpython>=3.13   an implementation, alone or with a version
cpython-3.12.1-linux-x86_64-gnu      a key, in whole or in part
./bin/python  some/folder  mypython  a file, an environment's or installation's folder, a program's name
"""

import re
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct
from packaging.specifiers import SpecifierSet

from hobd.environments.interpreter import Interpreter
from hobd.environments.key_words import as_keys_spell
from hobd.environments.version_requests import VersionRequest, parse_version_request

IMPLEMENTATIONS = {"cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalPy", "pyodide": "Pyodide"}
_SHORT = {"cp": "cpython", "pp": "pypy", "gp": "graalpy"}
_SYSTEMS = frozenset({"linux", "macos", "windows", "freebsd", "openbsd", "netbsd", "emscripten"})
_MACHINE = re.compile(r"x86_64(_v[2-4])?|x86|i[3-5]86|aarch64|armv[5-7]|powerpc64(le)?|riscv(32|64(gc)?)|s390x|loongarch64|wasm32")
_LIBCS = frozenset({"gnu", "musl", "none", "gnueabi", "gnueabihf", "musleabi", "musleabihf"})


class KeyRequest(Struct, frozen=True, kw_only=True):
    """An interpreter's key, or as much of it as was given. None: any."""

    implementation: str | None = None
    version: VersionRequest | None = None
    system: str | None = None
    machine: str | None = None
    libc: str | None = None

    def accepts(self, interpreter: Interpreter) -> bool:
        """Whether an interpreter has all that was given."""
        *_, system, machine, libc = interpreter.key.split("-")
        wanted = (self.implementation, self.system, self.machine, self.libc)
        found = (interpreter.implementation, system, machine, libc)
        return all(w is None or w == f for w, f in zip(wanted, found, strict=True)) and (
            self.version is None or self.version.accepts(interpreter)
        )

    def __str__(self) -> str:
        parts = [self.implementation, self.version, self.system, self.machine, self.libc]
        return "-".join("any" if part is None else str(part) for part in parts)


class PythonRequest(Struct, frozen=True, kw_only=True):
    """One request. Exactly one of the fields below `kind` counts, by `kind`."""

    kind: str
    """`default`, `any`, `version`, `implementation`, `key`, `file`, `folder` or `name`."""
    text: str
    """As it was written."""
    version: VersionRequest = VersionRequest()
    """Of `version` and `implementation`."""
    implementation: str | None = None
    key: KeyRequest | None = None
    path: Path | None = None
    """Of `file` and `folder`: absolute."""

    @property
    def is_explicit(self) -> bool:
        """Whether it names one place, so that nothing else can take its part."""
        return self.kind in ("file", "folder", "name")

    @property
    def wanted_version(self) -> VersionRequest:
        """The version that was asked for, in whatever form; any where none was."""
        return self.version if self.key is None else self.key.version or VersionRequest()

    @property
    def wanted_implementation(self) -> str | None:
        """The implementation that was asked for, in whatever form; None where none was."""
        return self.implementation if self.key is None else self.key.implementation

    @property
    def canonical(self) -> str:
        """As version files hold it: every spelling of one request in the same words."""
        match self.kind:
            case "version":
                return str(self.version)
            case "implementation":
                return (self.implementation or "cpython") + ("" if self.version.is_any else f"@{self.version}")
            case "key":
                return str(self.key)
            case "any" | "default":
                return self.kind
        return self.text

    def accepts(self, interpreter: Interpreter) -> bool:
        """Whether an interpreter is what was asked for, wherever it was found. Places are compared by the caller."""
        match self.kind:
            case "key":
                return self.key is None or self.key.accepts(interpreter)
            case "version" | "default":
                return self.version.accepts(interpreter)
            case "implementation":
                return interpreter.implementation == self.implementation and self.version.accepts(interpreter)
        return True

    def __str__(self) -> str:
        """As error messages name it: after `for`."""
        match self.kind:
            case "version":
                return f"Python {self.version}"
            case "implementation":
                name = IMPLEMENTATIONS[self.implementation or "cpython"]
                return name if self.version.is_any else f"{name} {self.version}"
            case "key":
                return str(self.key)
            case "file":
                return f"path `{self.text}`"
            case "folder":
                return f"directory `{self.text}`"
            case "name":
                return f"executable name `{self.text}`"
        return "any Python" if self.kind == "any" else "default Python"


DEFAULT = PythonRequest(kind="default", text="")


def parse_request(text: str, cwd: Path) -> PythonRequest:
    """Read a request. Everything means something: what is nothing else is a program's name.

    Args:
        text: as it was given.
        cwd: what relative paths start from.
    """
    lower = text.lower()
    if lower in ("any", "default"):
        return PythonRequest(kind=lower, text=text)
    bare = lower.removeprefix("python")
    if (version := parse_version_request(bare)) is not None:
        return PythonRequest(kind="version", text=text, version=version)
    if bare == "" and lower:
        return PythonRequest(kind="any", text=text)
    return _parse_implementation(text, lower) or _parse_place(text, cwd) or _parse_key(text, lower) or PythonRequest(kind="name", text=text)


def may_stand_in_file(text: str, folder: Path) -> bool:
    """Whether a version file in `folder` may ask for that: names of programs mean something on one machine only."""
    return parse_request(text, folder).kind != "name"


def request_range(specifiers: str) -> PythonRequest:
    """A request for what a project's `requires-python` allows."""
    return PythonRequest(kind="version", text=specifiers, version=VersionRequest(specifiers=SpecifierSet(specifiers)))


def _parse_implementation(text: str, lower: str) -> PythonRequest | None:
    for written, name in (*((name, name) for name in IMPLEMENTATIONS), *_SHORT.items()):
        if not lower.startswith(written):
            continue
        rest = lower[len(written) :]
        if not rest:
            return PythonRequest(kind="implementation", text=text, implementation=name)
        version = parse_version_request(rest.removeprefix("@"))
        if version is not None:
            return PythonRequest(kind="implementation", text=text, implementation=name, version=version)
    return None


def _parse_place(text: str, cwd: Path) -> PythonRequest | None:
    if not text:
        return None
    path = cwd / text
    if path.is_dir():
        return PythonRequest(kind="folder", text=text, path=path)
    if "/" in text or path.is_file():
        return PythonRequest(kind="file", text=text, path=path)
    return None


def _parse_key(text: str, lower: str) -> PythonRequest | None:
    """A key's parts in order; each may be `any`, or missing where the next one tells that it is."""
    parts = lower.split("-")
    if len(parts) > len(_KEY_PARTS):
        return None
    found: dict[str, str | VersionRequest | None] = {}
    fields = iter(_KEY_PARTS.items())
    for part in parts:
        for name, parse in fields:
            value = None if part == "any" else parse(part)
            if part == "any" or value is not None:
                found[name] = value
                break
        else:
            return None
    return PythonRequest(kind="key", text=text, key=KeyRequest(**found))  # type: ignore[arg-type] # each parser is of its field's type


_KEY_PARTS: dict[str, Callable[[str], str | VersionRequest | None]] = {
    "implementation": lambda part: part if part in IMPLEMENTATIONS else _SHORT.get(part),
    "version": parse_version_request,
    "system": lambda part: system if (system := as_keys_spell(part)) in _SYSTEMS else None,
    "machine": lambda part: machine if _MACHINE.fullmatch(machine := as_keys_spell(part)) else None,
    "libc": lambda part: part if part in _LIBCS else None,
}
"""The parts of a key in order, each with what recognises it."""
