"""The addresses of public services, taken from a library that keeps them: the one place that knows any."""


def default_index_url() -> str:
    """The index that is asked where none is configured, in the spelling that locks use: without a slash at its end."""
    from pypi_simple import PYPI_SIMPLE_ENDPOINT

    return str(PYPI_SIMPLE_ENDPOINT).rstrip("/")
