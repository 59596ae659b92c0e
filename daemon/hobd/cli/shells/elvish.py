"""Completion for elvish."""

from collections.abc import Iterator, Sequence

from hobd.cli.shells.surface import Place


def render_script(places: Sequence[Place], programs: Sequence[str]) -> str:
    """A script to be evaluated; it completes all of `programs`."""
    root = places[0].name
    entries = "\n".join(f"    &{_quote(place.name)}= {{\n{_candidates(place)}\n    }}" for place in places)
    values = "\n".join(line for place in places for line in _values(place))
    targets = "\n".join(f"set edit:completion:arg-completer[{program}] = ${root}-completer~" for program in programs)
    return f"""\
use builtin
use str

var {root}-offers = [
{entries}
]

var {root}-values = [
{values}
]

fn {root}-completer {{|@words|
    var at = {_quote(root)}
    for word $words[1..-1] {{
        if (has-key ${root}-offers $at' '$word) {{
            set at = $at' '$word
        }}
    }}
    if (has-key ${root}-values $at' '$words[-2]) {{
        all ${root}-values[$at' '$words[-2]]
    }} else {{
        ${root}-offers[$at]
    }}
}}

{targets}
"""


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _values(place: Place) -> Iterator[str]:
    for option in place.options:
        if option.values:
            for spelling in option.spellings:
                yield f"    &{_quote(f'{place.name} {spelling}')}= [{' '.join(_quote(value) for value in option.values)}]"


def _candidates(place: Place) -> str:
    offers = [(offer.word, offer.text) for offer in place.commands] + [(value, value) for value in place.values]
    offers += [(spelling, option.text) for option in place.options for spelling in option.spellings]
    return "\n".join(f"        edit:complex-candidate {_quote(word)} &display={_quote(f'{word} ')}{_quote(text)}" for word, text in offers)
