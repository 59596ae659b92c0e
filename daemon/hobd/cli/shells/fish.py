"""Completion for fish."""

from collections.abc import Iterator, Sequence

from hobd.cli.shells.surface import Option, Place


def render_script(places: Sequence[Place], programs: Sequence[str]) -> str:
    """A script to be sourced; it completes all of `programs`."""
    root = places[0].name
    steps = " ".join(_quote(place.name) for place in places[1:]) or "''"
    body = "\n".join(f"    {line}" for place in places for line in _complete(place, root))
    return f"""\
function __{root}_at
    set -l at {root}
    for word in (commandline -opc)[2..]
        switch "$at $word"
            case {steps}
                set at "$at $word"
        end
    end
    test "$at" = "$argv"
end

for program in {" ".join(programs)}
{body}
end
"""


def _quote(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _complete(place: Place, root: str) -> Iterator[str]:
    lead = f'complete -c $program -n "__{root}_at {place.name}"'
    for offer in place.commands:
        yield f"{lead} -f -a {_quote(offer.word)} -d {_quote(offer.text)}"
    if place.values:
        yield f"{lead} -f -a {_quote(' '.join(place.values))}"
    for option in place.options:
        yield f"{lead}{_names(option)}{_value(option)} -d {_quote(option.text)}"


def _names(option: Option) -> str:
    return (f" -l {option.long}" if option.long else "") + (f" -s {option.short}" if option.short else "")


def _value(option: Option) -> str:
    if option.values:
        return f" -x -a {_quote(' '.join(option.values))}"
    return " -r" if option.takes_value else ""
