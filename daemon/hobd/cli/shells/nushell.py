"""Completion for nushell."""

from collections.abc import Iterator, Sequence

from hobd.cli.shells.surface import Option, Place


def render_script(places: Sequence[Place], programs: Sequence[str]) -> str:
    """A module to be used; it declares every command of all of `programs`."""
    parts = ["module completions {\n"]
    for program in programs:
        for place in places:
            name = " ".join((program, *place.path[1:]))
            parts += [*_completers(place, name), _extern(place, name)]
    parts.append("}\n\nexport use completions *\n")
    return "\n".join(parts)


def _completers(place: Place, name: str) -> Iterator[str]:
    for option in place.options:
        if option.values:
            values = " ".join(f'"{value}"' for value in option.values)
            yield f'  def "nu-complete {name} {option.long}" [] {{\n    [ {values} ]\n  }}\n'


def _extern(place: Place, name: str) -> str:
    lines = [f"    {_flag(option, name)} # {option.text}" for option in place.options]
    return f'  export extern "{name}" [\n' + "\n".join(lines) + "\n    ...words: string\n  ]\n"


def _flag(option: Option, name: str) -> str:
    flag = f"--{option.long}" + (f"(-{option.short})" if option.short else "")
    if not option.takes_value:
        return flag
    return f'{flag}: string@"nu-complete {name} {option.long}"' if option.values else f"{flag}: string"
