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
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from hobd.environments.interpreter import Interpreter

IMPLEMENTATIONS = {"cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalPy", "pyodide": "Pyodide"}
_SHORT = {"cp": "cpython", "pp": "pypy", "gp": "graalpy"}
_VARIANTS = {"t": "freethreaded", "d": "debug", "td": "freethreaded+debug", "": ""}
_LONG_VARIANTS = {"freethreaded", "debug", "freethreaded+debug", "gil", "gil+debug"}
_VERSION = re.compile(r"(\d+(?:\.\d+){0,2}(?:(?:a|b|rc)\d*)?)(td|t|d)?")
_RANGE = re.compile(r"(?:===|~=|==|!=|<=|>=|<|>)")
_SYSTEMS = frozenset({"linux", "macos", "windows", "darwin", "freebsd", "openbsd", "netbsd", "emscripten"})
_MACHINE = re.compile(
    r"x86_64(_v[2-4])?|x86|i[3-6]86|aarch64|arm64|armv[5-7]l?|powerpc64(le)?|ppc64(le)?|riscv(32|64(gc)?)|s390x|loongarch64|wasm32"
)
_LIBCS = frozenset({"gnu", "musl", "none", "gnueabi", "gnueabihf", "musleabi", "musleabihf"})


class VersionRequest(Struct, frozen=True, kw_only=True):
    """Which versions will do."""

    specifiers: SpecifierSet | None = None
    """A range; None for a single version or any."""
    release: tuple[int, ...] = ()
    """One to three numbers; empty for a range or any."""
    prerelease: str = ""
    """`rc1`, where one was asked for."""
    variant: str = ""
    """``, `freethreaded`, `debug`, `freethreaded+debug`, `gil`."""

    @property
    def is_any(self) -> bool:
        """Whether every version will do."""
        return self.specifiers is None and not self.release

    @property
    def allows_prereleases(self) -> bool:
        """Whether a pre-release is what was meant, not only what there is."""
        if self.specifiers is not None:
            return any(_is_prerelease(specifier.version) for specifier in self.specifiers)
        return bool(self.prerelease)

    @property
    def names_patch(self) -> bool:
        """Whether it is one version and no other."""
        return len(self.release) == 3 or bool(self.prerelease)

    @property
    def fault(self) -> str | None:
        """Why nothing will ever do, in uv's words; None where something may."""
        if not self.release:
            return None
        if self.release < (3,):
            return f"Python <3 is not supported but {self} was requested." if len(self.release) == 1 else self._too_old
        if len(self.release) > 1 and self.release < (3, 6):
            return self._too_old
        if "freethreaded" in self.variant and (3, 0) <= self.release < (3, 13):
            return f"Python <3.13 does not support free-threading but {self} was requested."
        return None

    @property
    def _too_old(self) -> str:
        return f"Python <3.6 is not supported but {self} was requested."

    def accepts(self, interpreter: Interpreter) -> bool:
        """Whether an interpreter has a version and variant that was asked for."""
        return self._accepts_variant(interpreter) and self.accepts_version(interpreter.version)

    def accepts_version(self, version: Version) -> bool:
        """Whether a version was asked for. In a range, a pre-release counts as its release unless the range names one."""
        if self.specifiers is not None:
            counted = version if self.allows_prereleases else Version(version.base_version)
            return self.specifiers.contains(counted, prereleases=True)
        if self.prerelease:
            pre = "" if version.pre is None else f"{version.pre[0]}{version.pre[1]}"
            return version.release[: len(self.release)] == self.release and pre.startswith(self.prerelease)
        return version.release[: len(self.release)] == self.release

    def _accepts_variant(self, interpreter: Interpreter) -> bool:
        threaded, debug = interpreter.facts.is_free_threaded, interpreter.facts.is_debug
        if not self.variant:
            # Without being asked for, free threading is chosen only since it is officially supported (3.14).
            return not debug and (not threaded or interpreter.version >= Version("3.14"))
        return ("freethreaded" in self.variant) == threaded and ("debug" in self.variant) == debug

    def __str__(self) -> str:
        if self.specifiers is not None:
            text = ", ".join(
                str(one) for one in sorted(self.specifiers, key=lambda one: (Version(one.version.removesuffix(".*")), one.operator))
            )
        else:
            text = ".".join(map(str, self.release)) + self.prerelease
        return text + (f"+{self.variant}" if self.variant else "")


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
    if (version := _parse_version(bare)) is not None:
        return PythonRequest(kind="version", text=text, version=version)
    if bare == "" and lower:
        return PythonRequest(kind="any", text=text)
    return _parse_implementation(text, lower) or _parse_place(text, cwd) or _parse_key(text, lower) or PythonRequest(kind="name", text=text)


