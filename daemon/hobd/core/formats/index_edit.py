"""Writing an index into `[[tool.uv.index]]`: the newest comes first, and replaces what it is another name or address of (ADD-10)."""

import re

from msgspec import Struct
from msgspec.structs import replace

from hobd.core.formats.shapes import quoted
from hobd.core.formats.toml_edit import TomlDocument
from hobd.core.formats.toml_syntax import Header, statements_of
from hobd.core.formats.urls import without_credentials
from hobd.core.vocab.index import Index

_LINE = re.compile(r"^(?P<key>[A-Za-z-]+)(?P<equals>\s*=\s*)(?P<value>\"[^\"\n]*\"|'[^'\n]*'|true|false)", re.MULTILINE)
_PLACE = ("tool", "uv", "index")


class _Block(Struct, frozen=True):
    """One table with its text, from the header to the next one."""

    start: int
    end: int
    text: str

    def value(self, key: str) -> str | None:
        found = next((line for line in _LINE.finditer(self.text) if line["key"] == key), None)
        return None if found is None else found["value"].strip("\"'")

    def with_value(self, key: str, value: str, newline: str) -> "_Block":
        """The table with a key set; a new key comes last."""
        found = next((line for line in _LINE.finditer(self.text) if line["key"] == key), None)
        if found is not None:
            return replace(self, text=self.text[: found.start("value")] + value + self.text[found.end("value") :])
        return replace(self, text=f"{self.text.rstrip()}{newline}{key} = {value}{newline}")


def add_index(text: str, index: Index, address: str) -> str:
    """Put an index in front of the others.

    Args:
        text: the document.
        index: its credentials are not written.
        address: its URL, or for a folder the path as the document is to say it.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    blocks = _blocks(text)
    same = [block for block in blocks if _is_same(block, index, address)]
    block = same[0] if same else _Block(0, 0, f"[[{'.'.join(_PLACE)}]]{newline}")
    for key, value in _values(index, address).items():
        block = block.with_value(key, value, newline)
    if blocks and blocks[0] in same and len(same) == 1:
        return text[: blocks[0].start] + _ended(block.text, newline, text[blocks[0].end :]) + text[blocks[0].end :]
    for gone in reversed(same):
        text = text[: gone.start] + text[gone.end :]
    rest = _blocks(text)
    if rest:
        start = rest[0].start
        return text[:start] + block.text.rstrip() + 2 * newline + text[start:]
    end = TomlDocument(text).end_of_relatives(_PLACE)
    before = text[:end].rstrip()
    return before + (2 * newline if before else "") + block.text.rstrip() + newline + text[end:]


def _values(index: Index, address: str) -> dict[str, str]:
    values: dict[str, str] = {}
    if index.name is not None:
        values["name"] = quoted(index.name)
    values["url"] = quoted(without_credentials(address))
    if index.is_default:
        values["default"] = "true"
    return values


def _ended(text: str, newline: str, rest: str) -> str:
    return text.rstrip() + newline + (newline if rest else "")


def _is_same(block: _Block, index: Index, address: str) -> bool:
    if index.name is not None and block.value("name") == index.name:
        return True
    if index.is_default and block.value("default") == "true":
        return True
    return (block.value("url") or "").rstrip("/") == without_credentials(address).rstrip("/")


def _blocks(text: str) -> list[_Block]:
    headers = [statement for statement in statements_of(text) if isinstance(statement, Header)]
    starts = [text.rfind("\n", 0, header.span[0]) + 1 for header in headers] + [len(text)]
    found: list[_Block] = []
    for position, header in enumerate(headers):
        names = tuple(text[key.start : key.end].strip("\"'") for key in header.keys)
        if header.is_array and names == _PLACE:
            start, end = starts[position], starts[position + 1]
            found.append(_Block(start, end, text[start:end]))
    return found
