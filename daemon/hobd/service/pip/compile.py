"""`hob pip compile`: requirements as pins (PIP-6, PIP-7).

read ─→ find a Python ─→ name, open projects ─→ solve, the pins of before taken again ─→ render ─→ standard output, and a file if named
"""

import re
from pathlib import Path

from anyio import to_thread
from msgspec.structs import replace
from packaging.version import Version

from hobd.cli.generated import INDEX_OPTIONS, LINK_OPTIONS, render_header
from hobd.cli.pip.compile import PipCompile
from hobd.cli.report import render_resolved
from hobd.cli.style import green, strip_style
from hobd.core.lockfile.export_pins import PinStyle, render_pins
from hobd.core.lockfile.export_pylock import check_pylock_name
from hobd.core.resolver.validity import valid_for
from hobd.core.vocab.names import normalize
from hobd.core.vocab.project import Workspace
from hobd.core.vocab.request import Outcome
from hobd.core.vocab.settings import Choice
from hobd.core.vocab.settings_layer import PipLayer
from hobd.environments.interpreter import Interpreter
from hobd.errors import RequestError
from hobd.projects.lockfiles import write_atomically
from hobd.service.context import Context
from hobd.service.edits.requirement_lists import STANDARD_INPUT
from hobd.service.exports.output import output_path
from hobd.service.exports.preamble import origin_lines
from hobd.service.opening import open_session
from hobd.service.pip.collecting import Collected, Collector
from hobd.service.pip.digests import with_all_digests
from hobd.service.pip.inputs import InputReader
from hobd.service.pip.old_pins import OldPins, read_old_pins
from hobd.service.pip.pylock import refuse_pylocks, render_solved
from hobd.service.pip.python import find_compiling_python
from hobd.service.pip.rows import make_rows
from hobd.service.pip.settings import is_not_off, is_on, opposite, pip_layer, with_limits
from hobd.service.pip.solving import Aim, Solved, solve_demands
from hobd.service.runs.brought_target import has_standard_input, run_without_daemon
from hobd.service.session import Session
from hobd.service.syncs.target import solving_target

_BARE_VERSION = re.compile(r"\d+(\.\d+)*((a|b|rc)\d+)?")


async def tell(command: PipCompile, context: Context) -> Outcome:
    """Compile requirements."""
    if STANDARD_INPUT in command.src_file and not has_standard_input(context):
        return Outcome(launch=run_without_daemon(context))
    async with open_session(command, context, is_pip=True) as opened:
        session = with_limits(command, opened)
        layer = pip_layer(session)
        target = _target(command, layer, session)
        _refuse(target)
        is_pylock = _is_pylock(command, target)
        refuse_pylocks(command.src_file, "pip compile")
        inputs = await InputReader(session=session).files(command.src_file)
        version, python = _target_python(command, layer)
        interpreter = await find_compiling_python(
            python, None if version is None else str(version), session, is_system=is_on(command.system, layer.system)
        )
        if python is None:
            _warn_of_version(version, interpreter, session)
        collector = Collector(command=command, session=session, inputs=inputs, overrides=command.overrides, excludes=command.excludes)
        collected = await collector.collect(interpreter)
        aim = _aim(command, layer, version, interpreter, collected)
        values = None if aim.is_universal else solving_target(interpreter, version, aim.platform, context.environ)[0]
        old = await read_old_pins(target, collected.session, values, is_pylock=is_pylock)
        solved = await solve_demands(collected, replace(aim, preferences=old.preferences))
        session.context.voice.note(render_resolved(len(solved.lock.packages), solved.seconds))
        for warning in solved.resolution.warnings:
            session.context.voice.warn(warning)
        if is_pylock:
            text = _title(command, layer, session) + await render_solved(collected, solved, target)
        else:
            text = _header(command, layer, collected, solved) + await _pins(command, layer, collected, solved, old)
        if target is None or not command.general.quiet:
            context.voice.data(text)
        if target is not None:
            await to_thread.run_sync(_write, target, strip_style(text))
        return Outcome()


def _target(command: PipCompile, layer: PipLayer, session: Session) -> Path | None:
    return output_path(command.output_file or layer.output_file, session.cwd)


