"""Completion for PowerShell."""

from collections.abc import Iterator, Sequence

from hobd.cli.shells.surface import Place


def render_script(places: Sequence[Place], programs: Sequence[str]) -> str:
    """A script for the profile; it completes all of `programs`."""
    root = places[0].name
    entries = "\n".join(f"        {_quote(place.name)} = @(\n{_results(place)}\n        )" for place in places)
    values = "\n".join(line for place in places for line in _values(place))
    return f"""\
using namespace System.Management.Automation

Register-ArgumentCompleter -Native -CommandName {", ".join(_quote(program) for program in programs)} -ScriptBlock {{
    param($wordToComplete, $commandAst, $cursorPosition)

    $offers = @{{
{entries}
    }}
    $values = @{{
{values}
    }}
    $at = {_quote(root)}
    $previous = ""
    foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {{
        if ($element.Extent.EndOffset -lt $cursorPosition -and $offers.ContainsKey("$at $element")) {{
            $at = "$at $element"
        }}
        if ($element.Extent.EndOffset -lt $cursorPosition) {{
            $previous = "$element"
        }}
    }}
    if ($values.ContainsKey("$at $previous")) {{
        $values["$at $previous"] | Where-Object {{ $_ -like "$wordToComplete*" }}
        return
    }}
    $offers[$at] | Where-Object {{ $_[0] -like "$wordToComplete*" }} | ForEach-Object {{
        [CompletionResult]::new($_[0], $_[0], [CompletionResultType]::ParameterValue, $_[1])
    }}
}}
"""


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _values(place: Place) -> Iterator[str]:
    for option in place.options:
        if option.values:
            for spelling in option.spellings:
                yield f"        {_quote(f'{place.name} {spelling}')} = @({', '.join(_quote(value) for value in option.values)})"


def _results(place: Place) -> str:
    offers = [(offer.word, offer.text) for offer in place.commands] + [(value, value) for value in place.values]
    offers += [(spelling, option.text or spelling) for option in place.options for spelling in option.spellings]
    return "\n".join(f"            ,@({_quote(word)}, {_quote(text)})" for word, text in offers)
