"""What a disk refuses comes with its reason and a way out; what may be a bug does not hide behind that."""

import errno
import os

import pytest

from hobd.core.vocab.disk import find_trouble, os_cause, os_reason


@pytest.mark.parametrize(
    ("number", "hint"),
    [
        (errno.ENOSPC, "no inodes left"),
        (errno.EDQUOT, "Your quota is used up"),
        (errno.EIO, "look at the system's log"),
        (errno.EROFS, "mounted read-only"),
        (errno.EMFILE, "ulimit -n"),
    ],
)
def test_every_refusal_comes_with_a_way_out(number: int, hint: str) -> None:
    trouble = find_trouble(OSError(number, os.strerror(number), "a/file"))
    assert trouble is not None
    assert trouble.causes == (f"`a/file`: {os.strerror(number)} (os error {number})",)
    assert hint in trouble.hints[0]


def test_what_may_be_a_bug_stays_one() -> None:
    assert find_trouble(FileNotFoundError(errno.ENOENT, "No such file or directory", "x")) is None
    assert find_trouble(ValueError("x")) is None


def test_errors_without_number_or_file_are_told_as_they_are() -> None:
    assert os_reason(OSError("odd")) == "odd"
    assert os_cause(OSError(errno.EIO, "Input/output error")) == "Input/output error (os error 5)"
