"""Records are made in one way: see the README's architecture section."""

from pathlib import Path

HOUSE = Path(__file__).parents[2] / "daemon" / "hobd"


def test_a_dataclass_is_left_only_where_fields_take_no_part_in_comparisons() -> None:
    texts = {str(path.relative_to(HOUSE)): path.read_text() for path in HOUSE.rglob("*.py")}
    others = [path for path, text in texts.items() if "from dataclasses" in text and "compare=False" not in text]
    assert others == []
    assert any("msgspec import Struct" in text for text in texts.values())
