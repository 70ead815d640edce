"""How AI was used: one page for those who have to answer for it."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.deliver.report.view import FigureRow, Statement
from pipeline.deliver.results import Results
from pipeline.measured import Figure
from pipeline.records import UNDECIDED

_DOES = (
    "意見ごとに、決めたテーマに当たるか、述べ方（要望・課題・事例・懸念）、計画のどの施策に近いかの案を出します。",
    "決めきれないものは保留にします。どれも人が見直す前の案です。",
    "判定は、本文にある語の点数の足し算です。意見の一覧で下線を引いた語が、その根拠です。",
    "文章を作るAI（生成AI）は使っていません。意見の文の言い換えや要約はしていません。",
    "計算は、すべてこの資料を作ったパソコンの中で行われ、意見は外へ送られません。同じ意見からは、いつも同じ結果が出ます。",
)
_DUTIES = (
    "保留の意見を読み、テーマを決める。",
    "件数の根拠にする意見は、表の数字から原文に戻って確かめる。",
    "施策の案は、根拠の意見を読んで採否を判断する。案の順番は採否の順番ではない。",
    "公表する前に、個人が分かる記述と、件数の少ない欄を確かめる。",
    "意見の採否や、意見を出した人・課の評価に、機械の判定をそのまま使わない。",
)


def statement(results: Results) -> Statement:
    """Draw up the statement; what was measured on this round comes before what is known of the model."""
    known = results.made_with.measured
    figures = results.measured or known.figures
    return Statement(
        _DOES,
        known.learned_from,
        tuple(map(_figure_row, figures)),
        bool(results.measured),
        tuple(_reviewed(results)),
        known.limits,
        _DUTIES,
        tuple(_made_with(results)),
    )


def _figure_row(one: Figure) -> FigureRow:
    interval = "" if one.low is None or one.high is None else f"{one.low:.2f}～{one.high:.2f}"
    return FigureRow(one.what, one.on, f"{one.opinions:,}件", f"{one.value:.3f}", interval)


def _reviewed(results: Results) -> Iterator[str]:
    decisions = [one.decision for one in results.judged if one.decision]
    undecided = sum(one.labelling.verdict == UNDECIDED for one in results.judged)
    if not decisions:
        yield "まだだれも確かめていません。"
    else:
        people = len({one.reviewer for one in decisions})
        changed = sum(one.is_change for one in decisions)
        blind = sum(one.blind for one in decisions)
        yield (
            f"{people}人が{len(results.judged):,}件のうち{len(decisions):,}件を確かめ、{changed:,}件で機械の案を直しました。"
        )
        if results.measured:
            yield (
                f"機械の案を見ないで決めた意見は{results.measured[0].opinions:,}件（同趣旨は一件と数える）で、"
                "案の正しさを測るのに使いました。"
            )
        elif blind:
            yield f"そのうち{blind:,}件は、機械の案を見ないで決めたものです。"
    if undecided:
        yield f"保留が{undecided:,}件残っています。"


def _made_with(results: Results) -> Iterator[tuple[str, str]]:
    made, themes = results.made_with, "・".join(results.themes)
    found = (
        ("道具", f"iken {made.version}" if made.version else ""),
        ("判定のしくみ", f"{made.model}（照合用の値 {made.model_digest[:12]}）" if made.model else ""),
        (
            "テーマの定め",
            f"{themes}（照合用の値 {made.codebook_digest[:12]}）" if made.codebook_digest else "",
        ),
    )
    yield from (pair for pair in found if pair[1])
