"""Hashes that requirements promise, held against what is to be installed (PIP-9)."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from hobd.core.vocab.digest import STRENGTH, Digest
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Path, Registry, Url
from hobd.errors import RequestError
from hobd.service.pip.stated import Stated, shown_place
from hobd.service.syncs.promises import Promises

_INSECURE = "md5"


def expected_digests(
    requirements: Iterable[Stated], constraints: Iterable[Stated], values: Mapping[str, str], *, is_required: bool
) -> Promises:
    """The hashes of what holds here and means one file's version: of a requirement, of a constraint, or of both where both have some.

    Args:
        values: of markers.
        is_required: whether every requirement has to have some (`--require-hashes`).
    Raises:
        RequestError: a hash is none; hashes contradict each other; or one is missing, or means no one version, where they are required.
    """
    reader = _Reader(is_required)
    limits = {
        each.requirement.name: digests
        for each in constraints
        if each.requirement.marker.evaluate(values) and (digests := reader.read(each))
    }
    found: dict[Name, tuple[Digest, ...]] = {}
    for each in requirements:
        is_of_project = each.origin is not None and each.origin.is_project  # where nobody can state hashes: they come from constraints
        if each.requirement.marker.evaluate(values) and not is_of_project:
            digests = reader.promised(each, limits.get(each.requirement.name, ()))
            if digests:
                found[each.requirement.name] = (*found.get(each.requirement.name, ()), *digests)
    return {name: reader.secure(digests) for name, digests in limits.items()} | found


class _Reader(Struct, frozen=True):
    is_required: bool

    @property
    def _mode(self) -> str:
        return "--require-hashes" if self.is_required else "--verify-hashes"

    def read(self, each: Stated) -> tuple[Digest, ...]:
        """The hashes that stand beside a requirement, else the one in its address."""
        if not _is_pinned(each):
            if self.is_required:
                raise RequestError(
                    f"In `{self._mode}` mode, all requirements must have their versions pinned with `==`, but found: {_shown(each)}"
                )
            return ()
        digests, own = tuple(map(read_digest, each.hashes)), _in_address(each)
        if own is not None:
            _refuse_conflict(each, digests, own)
        return digests or (() if own is None else (own,))

    def promised(self, each: Stated, limits: tuple[Digest, ...]) -> tuple[Digest, ...]:
        """The hashes of a requirement that its constraint leaves."""
        digests = self.read(each)
        if digests and limits:
            both = tuple(digest for digest in digests if digest in limits)
            if not both:
                self._refuse_apart(each, digests, limits)
            digests = both
        digests = digests or limits
        if self.is_required and not digests:
            raise RequestError(f"In `{self._mode}` mode, all requirements must have a hash, but none were provided for: {_shown(each)}")
        secure = self.secure(digests)
        if digests and not secure:
            why = "hashes are insecure and cannot be used with `--require-hashes` but no other hashes are available for"
            raise RequestError(f"`{_INSECURE}` {why}: {_shown(each)}")
        return secure

    def secure(self, digests: tuple[Digest, ...]) -> tuple[Digest, ...]:
        """Those that count: where hashes are required, broken algorithms do not."""
        return tuple(digest for digest in digests if digest.algorithm != _INSECURE) if self.is_required else digests

    def _refuse_apart(self, each: Stated, digests: tuple[Digest, ...], limits: tuple[Digest, ...]) -> None:
        if isinstance(each.requirement.source, Url | Path):
            for limit in limits:
                _refuse_conflict(each, digests, limit)
        raise RequestError(
            f"In `{self._mode}` mode, all requirements must have a hash, but there were no overlapping hashes between the requirements "
            f"and constraints for: {_shown(each)}"
        )


def _in_address(each: Stated) -> Digest | None:
    source = each.requirement.source
    try:
        return Digest.of_fragment(source.fragment) if isinstance(source, Url | Path) else None
    except ValueError as error:
        raise RequestError(str(error)) from error


def _refuse_conflict(each: Stated, digests: Iterable[Digest], own: Digest) -> None:
    """An address means one file, which has one digest of a kind."""
    other = next((digest for digest in digests if digest.algorithm == own.algorithm and digest != own), None)
    if other is not None:
        raise RequestError(f"Conflicting archive URL hashes for `{_shown(each)}`: `{other}` conflicts with `{own}`")


def _is_pinned(stated: Stated) -> bool:
    requirement = stated.requirement
    if requirement.source is not None and not isinstance(requirement.source, Registry):
        return True
    specifiers = list(requirement.specifier)
    return len(specifiers) == 1 and specifiers[0].operator in ("==", "===") and not specifiers[0].version.endswith(".*")


def _shown(stated: Stated) -> str:
    requirement = stated.requirement
    place = shown_place(stated)
    if place is None:
        return f"{requirement.name}{requirement.specifier}"
    return f"{requirement.name} @ {place}" if stated.had_name else place


def read_digest(text: str) -> Digest:
    """What stands behind `--hash`.

    Raises:
        RequestError: it is no hash.
    """
    algorithm, separator, digits = text.partition(":")
    if not separator:
        raise RequestError(f"Unexpected hash (expected `<algorithm>:<hash>`): {text}")
    if algorithm not in STRENGTH:
        listed = ", ".join(f"`{each}`" for each in STRENGTH[:-1])
        raise RequestError(f"Unsupported hash algorithm (expected one of: {listed}, or `{STRENGTH[-1]}`) on: `{algorithm}`")
    try:
        return Digest.checked(algorithm, digits)
    except ValueError as error:
        raise RequestError(str(error)) from error
