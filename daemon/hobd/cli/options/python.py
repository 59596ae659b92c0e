"""Options that commands on interpreters share."""

from hobd.cli.grammar.declare import flag

PYTHON_COMPILE = (
    flag("compile-bytecode", aliases=("compile",), variable="UV_COMPILE_BYTECODE", overrides=("no-compile-bytecode",)),
    flag("no-compile-bytecode", aliases=("no-compile",), is_hidden=True, overrides=("compile-bytecode",)),
)

SYSTEM = (
    flag("system", variable="UV_SYSTEM_PYTHON", overrides=("no-system",)),
    flag("no-system", is_hidden=True, overrides=("system",)),
)
