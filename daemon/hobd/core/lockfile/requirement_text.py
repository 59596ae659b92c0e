"""Requirements as PEP 508 text, in the form that the manifest's `dependency-metadata` has (uv-lock.md 1.5)."""

from hobd.core.formats.requirement import parse_requirement
from hobd.core.lockfile.fields import as_text
from hobd.core.lockfile.requirement_table import render_specifiers
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.source import Url


def render_requirement_text(requirement: Requirement) -> str:
    """`d[x,a]>1,<2 ; extra == 'q'`."""
    extras = f"[{','.join(requirement.extras)}]" if requirement.extras else ""
    url = f" @ {requirement.source.url}" if isinstance(requirement.source, Url) else ""
    marker = requirement.marker.to_text()
    return requirement.name + extras + (url or render_specifiers(requirement.specifier)) + ("" if marker is None else f" ; {marker}")


def read_requirement_text(value: object) -> Requirement:
    """Take such a text apart."""
    return parse_requirement(as_text(value))
