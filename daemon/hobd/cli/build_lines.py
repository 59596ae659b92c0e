"""What is told while distributions are built: `   Building demo @ file:///home/me/demo`."""

from hobd.cli.style import bold, cyan, dim, green


def render_building(name: str, place: str) -> str:
    """A build begins.

    Args:
        place: what follows the name: ` @ file:///…` or `==1.0`.
    """
    return f"   {cyan(bold('Building'))} {name}{dim(place)}\n"


def render_built(name: str, place: str) -> str:
    """A build has ended well."""
    return f"      {green(bold('Built'))} {name}{dim(place)}\n"
