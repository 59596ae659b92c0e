"""`pyvenv.cfg`, which makes a folder a virtual environment (PEP 405): `key = value` lines, keys in any case."""

from collections.abc import Mapping


def parse_pyvenv_cfg(text: str) -> dict[str, str]:
    """The values by lower-case key; lines without `=` are left out; of a repeated key the last counts, as in `site`."""
    pairs = (line.partition("=") for line in text.splitlines())
    return {key.strip().lower(): value.strip() for key, separator, value in pairs if separator}


def render_pyvenv_cfg(values: Mapping[str, str]) -> str:
    """One line a key, in order."""
    return "".join(f"{key} = {value}\n" for key, value in values.items())
