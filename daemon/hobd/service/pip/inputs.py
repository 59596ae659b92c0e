"""What `hob pip` is asked for: words, files, projects and groups, each requirement with where it was written (PIP-1, PIP-6).

words, -r files, -e ─→ Stated, perhaps without a name ─┐
pyproject.toml, setup.py, groups ─→ what they require ─┴─→ named ─→ Inputs
"""

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from hobd.core.formats.requirements_file import InvalidRequirementsFile, RequirementLine, parse_requirements_file
from hobd.core.formats.urls import without_credentials
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Directory, Editable, Git
from hobd.core.vocab.source import Path as PathSource
from hobd.errors import HobError, RequestError
from hobd.projects.files import absolute, read_text, shown
from hobd.projects.scripts import ReadScript, parse_script_content, read_script
from hobd.service.edits.asked import STANDARD_INPUT, Asked, parse_asked
from hobd.service.pip.remote_files import beside, fetch_file, is_remote
from hobd.service.pip.stated import FileOptions, Inputs, Origin, Stated
from hobd.service.session import Session

_NAMED = re.compile(r"\s*[\w.-]+\s*(?:\[[^\]]*\]\s*)?@")
"""What stands before the reference of a requirement that has a name."""
_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)\}")
_ELSEWHERE = ("--pre", "--trusted-host")
"""Options that only the command line knows."""
_COMPARING = re.compile(r"[A-Za-z0-9._-]+(\[[^]]*\])?\s*[=<>!~]=?")
"""What has a version is no place."""
_PROJECT_FILES = ("pyproject.toml", "setup.py", "setup.cfg")


class _Sheet(Struct, frozen=True, kw_only=True):
    """One list of requirements that is being read."""

    name: str
    """As errors name it."""
    text: str
    folder: Path
    """Where relative paths of files that it names start."""
    url: str | None = None
    """Of a file on the web: files that it names lie beside it."""
    origin: Origin | None = None
    """Of what it requires; None for standard input and the web."""


