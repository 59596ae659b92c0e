"""Numbers as people read them."""

_SIZES = ("KiB", "MiB", "GiB", "TiB", "PiB", "EiB")


def plural(count: int, noun: str) -> str:
    """`1 package`, `5 packages`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def duration(seconds: float) -> str:
    """`0.05ms`, `12ms`, `5.19s`, `1m 02s`: cut, not rounded."""
    nanoseconds = max(round(seconds * 1e9), 0)
    whole, rest = divmod(nanoseconds, 1_000_000_000)
    if whole >= 60:
        return f"{whole // 60}m {whole % 60:02}s"
    if whole:
        return f"{whole}.{rest // 10_000_000:02}s"
    if rest >= 1_000_000:
        return f"{rest // 1_000_000}ms"
    return f"0.{rest // 10_000:02}ms"


def size(count: int) -> str:
    """`512B`, `1.2MiB`: one decimal, in the largest unit that leaves it at least 1."""
    if count < 1024:
        return f"{count}B"
    quantity = float(count)
    unit = "B"
    for larger in _SIZES:
        if 1024.0 - quantity > 0.05:
            break
        quantity /= 1024.0
        unit = larger
    return f"{quantity:.1f}{unit}"


_SPANS = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def ago(seconds: float) -> str:
    """`5 minutes ago`, in the largest unit that leaves it at least 1; `now` for less than a second."""
    for length, noun in _SPANS:
        if seconds >= length:
            return f"{plural(int(seconds // length), noun)} ago"
    return "now"