def request_range(specifiers: str) -> PythonRequest:
    """A request for what a project's `requires-python` allows."""
    return PythonRequest(kind="version", text=specifiers, version=VersionRequest(specifiers=SpecifierSet(specifiers)))


def _parse_version(text: str) -> VersionRequest | None:
    if _RANGE.match(text):
        return _parse_range(text)
    base, plus, long_variant = text.partition("+")
    match = _VERSION.fullmatch(base)
    if match is None or (plus and (long_variant not in _LONG_VARIANTS or match[2])):
        return None
    release, pre = _split_version(match[1])
    return None if release is None else VersionRequest(release=release, prerelease=pre, variant=long_variant or _VARIANTS[match[2] or ""])


def _split_version(text: str) -> tuple[tuple[int, ...] | None, str]:
    """Numbers and pre-release part; `312` is 3.12."""
    match = re.fullmatch(r"([\d.]+)((?:a|b|rc)\d*)?", text)
    assert match is not None  # the caller's pattern is narrower
    numbers, pre = match[1], match[2] or ""
    if "." in numbers:
        return tuple(map(int, numbers.split("."))), pre
    if len(numbers) == 1:
        return (int(numbers),), pre
    return ((int(numbers[0]), int(numbers[1:])), pre) if len(numbers) <= 3 else (None, pre)


def _parse_range(text: str) -> VersionRequest | None:
    text, plus, variant = text.partition("+")
    if plus and variant not in _LONG_VARIANTS:
        return None
    try:
        return VersionRequest(specifiers=SpecifierSet(text), variant=variant)
    except InvalidSpecifier:
        return None


def _parse_implementation(text: str, lower: str) -> PythonRequest | None:
    for written, name in (*((name, name) for name in IMPLEMENTATIONS), *_SHORT.items()):
        if not lower.startswith(written):
            continue
        rest = lower[len(written) :]
        if not rest:
            return PythonRequest(kind="implementation", text=text, implementation=name)
        version = _parse_version(rest.removeprefix("@"))
        if version is not None:
            return PythonRequest(kind="implementation", text=text, implementation=name, version=version)
    return None


def _parse_place(text: str, cwd: Path) -> PythonRequest | None:
    path = cwd / text
    if path.is_dir():
        return PythonRequest(kind="folder", text=text, path=path)
    if "/" in text or path.is_file():
        return PythonRequest(kind="file", text=text, path=path)
    return None


def _parse_key(text: str, lower: str) -> PythonRequest | None:
    """A key's parts in order; each may be `any`, or missing where the next one tells that it is."""
    parts = lower.split("-")
    if not 2 <= len(parts) <= 5:
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
    "version": _parse_version,
    "system": lambda part: part if part in _SYSTEMS else None,
    "machine": lambda part: part if _MACHINE.fullmatch(part) else None,
    "libc": lambda part: part if part in _LIBCS else None,
}
"""The parts of a key in order, each with what recognises it."""


def _is_prerelease(text: str) -> bool:
    try:
        return Version(text.removesuffix(".*")).is_prerelease
    except InvalidVersion:
        return False
