"""Completion for bash."""

from collections.abc import Iterable, Sequence

from hobd.cli.shells.surface import Place


def render_script(places: Sequence[Place], programs: Sequence[str]) -> str:
    """A script to be sourced; it completes all of `programs`."""
    root = places[0].name
    function = f"_{root}"
    return f"""\
{function}() {{
    local current="${{COMP_WORDS[COMP_CWORD]}}" previous="${{COMP_WORDS[COMP_CWORD-1]}}" at="{root}" word words=""
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case "$at $word" in
            {_alternatives(place.name for place in places[1:])}) at="$at $word" ;;
        esac
    done
    case "$at,$previous" in
{_values(places)}
    esac
    if [[ -z "$words" ]]; then
        case "$at" in
{_words(places)}
        esac
    fi
    COMPREPLY=($(compgen -W "$words" -- "$current"))
}}

complete -F {function} -o bashdefault -o default {" ".join(programs)}
"""


def _alternatives(names: Iterable[str]) -> str:
    return "|".join(f'"{name}"' for name in names) or '""'


def _values(places: Sequence[Place]) -> str:
    lines = []
    for place in places:
        for option in place.options:
            if option.values:
                cases = "|".join(f'"{place.name},{spelling}"' for spelling in option.spellings)
                lines.append(f'        {cases}) words="{" ".join(option.values)}" ;;')
    return "\n".join(lines)


def _words(places: Sequence[Place]) -> str:
    lines = []
    for place in places:
        words = [offer.word for offer in place.commands] + list(place.values)
        words += [spelling for option in place.options for spelling in option.spellings]
        lines.append(f'            "{place.name}") words="{" ".join(words)}" ;;')
    return "\n".join(lines)
