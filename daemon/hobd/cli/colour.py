"""Whether texts are coloured."""

from hobd.cli.environment import Environment


def wants_colour(asked: str | None, environment: Environment, *, is_terminal: bool) -> bool:
    """Whether a command's output is coloured.

    Args:
        asked: `--color`'s value, where it was given.
        is_terminal: whether the stream is a terminal that is not dumb.
    """
    if asked is not None and asked != "auto":
        return asked == "always"
    if asked is None:
        if environment.get("NO_COLOR"):
            return False
        if environment.get("FORCE_COLOR") or environment.get("CLICOLOR_FORCE"):
            return True
    return wants_usage_colour(environment, is_terminal=is_terminal)


def wants_usage_colour(environment: Environment, *, is_terminal: bool) -> bool:
    """Whether help and complaints about the command line are coloured: `--color` and FORCE_COLOR are not heard yet."""
    if environment.get("NO_COLOR"):
        return False
    if environment.get("CLICOLOR_FORCE") not in (None, "", "0"):
        return True
    if environment.get("CLICOLOR") == "0" or not is_terminal:
        return False
    return environment.get("TERM") not in (None, "dumb") or environment.get("CLICOLOR") is not None or environment.get("CI") is not None
