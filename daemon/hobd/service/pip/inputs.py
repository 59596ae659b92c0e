"""What `hob pip` is asked for: words, files, projects and groups, each requirement with where it was written (PIP-1, PIP-6).

words, -r files, -e ─→ Stated, perhaps without a name ─┐
pyproject.toml, setup.py, groups ─→ what they require ─┴─→ named ─→ Inputs
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from hobd.core.formats.urls import without_credentials
from hobd.core.vocab.names import Name
from hobd.errors import HobError, RequestError
from hobd.projects.files import absolute
from hobd.projects.scripts import ReadScript, parse_script_content, read_script
from hobd.service.edits.requirement_lists import STANDARD_INPUT
from hobd.service.pip.file_kinds import FileKind, check_list, kind_of
from hobd.service.pip.remote_files import fetch_file, is_remote
from hobd.service.pip.settings import ALL
from hobd.service.pip.sheets import SheetReader
from hobd.service.pip.stated import FileOptions, Inputs, Stated, shown_place
from hobd.service.pip.stating import NotEditable, state
from hobd.service.session import Session

_LISTED = {"-c": "constraints", "-b": "constraints", "--override": "overrides", "--exclude": "requirements"}
"""What files list that can be nothing but lists, by the option that names them."""


class InputReader(Struct, frozen=True, kw_only=True):
    """Reads for one command."""

    session: Session
    flag: str = "-r"
    """The option that names the files: annotations begin with `-r`, `-c` or `--override`."""

    def words(self, words: Iterable[str], *, are_editable: bool = False) -> Iterator[Stated]:
        """The requirements of the command line.

        Raises:
            RequestError: one is none, or what is to be editable is no folder.
        """
        for word in words:
            if not word:
                raise RequestError("Failed to parse: ``", causes=("Empty field is not allowed for PEP508",))
            try:
                yield state(word, self.session.cwd, is_editable=are_editable)
            except NotEditable as error:
                raise error.under(f"Unsupported editable requirement: `{error.asked}`") from error
            except HobError as error:
                raise error.under(f"Failed to parse: `{word}`") from error

    async def files(self, names: Iterable[str]) -> Inputs:
        """What files say.

        Raises:
            RequestError: one is not there, or a line says nothing known.
        """
        found = Inputs()
        for name in names:
            found.extend(await self._file(name))
        return found

    async def constraints(self, names: Iterable[str]) -> Inputs:
        """What files limit.

        Raises:
            RequestError: see `files`; or something is without a name.
        """
        found = await replace(self, flag="-c").files(names)
        _refuse_nameless(found.stated, "constraints")
        return Inputs(constraints=[*found.stated, *found.constraints], options=found.options)

    async def _file(self, name: str) -> Inputs:
        """What one file says."""
        if self.flag in _LISTED:
            check_list(name, _LISTED[self.flag])
            return await self._list(name)
        kind = kind_of(urlsplit(name).path if is_remote(name) else name)
        if kind is FileKind.SCRIPT:
            return await self._script(name)
        if is_remote(name) or kind is FileKind.LIST:
            return await self._list(name)
        return Inputs() if kind is FileKind.PYLOCK else self._project(name)

    async def _list(self, name: str) -> Inputs:
        found = await SheetReader(session=self.session, flag=self.flag, seen=set()).read(name)
        if found == Inputs():
            place = f"Requirements file `{without_credentials(name)}` does not contain any dependencies"
            self.session.context.voice.warn("No dependencies found in stdin" if name == STANDARD_INPUT else place)
        return found

    def _project(self, name: str) -> Inputs:
        path = absolute(Path(name), self.session.cwd)
        self.session.context.evidence.saw(path)
        if not path.is_file():
            raise RequestError(f"File not found: {name}")
        return Inputs(projects=[path])

    async def _script(self, name: str) -> Inputs:
        if is_remote(name):
            read, name = parse_script_content(await fetch_file(name, self.session), None), without_credentials(name)
        else:
            read = read_script(absolute(Path(name), self.session.cwd), self.session.context.evidence)
        if read is None:
            raise RequestError(f"`{name}` does not contain inline script metadata")
        return _of_script(read, self.session.cwd)


async def read_names(names: Iterable[str], session: Session) -> frozenset[Name]:
    """The names that files list (`--excludes`).

    Raises:
        RequestError: one is not there, or a line is no requirement.
    """
    found = await InputReader(session=session, flag="--exclude").files(names)
    _refuse_nameless(found.stated, "exclusions")
    return frozenset(each.requirement.name for each in found.stated)


def _refuse_nameless(stated: Iterable[Stated], kind: str) -> None:
    for each in stated:
        if not each.asked.is_named:
            raise RequestError(f"Unnamed requirements are not allowed as {kind} (found: `{shown_place(each)}`)")


def _of_script(read: ReadScript, folder: Path) -> Inputs:
    """What a script requires, and what its `[tool.uv]` says of versions, indexes and builds."""
    script, layer = read.script, read.layer
    index = layer.index_url
    return Inputs(
        stated=[state(text, folder) for text in script.dependencies or ()],
        constraints=[state(text, folder) for text in script.tool_uv.constraints],
        overrides=[state(text, folder) for text in script.tool_uv.overrides if isinstance(text, str)],
        options=FileOptions(
            index_url=None if index is None else index.url,
            extra_index_url=tuple(each.url for each in layer.extra_index_url or ()),
            find_links=tuple((each.url, folder) for each in layer.find_links or ()),
            no_index=bool(layer.no_index),
            no_binary=(ALL,) if layer.no_binary else layer.no_binary_package or (),
            only_binary=(ALL,) if layer.no_build else layer.no_build_package or (),
        ),
    )
