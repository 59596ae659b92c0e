"""Algebra over environment markers: `&`, `|`, `~`, restriction, simplification, and uv's canonical text.

    text ─parse→ comparisons ─lowering→ diagram ─algebra, assumptions→ diagram ─cover, text→ text

Markers are cheap to keep and to compare. Between requests call `forget()` to drop remembered results.
"""

from hobd.core.markers.bounds import UNBOUNDED, PythonBounds
from hobd.core.markers.conflicts import EncodedItem, decode, encode_extra, encode_group, encode_project
from hobd.core.markers.diagram import forget
from hobd.core.markers.marker import FALSE, TRUE, HasPythonBounds, Marker
from hobd.core.markers.parse import InvalidMarker
from hobd.core.markers.releases import Release, VersionCut
from hobd.core.markers.requires_python import InvalidRequiresPython, RequiresPython

__all__ = [
    "FALSE",
    "TRUE",
    "UNBOUNDED",
    "EncodedItem",
    "HasPythonBounds",
    "InvalidMarker",
    "InvalidRequiresPython",
    "Marker",
    "PythonBounds",
    "Release",
    "RequiresPython",
    "VersionCut",
    "decode",
    "encode_extra",
    "encode_group",
    "encode_project",
    "forget",
]
