"""Options of `hob run` that mean nothing here: named, and then ignored."""

from collections.abc import Iterator

from hobd.cli.options.groups import GroupOptions
from hobd.cli.run import Run
from hobd.service.voice import Voice

_SCRIPTS = "Python scripts with inline metadata"


def warn_beside_projects(command: Run, voice: Voice) -> None:
    """Where `--no-project` was asked for, or there is no project."""
    where = "alongside `--no-project`" if command.no_project else "outside of a project"
    flags = [*_extra_flags(command.groups), *_group_flags(command.groups)]
    flags += [command.locked.spelling] if command.locked else []
    flags += ["--frozen"] if command.frozen and command.no_project else []
    flags += ["--no-sync"] if command.no_sync else []
    for flag in flags:
        voice.warn(f"`{flag}` has no effect when used {where}")


def warn_beside_scripts(command: Run, voice: Voice) -> None:
    """Where a script says itself what it needs."""
    if any(_extra_flags(command.groups)):
        voice.warn(f"Extras are not supported for {_SCRIPTS}")
    for flag in _group_flags(command.groups):
        voice.warn(f"`{flag}` is not supported for {_SCRIPTS}")
    idle = {
        "--all-packages": command.all_packages,
        "--package": command.package,
        "--no-sync": command.no_sync,
        "--isolated": command.isolated,
    }
    for flag, given in idle.items():
        if given:
            voice.warn(f"`{flag}` is a no-op for {_SCRIPTS}, which always run in isolation")


def _extra_flags(options: GroupOptions) -> Iterator[str]:
    if options.all_extras:
        yield "--all-extras"
    yield from (f"--no-extra {name}" for name in options.no_extra)
    yield from (f"--extra {name}" for name in options.extras)


def _group_flags(options: GroupOptions) -> Iterator[str]:
    switches = {
        "--all-groups": options.all_groups,
        "--no-default-groups": options.no_default_groups,
        "--only-dev": options.only_dev,
        "--no-dev": options.no_dev,
        "--dev": options.dev,
    }
    yield from (flag for flag, given in switches.items() if given)
    yield from (f"--only-group {name}" for name in options.only_groups)
    yield from (f"--group {name}" for name in options.groups)
    yield from (f"--no-group {name}" for name in options.no_groups)
