"""The digest by which uv names files that belong to a path: hob takes the same locks, so that the two keep out of each other's way.

SeaHash over the path's components as Rust hashes a path: their bytes without separators, then a word that tells
`["ab", "c"]` from `["a", "bc"]`.
"""

from pathlib import Path

_MASK = (1 << 64) - 1
_SEEDS = (0x16F11FE89B0D677C, 0xB480A793D8E6C86C, 0x6FE2E5AAF078EBC9, 0x14F994A4C5259381)
_FACTOR = 0x6EED0E9DA4D94A4F


def path_digest(path: Path) -> str:
    """16 hex digits for an absolute path."""
    return _seahash(_hashed_bytes(str(path).encode(errors="surrogateescape"))).to_bytes(8, "little").hex()


def _hashed_bytes(path: bytes) -> bytes:
    bits, parts = 0, b""
    for component in path.split(b"/"):
        if component not in (b"", b"."):
            bits = (bits + len(component)) & _MASK
            bits = (bits >> 2) | (bits << 62) & _MASK
            parts += component
    return parts + bits.to_bytes(8, "little")


def _seahash(content: bytes) -> int:
    state = list(_SEEDS)
    whole = len(content) // 8 * 8
    for position in range(0, whole, 8):
        mixed = _diffuse(state[0] ^ int.from_bytes(content[position : position + 8], "little"))
        state = [*state[1:], mixed]
    tail = content[whole:]
    first = _diffuse(state[0] ^ int.from_bytes(tail, "little")) if tail else state[0]
    return _diffuse(first ^ state[1] ^ state[2] ^ state[3] ^ len(content))


def _diffuse(value: int) -> int:
    value = value * _FACTOR & _MASK
    value ^= (value >> 32) >> (value >> 60)
    return value * _FACTOR & _MASK