def _write(target: Path, text: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(target, text.encode())


def _refuse(target: Path | None) -> None:
    if target is not None and target.name == "pyproject.toml":
        raise RequestError(
            f"`pyproject.toml` is not a supported output format for `{green('hob pip compile')}` "
            "(supported formats: `requirements.txt`, `pylock.toml`)"
        )


def _target_python(command: PipCompile, layer: PipLayer) -> tuple[Version | None, str | None]:
    """The version that is solved for, and the Python that builds: a bare version after `--python` means the former."""
    text, python = command.python_version or layer.python_version, command.python or layer.python
    if text is None and python is not None and _BARE_VERSION.fullmatch(python):
        return Version(python), None
    return None if text is None else Version(text), python


def _warn_of_version(version: Version | None, interpreter: Interpreter, session: Session) -> None:
    """Builds run with another Python than the one that is solved for."""
    if version is not None and interpreter.version.release[: len(version.release)] != version.release:
        session.context.voice.warn(
            f"The requested Python version {version} is not available; {interpreter.version} will be used to build dependencies instead."
        )


def _aim(command: PipCompile, layer: PipLayer, version: Version | None, interpreter: Interpreter, collected: Collected) -> Aim:
    found = collected.session.found
    return Aim(
        interpreter=interpreter,
        version=version,
        platform=command.python_platform or layer.python_platform,
        is_universal=is_on(command.universal, layer.universal),
        environments=found.pyproject.tool_uv.environments if isinstance(found, Workspace) else (),
        follows_dependencies=is_not_off(command.deps, opposite(layer.no_deps)),
    )


def _is_pylock(command: PipCompile, target: Path | None) -> bool:
    """Whether a `pylock.toml` is to be written.

    Raises:
        RequestError: it is, and its name does not allow it.
    """
    looks_like_one = target is not None and target.suffix == ".toml"
    if command.format != "pylock.toml" and (command.format is not None or not looks_like_one):
        return False
    if target is not None:
        check_pylock_name(target.name)
    return True


def _title(command: PipCompile, layer: PipLayer, session: Session) -> str:
    """The comment that names the command."""
    if not is_not_off(command.header, opposite(layer.no_header)):
        return ""
    has_indexes, has_links = _emits(command, layer)
    hidden = (*(() if has_indexes else INDEX_OPTIONS), *(() if has_links else LINK_OPTIONS))
    return render_header(session.context.argv, hidden=hidden, instead=command.custom_compile_command or layer.custom_compile_command)


def _emits(command: PipCompile, layer: PipLayer) -> tuple[bool, bool]:
    """Whether indexes, and whether flat locations are named."""
    return is_on(command.emit_index_url, layer.emit_index_url), is_on(command.emit_find_links, layer.emit_find_links)


def _validity(collected: Collected, solved: Solved) -> str:
    """The comment that says for which environments the pins are certainly right."""
    target = solved.problem.target
    text = None if target is None else valid_for(collected.demands, solved.resolution, target.values).to_text()
    return "" if text is None else f"{green('# Pinned dependencies known to be valid for:')}\n{green(f'#    {text}')}\n"


def _header(command: PipCompile, layer: PipLayer, collected: Collected, solved: Solved) -> str:
    """What stands before the pins."""
    session = collected.session
    found = _title(command, layer, session)
    if is_on(command.emit_marker_expression, layer.emit_marker_expression):
        found += _validity(collected, solved)
    has_indexes, has_links = _emits(command, layer)
    lines = origin_lines(session, indexes=has_indexes, links=has_links)
    if is_on(command.emit_build_options, layer.emit_build_options):
        build = session.settings.build
        lines += [*_limit_lines("--no-binary", build.no_binary), *_limit_lines("--only-binary", build.no_build)]
    return found + ("".join(f"{line}\n" for line in [*lines, ""]) if lines else "")


def _limit_lines(option: str, choice: Choice) -> list[str]:
    return [f"{option} :all:"] if choice.everything else [f"{option} {name}" for name in sorted(choice.packages)]


async def _pins(command: PipCompile, layer: PipLayer, collected: Collected, solved: Solved, old: OldPins) -> str:
    is_universal = solved.problem.target is None
    keeps_markers = not is_not_off(command.strip_markers, opposite(layer.no_strip_markers))
    annotates = is_not_off(command.annotate, opposite(layer.no_annotate))
    style = PinStyle(
        annotations=(command.annotation_style or layer.annotation_style or "split") if annotates else None,
        has_extras=not is_not_off(command.strip_extras, opposite(layer.no_strip_extras)),
        has_markers=is_universal or keeps_markers,
        has_digests=is_on(command.generate_hashes, layer.generate_hashes),
        has_indexes=is_on(command.emit_index_annotation, layer.emit_index_annotation),
        left_out=tuple(map(normalize, command.no_emit_package)) or layer.no_emit_package or (),
    )
    lock = await with_all_digests(solved.lock, collected.builder.network) if style.has_digests else solved.lock
    return render_pins(make_rows(collected, replace(solved, lock=lock), old.digests), style, green)
