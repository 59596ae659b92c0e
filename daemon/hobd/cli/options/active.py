"""Whether the environment that is active counts as the project's."""

from hobd.cli.grammar.declare import flag

ACTIVE = (
    flag("active", overrides=("no-active",)),
    flag("no-active", is_hidden=True, overrides=("active",)),
)
