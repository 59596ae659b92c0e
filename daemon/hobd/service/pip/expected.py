"""Hashes that requirements promise, held against what is to be installed (PIP-9)."""

from collections.abc import Iterable, Mapping

from hobd.core.vocab.digest import HEX_LENGTHS, Digest
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Directory, Editable, Git, Registry
from hobd.errors import RequestError
from hobd.service.pip.stated import Stated
from hobd.service.syncs.promises import Promises


def expected_digests(stated: Iterable[Stated], values: Mapping[str, str], *, is_required: bool, are_constraints: bool = False) -> Promises:
    """The hashes of requirements that hold here and mean one file's version.

    Args:
        values: of markers.
        is_required: whether every requirement has to have some (`--require-hashes`).
        are_constraints: of what they mean, what is really required will be asked for its hash.
    Raises:
        RequestError: a hash is none; or one is missing, or means no one version, where they are required.
    """
    found: dict[Name, tuple[Digest, ...]] = {}
    for each in stated:
        requirement = each.requirement
        if not requirement.marker.evaluate(values):
            continue
        is_pinned = _is_pinned(each)
        if is_required and not is_pinned:
            raise RequestError(
                f"In `--require-hashes` mode, all requirements must have their versions pinned with `==`, but found: {_shown(each)}"
            )
        if is_required and not each.hashes and not are_constraints:
            raise RequestError(f"In `--require-hashes` mode, all requirements must have a hash, but none were provided for: {_shown(each)}")
        if is_pinned and each.hashes:
            found[requirement.name] = (*found.get(requirement.name, ()), *map(_digest, each.hashes))
    return found


def _is_pinned(stated: Stated) -> bool:
    requirement = stated.requirement
    if requirement.source is not None and not isinstance(requirement.source, Registry):
        return not isinstance(requirement.source, Directory | Editable | Git)
    specifiers = list(requirement.specifier)
    return len(specifiers) == 1 and specifiers[0].operator in ("==", "===") and not specifiers[0].version.endswith(".*")


def _shown(stated: Stated) -> str:
    requirement = stated.requirement
    return f"{requirement.name} @ {stated.given}" if stated.given is not None else f"{requirement.name}{requirement.specifier}"


def _digest(text: str) -> Digest:
    try:
        digest = Digest.parse(text)
    except ValueError as error:
        raise RequestError(f"Unsupported hash: {error}") from error
    length = HEX_LENGTHS[digest.algorithm]
    if len(digest.hex) != length:
        raise RequestError(f"Invalid hash digest length (expected {length} hexadecimal characters, found {len(digest.hex)})")
    return digest
