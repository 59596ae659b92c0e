"""Machines and systems by the words of keys."""

import pytest

from hobd.environments.key_words import as_keys_spell, libc_as_keys_spell


@pytest.mark.parametrize(
    ("name", "word"),
    [("darwin", "macos"), ("arm64", "aarch64"), ("i686", "x86"), ("ppc64le", "powerpc64le"), ("armv7l", "armv7"), ("x86_64", "x86_64")],
)
def test_what_kernels_say_is_spelled_as_in_keys(name: str, word: str) -> None:
    assert as_keys_spell(name) == word


@pytest.mark.parametrize(
    ("libc", "machine", "word"),
    [
        ("glibc", "x86_64", "gnu"),
        ("musl", "aarch64", "musl"),
        ("glibc", "armv7", "gnueabihf"),
        (None, "armv7", "none"),
        (None, "aarch64", "none"),
    ],
)
def test_the_libc_of_a_machine_may_have_a_word_of_its_own(libc: str | None, machine: str, word: str) -> None:
    assert libc_as_keys_spell(libc, machine) == word
