"""Which versions of Python are asked for: one, in as much detail as was given, or a range (PYT-6).

3  3.12  3.12.3  3.13rc1  312   a version, in any spelling of PEP 440
>=3.12,<3.13                    a range; of `==3.12` alone is meant what `3.12` means
3.13t  3.13+freethreaded        either with a variant: t, d, td or their long names
"""

import re

from msgspec import Struct
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from hobd.environments.interpreter import Interpreter

_VARIANTS = {"t": "freethreaded", "d": "debug", "td": "freethreaded+debug"}
_VARIANT = re.compile(r"(?<=\d)\+?(td|t|d|freethreaded\+debug|freethreaded|debug|gil\+debug|gil)$")
_LARGEST_NUMBER = 255


class VersionRequest(Struct, frozen=True, kw_only=True):
    """Which versions will do."""

    specifiers: SpecifierSet | None = None
    """A range; None for a single version or any."""
    release: tuple[int, ...] = ()
    """One to three numbers; empty for a range or any."""
    prerelease: str = ""
    """`rc1`, where one was asked for."""
    variant: str = ""
    """``, `freethreaded`, `debug`, `freethreaded+debug`, `gil`."""

    @property
    def is_any(self) -> bool:
        """Whether every version will do."""
        return self.specifiers is None and not self.release

    @property
    def allows_prereleases(self) -> bool:
        """Whether a pre-release is what was meant, not only what there is."""
        if self.specifiers is not None:
            return any(_is_prerelease(specifier.version) for specifier in self.specifiers)
        return bool(self.prerelease)

    @property
    def names_patch(self) -> bool:
        """Whether it is one version and no other."""
        return len(self.release) == 3 or bool(self.prerelease)

    @property
    def fault(self) -> str | None:
        """Why nothing will ever do, in uv's words; None where something may."""
        if not self.release:
            return None
        if self.release < (3,):
            return f"Python <3 is not supported but {self} was requested." if len(self.release) == 1 else self._too_old
        if len(self.release) > 1 and self.release < (3, 6):
            return self._too_old
        if "freethreaded" in self.variant and (3, 0) <= self.release < (3, 13):
            return f"Python <3.13 does not support free-threading but {self} was requested."
        return None

    @property
    def _too_old(self) -> str:
        return f"Python <3.6 is not supported but {self} was requested."

    def accepts(self, interpreter: Interpreter) -> bool:
        """Whether an interpreter has a version and variant that was asked for."""
        return self._accepts_variant(interpreter) and self.accepts_version(interpreter.version)

    def accepts_version(self, version: Version) -> bool:
        """Whether a version was asked for. In a range, a pre-release counts as its release unless the range names one."""
        if self.specifiers is not None:
            counted = version if self.allows_prereleases else Version(version.base_version)
            return self.specifiers.contains(counted, prereleases=True)
        if self.prerelease:
            pre = "" if version.pre is None else f"{version.pre[0]}{version.pre[1]}"
            return version.release[: len(self.release)] == self.release and pre.startswith(self.prerelease)
        return version.release[: len(self.release)] == self.release

    def _accepts_variant(self, interpreter: Interpreter) -> bool:
        threaded, debug = interpreter.facts.is_free_threaded, interpreter.facts.is_debug
        if not self.variant:
            # Without being asked for, free threading is chosen only since it is officially supported (3.14).
            return not debug and (not threaded or interpreter.version >= Version("3.14"))
        return ("freethreaded" in self.variant) == threaded and ("debug" in self.variant) == debug

    def __str__(self) -> str:
        if self.specifiers is not None:
            text = ", ".join(
                str(one) for one in sorted(self.specifiers, key=lambda one: (Version(one.version.removesuffix(".*")), one.operator))
            )
        else:
            text = ".".join(map(str, self.release)) + self.prerelease
        return text + (f"+{self.variant}" if self.variant else "")


def parse_version_request(text: str) -> VersionRequest | None:
    """Read a version or a range; None for what is neither."""
    match = _VARIANT.search(text)
    variant = "" if match is None else _VARIANTS.get(match[1], match[1])
    text = text if match is None else text[: match.start()]
    try:
        return _single(Version(text), variant)
    except InvalidVersion:
        return _range(text, variant)


def _single(version: Version, variant: str) -> VersionRequest | None:
    """What one version asks for; None for what no Python ever was."""
    release = version.release
    if len(release) == 1 and release[0] > 9:  # `312` is 3.12, as in tags of wheels
        digits = str(release[0])
        release = (int(digits[0]), int(digits[1:]))
    is_other = version.epoch or version.is_postrelease or version.is_devrelease or version.local or max(release) > _LARGEST_NUMBER
    if is_other or len(release) > 3 or (version.pre is not None and len(release) == 1):
        return None
    if version.pre is None:
        return VersionRequest(release=release, variant=variant)
    release = release[:2] if release[2:] == (0,) else release  # there are none but of the first patch
    return VersionRequest(release=release, prerelease="{}{}".format(*version.pre), variant=variant)


def _range(text: str, variant: str) -> VersionRequest | None:
    parts = [part.strip() for part in text.split(",")]
    if not all(parts):
        return None
    try:
        specifiers = SpecifierSet(text)
    except InvalidSpecifier:
        return None
    if len(parts) == 1 and parts[0].startswith("==") and not parts[0].startswith("===") and not parts[0].endswith(".*"):
        return _single(Version(parts[0].removeprefix("==")), variant)
    return VersionRequest(specifiers=specifiers, variant=variant)


def _is_prerelease(text: str) -> bool:
    try:
        return Version(text.removesuffix(".*")).is_prerelease
    except InvalidVersion:
        return False
