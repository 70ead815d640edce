"""How a plan writes its measures: numbers, names, 重点."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.language.normalize import normalize, tidy_spaces

# 1 市民活動の…, １．…, 第1章 …, 基本施策1 …
_POLICY = re.compile(r"^(?:第|基本施策|基本目標|基本方針|施策の柱|目標|柱)?\s*(\d+)(?:章|節)?\s*[.．、:：]?\s*(.+)$")
# (1)…, （１）…, 1(1) …, 1-1 …, ① …
_MEASURE = re.compile(r"^(?:\d+\s*)?[(（-]\s*(\d+)\s*[)）]?\s*[.．、:：]?\s*(.+)$")
_CIRCLED = re.compile(r"^[①-⑳]")
# 重点施策, 重点 施策, 【重点】, ★; not the 重点 of a name like 重点地区の整備.
_PRIORITY = re.compile(r"[【\[（(]?重点\s*施策[】\])）]?\s*|[【\[（(]重点[】\])）]\s*|^重点(?=\s|[(（]|$)\s*|[★☆]\s*")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a plan: its number (None where it has none), its name, whether it is 重点."""

    number: int | None
    name: str
    is_priority: bool = False


def read_policy(text: str) -> Heading:
    """Read the heading of a 基本施策.

    >>> read_policy("2 市民活動の 促進")
    Heading(number=2, name='市民活動の促進', is_priority=False)
    """
    plain = tidy_spaces(text)
    match = _POLICY.match(_half_width_digits(plain))
    return Heading(int(match.group(1)), match.group(2).strip()) if match else Heading(None, plain)


def read_measure(text: str) -> Heading:
    """Read the heading of a 施策.

    >>> read_measure("重点 施策 (1)きっかけづくり")
    Heading(number=1, name='きっかけづくり', is_priority=True)
    """
    plain = tidy_spaces(text)
    rest = _PRIORITY.sub("", plain, count=1).strip()
    is_priority = rest != plain
    if _CIRCLED.match(rest):
        return Heading(int(normalize(rest[0])), rest[1:].strip(), is_priority)
    match = _MEASURE.match(_half_width_digits(rest))
    return (
        Heading(int(match.group(1)), match.group(2).strip(), is_priority) if match else Heading(None, rest, is_priority)
    )


def _half_width_digits(text: str) -> str:
    return text.translate(str.maketrans("０１２３４５６７８９", "0123456789"))
