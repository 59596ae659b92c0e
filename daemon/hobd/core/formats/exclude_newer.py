"""Cut-off times: `2024-03-01`, `2024-03-01T12:00:00Z`, `3 weeks`, `P3W` or `false` (features.md, RES-9).

A date means the end of that day where the caller lives; a span is kept as a span, so that a lock stays valid
while only the clock moves (uv-lock.md 1.4).
"""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from fractions import Fraction

from msgspec import Struct

from hobd.core.formats.shapes import Misfit, Place, fields, parsed, string, wrong_type
from hobd.core.lockfile.model import ExcludeNewer
from hobd.errors import RequestError

OFF = "false"
"""The text that means: no cut-off."""

_TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,9}))?([Zz]|[+-]\d\d(?::?\d\d)?)")
_DATE = re.compile(r"(\d{4}-\d\d-\d\d|\d{8})(?:[Tt ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)?")
"""A time without an offset says nothing: the day counts."""
_UNITS = ("years", "months", "weeks", "days", "hours", "minutes", "seconds", "milliseconds", "microseconds", "nanoseconds")
_WORDS = {
    "years": "years year yrs yr y",
    "months": "months month mos mo",
    "weeks": "weeks week wks wk w",
    "days": "days day d",
    "hours": "hours hour hrs hr h",
    "minutes": "minutes minute mins min m",
    "seconds": "seconds second secs sec s",
    "milliseconds": "milliseconds millisecond millis milli msecs msec ms",
    "microseconds": "microseconds microsecond micros micro usecs µsecs usec µsec us µs",
    "nanoseconds": "nanoseconds nanosecond nanos nano nsecs nsec ns",
}
_UNIT_OF = {word: unit for unit, words in _WORDS.items() for word in words.split()}
_NANOSECONDS = {
    "hours": 3600 * 10**9,
    "minutes": 60 * 10**9,
    "seconds": 10**9,
    "milliseconds": 10**6,
    "microseconds": 10**3,
    "nanoseconds": 1,
}
_PART = re.compile(r"(\d+)(?:[.,](\d{1,9}))?\s*([A-Za-zµ]+)\s*,?\s*")
_CLOCK = re.compile(r"(\d{1,9}):(\d\d):(\d\d)(?:[.,](\d{1,9}))?$")
_ISO = re.compile(
    r"[Pp](?=[\dTt])(?:(\d+)[Yy])?(?:(\d+)[Mm])?(?:(\d+)[Ww])?(?:(\d+)[Dd])?"
    r"(?:[Tt](?=\d)(?:(\d+)[Hh])?(?:(\d+)[Mm])?(?:(\d+)(?:[.,](\d{1,9}))?[Ss])?)?"
)


class InvalidExcludeNewer(RequestError):
    """A text that is no cut-off."""


