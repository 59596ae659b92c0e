"""Where values stand in a TOML text, and what is wrong with a text that is no TOML, in the words of uv's parser.

    text ─tokens→ statements ─→ tree of places
             structure faults first   then faults of scalars and keys, in the order of the text

This is slow and only runs when there is an error to show: values come from `tomli`.
"""

from typing import TypeAlias

from msgspec import Struct, field

from hobd.core.formats.shapes import Place
from hobd.core.formats.toml_scalars import key_text, scalar_fault
from hobd.core.formats.toml_tokens import SCALARS, Span, Token, tokens_of


class SyntaxFault(Exception):
    """A place and what is wrong there."""

    def __init__(self, span: Span, message: str) -> None:
        super().__init__(message)
        self.span = span
        self.message = message


class Value(Struct):
    """A value with its place: a scalar, a list, or a table."""

    span: Span
    kind: str
    """`scalar`, `array` or `table`; `tables` for a list of `[[tables]]`."""
    token_kind: str = "atom"
    items: "list[Value]" = field(default_factory=list)
    pairs: "list[tuple[list[Token], Value]]" = field(default_factory=list)
    """Of an inline table, as written."""
    children: "dict[str, tuple[Span, Value]]" = field(default_factory=dict)
    """Of a table, once keys are put in their places."""
    is_implicit: bool = False
    is_dotted: bool = False
    is_inline: bool = False


class Header(Struct, frozen=True):
    """`[a.b]` or `[[a.b]]`."""

    keys: list[Token]
    span: Span
    is_array: bool


Statement: TypeAlias = Header | tuple[list[Token], Value]
"""A header, or a key with its value."""


def find_syntax_error(text: str) -> SyntaxFault | None:
    """The first fault of a text that is no TOML; None where none is found."""
    try:
        _Tree(text).build(_Parser(text).statements())
    except SyntaxFault as fault:
        return fault
    return None


def parse_tree(text: str) -> Value:
    """All values with their places.

    Raises:
        SyntaxFault: it is no TOML.
    """
    return parse_document(text)[1]


def parse_document(text: str) -> tuple[list[Statement], Value]:
    """All headers and key-value pairs, in the order of the text; and all values with their places.

    Raises:
        SyntaxFault: it is no TOML.
    """
    statements = _Parser(text).statements()
    return statements, _Tree(text).build(statements)


def statements_of(text: str) -> list[Statement]:
    """All headers and key-value pairs, in the order of the text.

    Raises:
        SyntaxFault: it is no TOML.
    """
    return _Parser(text).statements()


def find_span(text: str, place: Place, *, at_key: bool) -> Span:
    """Where a value stands, or its key. The place exists in the text; tables stand where their header does."""
    found = parse_tree(text)
    span: Span = (0, 0)
    for number, step in enumerate(place):
        is_last = number == len(place) - 1
        if isinstance(step, int):
            found = found.items[step]
            span = found.span
        else:
            key_span, found = found.children[step]
            span = key_span if at_key and is_last else found.span
    return span


def _expected(description: str, *wanted: str) -> str:
    """A fault and what would have been right there; no `wanted`: nothing would."""
    return f"{description}, expected {', '.join(wanted) or 'nothing'}"


_DEEPEST = 80
"""Arrays and inline tables within each other, as uv's parser allows."""


