"""Installing members as they will be shipped, not as links to their sources (`--no-editable`)."""

from collections.abc import Collection
from dataclasses import replace

from hobd.cli.found import Given, said
from hobd.core.plan.model import Pin, Selection
from hobd.core.vocab.names import normalize
from hobd.core.vocab.source import Directory, Editable


def without_editables(selection: Selection, is_editable: Given | None, packages: Collection[str]) -> Selection:
    """The selection with its editable packages, all (`--no-editable`) or the named ones, turned into plain folders."""
    everything, names = said(is_editable) is False, frozenset(map(normalize, packages))
    if not everything and not names:
        return selection
    pins = tuple(_plain(pin) if everything or pin.name in names else pin for pin in selection.pins)
    return replace(selection, pins=pins)


def _plain(pin: Pin) -> Pin:
    source = pin.package.source
    return replace(pin, package=replace(pin.package, source=Directory(source.path))) if isinstance(source, Editable) else pin
