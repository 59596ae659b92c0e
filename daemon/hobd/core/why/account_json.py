"""An account as bytes, and back: nothing of a text that is not an account gets through."""

import json
from typing import Any

from hobd.core.markers import InvalidMarker, Marker
from hobd.core.why.account import Account, Choice, Demand

_FORMAT = 1
"""Another number for every change of what is written."""


def render_account(account: Account) -> bytes:
    """The account, without line breaks."""
    choices = [
        [
            each.name,
            each.version,
            each.forks,
            each.is_direct,
            each.is_kept,
            each.prefers_high,
            each.passed,
            each.passed_count,
            each.outside,
        ]
        for each in account.choices
    ]
    demands = [
        [each.parent, each.parent_version, each.extra, each.group, each.name, each.specifier, each.marker, each.kind]
        for each in account.demands
    ]
    content = {"format": _FORMAT, "forks": account.forks, "choices": choices, "demands": demands}
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()


def parse_account(content: bytes) -> Account | None:
    """The account that bytes say; None where they say none, or one of another format."""
    try:
        found: Any = json.loads(content)
        if found["format"] != _FORMAT:
            return None
        return Account(
            forks=tuple(_marker(each) for each in found["forks"]),
            choices=tuple(_choice(*each) for each in found["choices"]),
            demands=tuple(_demand(*each) for each in found["demands"]),
        )
    except (ValueError, TypeError, KeyError, RecursionError, InvalidMarker):
        return None


def _choice(*fields: Any) -> Choice:
    name, version, forks, is_direct, is_kept, prefers_high, passed, passed_count, outside = fields
    return Choice(
        name=_text(name),
        version=_text(version),
        forks=tuple(_number(each) for each in forks),
        is_direct=is_direct is True,
        is_kept=is_kept is True,
        prefers_high=prefers_high is True,
        passed=tuple((_text(other), _text(reason)) for other, reason in passed),
        passed_count=_number(passed_count),
        outside=_text(outside),
    )


def _demand(*fields: object) -> Demand:
    parent, parent_version, extra, group, name, specifier, marker, kind = map(_text, fields)
    return Demand(
        parent=parent,
        parent_version=parent_version,
        extra=extra,
        group=group,
        name=name,
        specifier=specifier,
        marker=_marker(marker),
        kind=kind,
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is expected")
    return value


def _marker(value: object) -> str:
    """The text of a marker; empty for one that always holds."""
    text = _text(value)
    if text:
        Marker.parse(text)
    return text


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("a number is expected")
    return value