class _Parser:
    """Tokens to statements; stops at the first fault of the structure."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens_of(text)
        self._position = 0
        self._depth = 0

    def statements(self) -> list[Statement]:
        """All headers and key-value pairs, in the order of the text."""
        found: list[Statement] = []
        while True:
            token = self._next()
            if token.kind == "end":
                return found
            if token.kind == "[":
                found.append(self._header(token))
            elif token.kind == "]":
                raise SyntaxFault(token.before, _expected("missing table open", "`[`"))
            elif token.kind in (",", "{", "}"):
                raise SyntaxFault(token.before, _expected("invalid key-value pair", "key"))
            elif token.kind == "comment":
                self._after_comment()
            elif token.kind not in ("space", "newline"):
                self._position -= 1
                found.append(self._pair())

    def _peek(self) -> Token:
        return self._tokens[self._position]

    def _next(self) -> Token:
        token = self._tokens[self._position]
        self._position = min(self._position + 1, len(self._tokens) - 1)
        return token

    def _skip_space(self) -> None:
        if self._peek().kind == "space":
            self._next()

    def _previous(self) -> Token:
        """The last token that is no blank."""
        position = self._position - 1
        while position > 0 and self._tokens[position].kind in ("space", "comment", "newline", "end"):
            position -= 1
        return self._tokens[max(position, 0)]

    def _header(self, open_token: Token) -> Header:
        is_array = self._peek().kind == "["
        if is_array:
            self._next()
        self._skip_space()
        keys, is_complete = self._key()
        self._skip_space()
        if self._peek().kind != "]":
            last = self._previous()
            name, mark = ("array table", "`]]`") if is_array else ("table", "`]`")
            if is_complete:
                raise SyntaxFault(last.after, _expected(f"unclosed {name}", mark))
            raise SyntaxFault(keys[-1].before, _EMPTY_KEY)
        close = self._next()
        if is_array:
            if self._peek().kind != "]":
                raise SyntaxFault(close.after, _expected("unclosed array table", "`]`"))
            close = self._next()
        self._line_end()
        return Header(keys, (open_token.start, close.end), is_array)

    def _key(self) -> tuple[list[Token], bool]:
        """A dotted key; a missing part is an empty atom. The flag: whether it ends with a part."""
        keys: list[Token] = []
        while True:
            self._skip_space()
            token = self._peek()
            if token.kind in SCALARS:
                keys.append(self._next())
            else:
                keys.append(Token("atom", token.start, token.start))
                if token.kind != ".":
                    return keys, False
            self._skip_space()
            if self._peek().kind != ".":
                return keys, True
            self._next()

    def _pair(self) -> tuple[list[Token], Value]:
        keys, _ = ([Token("atom", *self._peek().before)], True) if self._peek().kind == "=" else self._key()
        token = self._peek()
        if token.kind != "=":
            description = "missing value for key" if keys[0].start == keys[0].end else "key with no value"
            raise SyntaxFault(token.before, _expected(description, "`=`"))
        self._next()
        self._skip_space()
        value = self._value()
        self._line_end()
        return keys, value

    def _line_end(self) -> None:
        self._skip_space()
        token = self._peek()
        if token.kind == "comment":
            self._next()
            self._after_comment()
        elif token.kind == "newline":
            self._next()
        elif token.kind != "end":
            raise SyntaxFault(token.before, _expected("unexpected key or value", "newline", "`#`"))

    def _after_comment(self) -> None:
        if self._peek().kind == "newline":
            self._next()

    def _value(self) -> Value:
        token = self._next()
        if token.kind == "=":
            raise SyntaxFault(token.span, _expected("extra `=`"))
        if token.kind in ("{", "["):
            return self._nested(token)
        if token.kind == "}":
            raise SyntaxFault(token.before, _expected("missing inline table opening", "`{`"))
        if token.kind == "]":
            raise SyntaxFault(token.before, _expected("missing array opening", "`[`"))
        if token.kind in (*SCALARS, "."):
            return self._scalar(token)
        self._position = self._tokens.index(token)
        return Value(token.before, "scalar")

    def _nested(self, open_token: Token) -> Value:
        if self._depth == _DEEPEST:
            raise SyntaxFault(open_token.span, "cannot recurse further; max recursion depth met")
        self._depth += 1
        found = self._array(open_token) if open_token.kind == "[" else self._inline_table(open_token)
        self._depth -= 1
        return found

    def _scalar(self, token: Token) -> Value:
        end = token.end
        if token.kind in ("atom", "."):
            while True:
                following = self._peek()
                if following.kind in ("atom", "."):
                    end = self._next().end
                elif following.kind == "space" and self._tokens[self._position + 1].kind == "atom":
                    self._next()
                    end = self._next().end
                else:
                    break
        return Value((token.start, end), "scalar", token_kind="atom" if token.kind == "." else token.kind)

    def _array(self, open_token: Token) -> Value:
        items: list[Value] = []
        needs_value = True
        while True:
            token = self._next()
            if token.kind == "end":
                raise SyntaxFault(self._previous().after, _expected("unclosed array", "`]`"))
            if token.kind == "]":
                return Value((open_token.start, token.end), "array", items=items)
            if token.kind == "comment":
                self._after_comment()
            elif token.kind == ",":
                if needs_value:
                    raise SyntaxFault(token.span, _expected("extra comma in array", "value"))
                needs_value = True
            elif token.kind == "=":
                raise SyntaxFault(token.span, _expected("unexpected `=` in array", "value", "`]`"))
            elif token.kind not in ("space", "newline"):
                if not needs_value:
                    raise SyntaxFault(token.before, _expected("missing comma between array elements", "`,`"))
                self._position -= 1
                items.append(self._value())
                needs_value = False

    def _inline_table(self, open_token: Token) -> Value:
        pairs: list[tuple[list[Token], Value]] = []
        keys: list[Token] = []
        state = "key"
        while True:
            token = self._next()
            if token.kind == "end":
                raise SyntaxFault(self._previous().after, _expected("unclosed inline table", "`}`"))
            if token.kind == "}":
                if state in ("=", "value"):
                    pairs.append((keys, Value(token.before, "scalar", token_kind="literal")))
                return Value((open_token.start, token.end), "table", pairs=pairs, is_inline=True)
            if token.kind == "comment":
                self._after_comment()
            elif token.kind not in ("space", "newline"):
                fault = _inline_fault(state, token.kind)
                if fault is not None:
                    raise SyntaxFault(token.before, _expected(fault, _WANTED_INLINE[state]))
                if token.kind == ",":
                    state = "key"
                elif token.kind == "=":
                    keys = keys if state == "=" else [Token("atom", *token.before)]
                    state = "value"
                elif state == "key":
                    self._position -= 1
                    keys, _ = self._key()
                    state = "="
                else:
                    self._position -= 1
                    pairs.append((keys, self._value()))
                    state = ","


_WANTED_INLINE = {"key": "key", "=": "`=`", "value": "value", ",": "`,`"}


def _inline_fault(state: str, kind: str) -> str | None:
    """Why a token may not stand in an inline table that waits for `state`."""
    if kind == ",":
        return None if state == "," else "extra comma in inline table"
    if kind == "=":
        return None if state in ("key", "=") else "extra assignment between key-value pairs"
    if kind in ("{", "[") and state in ("key", ","):
        return "missing key for inline table element"
    if kind == "]" and state != "value":
        return "invalid inline table element"
    if state == "=":
        return "missing assignment between key-value pairs"
    if state == ",":
        return "missing comma between key-value pairs"
    return None


_EMPTY_KEY = _expected("unquoted keys cannot be empty", "letters", "numbers", "`-`", "`_`")


class _Tree:
    """Statements to a tree; stops at the first fault of a scalar or a key."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._root = Value((0, 0), "table")

    def build(self, statements: list[Statement]) -> Value:
        """The root table."""
        current = self._root
        for statement in statements:
            if isinstance(statement, Header):
                current = self._start(statement)
            else:
                keys, value = statement
                names = self._names(keys)
                self._settle(value)
                self._insert(current, names, value)
        return self._root

    def _names(self, keys: list[Token]) -> list[tuple[str, Span]]:
        return [(self._checked_key(key), key.span) for key in keys]

    def _checked_key(self, key: Token) -> str:
        found = key_text(self._text[key.start : key.end], key.kind)
        if isinstance(found, tuple):
            (start, end), message = found
            raise SyntaxFault((key.start + start, key.start + end), message)
        return found

    def _settle(self, value: Value) -> None:
        """Check scalars and put the pairs of inline tables in their places."""
        if value.kind == "scalar":
            fault = scalar_fault(self._text[value.span[0] : value.span[1]], value.token_kind)
            if fault is not None:
                (start, end), message = fault
                raise SyntaxFault((value.span[0] + start, value.span[0] + end), message)
        for item in value.items:
            self._settle(item)
        for keys, entry in value.pairs:
            names = self._names(keys)
            self._settle(entry)
            self._insert(value, names, entry)

    def _start(self, header: Header) -> Value:
        names = self._names(header.keys)
        parent = self._descend(self._root, names[:-1], is_dotted=False)
        name, span = names[-1]
        existing = parent.children.get(name)
        table = Value(header.span, "table")
        if header.is_array:
            if existing is None:
                parent.children[name] = (span, Value(header.span, "tables", items=[table]))
            elif existing[1].kind == "tables":
                existing[1].items.append(table)
            else:
                raise SyntaxFault(span, "duplicate key")
            return table
        if existing is None:
            parent.children[name] = (span, table)
            return table
        old = existing[1]
        if old.kind != "table" or not old.is_implicit or old.is_dotted:
            raise SyntaxFault(span, "duplicate key")
        old.is_implicit, old.span = False, header.span
        return old

    def _insert(self, table: Value, names: list[tuple[str, Span]], value: Value) -> None:
        is_dotted = len(names) > 1
        parent = self._descend(table, names[:-1], is_dotted=is_dotted)
        name, span = names[-1]
        if (is_dotted and not parent.is_implicit) or name in parent.children:
            raise SyntaxFault(span, "duplicate key")
        parent.children[name] = (span, value)

    def _descend(self, table: Value, names: list[tuple[str, Span]], *, is_dotted: bool) -> Value:
        for name, span in names:
            existing = table.children.get(name)
            if existing is None:
                table.children[name] = (span, Value(span, "table", is_implicit=True, is_dotted=is_dotted, is_inline=table.is_inline))
            found = table.children[name][1]
            if found.kind == "tables":
                found = found.items[-1]
            self._check_extendable(found, span, is_dotted=is_dotted, in_inline=table.is_inline)
            if is_dotted and found.is_implicit:
                found.is_dotted = True
            table = found
        return table

    def _check_extendable(self, found: Value, span: Span, *, is_dotted: bool, in_inline: bool) -> None:
        if found.kind != "table":
            name = "array" if found.kind == "array" else self._type_name(found)
            raise SyntaxFault(span, f"cannot extend value of type {name} with a dotted key")
        if found.is_inline and not in_inline:
            raise SyntaxFault(span, "cannot extend value of type inline table with a dotted key")
        if is_dotted and not found.is_implicit:
            raise SyntaxFault(span, "duplicate key")

    def _type_name(self, value: Value) -> str:
        raw = self._text[value.span[0] : value.span[1]]
        if value.token_kind != "atom":
            return "string"
        if raw in ("true", "false"):
            return "boolean"
        if ":" in raw or raw[1:].count("-") > 1:
            return "datetime"
        return "integer" if raw.lstrip("+-").replace("_", "").isalnum() and raw[-3:] not in ("inf", "nan") else "float"
