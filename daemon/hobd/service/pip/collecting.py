"""From what was read to what is resolved: names learnt, projects opened, groups flattened, indexes of files heeded (PIP-1, PIP-6)."""

from collections.abc import Iterable
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from hobd.cli.found import Given
from hobd.core.formats.requirement import parse_requirement
from hobd.core.lockfile.model import ScopedRequirement
from hobd.core.resolver.lower import stating_root
from hobd.core.resolver.pose import Demands, ground_of, lower_excludes, lower_overrides
from hobd.core.vocab.names import Name, normalize
from hobd.core.vocab.project import ToolUv, Workspace
from hobd.core.vocab.requirement import Requirement
from hobd.core.vocab.source import Editable
from hobd.environments.interpreter import Interpreter
from hobd.errors import HobError, RequestError
from hobd.projects.file_indexes import with_file_indexes
from hobd.service.builds.building import Builder
from hobd.service.edits.asked import Asked, name_all
from hobd.service.locks.subject import without_project
from hobd.service.network import Network
from hobd.service.pip.expected import expected_digests
from hobd.service.pip.inputs import InputReader, read_names
from hobd.service.pip.projects import ProjectReader
from hobd.service.pip.settings import choice_of_files, is_on, joined, limited, pip_layer
from hobd.service.pip.stated import KINDS, Inputs, Origin, Stated
from hobd.service.session import Session


class Asking(Protocol):
    """What commands say of what is required."""

    @property
    def constraints(self) -> tuple[str, ...]:
        """`-c` files."""

    @property
    def build_constraints(self) -> tuple[str, ...]:
        """`-b` files."""

    @property
    def extra(self) -> tuple[str, ...]:
        """`--extra`."""

    @property
    def all_extras(self) -> Given | None:
        """`--all-extras`."""

    @property
    def group(self) -> tuple[str, ...]:
        """`--group`."""


class Collected(Struct, frozen=True, kw_only=True):
    """Everything that is asked for."""

    stated: tuple[Stated, ...]
    constraints: tuple[Stated, ...]
    overrides: tuple[Stated, ...]
    demands: Demands
    builder: Builder
    is_plain: bool
    """Whether projects and groups have no part in it."""
    requires_hashes: bool = False
    """Whether a file demands hashes."""

    @property
    def session(self) -> Session:
        """With what files say of indexes and builds."""
        return self.builder.session


