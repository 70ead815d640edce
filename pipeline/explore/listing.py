"""Opinions as a list to read, in HTML: text, where it came from, what was judged of it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from pipeline.plan.places import place_of
from pipeline.records import Judged

_SHOWN = 100
_STYLE = (
    "<style>.iken-list{max-width:60em;line-height:1.6}.iken-list li{margin:.4em 0}"
    ".iken-list small{opacity:.75;display:block}</style>"
)


def opinion_list(title: str, opinions: Sequence[Judged]) -> str:
    """Give a heading and the opinions, the first hundred of them.

    Parameters
    ----------
    title : str
    opinions : sequence of Judged
        In source order.
    """
    items = "".join(_item(one) for one in opinions[:_SHOWN])
    more = f"<p>ほか{len(opinions) - _SHOWN}件</p>" if len(opinions) > _SHOWN else ""
    head = f"<h4>{escape(title)}（{len(opinions)}件）</h4>"
    return f'{_STYLE}<section class="iken-list" lang="ja">{head}<ol>{items}</ol>{more}</section>'


def _item(one: Judged) -> str:
    item = one.opinion.item
    told = [
        one.opinion.id,
        "、".join(item.departments),
        place_of(one),
        f"{one.labelling.verdict} {'・'.join(one.labelling.themes)}".strip(),
        f"{item.place.file} {item.place.within}",
    ]
    small = "　".join(escape(part) for part in told if part)
    return f"<li>{escape(one.opinion.text)}<small>{small}</small></li>"
