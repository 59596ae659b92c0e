"""`entry_points.txt`: the programs that a distribution wants to have made (entry points specification)."""

import re

from msgspec import Struct

from hobd.core.formats.wheel import UninstallableWheel

_TARGET = re.compile(r"(?P<module>[\w.]+)\s*:\s*(?P<function>[\w.]+)\s*(?:\[(?P<extras>[^\]]*)\])?")
_GROUPS = {"console_scripts": False, "gui_scripts": True}


class ScriptEntry(Struct, frozen=True, order=True):
    """One program: `name = module:function`."""

    name: str
    module: str
    function: str
    """May have dots: a method of a class."""
    is_gui: bool = False

    @property
    def imported(self) -> str:
        """What is imported from the module to reach the function."""
        return self.function.partition(".")[0]


def parse_scripts(text: str) -> tuple[ScriptEntry, ...]:
    """The console and window programs, in file order, console ones first.

    Raises:
        UninstallableWheel: a line is neither section nor `name = value`, or a program's target is no function of a module.
    """
    sections = _parse_sections(text)
    return tuple(
        _parse_script(name, value, is_gui=is_gui) for group, is_gui in _GROUPS.items() for name, value in sections.get(group, {}).items()
    )


def _parse_sections(text: str) -> dict[str, dict[str, str]]:
    sections: dict[str, dict[str, str]] = {}
    current: dict[str, str] | None = None
    for number, line in enumerate(text.splitlines()):
        line = line.strip()
        if not line or line[0] in "#;":
            continue
        if line.startswith("[") and line.endswith("]"):
            current = sections.setdefault(line[1:-1].strip(), {})
            continue
        name, equals, value = line.partition("=")
        if current is None or not equals or not name.strip():
            raise UninstallableWheel(
                f"The wheel is invalid: `entry_points.txt` is invalid: invalid option or section header at line {number + 1}"
            )
        current[name.strip()] = value.strip()
    return sections


def _parse_script(name: str, value: str, *, is_gui: bool) -> ScriptEntry:
    match = _TARGET.fullmatch(value)
    if match is None:
        raise UninstallableWheel(f"The wheel is invalid: invalid console script: '{value}'")
    return ScriptEntry(name, match["module"], match["function"], is_gui)