class Span(Struct, frozen=True):
    """A length of time by its units, largest first, as it was written."""

    amounts: tuple[tuple[str, int], ...]
    is_negative: bool = False

    def __str__(self) -> str:
        """ISO 8601, as a lock has it: `P3W`, `P1DT12H`."""
        amounts = dict(self.amounts)
        days = "".join(f"{amounts[unit]}{letter}" for unit, letter in zip(_UNITS[:4], "YMWD", strict=True) if amounts.get(unit))
        time = "".join(f"{amounts[unit]}{letter}" for unit, letter in zip(_UNITS[4:6], "HM", strict=True) if amounts.get(unit))
        nanoseconds = sum(amounts.get(unit, 0) * _NANOSECONDS[unit] for unit in _UNITS[6:])
        if nanoseconds:
            whole, rest = divmod(nanoseconds, 10**9)
            time += f"{whole}{f'.{rest:09d}'.rstrip('0') if rest else ''}S"
        if not days and not time:
            return "PT0S"
        return ("-" if self.is_negative else "") + "P" + days + ("T" + time if time else "")

    def length(self) -> timedelta:
        """How long it is; the sign does not count. Only for spans without years and months."""
        amounts = dict(self.amounts)
        nanoseconds = sum(amounts.get(unit, 0) * size for unit, size in _NANOSECONDS.items())
        return timedelta(weeks=amounts.get("weeks", 0), days=amounts.get("days", 0), microseconds=nanoseconds // 1000)


def parse_exclude_newer(text: str, zone: tzinfo) -> ExcludeNewer | None:
    """Read a cut-off; None where the text is `false`.

    Args:
        text: what the user wrote.
        zone: where the caller lives: a bare date ends there.
    Raises:
        InvalidExcludeNewer: it is neither a date, nor a time, nor a span of at most weeks.
    """
    if text == OFF:
        return None
    moment = _parse_timestamp(text) or _parse_end_of_day(text, zone)
    if moment is not None:
        return ExcludeNewer(timestamp=moment)
    span = parse_span(text)
    if span is None:
        raise InvalidExcludeNewer(_fault(text))
    _refuse_calendar_units(text, span)
    return ExcludeNewer(span=str(span))


def cutoff(value: ExcludeNewer | None, now: datetime) -> str | None:
    """The moment from which on files do not count, RFC 3339 in UTC; None: all count.

    Args:
        value: a time, or a span before `now`.
        now: the moment of resolving, with its time zone.
    """
    if value is None:
        return None
    if value.timestamp is not None:
        return value.timestamp
    span = parse_span(value.span or "")
    assert span is not None  # a value that exists is valid
    return _render(now.astimezone(UTC) - span.length())


def parse_span(text: str) -> Span | None:
    """Read a span of ISO 8601, or of words such as `1 week 2 days`; None where it is neither."""
    body = text.strip()
    sign = body[:1] if body[:1] in "+-" else ""
    body = body[len(sign) :].strip()
    found = _parse_iso(body) if body[:1] in ("P", "p") else _parse_words(body)
    return None if found is None else Span(found[0], is_negative=(sign == "-") != found[1])


def _parse_iso(text: str) -> tuple[tuple[tuple[str, int], ...], bool] | None:
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    amounts = [(unit, int(number)) for unit, number in zip(_UNITS, found.groups(), strict=False) if number and unit != "milliseconds"]
    fraction = found[8]
    if fraction:
        amounts.append(("nanoseconds", int(fraction.ljust(9, "0"))))
    return tuple(amounts), False


def _parse_words(text: str) -> tuple[tuple[tuple[str, int], ...], bool] | None:
    is_past = text.endswith("ago") and text[:-3] != text[:-3].rstrip()
    rest = text[:-3].rstrip() if is_past else text
    amounts: list[tuple[str, int]] = []
    last = -1
    while rest:
        clock = _CLOCK.match(rest)
        if clock is not None and last < _UNITS.index("hours"):
            return (*amounts, *_clock_amounts(clock)), is_past
        found = _PART.match(rest)
        unit = _UNIT_OF.get(found[3]) if found else None
        if found is None or unit is None or _UNITS.index(unit) <= last:
            return None
        last = _UNITS.index(unit)
        amounts.append((unit, int(found[1])))
        if found[2]:
            if unit not in _NANOSECONDS or rest[found.end() :]:
                return None  # only the last and only hours and smaller ones may have a fraction
            amounts.extend(_fraction(unit, found[2]))
        rest = rest[found.end() :]
    return (tuple(amounts), is_past) if amounts else None


def _clock_amounts(found: re.Match[str]) -> tuple[tuple[str, int], ...]:
    hours, minutes, seconds, fraction = found.groups()
    nanoseconds = int((fraction or "").ljust(9, "0"))
    return ("hours", int(hours)), ("minutes", int(minutes)), ("seconds", int(seconds)), ("nanoseconds", nanoseconds)


def _fraction(unit: str, digits: str) -> list[tuple[str, int]]:
    """The fraction of a unit in smaller units."""
    nanoseconds = int(Fraction(int(digits), 10 ** len(digits)) * _NANOSECONDS[unit])
    found = []
    for smaller in _UNITS[_UNITS.index(unit) + 1 :]:
        count, nanoseconds = divmod(nanoseconds, _NANOSECONDS[smaller])
        if count:
            found.append((smaller, count))
    return found


def _parse_timestamp(text: str) -> str | None:
    found = _TIMESTAMP.fullmatch(text)
    if found is None:
        return None
    day, time, fraction, offset = found.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{time}{'+00:00' if offset in 'Zz' else offset}")
    except ValueError:
        return None
    return _render(moment.astimezone(UTC), fraction or "")


def _parse_end_of_day(text: str, zone: tzinfo) -> str | None:
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    try:
        day = date.fromisoformat(found[1]) + timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    return _render(datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC))


def _render(moment: datetime, fraction: str | None = None) -> str:
    digits = (f"{moment.microsecond:06d}" if fraction is None else fraction).rstrip("0")
    return moment.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0") + (f".{digits}" if digits else "") + "Z"


def _refuse_calendar_units(text: str, span: Span) -> None:
    amounts = dict(span.amounts)
    if amounts.get("years"):
        raise InvalidExcludeNewer(
            f"Duration `{text}` uses unit 'years' which is not allowed; use days instead, e.g., `{amounts['years'] * 365} days`."
        )
    if amounts.get("months"):
        raise InvalidExcludeNewer(
            f"Duration `{text}` uses 'months' which is not allowed; use days instead, e.g., `{amounts['months'] * 30} days`."
        )


def _fault(text: str) -> str:
    body = text.strip().lstrip("+-")
    if body[:1] in ("P", "p"):
        return f"`{text}` could not be parsed as an ISO 8601 duration"
    if re.match(r"\s*\d+\s*[A-Za-z]", body):
        return f"`{text}` could not be parsed as a duration"
    if re.match(r"\d{4}-", body):
        return f"`{text}` could not be parsed as a valid date"
    return (
        f"`{text}` could not be parsed as a valid exclude-newer value (expected a date like `2024-01-01`, "
        "a timestamp like `2024-01-01T00:00:00Z`, or a duration like `3 days` or `P3D`)"
    )


def _check(text: str) -> str:
    parse_exclude_newer(text, UTC)
    return text


_text = parsed(_check)
_WANTED = "a date/timestamp/duration string, false to disable exclude-newer, or a table with timestamp/span"


def exclude_newer_text(value: object, place: Place) -> str:
    """A cut-off in a table, as the text that means it."""
    if isinstance(value, bool):
        if value:
            raise Misfit("expected false to disable exclude-newer, got true", place)
        return OFF
    if isinstance(value, dict):
        found = fields(value, place, {"timestamp": string, "span": string}, closed=False)
        return _text(found.get("span", found.get("timestamp")), place)
    if not isinstance(value, str):
        raise wrong_type(value, place, _WANTED)
    return _text(value, place)
