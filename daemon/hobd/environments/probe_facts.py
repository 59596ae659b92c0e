"""What an interpreter says of itself. Run by that interpreter as `python -I -S -c`, never imported by hob.

It must work from Python 3.6 on, imports little, and runs nothing of the environment's own: without `site` no `.pth`
file is executed. Prints one JSON object.
"""

import json
import os
import sys


def enter_environment() -> None:
    """Do what `site` does for a virtual environment: before 3.14 the prefixes are its work."""
    for folder in (os.path.dirname(os.path.abspath(sys.executable)), os.path.dirname(os.path.dirname(os.path.abspath(sys.executable)))):
        if os.path.isfile(os.path.join(folder, "pyvenv.cfg")):
            root = os.path.dirname(os.path.dirname(os.path.abspath(sys.executable)))
            sys.prefix = sys.exec_prefix = root
            return


def version_text(info: "tuple[int | str, ...]") -> str:
    """A version as PEP 508 writes it."""
    pre = {"alpha": "a", "beta": "b", "candidate": "rc"}.get(str(info[3]))
    return ".".join(map(str, info[:3])) + ("" if pre is None else pre + str(info[4]))


def python_version() -> str:
    """As `platform.python_version()`, without the price of importing it; locally built ones end in `+`."""
    return version_text(sys.version_info) + ("+" if sys.version.split(None, 1)[0].endswith("+") else "")


def markers() -> "dict[str, str]":
    """The values of PEP 508."""
    system = os.uname()
    names = {"cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalVM", "pyston": "Pyston", "ironpython": "IronPython", "jython": "Jython"}
    full = python_version()
    return {
        "implementation_name": sys.implementation.name,
        "implementation_version": version_text(sys.implementation.version),
        "os_name": os.name,
        "platform_machine": system.machine,
        "platform_python_implementation": names.get(sys.implementation.name, sys.implementation.name),
        "platform_release": system.release,
        "platform_system": system.sysname,
        "platform_version": system.version,
        "python_full_version": full,
        "python_version": "{}.{}".format(*sys.version_info),
        "sys_platform": sys.platform,
    }


def libc() -> "list[str | int] | None":
    """(`glibc`, major, minor), (`musl`, major, minor), or None."""
    try:
        name, _, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ")
        if name == "glibc":
            return [name, *(int(part) for part in version.split(".")[:2])]
    except (AttributeError, OSError, ValueError):
        pass  # not glibc
    return musl()


def musl() -> "list[str | int] | None":
    """musl's version: its loader, named in the executable's header, says it when it is run."""
    import re
    import subprocess

    with open(sys.executable, "rb") as file:
        found = re.search(rb"/lib/ld-musl-[a-z0-9_]+\.so\.1", file.read(1 << 16))
    if found is None:
        return None
    said = subprocess.Popen([found.group().decode()], stderr=subprocess.PIPE).communicate()[1].decode("ascii", "replace")
    version = re.search(r"Version (\d+)\.(\d+)", said)
    return None if version is None else ["musl", int(version.group(1)), int(version.group(2))]


def macos_version() -> "list[int] | None":
    """Of the system, on macOS."""
    if sys.platform != "darwin":
        return None
    import platform

    return [int(part) for part in [*platform.mac_ver()[0].split("."), "0"][:2]]


def machine() -> str:
    """The machine that this interpreter's code is for: a 32-bit one may run on a 64-bit kernel."""
    name = os.uname().machine
    if sys.maxsize > 2**32:
        return name
    return {"x86_64": "i686", "aarch64": "armv7l", "armv8l": "armv7l"}.get(name, name)


def is_manylinux_compatible() -> bool:
    """Whether a distribution's `_manylinux` module forbids manylinux wheels (PEP 600)."""
    try:
        import _manylinux  # type: ignore[import-not-found]  # only some distributions have it
    except ImportError:
        return True
    return bool(getattr(_manylinux, "manylinux2014_compatible", True))


def paths() -> "dict[str, str | list[str]]":
    """Where things are installed: here, and in an environment made from this interpreter (relative)."""
    import site
    import sysconfig

    default = getattr(sysconfig, "get_default_scheme", getattr(sysconfig, "_get_default_scheme", lambda: "posix_prefix"))()
    here = sysconfig.get_paths(default)
    fresh = "venv" if "venv" in sysconfig.get_scheme_names() else "posix_prefix"
    keys = ("base", "platbase", "installed_base", "installed_platbase")
    there = sysconfig.get_paths(fresh, vars=dict.fromkeys(keys, ""))
    found: dict[str, str | list[str]] = {name: here[name] for name in ("purelib", "platlib", "scripts", "data", "include", "stdlib")}
    found["site_packages"] = site.getsitepackages([sys.prefix, sys.exec_prefix])
    found["environment_purelib"] = there["purelib"].lstrip("/")
    found["environment_platlib"] = there["platlib"].lstrip("/")
    return found


enter_environment()
from importlib import _bootstrap_external  # noqa: E402  # already loaded: it costs nothing

print(  # noqa: T201 - this is how it answers
    json.dumps(
        {
            "executable": sys.executable,
            "base_executable": getattr(sys, "_base_executable", None),
            "prefix": sys.prefix,
            "base_prefix": sys.base_prefix,
            "markers": markers(),
            "paths": paths(),
            "libc": libc(),
            "macos_version": macos_version(),
            "machine": machine(),
            "is_free_threaded": "t" in getattr(sys, "abiflags", ""),
            "is_debug": "d" in getattr(sys, "abiflags", "") or hasattr(sys, "gettotalrefcount"),
            "is_manylinux_compatible": is_manylinux_compatible(),
            "cache_tag": sys.implementation.cache_tag,
            "magic": _bootstrap_external.MAGIC_NUMBER.hex(),
            "pypy_version": list(getattr(sys, "pypy_version_info", ())[:2]),
            "extension_suffixes": list(__import__("_imp").extension_suffixes()),
        }
    )
)
