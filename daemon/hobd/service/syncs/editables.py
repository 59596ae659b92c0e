"""Installing folders as links to their sources, or as they will be shipped (`--editable`, `--no-editable`)."""

from collections.abc import Collection

from msgspec.structs import replace

from hobd.cli.found import Given, said
from hobd.core.plan.model import Pin, Selection
from hobd.core.vocab.names import normalize
from hobd.core.vocab.source import Directory, Editable


def with_editables_as_asked(selection: Selection, is_editable: Given | None, plain: Collection[str]) -> Selection:
    """The selection with its folders as asked.

    Args:
        selection: what the lock says.
        is_editable: what all folders are to be; where nothing was said, what the lock says.
        plain: names of packages that are to be no links, whatever the others are.
    """
    everything, names = said(is_editable), frozenset(map(normalize, plain))
    if everything is None and not names:
        return selection
    pins = tuple(_turned(pin, False if pin.name in names else everything) for pin in selection.pins)
    return replace(selection, pins=pins)


def _turned(pin: Pin, is_editable: bool | None) -> Pin:
    source = pin.package.source
    if is_editable is None or not isinstance(source, Directory | Editable):
        return pin
    turned = Editable(source.path) if is_editable else Directory(source.path)
    return replace(pin, package=replace(pin.package, source=turned))
