"""What `hob pip` is asked for: words, files, projects and groups, each requirement with where it was written (PIP-1, PIP-6).

words, -r files, -e ─→ Stated, perhaps without a name ─┐
pyproject.toml, setup.py, groups ─→ what they require ─┴─→ named ─→ Inputs
"""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from hobd.core.formats.requirements_file import InvalidRequirementsFile, RequirementLine, parse_requirements_file
from hobd.core.vocab.names import Name
from hobd.core.vocab.source import Directory, Editable, Git
from hobd.core.vocab.source import Path as PathSource
from hobd.errors import HobError, RequestError
from hobd.projects.files import absolute, read_text, shown
from hobd.projects.scripts import read_script
from hobd.service.edits.asked import STANDARD_INPUT, Asked, parse_asked
from hobd.service.pip.stated import FileOptions, Inputs, Origin, Stated
from hobd.service.session import Session

_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)\}")
_ELSEWHERE = ("--pre", "--trusted-host", "--no-build-isolation")
"""Options that only the command line knows."""
_PROJECT_FILES = ("pyproject.toml", "setup.py", "setup.cfg")


@dataclass(frozen=True, slots=True, kw_only=True)
class InputReader:
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

    def files(self, names: Iterable[str]) -> Inputs:
        """What files say.

        Raises:
            RequestError: one is not there, or a line says nothing known.
        """
        found = Inputs()
        for name in names:
            found.extend(self._file(name))
        return found

    def _file(self, name: str, *, is_nested: bool = False) -> Inputs:
        path = absolute(Path(name), self.session.cwd)
        if path.name in _PROJECT_FILES:
            self._check_project(path, name)
            return Inputs(projects=[path])
        if path.suffix == ".py" or name.startswith(("http://", "https://")):
            return self._script(path, name)
        return self._requirements(path, None if name == STANDARD_INPUT else name, is_nested=is_nested)

    def _check_project(self, path: Path, name: str) -> None:
        self.session.context.evidence.saw(path)
        if not path.is_file():
            raise RequestError(f"File not found: {name}")

    def _script(self, path: Path, name: str) -> Inputs:
        if "://" in name:
            raise HobError("Requirements files on the web are not there in this version of hob", hint="Download the file first")
        read = read_script(path, self.session.context.evidence)
        if read is None:
            raise RequestError(f"`{name}` does not contain inline script metadata")
        texts = read.script.dependencies or ()
        origin = Origin.of_file("-r", name, name)
        return Inputs(stated=[_stated(parse_asked(text, self.session.cwd), text, origin) for text in texts])

    def _requirements(self, path: Path, name: str | None, *, is_nested: bool) -> Inputs:
        """A list of requirements; no name for standard input."""
        text = sys.stdin.read() if name is None else read_text(path, self.session.context.evidence)
        if text is None:
            raise RequestError(f"File not found: {name}")
        found = Inputs()
        for line in parse_requirements_file(text, name or STANDARD_INPUT):
            self._take(line, path, name, found, is_nested=is_nested)
        if not (found.stated or found.constraints or found.projects) and name is not None and self.flag == "-r":
            self.session.context.voice.warn(f"Requirements file `{name}` does not contain any dependencies")
        return found

    def _take(self, line: RequirementLine, path: Path, name: str | None, found: Inputs, *, is_nested: bool) -> None:
        base = self.session.cwd if name is None else path.parent
        match line.kind:
            case "file":
                found.extend(self._nested(line, base))
            case "constraints":
                found.constraints += replace(self, flag="-c")._nested(line, base).stated
            case "option":
                found.extend(Inputs(options=self._option(line, path, name)))
            case _:
                found.stated.append(self._line(line, str(path) if is_nested else name or "", name))

    def _nested(self, line: RequirementLine, base: Path) -> Inputs:
        value = self._expanded(line.value)
        if "://" in value and not value.startswith("file://"):
            return self._script(base, value)
        path = absolute(Path(value.removeprefix("file://")), base)
        if not path.exists():
            raise RequestError(f"File not found: {shown(path, self.session.cwd)}")
        return self._file(shown(path, self.session.cwd), is_nested=True)

    def _line(self, line: RequirementLine, place: str, name: str | None) -> Stated:
        text, where = self._expanded(line.value), name or STANDARD_INPUT
        is_editable = line.kind == "editable"
        try:
            asked = parse_asked(_place(text) if is_editable else text, self.session.cwd)
        except HobError as error:
            raise error.under(f"Couldn't parse requirement in `{where}` at position {line.start}") from error
        try:
            asked = _as_editable(asked) if is_editable else asked
        except RequestError as error:
            raise error.under(f"Unsupported editable requirement in `{where}` at line {line.number}: `{line.value}`") from error
        origin = None if name is None else Origin.of_file(self.flag, place, name)
        return replace(_stated(asked, line.value, origin), hashes=line.hashes)

    def _option(self, line: RequirementLine, path: Path, name: str | None) -> FileOptions:
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
            self.session.context.voice.warn(f"Ignoring unsupported option in `{name or STANDARD_INPUT}`: `{line.value}`{advice}")
            return FileOptions()
        raise InvalidRequirementsFile(f"`{line.value}` in `{path}` is not supported")

    def _expanded(self, text: str) -> str:
        """Variables in references and paths; those that are not set stay as they are written."""
        environ = self.session.context.environ

        def value(match: re.Match[str]) -> str:
            return environ.get(match[1]) or match[0]

        return _VARIABLE.sub(value, text) if "${" in text else text


def read_names(names: Iterable[str], session: Session) -> frozenset[Name]:
    """The names that files list (`--excludes`).

    Raises:
        RequestError: one is not there, or a line is no requirement.
    """
    return frozenset(each.requirement.name for each in InputReader(session=session, flag="--exclude").files(names).stated)


def _stated(asked: Asked, text: str, origin: Origin | None) -> Stated:
    return Stated(asked=asked, origin=origin, given=_reference(text, is_named=asked.is_named))


def _as_editable(asked: Asked) -> Asked:
    source = asked.requirement.source
    if isinstance(source, Directory):
        return replace(asked, is_editable=True, requirement=replace(asked.requirement, source=Editable(source.path)))
    why = "Git sources cannot be editable" if isinstance(source, Git) else "Remote archives cannot be editable"
    why = "Local archives cannot be editable" if isinstance(source, PathSource) else why
    raise RequestError(why, hint="Editable requirements must refer to a local directory")


def _place(text: str) -> str:
    """What is to be editable is a place, whatever it looks like."""
    bare = text.startswith((".", "/")) or "://" in text or " @ " in text
    return text if bare else f"./{text}"


def _reference(text: str, *, is_named: bool) -> str | None:
    """What a requirement refers to, as it is written; None where it names a version."""
    reference = text.partition(" ;")[0].strip()
    if is_named:
        _, at, reference = reference.partition("@")
        return reference.strip() if at else None
    return reference.rpartition("[")[0].rstrip() if reference.endswith("]") else reference