class Collector(Struct, frozen=True, kw_only=True):
    """Collects for one command."""

    command: Asking
    session: Session
    inputs: Inputs
    overrides: tuple[str, ...] = ()
    """Files."""
    excludes: tuple[str, ...] = ()
    """Files."""
    verifies: bool = True
    """Whether hashes count."""
    heeds_workspace: bool = True
    """Whether the constraints, overrides and exclusions of the workspace here hold."""
    takes_pylocks: bool = False
    """Whether the command's files may be a `pylock.toml`."""

    async def collect(self, interpreter: Interpreter) -> Collected:
        """Learn names, and open what has to be opened.

        Args:
            interpreter: builds run with it.
        Raises:
            HobError: something is not there, or does not say what it is.
        """
        layer, command = pip_layer(self.session), self.command
        reader = InputReader(session=self.session)
        files = await reader.constraints(command.constraints)
        overriding = await replace(reader, flag="--override").files(self.overrides)
        inputs = self.inputs
        for other in (files, overriding):
            inputs.extend(Inputs(options=other.options))
        session = heeding(inputs, self.session)
        builder = await self.builder(session, interpreter)
        stated = await _named(inputs.stated, builder)
        extras = frozenset(normalize(name) for name in command.extra) or frozenset(layer.extra or ())
        all_extras = is_on(command.all_extras, layer.all_extras)
        projects = ProjectReader(session=session, builder=builder, extras=extras, all_extras=all_extras)
        stated += await self._of_projects(projects)
        groups = command.group or layer.group or ()
        stated += [each for group in groups for each in projects.group(group)]
        constraints = await _named([*inputs.constraints, *files.constraints], builder)
        table = _table(session) if self.heeds_workspace else ToolUv()
        constraints += [_of_workspace(parse_requirement(text), "-c") for text in table.constraints]
        overrides = await _named([*inputs.overrides, *overriding.stated], builder)
        general, scoped = _workspace_overrides(session, table)
        overrides += [_of_workspace(each, "--override") for each in general]
        demands = Demands(
            requirements=_requirements(stated),
            constraints=_requirements(constraints),
            overrides=(*_requirements(overrides), *scoped),
            excludes=(*await read_names(self.excludes, session), *lower_excludes(table)),
        )
        is_plain = not inputs.projects and not groups
        return Collected(
            stated=tuple(stated),
            constraints=tuple(constraints),
            overrides=tuple(overrides),
            demands=demands,
            builder=builder,
            is_plain=is_plain,
            requires_hashes=inputs.options.requires_hashes,
        )

    async def _of_projects(self, projects: ProjectReader) -> list[Stated]:
        found: list[Stated] = []
        known: set[Name] = set()
        for file in self.inputs.projects:
            stated, extras = await projects.requirements(file)
            found += stated
            known |= extras
        unknown = sorted(projects.extras - known)
        if (unknown or projects.all_extras) and not self.inputs.projects:
            raise self._extras_of_nothing()
        if unknown:
            plural = "" if len(unknown) == 1 else "s"
            raise RequestError(f"Requested extra{plural} not found: {', '.join(unknown)}")
        return found

    def _extras_of_nothing(self) -> RequestError:
        if not self.takes_pylocks:
            return RequestError("Requesting extras requires a `pyproject.toml`, `setup.cfg`, or `setup.py` file.")
        has_editables = any(isinstance(each.requirement.source, Editable) for each in self.inputs.stated)
        instead = "`<dir>[extra]` syntax or `-r <file>`" if has_editables else "`package[extra]` syntax"
        return RequestError(
            "Requesting extras requires a `pylock.toml`, `pyproject.toml`, `setup.cfg`, or `setup.py` file", hint=f"Use {instead} instead"
        )

    async def builder(self, session: Session, interpreter: Interpreter) -> Builder:
        """Builds what has to be built, under the constraints of the command line and of the project here."""
        verifies = self.verifies or self.inputs.options.requires_hashes
        network = Network(session=session, root=session.cwd, verifies=verifies)
        constrained = (await InputReader(session=session, flag="-b").files(self.command.build_constraints)).stated
        tool_uv = replace(ToolUv(), build_constraints=_table(session).build_constraints)
        subject = without_project(session.cwd, session.context.evidence, tool_uv)
        return Builder(
            session=session,
            network=network,
            interpreter=interpreter,
            subject=subject,
            constraints=_requirements(constrained),
            promised=expected_digests((), constrained, interpreter.markers, is_required=False),
        )


def heeding(inputs: Inputs, session: Session) -> Session:
    """The session, with what files say of indexes and builds."""
    options, build = inputs.options, session.settings.build
    index = with_file_indexes(
        session.settings.index,
        session.cwd,
        index_url=options.index_url,
        extra_index_url=options.extra_index_url,
        find_links=options.find_links,
        no_index=options.no_index,
    )
    no_binary = joined(build.no_binary, choice_of_files(options.no_binary))
    build = limited(build, no_binary, joined(build.no_build, choice_of_files(options.only_binary)))
    return replace(session, settings=replace(session.settings, index=index, build=build))


async def _named(stated: Iterable[Stated], builder: Builder) -> list[Stated]:
    """The same with all names; those that had none come last."""
    known = [each for each in stated if each.asked.is_named]
    nameless = [each for each in stated if not each.asked.is_named]
    try:
        found = await name_all(tuple(each.asked for each in nameless), builder, builder.network, builder.session)
    except HobError as error:
        error.code = 1  # the request is well-formed: what it names is not what it should be
        raise
    return known + [replace(each, asked=asked) for each, asked in zip(nameless, found, strict=True)]


def _requirements(stated: Iterable[Stated]) -> tuple[Requirement, ...]:
    return tuple(each.requirement for each in stated)


def _table(session: Session) -> ToolUv:
    """`[tool.uv]` of the workspace here: its constraints, overrides and exclusions hold for `hob pip` too."""
    return session.found.pyproject.tool_uv if isinstance(session.found, Workspace) else ToolUv()


def _of_workspace(requirement: Requirement, flag: str) -> Stated:
    return Stated(
        asked=Asked(requirement=requirement), origin=Origin(kind=KINDS[flag], is_project=False, place="", text=f"{flag} (workspace)")
    )


def _workspace_overrides(session: Session, table: ToolUv) -> tuple[list[Requirement], list[ScopedRequirement]]:
    """The overrides of the workspace here: those of all packages, and those of what single ones require."""
    found = session.found
    if not isinstance(found, Workspace):
        return [], []
    lowered = lower_overrides(table, replace(stating_root(ground_of(found, session.settings)), sources=()))
    general = [each for each in lowered if not isinstance(each, ScopedRequirement)]
    return general, [each for each in lowered if isinstance(each, ScopedRequirement)]
