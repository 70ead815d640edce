"""What is shown in a terminal: tables whose Japanese columns line up."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console, RenderableType
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from pipeline.deliver.answers import BOOK
from pipeline.deliver.deliverables import TABLE_DOCUMENT, names_of
from pipeline.deliver.results import Results
from pipeline.deliver.tables import theme_summary
from pipeline.ledger import REVIEW
from pipeline.records import Finding, Source
from pipeline.themes.evaluation import Evaluation

if TYPE_CHECKING:
    from pipeline.compare import Comparison
    from pipeline.review.agreement import Agreed
    from pipeline.review.status import Status
    from pipeline.training import Trained

_SUMMARY = ("テーマ", "意見数", "同趣旨統合後", "割合", "担当課数", "施策数", "要確認", "主な語")
_WORDS_SHOWN = 4
_OUR_FILES = (
    BOOK,
    TABLE_DOCUMENT,
    "review.sqlite",
)  # what is amiss there is not known to iken check, so the remedy is told
_PIPE_WIDTH = 100
_LEVEL_STYLES = {"誤り": "bold red", "注意": "yellow", "情報": ""}


class _Table(Table):
    """A table of text as it stands: rich would take ``[documents]`` for markup, and swallow it."""

    def add_row(self, *cells: RenderableType | None, **how: Any) -> None:  # noqa: ANN401
        """Add a row."""
        super().add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in cells), **how)


def console(*, stderr: bool = False) -> Console:
    """Give a console whose width in a pipe does not depend on the machine."""
    found = Console(stderr=stderr, highlight=False, soft_wrap=False)
    return found if found.is_terminal else Console(stderr=stderr, highlight=False, width=_PIPE_WIDTH)


@contextlib.contextmanager
def progress() -> Iterator[Callable[[], None] | None]:
    """Count opinions on a terminal while they are judged; nothing in a pipe."""
    to = console(stderr=True)
    if not to.is_terminal:
        yield None
        return
    columns = (SpinnerColumn(), TextColumn("判定した意見"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=to, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda: bar.advance(task)


def show_summary(to: Console, results: Results) -> None:
    """Show the theme summary."""
    frame = theme_summary(results.judged, results.themes)
    table = _Table(title="テーマ別の集計", title_justify="left")
    for name in _SUMMARY:
        is_number = name not in ("テーマ", "主な語")
        table.add_column(name, justify="right" if is_number else "left", no_wrap=name != "主な語")
    for row in frame[list(_SUMMARY)].itertuples(index=False):
        *cells, words = row
        table.add_row(*cells, "・".join(words.split("・")[:_WORDS_SHOWN]))
    to.print(table)


def show_ledger(to: Console, results: Results) -> None:
    """Show where everything that was read went; the whole ledger stands in ledger.csv."""
    for line in [*results.ledger[:3], *(line for line in results.ledger[3:] if line.stage == REVIEW)]:
        parts = " + ".join(f"{name} {count}" for name, count in line.parts if count)
        to.print(f"{line.stage} {line.count} = {parts}", markup=False)


def show_sources(to: Console, sources: Iterable[Source]) -> None:
    """Show what was read from each file."""
    for source in sources:
        kinds: dict[str, int] = {}
        for item in source.items:
            kinds[item.kind] = kinds.get(item.kind, 0) + 1
        counted = "、".join(f"{kind} {count}" for kind, count in kinds.items())
        plan = f"、施策 {len(source.plan.measures)}" if source.plan else ""
        to.print(f"{source.file}: {counted}{plan}、担当課 {len(source.departments)}", markup=False)


def show_findings(to: Console, findings: Sequence[Finding]) -> None:
    """Show the findings, the gravest first."""
    if not findings:
        to.print("気づいた点はありません")
        return
    table = _Table(title="気づいた点", title_justify="left")
    for name in ("区分", "ファイル", "シート・頁", "行", "内容", "どうするか"):
        table.add_column(name, overflow="fold")
    order = list(_LEVEL_STYLES)
    for finding in sorted(findings, key=lambda one: order.index(one.level)):
        style = _LEVEL_STYLES[finding.level]
        place = finding.place
        table.add_row(finding.level, place.file, place.sheet, place.spot, finding.what, finding.remedy, style=style)
    to.print(table)


def show_notes(to: Console, results: Results) -> None:
    """Say what ought to be looked at: findings that are more than information, what the model says of itself."""
    grave = [finding for finding in results.findings if finding.level != "情報"]
    for finding in grave:
        place = " ".join(part for part in (finding.place.file, finding.place.within) if part)
        remedy = f"。{finding.remedy}" if finding.place.file in _OUR_FILES and finding.remedy else ""
        said = f"{finding.level}: {place}: {finding.what}{remedy}"
        to.print(said, markup=False, style=_LEVEL_STYLES[finding.level])
    for note in results.notes:
        to.print(f"注意: {note}", markup=False, style=_LEVEL_STYLES["注意"])


def show_files(to: Console, folder: Path, results: Results) -> None:
    """Name the files."""
    to.print(f"結果: {folder}/", markup=False)
    for name in (*names_of(results), "run.json"):
        to.print(f"  {name}", markup=False)


def show_trained(to: Console, trained: Trained) -> None:
    """Show what the labels of people changed, theme by theme."""
    table = _Table(
        title="人のラベルから学んだ補正（対数尤度は学習に使わなかったラベルで測ったもの。0に近いほどよい）",
        title_justify="left",
    )
    for name in ("テーマ", "補正前", "補正後", "補正", "重みが変わった語"):
        table.add_column(name, justify="right" if name in ("補正前", "補正後") else "left", overflow="fold")
    for one in trained.corrections:
        words = "、".join(f"{term} {weight:+.2f}" for term, weight in one.terms[:_WORDS_SHOWN])
        kept = "加えた" if one.kept else "加えない"
        table.add_row(one.theme, f"{one.before:.3f}", f"{one.after:.3f}", kept, words)
    to.print(table)
    gains = _Table(title="学習に使わなかったラベルでの F1（[ ] は95%区間）", title_justify="left")
    for name in ("テーマ", "ラベル", "補正前", "補正後", "差"):
        gains.add_column(name, justify="left" if name == "テーマ" else "right")
    for gain in trained.gains:
        difference = gain.difference
        told = f"{difference.value:+.3f} [{difference.low:+.2f}, {difference.high:+.2f}]"
        gains.add_row(gain.name, str(gain.positives), str(gain.before), str(gain.after), told)
    if trained.gains:
        to.print(gains)


def show_evaluation(to: Console, evaluation: Evaluation) -> None:
    """Show figures with their intervals, then what was confused with what."""
    table = _Table(title=f"人のラベルとの一致（{evaluation.opinions} 件、[ ] は95%区間）", title_justify="left")
    for name in ("テーマ", "正解", "適合率", "再現率", "F1"):
        table.add_column(name, justify="left" if name == "テーマ" else "right")
    for figures in evaluation.themes:
        table.add_row(
            figures.theme,
            str(figures.positives),
            f"{figures.precision:.3f}",
            f"{figures.recall:.3f}",
            str(figures.f1),
        )
    to.print(table)
    lines = [f"macro-F1 {evaluation.macro}、micro-F1 {evaluation.micro}"]
    decided = f"、それを除いた macro-F1 {evaluation.macro_decided}" if evaluation.macro_decided else ""
    lines.append(f"保留 {evaluation.undecided:.1%}{decided}")
    lines.append(f"確率のずれ（ECE） {evaluation.calibration:.3f}")
    if evaluation.kinds:
        lines.append(f"種別の正解率 {evaluation.kinds}")
    for line in lines:
        to.print(line, markup=False)
    for confusion in evaluation.confusions:
        to.print(f"取り違え {confusion.count} 件: 判定「{confusion.given}」、ラベル「{confusion.truth}」", markup=False)
        for text in confusion.texts:
            to.print(f"  ・{text}", markup=False)


def show_status(to: Console, status: Status) -> None:
    """Show how far the review is, how far reviewers agree, how good the suggestions are, and whether to go on."""
    advice = status.advice
    total = advice.decided + advice.left
    to.print(f"確認 {advice.decided} / {total} 件（残り {advice.left}、うち保留 {advice.undecided}）", markup=False)
    for name, count in status.reviewers:
        to.print(f"  {name}: {count} 件", markup=False)
    if status.stale:
        to.print(f"注意: 確認のあとで文面が変わった意見が {status.stale} 件あります", markup=False, style="yellow")
    if status.elsewhere:
        to.print(f"この回にない意見 {status.elsewhere} 件への確認があります（記録に残しています）", markup=False)
    for pair in status.agreement.pairs:
        _show_agreed(to, f"{'と'.join(pair.reviewers)}の一致（κ、[ ] は95%区間）", "両方が確認", pair.kappa)
    if len(status.agreement.reviewers) > 1 and status.agreement.alpha:
        _show_agreed(to, "全員の一致（α、[ ] は95%区間）", "二人以上が確認", status.agreement.alpha)
    if status.differing:
        to.print(f"判断がくい違う意見 {status.differing} 件（確認の画面の「くい違い」で決められます）", markup=False)
    measured = status.measured
    if measured.themes:
        title = (
            f"提案の精度（盲検＝提案を見ないでした確認 {measured.blind} 件、全体 {measured.groups} 件。[ ] は95%区間）"
        )
        table = _Table(title=title, title_justify="left")
        for name in ("テーマ", "盲検で該当", "適合率", "再現率", "F1", "提案の件数", "推定の件数"):
            table.add_column(name, justify="left" if name == "テーマ" else "right")
        for one in measured.themes:
            figures = [str(figure) if figure else "－" for figure in (one.precision, one.recall, one.f1)]
            whole = f"{one.in_round.value:.0f} [{one.in_round.low:.0f}–{one.in_round.high:.0f}]"
            table.add_row(one.theme, str(one.positives), *figures, str(one.suggested), whole)
        to.print(table)
        to.print(f"F1の平均 {measured.macro}", markup=False)
    for note in (*(one.note for one in measured.themes if one.note), *measured.notes, *status.agreement.notes):
        to.print(f"・{note}", markup=False)
    for sentence in advice.sentences:
        to.print(f"・{sentence}", markup=False)


def _show_agreed(to: Console, title: str, both: str, rows: Iterable[Agreed]) -> None:
    table = _Table(title=title, title_justify="left")
    for name in ("", both, "同じ判断", "一致"):
        table.add_column(name, justify="left" if not name else "right")
    for one in rows:
        table.add_row(one.name, str(one.opinions), str(one.same), str(one.figure) if one.figure else one.note)
    to.print(table)


def show_comparison(to: Console, comparison: Comparison) -> None:
    """Show two rounds side by side: every theme, and of the rest what may be called a change."""
    (opinions, voices), (later, later_voices) = comparison.totals
    to.print(
        f"前: {comparison.before.name} 意見 {opinions}（同趣旨統合後 {voices}）　"
        f"後: {comparison.after.name} 意見 {later}（同趣旨統合後 {later_voices}）",
        markup=False,
    )
    for note in comparison.notes:
        to.print(f"注意: {note}", markup=False, style=_LEVEL_STYLES["注意"])
    table = _Table(title="二つの回の比較（割合は同趣旨統合後。[ ] は差の区間）", title_justify="left")
    for name in ("区分", "名前", "前", "後", "割合の差", "変化"):
        table.add_column(name, justify="right" if name in ("前", "後") else "left", overflow="fold")
    still = 0
    for one in comparison.changes:
        is_change = one.low > 0 or one.high < 0
        if not is_change and one.section != "テーマ":
            still += 1
            continue
        table.add_row(
            one.section,
            one.name,
            f"{one.before.voices} ({one.before.rate:.0%})",
            f"{one.after.voices} ({one.after.rate:.0%})",
            f"{one.difference:+.0%} [{one.low:+.0%}, {one.high:+.0%}]",
            one.verdict,
            style="bold" if is_change else "",
        )
    to.print(table)
    to.print(f"ほかの{still}項目（施策・種別・担当課・語など）は、変化とは言えません", markup=False)
