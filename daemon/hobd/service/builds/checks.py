"""What is not to be built, and what was not to be built so."""

from pathlib import Path

from hobd.core.tags import InvalidWheelName, parse_wheel_name
from hobd.core.vocab.settings import Choice
from hobd.errors import RequestError, WorldError
from hobd.service.builds.buildables import Buildable


class BuildRefused(RequestError):
    """A build that is not to be: it is forbidden, or needs itself."""

    default_code = 1


class WrongBuild(WorldError):
    """A backend made something else than what it was asked for."""

    default_code = 1


def refuse_forbidden(buildable: Buildable, no_build: Choice) -> None:
    """Hold a build against `no-build`: only what is editable is built in any case, for it has no other form.

    Raises:
        BuildRefused: it is forbidden.
    """
    if buildable.is_editable:
        return
    if buildable.name is not None and no_build.has(buildable.name):
        raise BuildRefused(f"Building source distributions for `{buildable.name}` is disabled")
    if buildable.name is None and no_build.everything:
        raise BuildRefused("Building source distributions is disabled")


def check_built_name(path: Path) -> None:
    """Hold what was built as a wheel against the names that wheels have.

    Raises:
        WrongBuild: it is none.
    """
    try:
        parse_wheel_name(path.name)
    except InvalidWheelName as error:
        raise WrongBuild("The built wheel has an invalid filename", causes=(error.message,)) from error


def check_wheel_name(filename: str, buildable: Buildable) -> None:
    """Hold the name of what was built against what was asked for.

    Raises:
        WrongBuild: it is no wheel, or that of another project or version.
    """
    try:
        made = parse_wheel_name(filename)
    except InvalidWheelName as error:
        raise WrongBuild("Built wheel has an invalid filename", causes=(error.message,)) from error
    if buildable.name is not None and made.name != buildable.name:
        raise WrongBuild(f"Package metadata name `{made.name}` does not match given name `{buildable.name}`")
    wanted = buildable.version
    if wanted is not None and wanted not in (made.version, type(made.version)(made.version.public)):
        raise WrongBuild(f"Package metadata version `{made.version}` does not match given version `{wanted}`")
