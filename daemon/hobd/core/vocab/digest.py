"""The digest of a file, with its algorithm."""

from msgspec import Struct

STRENGTH = ("md5", "sha256", "sha384", "sha512", "blake2b")
"""The algorithms that hob knows, weakest first (uv-lock.md 1.10)."""

HEX_LENGTHS = {"md5": 32, "sha256": 64, "sha384": 96, "sha512": 128, "blake2b": 64}
"""How many hex digits a digest has."""

_HEX = frozenset("0123456789abcdefABCDEF")


class Digest(Struct, frozen=True, order=True):
    """An algorithm's name and the lower-case hex digits."""

    algorithm: str
    hex: str

    def __str__(self) -> str:
        return f"{self.algorithm}:{self.hex}"

    @classmethod
    def parse(cls, text: str) -> "Digest":
        """Read `sha256:…`; raises ValueError where it is not of that form or of an unknown algorithm."""
        algorithm, separator, digits = text.partition(":")
        if not separator or algorithm not in STRENGTH or not digits:
            raise ValueError(f"`{text}` is not `ALGORITHM:HEX` with one of {', '.join(STRENGTH)}")
        return cls(algorithm, digits.lower())

    @classmethod
    def checked(cls, algorithm: str, digits: str) -> "Digest":
        """A digest of a known algorithm; raises ValueError, in uv's words, where the digits are not as many as it has, or are none."""
        length = HEX_LENGTHS[algorithm]
        if len(digits) != length:
            raise ValueError(f"Invalid hash digest length (expected {length} hexadecimal characters, found {len(digits)})")
        if not _HEX.issuperset(digits):
            raise ValueError(f"Invalid hash digest (expected only hexadecimal characters): `{digits}`")
        return cls(algorithm, digits.lower())

    @classmethod
    def of_fragment(cls, fragment: str) -> "Digest | None":
        """What the fragment of an address promises: `egg=kit&sha256=…`; None where it promises nothing that hob could check.

        Raises ValueError where a promise is malformed: nobody is to believe that it was kept.
        """
        parts = (part.partition("=") for part in fragment.split("&"))
        return next((cls.checked(algorithm, digits) for algorithm, _, digits in parts if algorithm in STRENGTH), None)


def strongest(digests: tuple[Digest, ...]) -> Digest | None:
    """The digest that a lock records: the strongest of those offered."""
    if len(digests) == 1:
        return digests[0]
    return max(digests, key=lambda digest: STRENGTH.index(digest.algorithm), default=None)
