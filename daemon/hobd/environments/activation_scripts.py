"""The scripts with which a shell enters an environment: templates in `activation/`, filled in for each environment.

Each shell quotes in its own way, so no path and no prompt can break out of its place in a script.
"""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

_TEMPLATES = Path(__file__).with_name("activation")

_LOCATE_SELF = """\
if [ -n "${BASH_VERSION-}" ]; then
    _hob_script="${BASH_SOURCE[0]}"
elif [ -n "${ZSH_VERSION-}" ]; then
    _hob_script="${(%):-%x}"
elif [ -n "${KSH_VERSION-}" ]; then
    _hob_script="${.sh.file}"
fi
"""
_SELF = {
    "activate": '"$(dirname -- "$(dirname -- "$(realpath -- "$_hob_script")")")"',
    "activate.fish": "(dirname (dirname (realpath (status filename))))",
    "activate.nu": "(path self | path dirname | path dirname)",
    "activate.bat": "%~dp0..",
}
"""How a script of an environment that may be moved finds the environment. csh cannot."""


def _single_quoted(text: str) -> str:
    """sh, csh and Nushell... : a quote inside ends the quoted part and is given on its own."""
    return "'" + text.replace("'", "'\"'\"'") + "'"


def _csh(text: str) -> str:
    return _single_quoted(text).replace("!", "\\!")


def _fish(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _nu(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _powershell(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _batch(text: str) -> str:
    """cmd.exe expands `%` even inside quotes, and has no way to write a quote."""
    return text.replace("%", "%%").replace('"', "")


_QUOTING: dict[str, Callable[[str], str]] = {
    "activate": _single_quoted,
    "activate.bat": _batch,
    "activate.csh": _csh,
    "activate.fish": _fish,
    "activate.nu": _nu,
    "activate.ps1": _powershell,
    "activate.xsh": repr,
    "activate_this.py": repr,
}


def activation_scripts(
    root: Path, prompt: str | None, site_packages: tuple[str, ...], *, is_relocatable: bool
) -> Iterator[tuple[str, str]]:
    """Names and texts of all scripts.

    Args:
        root: the environment, absolute.
        prompt: what prompts show; None: the folder's name.
        site_packages: folders of packages relative to the folder of programs.
        is_relocatable: the scripts find the environment by their own place.
    """
    for name, quote in _QUOTING.items():
        if is_relocatable and name == "activate.csh":
            continue
        place = _SELF.get(name, quote(str(root))) if is_relocatable else quote(str(root))
        text = _template(name).replace("@SITE_PACKAGES@", repr(site_packages))
        text = text.replace("@LOCATE@\n", _LOCATE_SELF if is_relocatable else "")
        yield name, text.replace("@ENVIRONMENT@", place).replace("@PROMPT@", quote(prompt or ""))
    for name in ("deactivate.bat", "pydoc.bat"):
        yield name, _template(name)


@cache
def _template(name: str) -> str:
    return (_TEMPLATES / f"{name}.template").read_text("utf-8")
