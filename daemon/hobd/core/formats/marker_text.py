"""Markers as settings have them, refused in uv's words with carets below what is wrong."""

from hobd.core.formats.marker_fault import find_marker_fault
from hobd.core.markers import InvalidMarker, Marker
from hobd.errors import RequestError


class InvalidMarkerText(RequestError):
    """A text that is no marker. The message has the reason, the text, and carets below what is wrong."""


def parse_marker(text: str) -> Marker:
    """Read a marker.

    Raises:
        InvalidMarkerText: says what is wrong, and where.
    """
    try:
        return Marker.parse(text)
    except InvalidMarker as error:
        fault = find_marker_fault(text)
        if fault is None:
            raise InvalidMarkerText(error.message) from error
        carets = "^" if fault.start == len(text) else "^" * fault.length
        raise InvalidMarkerText(f"{fault.reason}\n{text}\n{' ' * fault.start}{carets}") from error
