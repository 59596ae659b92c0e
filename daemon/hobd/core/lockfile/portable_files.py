"""The files of a portable lock over time: whoever locks anew, wherever, neither loses nor changes those of a version that stays."""

from msgspec.structs import replace
from packaging.version import Version

from hobd.core.lockfile.model import Lock, LockedFile, LockedPackage
from hobd.core.lockfile.portable import files_of, is_portable
from hobd.core.markers import TRUE, RequiresPython
from hobd.core.tags import InvalidWheelName, may_be_locked, parse_wheel_name
from hobd.core.vocab.names import Name
from hobd.core.vocab.settings import Upgrade
from hobd.core.vocab.source import Registry, Source
from hobd.errors import RequestError


class OtherFile(RequestError):
    """An index offers another file than the lock expects."""

    default_code = 1


def carry_over(new: Lock, previous: Lock | None, upgrade: Upgrade) -> Lock:
    """The new lock with the files that a portable one had for the versions that stay; an index may well have fewer of them.

    Args:
        new: portable.
        previous: what it replaces, as it was read.
        upgrade: what is to be locked without a look at what was.
    Raises:
        OtherFile: a file of a version that stays has another digest now.
    """
    if previous is None or not is_portable(previous) or upgrade.everything:
        return new
    kept = {_identity(package): package for package in previous.packages if package.name not in upgrade.packages}
    return replace(new, packages=tuple(_carried(each, kept.get(_identity(each)), new.requires_python) for each in new.packages))


def _identity(package: LockedPackage) -> tuple[Name, Version | None, type[Source]]:
    return package.name, package.version, type(package.source)


def _carried(package: LockedPackage, before: LockedPackage | None, python: RequiresPython) -> LockedPackage:
    if before is None or not isinstance(package.source, Registry):
        return package
    known = {file.name: file for file in files_of(before)}
    found = {file.name: _joined(package, file, known.get(file.name)) for file in files_of(package)}
    wheels = {file.name: file for file in before.wheels if _is_wanted(file, python)}
    wheels |= {file.name: found[file.name] for file in package.wheels}
    sdist = before.sdist if package.sdist is None else found[package.sdist.name]
    return replace(package, sdist=sdist, wheels=tuple(wheels[name] for name in sorted(wheels)))


def _joined(package: LockedPackage, file: LockedFile, before: LockedFile | None) -> LockedFile:
    """A file with all that is known of it: not every index tells sizes and times, and the lock is to be the same with each."""
    if before is None or before.digest is None or file.digest is None or before.digest.algorithm != file.digest.algorithm:
        return file
    if before.digest != file.digest:
        raise OtherFile(
            f"`{file.name}` has the digest `{file.digest}` at the index, but the portable lock expects `{before.digest}`",
            hint=f"If the file was meant to change, run `hob lock --upgrade-package {package.name}`; if not, distrust that index",
        )
    size = file.size if before.size is None else before.size
    return replace(file, size=size, upload_time=before.upload_time or file.upload_time)


def _is_wanted(file: LockedFile, python: RequiresPython) -> bool:
    try:
        return may_be_locked(parse_wheel_name(file.name), python, TRUE)
    except InvalidWheelName:
        return False
