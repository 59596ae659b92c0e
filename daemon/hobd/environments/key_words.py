"""The words in which keys of interpreters name systems and machines, where kernels and people have others."""

_SPELLINGS = {
    "darwin": "macos",
    "win32": "windows",
    "arm64": "aarch64",
    "amd64": "x86_64",
    "i686": "x86",
    "ppc64le": "powerpc64le",
    "ppc64": "powerpc64",
    "armv7l": "armv7",
}


def as_keys_spell(name: str) -> str:
    """The word of a key for what a kernel, Python or a person calls `name`, in lower case."""
    return _SPELLINGS.get(name, name)


def libc_as_keys_spell(libc: str | None, machine: str) -> str:
    """The word for `glibc` or `musl` on a machine that is spelled as in keys; `none` where it is neither."""
    word = {"glibc": "gnu", "musl": "musl"}.get(libc or "", "none")
    return f"{word}eabihf" if machine == "armv7" and word != "none" else word
