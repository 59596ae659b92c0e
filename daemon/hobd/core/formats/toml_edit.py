"""Edits of TOML text that leave everything else as it is: comments, order, spelling, line ends.

    text ─toml_syntax→ places ─→ one splice ─→ text

Lists are laid out as uv lays them out once it touches them: one entry a line, with a comma behind the last.
"""

import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from hobd.core.formats.shapes import quoted
from hobd.core.formats.toml_syntax import Header, Statement, Value, parse_document

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_INDENTATION = "    "


class Entry(Struct, frozen=True):
    """An entry of a list with the comments that belong to it."""

    text: str
    """As it stands in the file: a quoted string, an inline table."""
    above: tuple[str, ...] = ()
    """Comments on lines of their own, from `#` on."""
    behind: str = ""
    """The comment on the entry's own line, with the blanks before it."""
    lead: str = ""
    """The blanks before the entry on its line."""


class Listing(Struct, frozen=True):
    """A list in its text."""

    entries: tuple[Entry, ...]
    indentation: str = _INDENTATION
    opening: str = ""
    """The comment behind the `[`, with the blanks before it."""
    below: tuple[str, ...] = ()
    """Comments on lines of their own before the `]`."""

    def render(self, newline: str) -> str:
        """The text of the list."""
        if not self.entries and not self.opening and not self.below:
            return "[]"
        lines = ["[" + self.opening]
        for entry in self.entries:
            lines += [self.indentation + comment for comment in entry.above]
            lines.append(f"{self.indentation}{entry.text},{entry.behind}")
        lines += [self.indentation + comment for comment in self.below]
        return newline.join([*lines, "]"])

    def insert(self, index: int, entry: Entry) -> "Listing":
        """The list with one more entry. It comes below the comments that stand there, but never above all other entries."""
        before, after = self.entries[:index], self.entries[index:]
        if not before:
            return replace(self, entries=(entry, *after))
        if not after:
            return replace(self, entries=(*before, replace(entry, above=self.below)), below=())
        moved = replace(entry, above=after[0].above)
        return replace(self, entries=(*before, moved, replace(after[0], above=()), *after[1:]))

    def substitute(self, index: int, text: str) -> "Listing":
        """The list with another text for one entry; its comments stay."""
        return replace(self, entries=(*self.entries[:index], replace(self.entries[index], text=text), *self.entries[index + 1 :]))

    def remove(self, index: int) -> "Listing":
        """The list without an entry; its comments stay, before what follows. What comes first now says how far all are indented."""
        gone = self.entries[index]
        comments = (*gone.above, *((gone.behind.lstrip(),) if gone.behind else ()))
        rest = self.entries[index + 1 :]
        if not rest:
            indentation = self.indentation if index else _INDENTATION
            return replace(self, indentation=indentation, entries=self.entries[:index], below=(*comments, *self.below))
        following = replace(rest[0], above=(*comments, *rest[0].above))
        indentation = self.indentation if index else rest[0].lead or _INDENTATION
        return replace(self, indentation=indentation, entries=(*self.entries[:index], following, *rest[1:]))


