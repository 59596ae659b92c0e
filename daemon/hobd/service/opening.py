"""Beginning a command: its folder, its workspace, its settings, its cache."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar, Protocol

from msgspec import Struct
from msgspec.structs import replace

from hobd.addresses import default_index_url
from hobd.cli.found import Given
from hobd.cli.options.globals import GlobalOptions
from hobd.core.formats.urls import without_credentials
from hobd.core.vocab.project import Workspace
from hobd.core.vocab.settings import Settings
from hobd.core.vocab.settings_layer import Layer
from hobd.errors import HobError, RequestError
from hobd.projects.discover import Discovery, discover_workspace
from hobd.projects.files import absolute
from hobd.projects.options import Options, options_of
from hobd.projects.settings import SettingsPlace, read_settings
from hobd.service.caches.upkeep import tidy_afterwards
from hobd.service.context import Context
from hobd.service.session import Session
from hobd.store.folder import CacheUnusable, make_cache_folder
from hobd.store.lease import lease

_BUILD_HASHES = (
    "The `--require-build-hashes` option is experimental and may change without warning. "
    "Pass `--preview-features build-dependency-hashes` to disable this warning."
)
_READ_ONLY = "The cache at `{folder}` can only be read ({reason}): what is in it is used, nothing is added"


class Command(Protocol):
    """Any command's value: what it was given is in its parts."""

    __struct_fields__: ClassVar[tuple[str, ...]]

    @property
    def general(self) -> GlobalOptions:
        """What holds for any command."""


@asynccontextmanager
async def open_session(
    command: Command,
    context: Context,
    *,
    start: Path | None = None,
    script: Layer | None = None,
    is_user_level: bool = False,
    is_pip: bool = False,
    uses_cache: bool = True,
) -> AsyncIterator[Session]:
    """Settle folder and settings of a command; what is temporary is gone after the block.

    Args:
        start: where projects are looked for, if not at `--project` or the current folder.
        script: the settings of a script's own metadata; then `start` is the script's folder.
        is_user_level: for commands that projects have no say in.
        is_pip: for the commands that `[tool.uv.pip]` is about.
        uses_cache: whether the cache may not be cleaned meanwhile; False for who cleans it, or only looks at it.
    Raises:
        RequestError: a folder is not there, or a setting is wrong.
        CacheUnusable: the folder of the cache cannot be made or written.
    """
    cwd = _cwd(command.general, context)
    begin = start or _start(command.general, cwd)
    found = find_workspace(begin, Discovery(evidence=context.evidence, cwd=cwd))
    root = found.root if isinstance(found, Workspace) and script is None else begin
    place = SettingsPlace(cwd=cwd, start=_settings_start(found, begin), lock_root=root, is_user_level=is_user_level, is_pip=is_pip)
    settings = read_settings(_options(command), context.environ, context.evidence, place, default_index_url, script)
    if settings.network.ca_file is not None and command.general.cert is not None:
        await _check_certificates(Path(settings.network.ca_file), command.general.cert, context)
    voice = context.voice
    voice.debug(f"Found workspace root: {found.root}" if isinstance(found, Workspace) else f"No workspace at {begin}: {found.message}")
    voice.trace(f"Cache: {settings.cache.folder or 'a temporary folder'}")
    for index in settings.index.indexes:
        voice.trace(f"Index: {without_credentials(index.url)}")
    for warning in settings.configuration_warnings:
        context.voice.warn(warning)
    if settings.build.require_hashes and not settings.previews("build-dependency-hashes"):
        context.voice.warn(_BUILD_HASHES)
    async with AsyncExitStack() as stack:
        settings = await _with_cache(settings, stack, context)
        assert settings.cache.folder is not None  # there always is one now
        if uses_cache:
            _mark_surrounding(settings.cache.surrounding)
            leased = lease(settings.cache.folder, timeout_seconds=settings.cache.lock_timeout_seconds)
            if (reason := await stack.enter_async_context(leased)) is not None:
                voice.warn(_READ_ONLY.format(folder=settings.cache.folder, reason=reason))
        session = Session(
            context=context, cwd=cwd, start=begin, settings=settings, found=found, is_configured=not command.general.no_config
        )
        if settings.hob.generations is not None and isinstance(found, Workspace) and script is None:
            from hobd.service.generations.noting import noting_changes

            session = stack.enter_context(noting_changes(found, session))
        yield session
    if uses_cache:
        await tidy_afterwards(session)


def _options(command: Command) -> Options:
    """What the command line says of settings: in the command's own fields, and in the groups of options that it is made of."""
    said = {name: getattr(command, name) for name in command.__struct_fields__}
    parts = [part for part in said.values() if isinstance(part, Struct) and not isinstance(part, Given)]
    own = SimpleNamespace(**{name: value for name, value in said.items() if value not in parts})
    return options_of(*parts, own)


async def _check_certificates(bundle: Path, given: str, context: Context) -> None:
    """What `--cert` names is told of at once, whether or not anybody is asked over the network."""
    from anyio import to_thread

    from hobd.sources.tls import check_bundle

    context.evidence.saw(bundle)
    await to_thread.run_sync(check_bundle, bundle, given)


def _cwd(options: GlobalOptions, context: Context) -> Path:
    if options.directory is None:
        return context.caller.cwd
    cwd = absolute(Path(options.directory), context.caller.cwd)
    context.evidence.saw(cwd)
    if not cwd.is_dir():
        raise RequestError("No such file or directory (os error 2)")
    return cwd


def _start(options: GlobalOptions, cwd: Path) -> Path:
    if options.project is None:
        return cwd
    start = absolute(Path(options.project), cwd)
    if not start.is_dir():
        raise RequestError(f"Project directory `{options.project}` does not exist")
    return start


def find_workspace(start: Path, discovery: Discovery) -> Workspace | HobError:
    """The workspace, or why there is none: commands that need one say so, others go on without."""
    try:
        return discover_workspace(start, discovery)
    except HobError as error:
        return error


def _settings_start(found: Workspace | HobError, begin: Path) -> Path:
    """A project's settings are its root's; a `pyproject.toml` that makes no project is one file among those on the way up."""
    if isinstance(found, Workspace) and (found.is_explicit or found.pyproject.project is not None):
        return found.root
    return begin


def _mark_surrounding(folder: Path | None) -> None:
    """Back-ups and version control leave uv's cache folder alone, too, where hob's lies in it."""
    if folder is not None:
        with suppress(CacheUnusable):  # of hob's own it is told
            make_cache_folder(folder)


async def _with_cache(settings: Settings, stack: AsyncExitStack, context: Context) -> Settings:
    if settings.cache.folder is not None:
        return settings
    from hobd.service.temporary_cache import temporary_cache

    context.evidence.spoil("no cache")
    folder = await stack.enter_async_context(temporary_cache(context))
    return replace(settings, cache=replace(settings.cache, folder=folder, is_temporary=True))
