"""`--torch-backend`: the indexes that it stands for are not known to hob; who has nothing to do with PyTorch need not care (PIP-12)."""

from collections.abc import Iterable

from hobd.core.vocab.names import Name
from hobd.core.vocab.settings import Settings
from hobd.errors import HobError

_SUFFIXES = ("", "ao", "arrow", "audio", "codec", "csprng", "distx", "serve", "text", "tune", "vision", "-tensorrt")
_COMPILER = ("pytorch-triton", "pytorch-triton-rocm", "pytorch-triton-xpu", "triton", "triton-rocm", "triton-xpu")
_FAMILY = frozenset((*(f"torch{suffix}" for suffix in _SUFFIXES), *_COMPILER))
"""What comes from the backend's index."""


def refuse_torch_backend(names: Iterable[Name], settings: Settings) -> None:
    """Refuse to take packages of PyTorch from another index than was asked for.

    Raises:
        HobError: a backend is set, and one of the names is such a package.
    """
    backend = settings.resolver.torch_backend
    found = sorted(_FAMILY.intersection(names)) if backend is not None else []
    if found:
        raise HobError(
            f"`torch-backend` is set to `{backend}`, and hob does not know the address of that index: `{'`, `'.join(found)}`",
            hint="Leave `torch-backend` out, and name the index of that backend with `--index`, or for good in `[[tool.uv.index]]` "
            "with `explicit = true` and an entry in `[tool.uv.sources]` for each of these packages",
        )