class InputReader(Struct, frozen=True, kw_only=True):
    """Reads for one command."""

    session: Session
    flag: str = "-r"
    """How annotations begin for what the files state: `-r`, `-c`, `--override`."""

    def words(self, words: Iterable[str], *, are_editable: bool = False) -> Iterator[Stated]:
        """The requirements of the command line.

        Raises:
            RequestError: one is none, or what is to be editable is no folder.
        """
        for word in words:
            if not word:
                raise RequestError("Failed to parse: ``", causes=("Empty field is not allowed for PEP508",))
            try:
                asked = parse_asked(_place(word) if are_editable else word, self.session.cwd)
                asked = _as_editable(asked) if are_editable else asked
            except HobError as error:
                raise error.under(f"Failed to parse: `{word}`") from error
            yield _stated(asked, word, None)

    async def files(self, names: Iterable[str]) -> Inputs:
        """What files say.

        Raises:
            RequestError: one is not there, or a line says nothing known.
        """
        found = Inputs()
        for name in names:
            found.extend(await self._file(name, set()))
        return found

    async def _file(self, name: str, included: set[str], *, is_nested: bool = False) -> Inputs:
        """What one file says.

        Args:
            included: what other files named already; each is read once, whoever names it again.
        """
        if is_remote(name):
            return await self._remote(name, included)
        path = absolute(Path(name), self.session.cwd)
        if path.name in _PROJECT_FILES:
            self._check_project(path, name)
            return Inputs(projects=[path])
        if path.suffix == ".py":
            return self._script(read_script(path, self.session.context.evidence), name, Origin.of_file("-r", name, name))
        if name == STANDARD_INPUT:
            return await self._lines(_Sheet(name=name, text=sys.stdin.read(), folder=self.session.cwd), included)
        text = read_text(path, self.session.context.evidence)
        if text is None:
            raise RequestError(f"File not found: {name}")
        origin = Origin.of_file(self.flag, str(path) if is_nested else name, name)
        return await self._lines(_Sheet(name=name, text=text, folder=path.parent, origin=origin), included)

    async def _remote(self, url: str, included: set[str]) -> Inputs:
        content, shown_url = await fetch_file(url, self.session), without_credentials(url)
        if urlsplit(url).path.endswith(".py"):
            return self._script(parse_script_content(content, None), shown_url, None)
        try:
            text = content.decode().removeprefix("\ufeff")
        except UnicodeDecodeError as error:
            raise RequestError(f"failed to read from file `{shown_url}`: stream did not contain valid UTF-8") from error
        return await self._lines(_Sheet(name=shown_url, text=text, url=url, folder=self.session.cwd), included)

    def _check_project(self, path: Path, name: str) -> None:
        self.session.context.evidence.saw(path)
        if not path.is_file():
            raise RequestError(f"File not found: {name}")

    def _script(self, read: ReadScript | None, name: str, origin: Origin | None) -> Inputs:
        if read is None:
            raise RequestError(f"`{name}` does not contain inline script metadata")
        texts = read.script.dependencies or ()
        return Inputs(stated=[_stated(parse_asked(text, self.session.cwd), text, origin) for text in texts])

    async def _lines(self, sheet: "_Sheet", included: set[str]) -> Inputs:
        """What a list of requirements says."""
        found = Inputs()
        for line in parse_requirements_file(sheet.text, sheet.name):
            match line.kind:
                case "file":
                    found.extend(await self._nested(line, sheet, included))
                case "constraints":
                    found.constraints += (await replace(self, flag="-c")._nested(line, sheet, included)).stated
                case "option":
                    found.extend(Inputs(options=self._option(line, sheet.name)))
                case _:
                    found.stated.append(self._line(line, sheet))
        if not (found.stated or found.constraints or found.projects or included) and sheet.name != STANDARD_INPUT and self.flag == "-r":
            self.session.context.voice.warn(f"Requirements file `{sheet.name}` does not contain any dependencies")
        return found

    async def _nested(self, line: RequirementLine, sheet: "_Sheet", included: set[str]) -> Inputs:
        """What a file says that another one names."""
        try:
            name = self._included(self._expanded(line.value), sheet)
            if name in included:
                return Inputs()
            included.add(name)
            return await self._file(name, included, is_nested=True)
        except HobError as error:
            raise error.under(f"Error parsing included file in `{sheet.name}` at position {line.start}") from error

    def _included(self, value: str, sheet: "_Sheet") -> str:
        """The address or path of a file that another one names; it is there if it is a path."""
        if sheet.url is not None:
            value = beside(sheet.url, value)
        if is_remote(value):
            return value
        path = absolute(Path(value.removeprefix("file://")), sheet.folder)
        if not path.exists():
            self.session.context.evidence.saw(path)
            shown_path = Path(sheet.name).parent / value if "/" in sheet.name else path
            raise RequestError(f"failed to read from file `{shown_path}`: No such file or directory (os error 2)")
        return shown(path, self.session.cwd)

    def _line(self, line: RequirementLine, sheet: "_Sheet") -> Stated:
        is_editable = line.kind == "editable"
        text = self._expanded(line.value) if is_editable else self._with_reference(line.value)
        try:
            asked = parse_asked(_place(text) if is_editable else text, self.session.cwd)
        except HobError as error:
            raise error.under(f"Couldn't parse requirement in `{sheet.name}` at position {line.start}") from error
        try:
            asked = _as_editable(asked) if is_editable else asked
        except RequestError as error:
            raise error.under(f"Unsupported editable requirement in `{sheet.name}` at line {line.number}: `{line.value}`") from error
        return replace(_stated(asked, line.value, sheet.origin), hashes=line.hashes)

    def _option(self, line: RequirementLine, name: str) -> FileOptions:
        argument = self._expanded(line.argument)
        match line.value:
            case "-i" | "--index-url":
                return FileOptions(index_url=argument)
            case "--extra-index-url":
                return FileOptions(extra_index_url=(argument,))
            case "-f" | "--find-links":
                return FileOptions(find_links=(argument,))
            case "--require-hashes":
                return FileOptions(requires_hashes=True)
            case "--no-index":
                return FileOptions(no_index=True)
            case "--no-binary":
                return FileOptions(no_binary=tuple(argument.split(",")))
            case "--only-binary":
                return FileOptions(only_binary=tuple(argument.split(",")))
        if line.value in (*_ELSEWHERE, "--prefer-binary", "--use-feature"):
            advice = f" (hint: pass `{line.value}` on the command line instead)" if line.value in _ELSEWHERE else ""
            self.session.context.voice.warn(f"Ignoring unsupported option in `{name}`: `{line.value}`{advice}")
            return FileOptions()
        raise InvalidRequirementsFile(f"`{line.value}` in `{name}` is not supported")

    def _with_reference(self, text: str) -> str:
        """A requirement with variables in its reference; in names and versions they mean nothing."""
        named = _NAMED.match(text)
        if named is not None:
            return named[0] + self._expanded(text[named.end() :])
        first = text.split(maxsplit=1)[0]
        return self._expanded(text) if "/" in first or ":" in first else text

    def _expanded(self, text: str) -> str:
        """Variables in references and paths; those that are not set stay as they are written."""
        environ = self.session.context.environ

        def value(match: re.Match[str]) -> str:
            return environ.get(match[1]) or match[0]

        return _VARIABLE.sub(value, text) if "${" in text else text


async def read_names(names: Iterable[str], session: Session) -> frozenset[Name]:
    """The names that files list (`--excludes`).

    Raises:
        RequestError: one is not there, or a line is no requirement.
    """
    found = await InputReader(session=session, flag="--exclude").files(names)
    return frozenset(each.requirement.name for each in found.stated)


def _stated(asked: Asked, text: str, origin: Origin | None) -> Stated:
    return Stated(asked=asked, origin=origin, given=_reference(text, is_named=asked.is_named))


def _as_editable(asked: Asked) -> Asked:
    source = asked.requirement.source
    if source is None:
        raise RequestError("Registry requirements cannot be editable", hint="Editable requirements must refer to a local directory")
    if isinstance(source, Directory):
        return replace(asked, is_editable=True, requirement=replace(asked.requirement, source=Editable(source.path)))
    why = "Git sources cannot be editable" if isinstance(source, Git) else "Remote archives cannot be editable"
    why = "Local archives cannot be editable" if isinstance(source, PathSource) else why
    raise RequestError(why, hint="Editable requirements must refer to a local directory")


def _place(text: str) -> str:
    """What is to be editable is a place, whatever it looks like."""
    bare = text.startswith((".", "/")) or "://" in text or " @ " in text or _COMPARING.match(text) is not None
    return text if bare else f"./{text}"


def _reference(text: str, *, is_named: bool) -> str | None:
    """What a requirement refers to, as it is written; None where it names a version."""
    reference = text.partition(" ;")[0].strip()
    if is_named:
        _, at, reference = reference.partition("@")
        return reference.strip() if at else None
    return reference.rpartition("[")[0].rstrip() if reference.endswith("]") else reference
