"""The metadata that a source distribution's `pyproject.toml` settles without a build (PEP 621)."""

import tomllib
from collections.abc import Mapping
from typing import Any

from hobd.core.formats.requirement import InvalidRequirement, parse_requirement
from hobd.core.formats.specifier_list import InvalidSpecifiers, parse_lenient_specifiers
from hobd.core.formats.version_text import InvalidVersionText, parse_version
from hobd.core.markers import Marker
from hobd.core.vocab.metadata import Metadata
from hobd.core.vocab.names import InvalidName, Name, parse_name
from hobd.core.vocab.requirement import Requirement

_DECIDING = frozenset({"version", "dependencies", "optional-dependencies", "requires-python"})


def parse_static_project(content: bytes) -> Metadata | None:
    """Read the `pyproject.toml` of a source distribution.

    Returns:
        None where the backend has to be asked: there is no `[project]`, something that counts is dynamic, invalid, or
        left to Poetry's own table.
    """
    try:
        document = tomllib.loads(content.decode("utf-8"))
        return _metadata(document)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, InvalidRequirement, InvalidSpecifiers, InvalidVersionText, InvalidName):
        return None
    except (TypeError, AttributeError, KeyError):
        return None  # a table or a list that is none: the backend will say so


def _metadata(document: Mapping[str, Any]) -> Metadata | None:
    project = document["project"]
    if _DECIDING & set(project.get("dynamic", ())):
        return None
    if "dependencies" not in project and "poetry" in document.get("tool", {}):
        return None
    extras = project.get("optional-dependencies", {})
    requires_python = project.get("requires-python")
    return Metadata(
        name=parse_name(project["name"]),
        version=parse_version(project["version"]),
        requires_dist=(
            *(parse_requirement(text) for text in project.get("dependencies", ())),
            *(requirement for extra, texts in extras.items() for requirement in _of_extra(parse_name(extra), texts)),
        ),
        requires_python=None if requires_python is None else parse_lenient_specifiers(requires_python),
        provides_extras=tuple(parse_name(extra) for extra in extras),
    )


def _of_extra(extra: Name, texts: list[str]) -> list[Requirement]:
    marker = Marker.parse(f"extra == '{extra}'")
    return [parse_requirement(text).under(marker) for text in texts]
