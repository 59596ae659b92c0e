"""Options of pip that change nothing."""

from hobd.cli.grammar.declare import flag

PIP_COMPAT = (flag("disable-pip-version-check", is_hidden=True, idle="pip's `--disable-pip-version-check` has no effect"),)
