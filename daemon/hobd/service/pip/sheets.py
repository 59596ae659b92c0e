"""Lists of requirements and the files that they name, each read once, wherever it is named again (PIP-1).

Sheet ─→ lines ─→ requirements, options ──────────────┐
               └→ -r, -c: another Sheet, read likewise ┴─→ Inputs
"""

import posixpath
import re
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from hobd.core.formats.requirements_file import InvalidRequirementsFile, RequirementLine, decode_requirements_file, parse_requirements_file
from hobd.core.formats.urls import has_known_scheme, without_credentials
from hobd.core.vocab.names import InvalidName, parse_name
from hobd.errors import HobError, RequestError
from hobd.projects.files import absolute
from hobd.service.edits.requirement_lists import STANDARD_INPUT, read_list
from hobd.service.pip.remote_files import beside, fetch_file, is_remote
from hobd.service.pip.settings import ALL, NOTHING
from hobd.service.pip.stated import FileOptions, Inputs, Origin, Stated
from hobd.service.pip.stating import NotEditable, state
from hobd.service.session import Session

_NAMED = re.compile(r"\s*[\w.-]+\s*(?:\[[^\]]*\]\s*)?@")
"""What stands before the reference of a requirement that has a name."""
_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)\}")
_ELSEWHERE = ("--pre", "--trusted-host")
"""Options that only the command line knows."""


class Sheet(Struct, frozen=True, kw_only=True):
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
    is_nested: bool = False
    """Whether another one names it."""


class SheetReader(Struct, frozen=True, kw_only=True):
    """Reads the lists of one command."""

    session: Session
    flag: str
    """How annotations begin for what is stated: see `InputReader`."""
    seen: set[tuple[bool, str]]
    """What lists named so far, as a constraint or not: it is not read for the same purpose again."""

    async def read(self, name: str, *, is_nested: bool = False) -> Inputs:
        """What a list says, with all that it names.

        Raises:
            RequestError: it is not there, or a line says nothing known.
        """
        if is_remote(name):
            content, shown_url = await fetch_file(name, self.session), without_credentials(name)
            try:
                text = decode_requirements_file(content)
            except UnicodeDecodeError as error:
                raise RequestError(f"failed to read from file `{shown_url}`: stream did not contain valid UTF-8") from error
            return await self._lines(Sheet(name=shown_url, text=text, url=name, folder=self.session.cwd))
        path, label = absolute(Path(name), self.session.cwd), self._label(name)
        found = read_list(label, path, self.session)
        if found is None:
            raise RequestError(f"File not found: {label}")
        if name == STANDARD_INPUT:
            return await self._lines(Sheet(name=name, text=found, folder=self.session.cwd))
        origin = Origin.of_file(self.flag, str(path) if is_nested else name, label)
        return await self._lines(Sheet(name=label, text=found, folder=path.parent, origin=origin, is_nested=is_nested))

    def _label(self, name: str) -> str:
        """A path as it was named; below the current folder without that."""
        return name.removeprefix(f"{self.session.cwd}/")

    async def _lines(self, sheet: Sheet) -> Inputs:
        found = Inputs()
        for line in parse_requirements_file(sheet.text, sheet.name):
            match line.kind:
                case "file":
                    nested = await self._nested(line, sheet)
                    _check_index(found, nested, sheet, line)
                    found.extend(nested)
                case "constraints":
                    nested = await replace(self, flag="-c")._nested(line, sheet)
                    found.constraints += [*_constraints_of(nested, sheet), *nested.constraints]
                case "option":
                    options = self._option(line, sheet)
                    if options.index_url is not None and found.options.index_url is not None:
                        raise InvalidRequirementsFile(f"Multiple `--index-url` values provided: {_end_of(line, sheet)}")
                    found.extend(Inputs(options=options))
                case _:
                    found.stated.append(self._line(line, sheet))
        return found

    async def _nested(self, line: RequirementLine, sheet: Sheet) -> Inputs:
        """What a file says that another one names."""
        try:
            name = self._included(self._expanded(line.value), sheet)
            key = (self.flag == "-c", name if is_remote(name) else str(absolute(Path(name), self.session.cwd)))
            if key in self.seen:
                return Inputs()
            self.seen.add(key)
            return await self.read(name, is_nested=True)
        except HobError as error:
            raise error.under(f"Error parsing included file in `{sheet.name}` at position {line.start}") from error

    def _included(self, value: str, sheet: Sheet) -> str:
        """The address or path of a file that another one names; it is there if it is a path."""
        if sheet.url is not None:
            value = beside(sheet.url, value)
        if is_remote(value):
            return value
        name = posixpath.join(posixpath.dirname(sheet.name), value.removeprefix("file://").removeprefix("./"))
        path = absolute(Path(name), self.session.cwd)
        if not path.exists():
            self.session.context.evidence.saw(path)
            shown_path = name if "/" in sheet.name and not sheet.is_nested else self.session.cwd / name
            raise RequestError(f"failed to read from file `{shown_path}`: No such file or directory (os error 2)")
        return self._label(name)

    def _line(self, line: RequirementLine, sheet: Sheet) -> Stated:
        is_editable = line.kind == "editable"
        if line.value.endswith((".txt", ".in")) and (self.session.cwd / line.value).is_file():
            raise RequestError(
                f"Requirement `{line.value}` in `{sheet.name}` looks like a requirements file but was passed as a package name. "
                f"Did you mean `-r {line.value}`?"
            )
        text = self._expanded(line.value) if is_editable else self._with_reference(line.value)
        try:
            stated = state(text, self.session.cwd, sheet.origin, written=line.value, is_editable=is_editable)
        except NotEditable as error:
            raise error.under(f"Unsupported editable requirement in `{sheet.name}` at line {line.number}: `{error.asked}`") from error
        except HobError as error:
            raise error.under(f"Couldn't parse requirement in `{sheet.name}` at position {line.start}") from error
        return replace(stated, hashes=line.hashes)

    def _option(self, line: RequirementLine, sheet: Sheet) -> FileOptions:
        argument = self._expanded(line.argument)
        match line.value:
            case "-i" | "--index-url":
                return FileOptions(index_url=argument)
            case "--extra-index-url":
                return FileOptions(extra_index_url=(argument,))
            case "-f" | "--find-links":
                return FileOptions(find_links=(self._links(argument, line, sheet),))
            case "--require-hashes":
                return FileOptions(requires_hashes=True)
            case "--no-index":
                return FileOptions(no_index=True)
            case "--no-binary":
                return FileOptions(no_binary=_packages(argument, line, sheet))
            case "--only-binary":
                return FileOptions(only_binary=_packages(argument, line, sheet))
        if line.value in (*_ELSEWHERE, "--prefer-binary", "--use-feature"):
            advice = f" (hint: pass `{line.value}` on the command line instead)" if line.value in _ELSEWHERE else ""
            self.session.context.voice.warn(f"Ignoring unsupported option in `{sheet.name}`: `{line.value}`{advice}")
            return FileOptions()
        raise InvalidRequirementsFile(f"`{line.value}` in `{sheet.name}` is not supported")

    def _links(self, text: str, line: RequirementLine, sheet: Sheet) -> tuple[str, Path]:
        """A flat location: a relative path starts beside the file that names it."""
        if sheet.url is not None:
            return beside(sheet.url, text), sheet.folder
        if not has_known_scheme(text):
            self.session.context.evidence.saw(sheet.folder / text)
            if not (sheet.folder / text).exists():
                place = f"Invalid URL in `{sheet.name}` at position {line.start}: {text}"
                raise InvalidRequirementsFile(place, causes=("relative URL without a base",))
        return text, sheet.folder

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


