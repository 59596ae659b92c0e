"""What is known of environments: who they are, what they hold, when they were used."""

import os
from pathlib import Path

import pytest

from hobd.core.vocab.names import Name
from hobd.environments import register as register_module
from hobd.environments.register import DAY_SECONDS, KnownEnvironment, Register, identity_of

ONE, TWO = Name("one"), Name("two")
NOW = 1_700_000_000.0


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return Register(tmp_path / "cache")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "project" / ".venv").mkdir(parents=True)
    return tmp_path / "project" / ".venv"


def test_what_was_noted_is_found(register: Register, place: Path) -> None:
    register.note(place, now=NOW, python="3.12.1", project=place.parent, installed={TWO: "22", ONE: "11"})
    identity = identity_of(place)
    assert identity is not None
    known = KnownEnvironment(
        path=place, identity=identity, project=place.parent, python="3.12.1", used=NOW, wheels=((ONE, "11"), (TWO, "22"))
    )
    assert register.find(place) == known
    assert list(register.every()) == [known]
    assert known.is_there


def test_a_change_adds_to_what_is_known_and_takes_from_it(register: Register, place: Path) -> None:
    register.note(place, now=NOW, python="3.12.1", project=place.parent, installed={ONE: "11", TWO: "22"})
    register.note(place, now=NOW + 5, python="3.12.2", removed={ONE}, installed={Name("three"): "33"})
    known = register.find(place)
    assert known is not None
    assert (known.wheels, known.project, known.used) == (((Name("three"), "33"), (TWO, "22")), place.parent, NOW + 5)


def test_of_an_environment_that_was_made_anew_nothing_is_known(register: Register, place: Path) -> None:
    register.note(place, now=NOW, python="3.12.1", installed={ONE: "11"})
    place.rename(place.with_name("old"))
    place.mkdir()
    assert register.find(place) is None
    assert not register.touch(place, NOW)
    assert [known.is_there for known in register.every()] == [False]
    register.note(place, now=NOW, python="3.12.1", installed={TWO: "22"})
    assert [known.wheels for known in register.every()] == [((TWO, "22"),)]


def test_a_use_is_due_once_a_day(register: Register, place: Path) -> None:
    assert register.is_due(place, NOW)
    register.note(place, now=NOW, python="3.12.1", installed={})
    assert [register.is_due(place, NOW + age) for age in (0, DAY_SECONDS - 1, DAY_SECONDS, -60)] == [False, False, True, True]
    assert register.touch(place, NOW + DAY_SECONDS)
    assert register.last_noted(place) == NOW + DAY_SECONDS


def test_what_may_be_on_a_disk_that_is_away_is_told_from_what_is_gone(register: Register, place: Path) -> None:
    register.note(place, now=NOW, python="3.12.1", installed={})
    (known,) = register.every()
    place.rmdir()
    assert (known.is_there, known.may_come_back) == (False, False)
    place.parent.rmdir()
    assert (known.is_there, known.may_come_back) == (False, True)
    register.forget(place)
    assert list(register.every()) == []


def test_damaged_records_say_nothing_and_are_written_anew(register: Register, place: Path, tmp_path: Path) -> None:
    register.note(place, now=NOW, python="3.12.1", installed={ONE: "11"})
    (file,) = (tmp_path / "cache").rglob("*.json")
    for text in ("", "[]", '{"path": 3}', file.read_text().replace('"11"', "1").replace('{"one', '[{"one').replace("}", "}]", 1)):
        file.write_text(text)
        assert register.find(place) is None
        assert list(register.every()) == []
    register.note(place, now=NOW, python="3.12.1", installed={ONE: "11"})
    assert register.find(place) is not None


def test_the_register_does_not_grow_without_end(register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register_module, "_MOST", 3)
    for number in range(5):
        (tmp_path / str(number)).mkdir()
        register.note(tmp_path / str(number), now=NOW + number, python="3.12.1", installed={})
    assert [known.path.name for known in register.every()] == ["2", "3", "4"]


def test_a_cache_that_is_no_folder_is_left_alone(tmp_path: Path, place: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    register = Register(tmp_path / "cache")
    register.note(place, now=NOW, python="3.12.1", installed={})
    register.forget(place)
    assert list(register.every()) == []
    assert os.listdir(place) == []
