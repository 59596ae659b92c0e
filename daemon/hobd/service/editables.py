"""Installing members as they will be shipped, not as links to their sources (`--no-editable`)."""

from collections.abc import Collection
from dataclasses import replace

from hobd.core.plan.model import Pin, Selection
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Directory, Editable


def without_editables(selection: Selection, *, everything: bool, names: Collection[Name] = ()) -> Selection:
    """The selection with its editable packages, all or the named ones, turned into plain folders."""
    if not everything and not names:
        return selection
    pins = tuple(_plain(pin) if everything or pin.name in names else pin for pin in selection.pins)
    return replace(selection, pins=pins)


def _plain(pin: Pin) -> Pin:
    source = pin.package.source
    return replace(pin, package=replace(pin.package, source=Directory(source.path))) if isinstance(source, Editable) else pin