def _packages(argument: str, line: RequirementLine, sheet: Sheet) -> tuple[str, ...]:
    """Names, `:all:` or `:none:`; of several pip has them with commas."""
    words = tuple(word.strip() for word in argument.split(","))
    for word in words:
        if word not in (ALL, NOTHING):
            try:
                parse_name(word)
            except InvalidName as error:
                raise error.under(f"Invalid specifier for `{line.value}` in `{sheet.name}`: {argument}") from error
    return words


def _check_index(found: Inputs, nested: Inputs, sheet: Sheet, line: RequirementLine) -> None:
    """Two files may not name two default indexes."""
    ours, theirs = found.options.index_url, nested.options.index_url
    if ours is not None and theirs is not None and ours != theirs:
        raise InvalidRequirementsFile(f"Nested `requirements` file contains conflicting `--index-url`: {_end_of(line, sheet)}")


def _constraints_of(nested: Inputs, sheet: Sheet) -> list[Stated]:
    """What a file of constraints states; what is editable limits nothing."""
    stated = [each for each in nested.stated if not each.asked.is_editable]
    if not all(each.asked.is_named for each in stated):
        raise RequestError(f"Unnamed requirements are not allowed as constraints in `{sheet.name}`")
    return stated


def _end_of(line: RequirementLine, sheet: Sheet) -> str:
    """The place behind a line."""
    end = sheet.text.find("\n", line.start)
    width = (len(sheet.text) if end < 0 else end) - line.start
    return f"{sheet.name}:{line.number}:{width + 1}"
