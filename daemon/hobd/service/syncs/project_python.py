"""Which Python a project gets: the one of its environment where that fits, else one that is found (features.md, section 10).

asked by `--python`, `UV_PYTHON` ─┐
`.python-version`                 ├─ the first that speaks ─→ request ─→ environment fits? ─→ its Python
`requires-python`                 ┘                                          └─ else search
"""

import errno
from collections.abc import Callable
from functools import partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from hobd.cli.report import render_using
from hobd.cli.style import cyan
from hobd.core.markers import RequiresPython
from hobd.core.plan.groups import GroupWishes
from hobd.core.resolver.project_pythons import GroupLimit, ambiguous_pythons, find_requires_python, group_limits
from hobd.core.vocab.disk import os_reason
from hobd.core.vocab.project import Workspace
from hobd.environments.create import is_incomplete
from hobd.environments.discovery import Found, Prober, find_python, is_preferred
from hobd.environments.interpreter import Interpreter
from hobd.environments.interpreters import MissingInterpreter, UnusableInterpreter
from hobd.environments.requests import DEFAULT, PythonRequest, parse_request, request_range
from hobd.errors import RequestError
from hobd.service.pythons.acquire import find_or_download
from hobd.service.session import Session

_NO_GROUPS = GroupWishes(no_defaults=True)


class Wish(Struct, frozen=True, kw_only=True):
    """What is asked of a project's Python, and who asks."""

    request: PythonRequest
    asker: str
    """`user`, `file`, `project`, or `nobody`."""
    file_name: str = ""
    """Of the version file, as messages name it."""
    requires_python: RequiresPython | None = None
    limits: tuple[tuple[str, RequiresPython], ...] = ()
    """What each member of a workspace of several allows, by name."""

    groups: tuple[GroupLimit, ...] = ()
    """What the groups allow that the environment is to hold."""

    def origin_of_limit(self, interpreter: Interpreter) -> str:
        """Who rules an interpreter out, as messages end with it."""
        said = [(name, "", allowed) for name, allowed in self.limits]
        said += [(str(limit.package), str(limit.group), limit.allowed) for limit in self.groups]
        ruling = sorted((each for each in said if not each[2].contains(interpreter.version)), key=lambda each: each[:2])
        if len(ruling) > 1:
            rows = "\n".join(f"- {name}:{group}: {allowed}" if group else f"- {name}: {allowed}" for name, group, allowed in ruling)
            return f".\nThe following `requires-python` declarations do not permit this version:\n{rows}"
        if not ruling:
            return " (from `project.requires-python`)"
        name, group, _ = ruling[0]
        table = f"`tool.uv.dependency-groups.{group}.requires-python`" if group else "`project.requires-python`"
        return f" (from workspace member `{name}`'s {table})." if self.limits else f" (from {table})."


class ProjectPython(Struct, frozen=True, kw_only=True):
    """The Python of a project or script, and the state of the place where its environment belongs."""

    interpreter: Interpreter
    place: Path
    """Where the environment is, or is to be."""
    is_environment: bool
    """Whether the interpreter is the environment's own: then it may be used as it is."""
    is_occupied: bool
    """Whether an environment is there that does not fit: it is to be replaced."""

    @property
    def fate(self) -> str:
        """What becomes of the environment."""
        return "use" if self.is_environment else "replace" if self.is_occupied else "create"


def make_wish(top: Path | None, requires_python: RequiresPython | None, session: Session, *, start: Path | None = None) -> Wish:
    """What is asked of the project's Python: by the user, else by a version file, else by the project itself.

    Args:
        top: the project's root: version files above it are not the project's. None outside of projects.
        requires_python: what the project or script says itself.
        session: the command's.
        start: the folder whose version file counts first; where the command is if None.
    """
    asked = session.settings.python.request
    if asked is not None:
        return Wish(request=parse_request(asked, session.cwd), asker="user", requires_python=requires_python)
    found = session.find_version_file(start or session.start, top)
    if found is not None:
        if found.request is None:
            return Wish(request=DEFAULT, asker="nobody", requires_python=requires_python)
        request = parse_request(found.request, found.path.parent)
        return Wish(request=request, asker="file", file_name=found.path.name, requires_python=requires_python)
    if requires_python is not None:
        return Wish(request=request_range(requires_python.text()), asker="project", requires_python=requires_python)
    return Wish(request=DEFAULT, asker="nobody")


def workspace_wish(workspace: Workspace, session: Session, wanted: GroupWishes = _NO_GROUPS) -> Wish:
    """What is asked of a workspace's Python; ambiguous bounds are warned of.

    Args:
        workspace: whose Python it is.
        session: of the command.
        wanted: the groups that its environment is to hold.
    Raises:
        ContradictoryPythons: its members exclude each other.
        MalformedGroups: groups do not hold together.
    """
    # A member's own version file says nothing: the environment is the workspace's.
    groups = group_limits(workspace, partial(wanted.wants_of_manifest, defaults=None), session.shown_member)
    required = find_requires_python(workspace, groups)
    for warning in ambiguous_pythons(workspace):
        session.context.voice.warn(warning)
    wish = make_wish(workspace.root, required, session, start=workspace.root)
    return replace(wish, limits=limits_of(workspace), groups=groups)


def limits_of(workspace: Workspace) -> tuple[tuple[str, RequiresPython], ...]:
    """What each member of a workspace of several allows, by name."""
    if len(workspace.members) < 2:
        return ()
    said = [(str(member.name), member.project.requires_python) for member in workspace.members]
    return tuple((name, RequiresPython.parse(text)) for name, text in said if text is not None)


