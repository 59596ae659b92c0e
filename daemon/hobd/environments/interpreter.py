"""An interpreter as a value: what it said of itself when it was run once."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from packaging.version import Version

from hobd.core.tags import InterpreterFacts, Platform, Tags, tags_for
from hobd.environments.key_words import as_keys_spell, libc_as_keys_spell

_NAMES = {"cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalPy", "pyodide": "Pyodide", "pyston": "Pyston"}
_MACOS_MACHINES = {"aarch64": "arm64"}


class Scheme(Struct, frozen=True, kw_only=True):
    """Where the parts of a wheel go, absolute (sysconfig's installation schemes)."""

    purelib: Path
    platlib: Path
    scripts: Path
    data: Path
    include: Path
    """A folder per distribution is made in it."""
    site_packages: tuple[Path, ...]
    """Every folder that is searched for installed distributions, `purelib` first."""


class Interpreter(Struct, frozen=True, kw_only=True):
    """One Python: an environment's own, or the one that environments are made from."""

    path: Path
    """As it was found, absolute, links kept."""
    executable: Path
    """As it calls itself."""
    base_executable: Path
    """What environments made from it link to: not in an environment itself."""
    prefix: Path
    base_prefix: Path
    implementation: str
    """`sys.implementation.name`, lower case."""
    version: Version
    markers: Mapping[str, str]
    """The environment that markers are evaluated in (PEP 508)."""
    scheme: Scheme
    stdlib: Path
    environment_purelib: str
    """Where an environment made from it keeps packages, relative to that environment's root."""
    environment_platlib: str
    facts: InterpreterFacts
    cache_tag: str
    """Of compiled bytecode: `cpython-312`."""
    magic: str
    """The number that begins compiled bytecode, as hex digits."""
    libc: str
    """`gnu`, `musl` or `none`, as interpreter keys spell it."""
    machine: str
    """As interpreter keys spell it: `x86_64`, `aarch64`, ..."""

    @property
    def is_environment(self) -> bool:
        """Whether it belongs to a virtual environment."""
        return self.prefix != self.base_prefix

    @property
    def minor(self) -> str:
        """`3.12`."""
        return f"{self.version.major}.{self.version.minor}"

    @property
    def variant(self) -> str:
        """``, `+freethreaded`, `+debug` or `+freethreaded+debug`: the end of its version in keys."""
        return ("+freethreaded" if self.facts.is_free_threaded else "") + ("+debug" if self.facts.is_debug else "")

    @property
    def name(self) -> str:
        """`CPython`, `PyPy`: the implementation as people write it."""
        return _NAMES.get(self.implementation, self.implementation)

    @property
    def key(self) -> str:
        """`cpython-3.12.1-linux-x86_64-gnu`."""
        version, system = self.markers["python_full_version"].rstrip("+"), as_keys_spell(self.markers["sys_platform"])
        return f"{self.implementation}-{version}{self.variant}-{system}-{self.machine}-{self.libc}"

    @property
    def externally_managed_file(self) -> Path:
        """The file whose presence means that packages are another tool's business (PEP 668)."""
        return self.stdlib / "EXTERNALLY-MANAGED"

    def at(self, root: Path) -> "Interpreter":
        """The same interpreter of the same environment by another path, or of one that is just like it.

        Args:
            root: the folder in place of `prefix`.
        """

        def there(path: Path) -> Path:
            return root / path.relative_to(self.prefix) if path.is_relative_to(self.prefix) else path

        scheme = Scheme(
            purelib=there(self.scheme.purelib),
            platlib=there(self.scheme.platlib),
            scripts=there(self.scheme.scripts),
            data=there(self.scheme.data),
            include=there(self.scheme.include),
            site_packages=tuple(map(there, self.scheme.site_packages)),
        )
        return replace(self, path=there(self.path), executable=there(self.executable), prefix=root, scheme=scheme)

    def tags(self) -> Tags:
        """The tags of wheels that fit, best first."""
        return tags_for(self.facts)


def read_facts(path: Path, said: Mapping[str, Any]) -> Interpreter:
    """Make the value from what the probe printed.

    Args:
        path: where the interpreter was found.
        said: the parsed output of `probe_facts.py`.
    Raises:
        KeyError, ValueError, TypeError: it was not that.
    """
    markers: dict[str, str] = dict(said["markers"])
    paths: Mapping[str, Any] = said["paths"]
    prefix, base_prefix = Path(said["prefix"]), Path(said["base_prefix"])
    executable = Path(said["executable"])
    version = Version(markers["python_full_version"].rstrip("+"))
    include = Path(paths["include"]) if prefix == base_prefix else prefix / "include" / "site" / f"python{version.major}.{version.minor}"
    return Interpreter(
        path=path,
        executable=executable,
        base_executable=Path(said["base_executable"] or executable),
        prefix=prefix,
        base_prefix=base_prefix,
        implementation=markers["implementation_name"],
        version=version,
        markers=markers,
        scheme=Scheme(
            purelib=Path(paths["purelib"]),
            platlib=Path(paths["platlib"]),
            scripts=Path(paths["scripts"]),
            data=Path(paths["data"]),
            include=include,
            site_packages=_unique(Path(text) for text in (paths["purelib"], paths["platlib"], *paths["site_packages"])),
        ),
        stdlib=Path(paths["stdlib"]),
        environment_purelib=paths["environment_purelib"],
        environment_platlib=paths["environment_platlib"],
        facts=_facts(said, version),
        cache_tag=said["cache_tag"],
        magic=said["magic"],
        libc=libc_as_keys_spell((said["libc"] or [None])[0], as_keys_spell(said["machine"])),
        machine=as_keys_spell(said["machine"]),
    )


def _unique(paths: Iterable[Path]) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(paths))


def _facts(said: Mapping[str, Any], version: Version) -> InterpreterFacts:
    own = tuple(said["pypy_version"]) or (version.major, version.minor)
    return InterpreterFacts(
        implementation=said["markers"]["implementation_name"],
        python_version=(version.major, version.minor),
        implementation_version=(own[0], own[1]),
        platform=_platform(said),
        is_free_threaded=said["is_free_threaded"],
        is_debug=said["is_debug"],
        is_manylinux_compatible=said["is_manylinux_compatible"],
    )


def _platform(said: Mapping[str, Any]) -> Platform:
    machine, libc, macos = said["machine"], said["libc"], said["macos_version"]
    if macos is not None:
        return Platform(system="macos", machine=_MACOS_MACHINES.get(machine, machine), version=(macos[0], macos[1]))
    if libc is not None:
        return Platform(system="manylinux" if libc[0] == "glibc" else "musllinux", machine=machine, version=(libc[1], libc[2]))
    return Platform(system="other", machine=machine, tag=f"{said['markers']['sys_platform']}_{machine}")
