"""When an answer may be given again: each ground, one at a time."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hob.v1 import execute_pb2 as execute_v1
from hob.v1 import verdict_pb2 as verdict_v1
from hobd.build_id import fnv1a_64
from hobd.front.verdict_files import VerdictFiles
from hobd.front.verdicts import Verdicts, verdict_key

BUILD = b"0123abcd"
ENVIRONMENT = {b"UV_OFFLINE": b"1", b"UV_INDEX_A": b"x"}


@pytest.fixture
def ground_file(tmp_path: Path) -> Path:
    """A file that was left alone for an hour, apart from its inode change."""
    path = tmp_path / "pyproject.toml"
    path.write_text("[project]")
    return path


@pytest.fixture
def verdicts(tmp_path: Path) -> Verdicts:
    return Verdicts(BUILD, VerdictFiles(tmp_path / "verdicts"))


def make_start(words: tuple[bytes, ...] = (b"sync",), **fields: object) -> execute_v1.Start:
    start = execute_v1.Start(client_build=BUILD, cwd=b"/project", argv=[b"hob", *words], umask=0o022, program=b"/bin/hob")
    start.terminal.columns = 80
    start.terminal.stderr_is_tty = True
    start.MergeFrom(execute_v1.Start(**fields))  # type: ignore[arg-type] # fields of Start, as the tests name them
    return start


def ground_of(path: Path, *, is_link: bool = False) -> verdict_v1.FileGround:
    found = path.lstat() if is_link else path.stat()
    size = 0 if path.is_dir() and not is_link else found.st_size
    return verdict_v1.FileGround(
        path=os.fsencode(path),
        exists=True,
        is_link=is_link,
        dev=found.st_dev,
        ino=found.st_ino,
        size=size,
        mtime_ns=found.st_mtime_ns,
        ctime_ns=found.st_ctime_ns,
    )


def make_verdict(
    *grounds: verdict_v1.FileGround,
    argv: tuple[bytes, ...] = (b"sync",),
    takes_rest: bool = False,
    expires_ns: int = 0,
    env: tuple[verdict_v1.EnvGround, ...] = (),
    read_ns: int | None = None,
) -> verdict_v1.Verdict:
    last = execute_v1.Event(exec=execute_v1.ExecSpec(argv=[b"x"])) if takes_rest else execute_v1.Event(exit=execute_v1.Exit(code=0))
    return verdict_v1.Verdict(
        schema=1,
        argv=argv,
        takes_rest=takes_rest,
        env=env,
        files=grounds,
        expires_ns=expires_ns,
        events=[execute_v1.Event(err_chunk=execute_v1.Chunk(data=b"Audited\n")), last],
        read_ns=time.time_ns() + 3_000_000_000 if read_ns is None else read_ns,
    )


def hits(verdicts: Verdicts, start: execute_v1.Start, environment: dict[bytes, bytes] = ENVIRONMENT, now_ns: int = 1) -> bool:
    return bool(verdicts.lookup(start, environment, now_ns).events)


def test_an_answer_is_given_again_while_nothing_changed(verdicts: Verdicts, ground_file: Path) -> None:
    assert verdicts.store(make_verdict(ground_of(ground_file)), make_start()) == ""
    found = verdicts.lookup(make_start(), ENVIRONMENT, 1)
    assert [event.WhichOneof("kind") for event in found.events] == ["err_chunk", "exit"]
    assert verdicts.replays == 1


def rewrite(path: Path) -> None:
    path.write_text("[project]")
    os.utime(path, ns=(1, 1))


def replace(path: Path) -> None:
    other = path.with_name("other")
    other.write_text("[project]")
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    other.replace(path)


def touch_back(path: Path) -> None:
    """As some tools do: other content, same size, and the old modification time."""
    before = path.stat()
    path.write_text("(project)")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("change", [rewrite, replace, touch_back, Path.unlink, lambda path: path.write_text("longer than before")])
def test_a_changed_file_ends_a_verdict(verdicts: Verdicts, ground_file: Path, change: Callable[[Path], object]) -> None:
    verdicts.store(make_verdict(ground_of(ground_file)), make_start())
    change(ground_file)
    assert not hits(verdicts, make_start())
    assert len(verdicts) == 0


def with_content(ground: verdict_v1.FileGround, content: bytes = b"[project]") -> verdict_v1.FileGround:
    ground.content = content
    return ground


@pytest.mark.parametrize(("change", "holds"), [(rewrite, True), (replace, True), (touch_back, False), (Path.unlink, False)])
def test_a_small_file_that_is_written_anew_counts_by_what_it_holds(
    verdicts: Verdicts, ground_file: Path, change: Callable[[Path], object], holds: bool
) -> None:
    ground_file.write_text("[project]")
    verdicts.store(make_verdict(with_content(ground_of(ground_file))), make_start())
    change(ground_file)
    assert hits(verdicts, make_start()) == holds


def test_what_was_written_just_before_it_was_read_counts_by_what_it_held_alone(verdicts: Verdicts, ground_file: Path) -> None:
    ground_file.write_text("[project]")
    ground = with_content(ground_of(ground_file))
    assert verdicts.store(make_verdict(ground, read_ns=ground.mtime_ns), make_start()) == ""
    assert hits(verdicts, make_start())
    touch_back(ground_file)
    assert not hits(verdicts, make_start())


def test_what_a_file_held_is_not_written_down_if_it_has_a_login(verdicts: Verdicts, ground_file: Path, tmp_path: Path) -> None:
    secret = make_verdict(with_content(ground_of(ground_file), b"--index-url https://me:word@index.example/simple"))
    verdicts.store(secret, make_start())
    verdicts.persist(secret)
    assert not list(tmp_path.rglob("*.bin"))


def test_a_file_that_appears_ends_a_verdict(verdicts: Verdicts, tmp_path: Path) -> None:
    absent = tmp_path / "uv.toml"
    verdicts.store(make_verdict(verdict_v1.FileGround(path=os.fsencode(absent))), make_start())
    assert hits(verdicts, make_start())
    absent.touch()
    assert not hits(verdicts, make_start())


def test_a_path_below_a_file_counts_as_absent(verdicts: Verdicts, ground_file: Path) -> None:
    verdicts.store(make_verdict(verdict_v1.FileGround(path=os.fsencode(ground_file / "x"))), make_start())
    assert hits(verdicts, make_start())


def test_a_directory_holds_whatever_its_size(verdicts: Verdicts, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    verdicts.store(make_verdict(ground_of(folder)), make_start())
    assert hits(verdicts, make_start())
    (folder / "new").touch()
    assert not hits(verdicts, make_start())


def test_a_link_itself_can_be_a_ground(verdicts: Verdicts, ground_file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(ground_file)
    verdicts.store(make_verdict(ground_of(link, is_link=True)), make_start())
    rewrite(ground_file)
    assert hits(verdicts, make_start())
    link.unlink()
    link.symlink_to(tmp_path)
    assert not hits(verdicts, make_start())


@pytest.mark.parametrize(
    "start",
    [
        make_start((b"lock",)),
        make_start((b"sync", b"--frozen")),
        make_start(cwd=b"/elsewhere"),
        make_start(umask=0o077),
        make_start(program=b"/other/hob"),
        make_start(terminal=execute_v1.Terminal(columns=100)),
        make_start(terminal=execute_v1.Terminal(stdin_is_tty=True)),
        make_start(terminal=execute_v1.Terminal(stdout_is_tty=True)),
    ],
    ids=["command", "options", "cwd", "umask", "program", "columns", "stdin", "stdout"],
)
def test_another_request_is_no_hit(verdicts: Verdicts, start: execute_v1.Start) -> None:
    verdicts.store(make_verdict(), make_start())
    assert not hits(verdicts, start)
    assert hits(verdicts, make_start())


def test_the_width_counts_only_on_a_terminal(verdicts: Verdicts) -> None:
    piped = make_start()
    piped.terminal.stderr_is_tty = False
    verdicts.store(make_verdict(), piped)
    piped.terminal.columns = 132
    assert hits(verdicts, piped)


@pytest.mark.parametrize(
    ("ground", "holds"),
    [
        (verdict_v1.EnvGround(name=b"UV_OFFLINE", is_set=True, value=b"1"), True),
        (verdict_v1.EnvGround(name=b"UV_OFFLINE", is_set=True, value=b"0"), False),
        (verdict_v1.EnvGround(name=b"UV_OFFLINE"), False),
        (verdict_v1.EnvGround(name=b"UV_FROZEN"), True),
        (verdict_v1.EnvGround(name=b"UV_FROZEN", is_set=True), False),
        (verdict_v1.EnvGround(name=b"UV_*", is_set=True, value=b"UV_INDEX_A=x\0UV_OFFLINE=1"), True),
        (verdict_v1.EnvGround(name=b"UV_*", is_set=True, value=b"UV_OFFLINE=1"), False),
        (verdict_v1.EnvGround(name=b"PIP_*"), True),
    ],
)
def test_a_variable_that_was_read_must_be_as_it_was(verdicts: Verdicts, ground: verdict_v1.EnvGround, holds: bool) -> None:
    verdicts.store(make_verdict(env=(ground,)), make_start())
    assert hits(verdicts, make_start()) == holds


def test_an_expired_verdict_is_none(verdicts: Verdicts) -> None:
    verdicts.store(make_verdict(expires_ns=100, read_ns=50), make_start())
    assert hits(verdicts, make_start(), now_ns=99)
    assert not hits(verdicts, make_start(), now_ns=100)


def test_a_clock_that_went_back_ends_what_expires(verdicts: Verdicts) -> None:
    verdicts.store(make_verdict(expires_ns=100, read_ns=50), make_start())
    assert not hits(verdicts, make_start(), now_ns=49)


def test_verdicts_can_be_switched_off(verdicts: Verdicts) -> None:
    verdicts.store(make_verdict(), make_start())
    assert not hits(verdicts, make_start(), {**ENVIRONMENT, b"HOB_VERDICTS": b"off"})


def test_further_arguments_pass_through_to_what_is_executed(verdicts: Verdicts) -> None:
    verdicts.store(make_verdict(argv=(b"run", b"x"), takes_rest=True), make_start((b"run", b"x", b"one")))
    found = verdicts.lookup(make_start((b"run", b"x", b"two", b"three")), ENVIRONMENT, 1)
    assert list(found.events[-1].exec.argv) == [b"x", b"two", b"three"]
    again = verdicts.lookup(make_start((b"run", b"x")), ENVIRONMENT, 1)
    assert list(again.events[-1].exec.argv) == [b"x"]


def test_a_verdict_on_a_whole_line_takes_no_further_arguments(verdicts: Verdicts) -> None:
    verdicts.store(make_verdict(argv=(b"run", b"x")), make_start((b"run", b"x")))
    assert not hits(verdicts, make_start((b"run", b"x", b"y")))


def test_a_file_that_changed_just_before_it_was_read_proves_nothing(verdicts: Verdicts, ground_file: Path) -> None:
    ground = ground_of(ground_file)
    changed_at = max(ground.mtime_ns, ground.ctime_ns)
    assert verdicts.store(make_verdict(ground, read_ns=changed_at + 19_000_000), make_start()) != ""
    assert verdicts.store(make_verdict(ground, read_ns=changed_at + 20_000_000), make_start()) == ""


@pytest.mark.parametrize(
    "verdict",
    [verdict_v1.Verdict(schema=2), verdict_v1.Verdict(schema=1), make_verdict(argv=(b"lock",)), make_verdict(argv=())],
    ids=["schema", "no events", "another command", "arguments left out"],
)
def test_a_verdict_that_does_not_fit_is_not_kept(verdicts: Verdicts, verdict: verdict_v1.Verdict) -> None:
    assert verdicts.store(verdict, make_start()) != ""
    assert len(verdicts) == 0


def test_an_event_for_a_file_or_its_folder_drops_what_rests_on_it(verdicts: Verdicts, ground_file: Path) -> None:
    verdicts.store(make_verdict(ground_of(ground_file)), make_start())
    assert verdicts.invalidate([b"/somewhere/else"]) == 0
    assert verdicts.invalidate([os.fsencode(ground_file)]) == 1
    verdicts.store(make_verdict(ground_of(ground_file.parent)), make_start())
    assert verdicts.invalidate([os.fsencode(ground_file.parent / "new")]) == 1
    assert len(verdicts) == 0


def test_a_verdict_outlives_its_daemon(tmp_path: Path) -> None:
    files = VerdictFiles(tmp_path / "verdicts")
    first = Verdicts(BUILD, files)
    verdict = make_verdict()
    first.store(verdict, make_start())
    first.persist(verdict)
    name = fnv1a_64(verdict_key(BUILD, b"/project", (b"sync",)))
    assert [path.name for path in (tmp_path / "verdicts").iterdir()] == [f"{name}.bin"]
    assert (tmp_path / "verdicts" / f"{name}.bin").stat().st_mode & 0o777 == 0o600
    assert hits(Verdicts(BUILD, files), make_start())
    assert not hits(Verdicts(b"ffffffff", files), make_start())


@pytest.mark.parametrize("data", [b"", b"\xff\xff\xff", b"\x08\x02"])
def test_a_torn_file_is_no_verdict(tmp_path: Path, data: bytes) -> None:
    files = VerdictFiles(tmp_path / "verdicts")
    files.write(fnv1a_64(verdict_key(BUILD, b"/project", (b"sync",))), data)
    assert not hits(Verdicts(BUILD, files), make_start())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (b"UV_PUBLISH_TOKEN", b"t"),
        (b"UV_INDEX_A_PASSWORD", b"p"),
        (b"UV_DEFAULT_INDEX", b"https://me:secret@index.example/simple"),
        (b"UV_INDEX_*", b"UV_INDEX_A_PASSWORD=p"),
    ],
)
def test_a_verdict_that_holds_a_secret_stays_in_memory(tmp_path: Path, name: bytes, value: bytes) -> None:
    verdicts = Verdicts(BUILD, VerdictFiles(tmp_path / "verdicts"))
    verdict = make_verdict(env=(verdict_v1.EnvGround(name=name, is_set=True, value=value),))
    assert verdicts.store(verdict, make_start()) == ""
    verdicts.persist(verdict)
    assert not (tmp_path / "verdicts").exists()


def test_a_verdict_on_a_command_line_with_a_password_stays_in_memory(tmp_path: Path) -> None:
    words = (b"run", b"--with", b"kit @ git+https://me:secret@git.example/kit")
    verdicts = Verdicts(BUILD, VerdictFiles(tmp_path / "verdicts"))
    verdict = make_verdict(argv=words)
    assert verdicts.store(verdict, make_start(words)) == ""
    verdicts.persist(verdict)
    assert not (tmp_path / "verdicts").exists()


def test_the_table_forgets_what_was_not_used_for_longest(verdicts: Verdicts) -> None:
    for number in range(1_001):
        words = (b"sync", str(number).encode())
        verdicts.store(make_verdict(argv=words), make_start(words))
    assert len(verdicts) == 1_000
    assert not hits(verdicts, make_start((b"sync", b"0")))
    assert hits(verdicts, make_start((b"sync", b"1")))


def test_at_most_256_files_are_kept_the_newest(tmp_path: Path) -> None:
    files = VerdictFiles(tmp_path / "verdicts")
    for number in range(300):
        files.write(f"{number:016x}", b"x")
        os.utime(tmp_path / "verdicts" / f"{number:016x}.bin", ns=(number, number + 1))
    left = sorted(path.name for path in (tmp_path / "verdicts").iterdir())
    assert len(left) <= 256
    assert f"{299:016x}.bin" in left
    assert f"{0:016x}.bin" not in left


def test_a_replay_is_one_batch_and_asks_no_engine(tmp_path: Path) -> None:
    """The hot path costs one lookup and one `stat` a ground: hundreds of grounds stay far below a millisecond each."""
    verdicts = Verdicts(BUILD, VerdictFiles(tmp_path / "verdicts"))
    for number in range(70):
        (tmp_path / str(number)).touch()
    verdicts.store(make_verdict(*(ground_of(tmp_path / str(number)) for number in range(70))), make_start())
    began = time.perf_counter()
    for _ in range(20):
        assert hits(verdicts, make_start())
    assert (time.perf_counter() - began) / 20 < 0.005
