"""Cut-off times (features.md RES-9): expectations were taken from uv 0.13.8."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hobd.core.formats.exclude_newer import InvalidExcludeNewer, cutoff, parse_exclude_newer, parse_span
from hobd.core.lockfile.model import ExcludeNewer


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2024-05-05", "2024-05-06T00:00:00Z"),
        ("20240505", "2024-05-06T00:00:00Z"),
        ("2024-05-05T10:00", "2024-05-06T00:00:00Z"),
        ("2024-05-05 10:00Z", "2024-05-05T10:00:00Z"),
        ("2024-05-05T01:02:03.5+02:00", "2024-05-04T23:02:03.5Z"),
        ("3 weeks", "P3W"),
        ("P3W", "P3W"),
        ("1 week, 2 days", "P1W2D"),
        ("36h", "PT36H"),
        ("1.5h", "PT1H30M"),
        ("1 hour 30 m", "PT1H30M"),
        ("01:30:00", "PT1H30M"),
        ("1 day 01:30:00", "P1DT1H30M"),
        ("-3 days", "-P3D"),
        ("3 days ago", "-P3D"),
        ("PT1.5S", "PT1.5S"),
    ],
)
def test_times_and_spans_are_kept_as_a_lock_writes_them(text: str, written: str) -> None:
    found = parse_exclude_newer(text, UTC)

    assert found is not None
    assert (found.timestamp or found.span) == written


def test_false_means_no_cutoff() -> None:
    assert parse_exclude_newer("false", UTC) is None


def test_a_bare_date_ends_at_midnight_where_the_caller_lives() -> None:
    assert parse_exclude_newer("2024-05-05", timezone(timedelta(hours=9))) == ExcludeNewer(timestamp="2024-05-05T15:00:00Z")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("P1Y", "Duration `P1Y` uses unit 'years' which is not allowed; use days instead, e.g., `365 days`."),
        ("2 months", "Duration `2 months` uses 'months' which is not allowed; use days instead, e.g., `60 days`."),
        ("x", "`x` could not be parsed as a valid exclude-newer value (expected a date like"),
        ("3", "`3` could not be parsed as a valid exclude-newer value (expected a date like"),
        ("7 dayz", "`7 dayz` could not be parsed as a duration"),
        ("1 day 1 week", "`1 day 1 week` could not be parsed as a duration"),
        ("2024-13-01", "`2024-13-01` could not be parsed as a valid date"),
        ("P", "`P` could not be parsed as an ISO 8601 duration"),
    ],
)
def test_what_is_no_cutoff_is_refused(text: str, message: str) -> None:
    with pytest.raises(InvalidExcludeNewer) as refused:
        parse_exclude_newer(text, UTC)

    assert refused.value.message.startswith(message)


@given(st.integers(0, 900), st.integers(0, 6), st.integers(0, 23), st.integers(0, 59))
def test_a_span_means_the_same_as_it_is_written(weeks: int, days: int, hours: int, minutes: int) -> None:
    words = parse_span(f"{weeks} weeks {days} days {hours} hours {minutes} minutes")
    assert words is not None

    iso = parse_span(str(words))

    assert iso is not None
    assert iso.length() == words.length() == timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)


def test_a_span_ends_at_the_moment_of_resolving() -> None:
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)

    assert cutoff(ExcludeNewer(span="P1DT12H"), now) == "2026-11-20T00:00:00Z"
    assert cutoff(ExcludeNewer(timestamp="2024-01-01T00:00:00Z"), now) == "2024-01-01T00:00:00Z"
    assert cutoff(None, now) is None
