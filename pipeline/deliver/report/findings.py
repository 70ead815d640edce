"""Themes, topics and proposals as they are shown."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.deliver.cross_tables import is_given
from pipeline.deliver.report.figures import Figures
from pipeline.deliver.report.listing import Listing
from pipeline.deliver.report.view import ProposalView, ThemeRow, TopicView
from pipeline.deliver.results import Results
from pipeline.deliver.tables import TOTAL_UNIQUE, theme_summary, undecided_of
from pipeline.records import NONE_APPLIES, UNDECIDED, Suggestion, Topic

_DIVISIONS = {
    "新規": "今の計画のどの施策にも当たらない求め",
    "拡充": "今の施策が述べている以上のことへの求め",
    "横断": "いくつもの施策にまたがる求め",
}
_STEADY, _FAIRLY = 0.75, 0.5


def theme_rows(results: Results, figures: Figures) -> Iterator[ThemeRow]:
    """The table of themes, with the words and the representatives of theme_summary.csv."""
    frame = theme_summary(results.judged, results.themes)
    for number, row in enumerate(frame.to_dict("records"), 1):
        name = str(row["テーマ"])
        is_theme = number <= len(results.themes)
        if is_theme:
            group = [one for one in results.judged if is_given(one, name)]
        elif name in (NONE_APPLIES, UNDECIDED):
            group = [one for one in results.judged if one.labelling.verdict == name]
        else:
            group = list(results.judged)
        best = str(row["代表意見ID"])
        undecided = undecided_of(results.judged, name) if is_theme else []
        yield ThemeRow(
            "合計（実数）" if name == TOTAL_UNIQUE else name,
            number if is_theme else 0,
            figures.of(name, group),
            f"{int(row['同趣旨統合後']):,}",
            str(row["割合"]),
            round(1000 * len(group) / max(1, len(results.judged))),
            str(row["担当課数"]),
            figures.of(f"{name}に加わりうる保留", undecided),
            str(row["主な語"]),
            figures.link(best) if best else figures.of("", ()),
            is_total=name == TOTAL_UNIQUE,
        )


def topic_view(topic: Topic, results: Results, listing: Listing, figures: Figures) -> TopicView:
    """One topic."""
    headings = {one.id: one.heading for one in results.topics}
    voices = {one.opinion.id: one.opinion.same_id for one in results.judged}
    return TopicView(
        topic.id,
        topic.heading,
        headings.get(topic.parent, ""),
        figures.of(f"話題：{topic.heading}", topic.opinion_ids, "件"),
        len({voices[name] for name in topic.opinion_ids}),
        "・".join(topic.words),
        _stability(topic.stability),
        listing.quotes(topic.representatives),
    )


def _stability(value: float) -> str:
    """In words, with the value for those who want it."""
    if value >= _STEADY:
        said = "意見を入れ替えて集め直しても、ほぼ同じまとまりになります"
    elif value >= _FAIRLY:
        said = "意見を入れ替えて集め直すと、一部が入れ替わるまとまりです"
    else:
        said = "意見を入れ替えて集め直すと、変わりやすいまとまりです。目安として見てください"
    return f"{said}（安定度 {value:.2f}）"


def proposal_view(one: Suggestion, listing: Listing, figures: Figures) -> ProposalView:
    """One proposal."""
    departments = f"{len(one.departments)}課（{'、'.join(one.departments)}）" if one.departments else ""
    return ProposalView(
        one.number,
        one.division,
        _DIVISIONS.get(one.division, ""),
        one.title,
        one.purpose,
        "・".join(one.themes),
        departments,
        f"{one.nearest}（近さ {one.similarity:.2f}。1に近いほど近い）" if one.nearest else "",
        figures.of(f"案{one.number}の根拠", one.evidence, "件"),
        listing.quotes(one.evidence),
    )
