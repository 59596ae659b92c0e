"""Who a project is to its repositories: locks leave users and passwords out, so installing from one looks here."""

import re
from collections.abc import Iterable, Iterator, Mapping

from hobd.core.formats.direct_reference import InvalidReference, parse_git_reference
from hobd.core.vocab.project import GitEntry, Pyproject, Workspace

_REFERENCE = re.compile(r"git\+((https?)://[^\s@/]+@\S+)")


def find_logins(workspace: Workspace, more: Iterable[str] = ()) -> Mapping[str, str]:
    """`user:password` by the address of a repository, as `Git` holds both; of several the first counts.

    Args:
        workspace: sources and requirements of all its projects are looked through.
        more: further requirements.
    """
    found: dict[str, str] = {}
    documents = (workspace.pyproject, *(member.pyproject for member in workspace.members))
    for text in (*more, *(text for document in documents for text in _texts(document))):
        for reference, scheme in _REFERENCE.findall(text):
            try:
                source = parse_git_reference(reference, scheme)
            except InvalidReference:
                continue  # whoever needs it will say so
            if source.login is not None:
                found.setdefault(source.url, source.login)
    return found


def _texts(document: Pyproject) -> Iterator[str]:
    tool_uv = document.tool_uv
    for _, entries in tool_uv.sources:
        yield from (f"git+{entry.git}" for entry in entries if isinstance(entry, GitEntry))
    if document.project is not None:
        yield from document.project.dependencies or ()
        for _, texts in document.project.optional_dependencies:
            yield from texts
    for _, group in document.groups:
        yield from (entry for entry in group if isinstance(entry, str))
    yield from (*(tool_uv.dev_dependencies or ()), *tool_uv.constraints, *tool_uv.build_constraints)
    yield from (override for override in tool_uv.overrides if isinstance(override, str))