class TomlDocument(Struct):
    """A document under edit: every change gives the next text."""

    text: str
    newline: str = ""
    _parsed: tuple[str, list[Statement], Value] | None = None
    """The text as it was last looked at, with what it says: one edit looks several times."""

    def __post_init__(self) -> None:
        self.newline = "\r\n" if "\r\n" in self.text else "\n"

    def find(self, *keys: str) -> Value | None:
        """The value at a place; None where there is none."""
        found = self._parse()[1]
        for key in keys:
            if key not in found.children:
                return None
            found = found.children[key][1]
        return found

    def _parse(self) -> tuple[list[Statement], Value]:
        if self._parsed is None or self._parsed[0] is not self.text:
            self._parsed = self.text, *parse_document(self.text)
        return self._parsed[1:]

    def raw(self, value: Value) -> str:
        """The text of a value."""
        return self.text[value.span[0] : value.span[1]]

    def items(self, *keys: str) -> tuple[Value, ...]:
        """The entries of the list at a place; none where there is no list."""
        found = self.find(*keys)
        return () if found is None else tuple(found.items)

    def substitute(self, value: Value, text: str) -> None:
        """Put a text in the place of a value; places behind it are others then."""
        self._splice(value.span[0], value.span[1], text)

    def read_list(self, *keys: str) -> Listing:
        """The list at a place; an empty one where there is none."""
        found = self.find(*keys)
        return Listing(()) if found is None else _read_listing(self.text, found)

    def write(self, keys: tuple[str, ...], text: str, *, keeps_order: bool = False) -> None:
        """Set the value at a place to a text; the key and its table are made where they are missing.

        Args:
            keys: where.
            text: the value.
            keeps_order: whether a new key takes its place among keys that are sorted; else it comes last.
        """
        found = self.find(*keys)
        if found is not None:
            self._splice(found.span[0], found.span[1], text)
        elif self._is_inline(keys[:-1]):
            self._insert_inline(keys, text)
        else:
            self._insert_line(keys, text, keeps_order=keeps_order)

    def write_list(self, keys: tuple[str, ...], listing: Listing, *, keeps_order: bool = False) -> None:
        """Set the list at a place: see `write`."""
        self.write(keys, listing.render(self.newline), keeps_order=keeps_order)

    def remove(self, *keys: str) -> None:
        """Remove a key with its line or its table; the table above that is empty then is removed too, the root of the document never."""
        statement = self._statement_of(keys)
        if statement is not None:
            start, end = self._line_span(statement)
            self._splice(start, end, "")
        elif self._is_inline(keys[:-1]):
            self._remove_inline(keys)
        else:
            self._remove_section(keys)
        table = self.find(*keys[:-1])
        if len(keys) > 1 and table is not None and not table.children:
            self._remove_header(keys[:-1]) if not table.is_inline else self.remove(*keys[:-1])

    def _splice(self, start: int, end: int, text: str) -> None:
        self.text = self.text[:start] + text + self.text[end:]

    def _is_inline(self, table: tuple[str, ...]) -> bool:
        found = self.find(*table) if table else None
        return found is not None and found.is_inline and self.text[found.span[0]] == "{"

    def _insert_inline(self, keys: tuple[str, ...], text: str) -> None:
        table = self.find(*keys[:-1])
        assert table is not None  # the caller has looked
        pair = f"{_key(keys[-1])} = {text}"
        if not table.children:
            self._splice(*table.span, f"{{ {pair} }}")
            return
        last = max(value.span[1] for _, value in table.children.values())
        self._splice(last, last, f", {pair}")

    def _remove_inline(self, keys: tuple[str, ...]) -> None:
        table = self.find(*keys[:-1])
        assert table is not None  # the caller has looked
        pairs = [self.text[span[0] : value.span[1]] for key, (span, value) in table.children.items() if key != keys[-1]]
        self._splice(*table.span, f"{{ {', '.join(pairs)} }}" if pairs else "{}")

    def _insert_line(self, keys: tuple[str, ...], text: str, *, keeps_order: bool) -> None:
        """Behind the last line of the table, or among its lines; a new table comes behind its relatives."""
        line = f"{_key(keys[-1])} = {text}{self.newline}"
        end = self._end_of_smaller(keys) if keeps_order else self._end_of_section(keys[:-1])
        if end is None:
            end = self.end_of_relatives(keys[:-1])
            gap = self.newline if self.text[:end].strip() else ""
            line = f"{gap}[{'.'.join(map(_key, keys[:-1]))}]{self.newline}{line}"
        before = self.text[:end]
        is_ended = before.endswith("\n") or not before
        self.text = before + ("" if is_ended else self.newline) + line + self.text[end:]

    def _end_of_smaller(self, keys: tuple[str, ...]) -> int | None:
        """Behind the line of the next smaller key of a sorted table with a header of its own; of any other table the end."""
        end = self._end_of_section(keys[:-1])
        table = self.find(*keys[:-1])
        if end is None or table is None or list(table.children) != sorted(table.children):
            return end
        smaller = [value for key, (_, value) in table.children.items() if key < keys[-1]]
        if smaller:
            return self._line_end(smaller[-1].span[1])
        return next(line_end for header, line_end in self._lines() if header == keys[:-1])

    def _end_of_section(self, table: tuple[str, ...]) -> int | None:
        """Where a line may be added to a table with a header of its own; None where it has none."""
        end = None if table else 0
        for header, line_end in self._lines():
            if header == table:
                end = line_end
        return end

    def end_of_relatives(self, table: tuple[str, ...]) -> int:
        """Where a new table belongs: before the tables in it, else behind those that share most keys with it, else at the end."""
        previous = 0
        for header, line_end in self._lines():
            if table and header[: len(table)] == table and header != table:
                return previous
            previous = line_end
        for length in range(len(table) - 1, 0, -1):
            found = [line_end for header, line_end in self._lines() if header[:length] == table[:length]]
            if found:
                return found[-1]
        return len(self.text)

    def _lines(self) -> Iterator[tuple[tuple[str, ...], int]]:
        """For each statement the table that it belongs to, and where its last line ends; tables of lists count as none."""
        header: tuple[str, ...] = ()
        for statement in self._parse()[0]:
            if isinstance(statement, Header):
                header = self._names(statement) if not statement.is_array else (*self._names(statement), "[]")
                yield header, self._line_end(statement.span[1])
            else:
                yield header, self._line_end(statement[1].span[1])

    def _names(self, header: Header) -> tuple[str, ...]:
        return tuple(_unquoted(self.text[key.start : key.end]) for key in header.keys)

    def _statement_of(self, keys: tuple[str, ...]) -> tuple[int, int] | None:
        """The span of the line `key = value` that sets a place."""
        prefix: tuple[str, ...] = ()
        for statement in self._parse()[0]:
            if isinstance(statement, Header):
                prefix = self._names(statement)
            else:
                names = tuple(_unquoted(self.text[key.start : key.end]) for key in statement[0])
                if (*prefix, *names) == keys:
                    return statement[0][0].start, statement[1].span[1]
        return None

    def _remove_header(self, table: tuple[str, ...]) -> None:
        """Remove the header of an empty table, with the comments and empty lines before it."""
        previous = 0
        for header, line_end in self._lines():
            if header == table:
                self._splice(previous, line_end, "")
                return
            previous = line_end

    def _remove_section(self, table: tuple[str, ...]) -> None:
        """Remove a table that has a header of its own, with its lines and what stands before it."""
        previous, end = 0, None
        for header, line_end in self._lines():
            if header == table:
                end = line_end
            elif end is None:
                previous = line_end
        if end is not None:
            self._splice(previous, end, "")

    def _line_span(self, span: tuple[int, int]) -> tuple[int, int]:
        start = self.text.rfind("\n", 0, span[0]) + 1
        return start, self._line_end(span[1])

    def _line_end(self, position: int) -> int:
        found = self.text.find("\n", position)
        return len(self.text) if found < 0 else found + 1


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else quoted(name)