def environment_place(workspace: Workspace, session: Session, *, is_active: bool | None) -> Path:
    """Where the project's environment belongs: `.venv`, `UV_PROJECT_ENVIRONMENT`, or with `--active` the active one.

    Args:
        is_active: True: the active one; False: do not even warn that another is active; None: warn.
    """
    named = session.context.environ.get("UV_PROJECT_ENVIRONMENT")
    place = workspace.root / (named or ".venv")
    active = session.context.environ.get("VIRTUAL_ENV")
    if active:
        active_path = session.cwd / active
        if is_active and not _is_generation(active_path, place):
            return active_path
        if is_active is None and not _same(active_path, place) and not _is_generation(active_path, place):
            session.context.voice.warn(
                f"`VIRTUAL_ENV={session.shown(active_path)}` does not match the project environment path `{session.shown(place)}` "
                "and will be ignored; use `--active` to target the active environment instead"
            )
    return place


def _is_generation(path: Path, place: Path) -> bool:
    """Whether a path is that of a generation of an environment: programs that run in one name it so."""
    from hobd.environments.generations import Generations, settle_place

    return path.parent == Generations(settle_place(place)).folder


def prompt_of(workspace: Workspace) -> str | None:
    """What shells show that are in the environment of a workspace: the name of its project, else that of its folder."""
    project = workspace.pyproject.project
    return str(project.name) if project is not None else workspace.root.name or None


def _same(one: Path, other: Path) -> bool:
    return one == other or one.resolve() == other.resolve()


async def find_project_python(place: Path, wish: Wish, session: Session, *, is_said: bool = True) -> ProjectPython:
    """The environment's Python where it fits, else one that is found, which is named on standard error where `is_said`.

    Raises:
        RequestError: the place is taken by something else, or what was asked for is not what the project requires.
        InterpreterNotFound: none fits.
    """
    voice = session.context.voice
    voice.debug(f"Looking for {wish.request}, asked for by {wish.asker}")
    prober = session.prober()
    own, is_occupied = await _own_python(place, prober, session)
    if own is not None and await _fits(own, wish, prober, session):
        voice.debug(f"The environment at {session.shown(place)} has Python {own.version}, which fits")
        return ProjectPython(interpreter=own, place=place, is_environment=True, is_occupied=True)
    found = await find_or_download(wish.request, session.python_search(environments="only-system"), session)
    if is_said:
        session.context.voice.note(using(found, session.shown))
    check_requirement(found.interpreter, wish)
    return ProjectPython(interpreter=found.interpreter, place=place, is_environment=False, is_occupied=is_occupied)


def using(found: Found, shown: Callable[[Path], str]) -> str:
    """The line that names an interpreter that was found."""
    name = f"{found.interpreter.name} {found.interpreter.markers['python_full_version']}"
    return f"Using {name}\n" if found.source == "managed installations" else render_using(name, shown(found.interpreter.executable))


async def _own_python(place: Path, prober: Prober, session: Session) -> tuple[Interpreter | None, bool]:
    """The Python of the environment at `place`, and whether something is there that may be replaced."""
    session.context.evidence.saw(place)
    if not place.exists():
        _check_link(place)
        return None, False
    if not place.is_dir():
        raise _refused(place, "expected directory but found a file")
    try:
        own = await prober.probe(place / "bin" / "python")
        if not _same(own.prefix, place):  # it would install elsewhere: into the Python that it once was made from
            raise _refused(place, "it is not a valid Python environment (its `pyvenv.cfg` is missing or broken)")
        return None if is_incomplete(place) else own, True
    except MissingInterpreter:
        if (place / "pyvenv.cfg").is_file():
            _warn_of_lost_python(place / "bin" / "python", session)
            return None, True
        if any(place.iterdir()):
            raise _refused(place, "it is not a valid Python environment (no Python executable was found)") from None
        return None, False
    except UnusableInterpreter:
        if not (place / "pyvenv.cfg").is_file():  # whatever it is, it is not ours to remove
            raise
        return None, True


def _check_link(place: Path) -> None:
    """Refuse a link that leads round in a circle."""
    try:
        place.stat()
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise RequestError(os_reason(error)) from error


def _warn_of_lost_python(program: Path, session: Session) -> None:
    if program.is_symlink():
        session.context.voice.warn(
            "Ignoring existing virtual environment linked to non-existent Python interpreter: "
            f"`{cyan(session.shown(program))}` -> `{cyan(session.shown(program.readlink()))}`"
        )


def _refused(place: Path, why: str) -> RequestError:
    return RequestError(f"Project virtual environment directory `{place}` cannot be used because {why}")


async def _fits(own: Interpreter, wish: Wish, prober: Prober, session: Session) -> bool:
    if wish.requires_python is not None and not wish.requires_python.contains(own.version):
        return False
    if not is_preferred(own, session.settings.python.preference, session.managed_pythons()):
        return False
    if not wish.request.is_explicit:
        return wish.request.accepts(own)
    asked = await find_python(wish.request, session.python_search(environments="any"), prober)
    return _same(asked.interpreter.base_executable, own.base_executable) or _same(asked.interpreter.path, own.path)


def check_requirement(interpreter: Interpreter, wish: Wish) -> None:
    """Refuse an interpreter that the project's `requires-python` rules out.

    Raises:
        RequestError: it does; names who asked for it.
    """
    required = wish.requires_python
    if required is None or required.contains(interpreter.version):
        return
    by_whom = f"The Python request from `{wish.file_name}`" if wish.asker == "file" else "The requested interpreter"
    text = (
        f"{by_whom} resolved to Python {interpreter.version}, which is incompatible with the project's Python requirement: "
        f"`{required.text()}`{wish.origin_of_limit(interpreter)}"
    )
    if wish.asker == "file":
        text += f"\nUse `hob python pin` to update the `{wish.file_name}` file to a compatible version"
    raise RequestError(text)
