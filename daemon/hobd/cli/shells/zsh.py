"""Completion for zsh."""

from collections.abc import Sequence

from hobd.cli.shells.surface import Place


def render_script(places: Sequence[Place], programs: Sequence[str]) -> str:
    """A script for `fpath`, or to be evaluated; it completes all of `programs`."""
    root = places[0].name
    function = f"_{root}"
    steps = "|".join(_quote(place.name) for place in places[1:]) or "''"
    return f"""\
#compdef {" ".join(programs)}

{function}() {{
    local at={_quote(root)} word
    local -a commands options values
    for word in "${{(@)words[2,CURRENT-1]}}"; do
        case "$at $word" in
            ({steps}) at="$at $word" ;;
        esac
    done
    case "$at,${{words[CURRENT-1]}}" in
{_values(places)}
    esac
    if (( $#values )); then
        compadd -a values
        return
    fi
    case "$at" in
{_words(places)}
    esac
    if [[ "$PREFIX" == -* ]]; then
        _describe -o option options
    elif (( $#commands )); then
        _describe command commands
    elif (( $#values )); then
        compadd -a values
    else
        _files
    fi
}}

if [[ "$funcstack[1]" == "{function}" ]]; then
    {function} "$@"
else
    compdef {function} {" ".join(programs)}
fi
"""


def _quote(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _described(word: str, text: str) -> str:
    return _quote(word.replace(":", "\\:") + ":" + text.replace(":", "\\:"))


def _values(places: Sequence[Place]) -> str:
    lines = []
    for place in places:
        for option in place.options:
            if option.values:
                cases = "|".join(_quote(f"{place.name},{spelling}") for spelling in option.spellings)
                lines.append(f"        ({cases}) values=({' '.join(option.values)}) ;;")
    return "\n".join(lines)


def _words(places: Sequence[Place]) -> str:
    lines = []
    for place in places:
        commands = " ".join(_described(offer.word, offer.text) for offer in place.commands)
        options = " ".join(_described(spelling, option.text) for option in place.options for spelling in option.spellings)
        lines.append(f"        ({_quote(place.name)}) commands=({commands}) options=({options}) values=({' '.join(place.values)}) ;;")
    return "\n".join(lines)
