"""What hob did to files, taken back and done again."""

from hobd.core.plan.file_changes import FileChange, Step, compose, find_way, retrace

ADD = FileChange("pyproject.toml", "one", "two")
LOCK = FileChange("uv.lock", None, "lock two")
AGAIN = FileChange("pyproject.toml", "two", "three")


def test_changes_one_after_the_other_are_one() -> None:
    assert compose([ADD, LOCK, AGAIN]) == (FileChange("pyproject.toml", "one", "three"), LOCK)


def test_an_edit_in_between_begins_anew() -> None:
    assert compose([ADD, FileChange("pyproject.toml", "by hand", "three")]) == (FileChange("pyproject.toml", "by hand", "three"),)


def test_there_and_back_is_no_change() -> None:
    assert compose([ADD, ADD.reversed]) == ()


def test_the_way_back_is_the_way_there_turned_round() -> None:
    steps = {1: Step(None, ()), 2: Step(1, (ADD, LOCK)), 3: Step(2, (AGAIN,))}

    way = find_way(steps, 3, 1)

    assert way == [(AGAIN.reversed,), (ADD.reversed, LOCK.reversed)]
    assert retrace(way, {"pyproject.toml": "three", "uv.lock": "lock two"}).texts == {"pyproject.toml": "one", "uv.lock": None}


def test_from_one_branch_to_another_the_way_goes_by_where_both_come_from() -> None:
    other = FileChange("pyproject.toml", "one", "other")
    steps = {1: Step(None, ()), 2: Step(1, (ADD,)), 3: Step(1, (other,))}

    assert find_way(steps, 2, 3) == [(ADD.reversed,), (other,)]
    assert find_way(steps, 2, 2) == []


def test_a_parent_that_is_gone_still_is_where_both_come_from() -> None:
    steps = {4: Step(3, (ADD,)), 5: Step(3, (AGAIN,))}

    assert find_way(steps, 4, 5) == [(ADD.reversed,), (AGAIN,)]
    assert find_way({4: Step(3, ()), 1: Step(None, ())}, 4, 1) is None


def test_what_was_edited_since_is_named_and_what_is_back_already_is_fine() -> None:
    way = [(AGAIN.reversed, LOCK.reversed)]

    assert retrace(way, {"pyproject.toml": "by hand", "uv.lock": "lock two"}).edited == ("pyproject.toml",)
    assert retrace(way, {"pyproject.toml": "two", "uv.lock": None}).texts == {}