def _unquoted(raw: str) -> str:
    return raw[1:-1] if raw[:1] in ("'", '"') else raw


def _read_listing(text: str, value: Value) -> Listing:
    """Take a list apart, with the comments between its entries."""
    gaps = _gaps(text, value)
    opening, above = _comments(gaps[0])
    entries: list[Entry] = []
    for before, item, gap in zip(gaps, value.items, gaps[1:], strict=False):
        behind, following = _comments(gap)
        entries.append(Entry(text[item.span[0] : item.span[1]], above, behind, before.rpartition("\n")[2].partition("#")[0]))
        above = following
    if not entries:
        return Listing((), opening=opening, below=above)
    return Listing(tuple(entries), indentation=entries[0].lead or _INDENTATION, opening=opening, below=above)


def _gaps(text: str, value: Value) -> list[str]:
    """What stands before, between and behind the entries, without the commas."""
    start, end = value.span[0] + 1, value.span[1] - 1
    places = [start, *(place for item in value.items for place in item.span), end]
    found = [text[places[index] : places[index + 1]] for index in range(0, len(places), 2)]
    return [found[0], *(_without_comma(gap) for gap in found[1:])]


def _without_comma(gap: str) -> str:
    comma = re.match(r"(?:[^#,\n]|#[^\n]*|\n)*?,", gap)
    return gap if comma is None else gap[: comma.end() - 1] + gap[comma.end() :]


def _comments(gap: str) -> tuple[str, tuple[str, ...]]:
    """The comment on the line where the gap begins, with the blanks before it, and those on lines of their own."""
    first, *rest = gap.split("\n")
    return first.rstrip() if "#" in first else "", tuple(line.strip() for line in rest if line.strip())
