"""The addresses of public services, taken from libraries that keep them: the one place that knows any."""

import ast
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit


@cache
def public_addresses() -> dict[str, str]:
    """The default index, the site around it, and where distributions are uploaded to.

    The library's source is read, not run: importing it costs half a second, and help needs one constant.
    """
    index = _constant("pypi_simple", "PYPI_SIMPLE_ENDPOINT").rstrip("/")
    parts = urlsplit(index)
    return {
        "default-index": index,
        "index-site": f"{parts.scheme}://{parts.netloc}",
        "upload": f"{parts.scheme}://upload.{parts.netloc}/legacy/",
    }


def default_index_url() -> str:
    """The index that is asked where none is configured, in the spelling that locks use: without a slash at its end."""
    return public_addresses()["default-index"]


def known_python_builds() -> Path:
    """The file in which a library keeps what builds of Python there are, each with its address and hash.

    It is found, not imported: the library reads the whole file at once, and most commands need none of it.
    """
    spec = find_spec("pbs_installer")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).with_name("versions.json")


def _constant(module: str, name: str) -> str:
    spec = find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    for node in ast.parse(Path(spec.origin).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == name and node.value:
            return str(ast.literal_eval(node.value))
    raise LookupError(f"`{module}` has no `{name}`")
