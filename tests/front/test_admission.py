from itertools import count
from pathlib import Path

import pytest

from hob.v1 import execute_pb2 as execute_v1
from hobd.build_id import compute_build_id, fnv1a_64
from hobd.front.admission import Queue
from hobd.front.calls import Call
from hobd.front.command_line import first_words, is_repeatable, is_status, shown

_ids = count(1)


def waiting(cwd: bytes, priority: execute_v1.Priority = execute_v1.PRIORITY_INTERACTIVE) -> Call:
    return Call(next(_ids), execute_v1.Start(cwd=cwd, argv=[b"hob", b"sync"], priority=priority))


def drain(queue: Queue) -> list[Call]:
    calls = []
    while (call := queue.pop()) is not None:
        calls.append(call)
    return calls


def test_directories_take_turns() -> None:
    queue = Queue()
    many = [waiting(b"/a") for _ in range(3)]
    one = waiting(b"/b")
    for call in (*many, one):
        queue.put(call)
    assert drain(queue) == [many[0], one, many[1], many[2]]


def test_people_come_before_editors_and_editors_before_work_done_ahead() -> None:
    queue = Queue()
    background = waiting(b"/a", execute_v1.PRIORITY_BACKGROUND)
    editor = waiting(b"/a", execute_v1.PRIORITY_EDITOR)
    person = waiting(b"/a", execute_v1.PRIORITY_UNSPECIFIED)
    for call in (background, editor, person):
        queue.put(call)
    assert len(queue) == 3
    assert drain(queue) == [person, editor, background]


def test_a_call_whose_engine_died_comes_first() -> None:
    queue = Queue()
    first, again = waiting(b"/a"), waiting(b"/b")
    queue.put(first)
    queue.put_back(again)
    assert drain(queue) == [again, first]


def test_a_call_that_nobody_waits_for_leaves_the_queue() -> None:
    queue = Queue()
    call = waiting(b"/a")
    queue.put(call)
    assert queue.remove(call)
    assert not queue.remove(call)
    assert len(queue) == 0


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"hob sync", (b"sync",)),
        (b"hob --directory sync lock", (b"lock",)),
        (b"hob --directory=x -q pip --verbose list", (b"pip", b"list")),
        (b"hob", ()),
        (b"hob --version", ()),
    ],
)
def test_first_words_are_no_options_and_no_values_of_options(line: bytes, words: tuple[bytes, ...]) -> None:
    assert first_words(line.split()) == words


@pytest.mark.parametrize(
    ("line", "repeatable"),
    [
        (b"hob sync", True),
        (b"hob publish", False),
        (b"hob version", True),
        (b"hob version --short", True),
        (b"hob version --bump=minor", False),
        (b"hob version 1.2", False),
        (b"hob auth login index.example", False),
        (b"hob auth token index.example", True),
        (b"hob self update", False),
        (b"hob self version", True),
        (b"hob run publish", True),
    ],
)
def test_what_may_be_done_twice(line: bytes, repeatable: bool) -> None:
    assert is_repeatable(line.split()) == repeatable


def test_what_is_shown_of_a_command_line_holds_no_arguments() -> None:
    assert shown([b"hob", b"add", b"x @ https://me:secret@files.example/x"]) == "add"
    assert shown([b"hob", b"pip", b"install", b"x"]) == "pip install"
    assert shown([b"hob", b"--help"]) == "help"


def test_only_daemon_status_is_the_fronts() -> None:
    assert is_status([b"hob", b"-q", b"daemon", b"status", b"--json"])
    assert not is_status([b"hob", b"daemon", b"stop"])


def test_the_build_id_is_that_of_the_specification() -> None:
    assert fnv1a_64(b"") == "cbf29ce484222325"
    assert fnv1a_64(b"a") == "af63dc4c8601ec8c"
    assert compute_build_id("0.1.0", "/opt/hob/bin") == fnv1a_64(b"hob 1 0.1.0\0" + str(Path("/opt/hob/bin")).encode())[:8]
