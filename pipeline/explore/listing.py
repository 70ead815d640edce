"""Opinions and proposals to read, in HTML: what is said, where it came from, what was judged of it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from pipeline.deliver.results import Results
from pipeline.plan.places import by_place, is_outside, place_of
from pipeline.proposals.coverage import Beyond, Covered, coverage
from pipeline.records import Judged, Plan, Suggestion

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


def empty_measures(results: Results) -> str:
    """Name the measures that no opinion counts under."""
    placed = by_place(results.judged, results.plan or Plan())
    empty = [one.measure for one in placed if one.measure and not one.judged]
    if not empty:
        return '<p lang="ja">意見のない施策はありません。</p>'
    items = "".join(f"<li>{escape(one.label)}<small>{escape(one.overview)}</small></li>" for one in empty)
    return f'{_STYLE}<section class="iken-list" lang="ja"><ul>{items}</ul></section>'


def beyond_list(results: Results) -> str:
    """Give what measures are asked for beyond their 概要, with the words that it does not say."""
    exceeded = coverage(results.judged, results.plan).exceeded if results.plan else ()
    if not exceeded:
        return '<p lang="ja">概要を超える求めはありません。</p>'
    sections = "".join(_exceeded(one) for one in exceeded)
    return f'{_STYLE}<section class="iken-list" lang="ja">{sections}</section>'


def _exceeded(one: Covered) -> str:
    overview = escape(one.measure.overview) if one.measure else ""
    asks = "".join(map(_ask, one.beyond))
    head = f"{escape(one.place)}（{len(one.beyond)}）"
    return f"<details><summary>{head}</summary><p><small>概要: {overview}</small></p><ol>{asks}</ol></details>"


def _ask(one: Beyond) -> str:
    lacking = escape("・".join(one.words))
    return f"<li>{escape(one.clause)}<small>概要にない語: {lacking}　{escape(one.opinion_id)}</small></li>"


def outside_list(results: Results) -> str:
    """Give the opinions that lie outside the plan."""
    return opinion_list("計画外", [one for one in results.judged if is_outside(place_of(one))])


def proposal_list(results: Results) -> str:
    """Give the proposals, the strongest first, each with its evidence one click away."""
    if not results.suggestions:
        return '<p lang="ja">施策の案はありません（計画を読み取っていないか、まとまった求めがありません）。</p>'
    by_id = {one.opinion.id: one for one in results.judged}
    items = "".join(_proposal(one, [by_id[name] for name in one.evidence]) for one in results.suggestions)
    return f'{_STYLE}<section class="iken-list" lang="ja"><ol>{items}</ol></section>'


def _proposal(one: Suggestion, evidence: Sequence[Judged]) -> str:
    near = f"最も近い施策: {one.nearest}（類似度 {one.similarity:.2f}）" if one.nearest else ""
    told = "　".join(escape(part) for part in ("、".join(one.themes), near) if part)
    opinions = "".join(_item(voice) for voice in evidence)
    behind = f"<details><summary>根拠の意見 {len(evidence)}件</summary><ol>{opinions}</ol></details>"
    return (
        f"<li><strong>［{escape(one.division)}］{escape(one.title)}</strong><br>{escape(one.purpose)}"
        f"<small>{told}</small>{behind}</li>"
    )


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
