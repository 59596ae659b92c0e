"""What `--with` and its kin ask for, in the form of a script's metadata (RUN-6, RUN-8)."""

import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from hobd.cli.run import Run
from hobd.core.formats.requirement import parse_requirement
from hobd.core.formats.urls import path_url
from hobd.core.vocab.names import Name, normalize
from hobd.core.vocab.project import PathEntry, Script, ToolUv
from hobd.errors import HobError, RequestError
from hobd.projects.discover import read_pyproject
from hobd.projects.files import absolute, read_text
from hobd.projects.scripts import read_script
from hobd.service.session import Session

_ARCHIVES = (".whl", ".tar.gz", ".zip", ".tar.bz2", ".tar.xz")
_OPTION = re.compile(r"--?[A-Za-z]")
_HASH = re.compile(r"\s+--hash[= ]\S+")
_COMMENT = re.compile(r"(^|\s)#.*$")


class Wanted(Struct, frozen=True, kw_only=True):
    """Requirements, and the names among them whose code is to be used where it lies."""

    texts: tuple[str, ...] = ()
    editables: tuple[tuple[Name, Path], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return not self.texts and not self.editables

    def script(self) -> Script:
        """As a script would state it."""
        sources = tuple((name, (PathEntry(path=str(folder), editable=True),)) for name, folder in self.editables)
        names = tuple(str(name) for name, _ in self.editables)
        return Script(path=None, dependencies=(*self.texts, *names), tool_uv=ToolUv(sources=sources))


def wanted_with(command: Run, session: Session) -> Wanted:
    """What the command line asks for beside the project or the script.

    Raises:
        RequestError: something is no requirement, or is not there.
    """
    texts = [_named(text, session, session.cwd) for words in command.with_packages for text in split_at_commas(words)]
    editables = [_editable(text, session, session.cwd) for words in command.with_editable for text in split_at_commas(words)]
    for name in command.with_requirements:
        file = _read_file(absolute(Path(name), session.cwd), name, session)
        texts += file.texts
        editables += file.editables
    return Wanted(texts=tuple(texts), editables=tuple(editables))


def split_at_commas(words: str) -> Iterator[str]:
    """Requirements in a list; the commas between extras and between versions are not the list's."""
    depth, begin = 0, 0
    for place, character in enumerate(words):
        if character in "[(":
            depth += 1
        elif character in "])":
            depth -= 1
        elif character == "," and depth <= 0 and words[place + 1 :].lstrip()[:1] not in ("!", "=", "<", ">", "~"):
            yield words[begin:place].strip()
            begin = place + 1
    if last := words[begin:].strip():
        yield last


def _named(text: str, session: Session, base: Path) -> str:
    """A requirement with its name; a bare path gets the name of what is there."""
    path = _path_of(text, base)
    if path is not None:
        return f"{_name_of(path, session)} @ {path_url(str(path))}"
    try:
        parse_requirement(text)
    except HobError as error:
        raise error.under(f"Failed to parse: `{text}`") from error
    return text


def _path_of(text: str, base: Path) -> Path | None:
    """The folder or archive that a text names; None where it is something else."""
    bare = text.removeprefix("file://")
    if not (bare != text or bare.startswith((".", "/")) or (bare.endswith(_ARCHIVES) and "@" not in bare and "://" not in bare)):
        return None
    return absolute(Path(bare), base)


def _name_of(path: Path, session: Session) -> Name:
    session.context.evidence.saw(path)
    if not path.exists():
        raise RequestError("Failed to resolve `--with` requirement", causes=(f"Distribution not found at: {path_url(str(path))}",), code=1)
    if path.is_file():
        return normalize(path.name.split("-")[0])
    try:
        project = read_pyproject(path, session.discovery()).project
    except HobError as error:
        raise error.under("Failed to resolve `--with` requirement", code=1) from error
    if project is None:
        raise RequestError(f"`{path}` does not say its name", hint=f"Write it as `NAME @ {path_url(str(path))}`", code=1)
    return project.name


def _editable(text: str, session: Session, base: Path) -> tuple[Name, Path]:
    """A folder, given by its path or as `name @ path`."""
    place = text.partition("@")[2].strip() if "@" in text and not text.startswith((".", "/")) else text
    folder = absolute(Path(place.removeprefix("file://").partition("[")[0]), base)
    return _name_of(folder, session), folder


def _read_file(path: Path, shown: str, session: Session) -> Wanted:
    """The requirements of a file: `requirements.txt`, or a script with metadata."""
    evidence = session.context.evidence
    if path.suffix == ".py":
        read = read_script(path, evidence)
        if read is None:
            raise RequestError(f"`{shown}` does not contain inline script metadata")
        return Wanted(texts=tuple(read.script.dependencies or ()))
    if path.name in ("pyproject.toml", "setup.py", "setup.cfg") or re.fullmatch(r"pylock(\..*)?\.toml", path.name):
        raise RequestError(f"Adding requirements from a `{path.name}` is not supported in `hob run`")
    text = read_text(path, evidence)
    if text is None:
        raise RequestError(f"File not found: {shown}")
    return _read_lines(text, path.parent, session)


def _read_lines(text: str, base: Path, session: Session) -> Wanted:
    texts: list[str] = []
    editables: list[tuple[Name, Path]] = []
    for line in _logical_lines(text):
        option, _, value = line.replace("=", " ", 1).partition(" ") if _OPTION.match(line) else ("", "", "")
        if option in ("-e", "--editable"):
            editables.append(_editable(value.strip(), session, base))
        elif option in ("-r", "--requirement"):
            inner = _read_file(absolute(Path(value.strip()), base), value.strip(), session)
            texts += inner.texts
            editables += inner.editables
        elif option:
            raise RequestError(f"`{option}` in a requirements file is not supported in `hob run`", hint="Give it on the command line")
        else:
            texts.append(_named(_HASH.sub("", line), session, base))
    return Wanted(texts=tuple(texts), editables=tuple(editables))


def _logical_lines(text: str) -> Iterator[str]:
    """Lines without comments; a backslash at the end goes on with the next one."""
    for line in re.sub(r"\\\r?\n", " ", text).splitlines():
        if bare := _COMMENT.sub("", line).strip():
            yield bare
