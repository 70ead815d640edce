"""What is shown in a terminal: tables whose Japanese columns line up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from pipeline.batch import Results
from pipeline.records import Finding, Source

_SUMMARY = ("テーマ", "意見数", "同趣旨統合後", "割合", "担当課数", "施策数", "要確認", "主な語")
_WORDS_SHOWN = 4
_PIPE_WIDTH = 100
_LEVEL_STYLES = {"誤り": "bold red", "注意": "yellow", "情報": ""}


def console(*, stderr: bool = False) -> Console:
    """Give a console whose width in a pipe does not depend on the machine."""
    found = Console(stderr=stderr, highlight=False, soft_wrap=False)
    return found if found.is_terminal else Console(stderr=stderr, highlight=False, width=_PIPE_WIDTH)


def show_summary(to: Console, results: Results) -> None:
    """Show the theme summary."""
    frame = results.tables()["theme_summary.csv"]
    table = Table(title="テーマ別の集計", title_justify="left")
    for name in _SUMMARY:
        is_number = name not in ("テーマ", "主な語")
        table.add_column(name, justify="right" if is_number else "left", no_wrap=name != "主な語")
    for row in frame[list(_SUMMARY)].itertuples(index=False):
        *cells, words = row
        table.add_row(*cells, "・".join(words.split("・")[:_WORDS_SHOWN]))
    to.print(table)


def show_ledger(to: Console, results: Results) -> None:
    """Show where everything that was read went; the whole ledger stands in ledger.csv."""
    for line in results.ledger[:3]:
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
    table = Table(title="気づいた点", title_justify="left")
    for name in ("区分", "ファイル", "場所", "内容", "どうするか"):
        table.add_column(name, overflow="fold")
    order = list(_LEVEL_STYLES)
    for finding in sorted(findings, key=lambda one: order.index(one.level)):
        style = _LEVEL_STYLES[finding.level]
        table.add_row(finding.level, finding.place.file, finding.place.spot, finding.what, finding.remedy, style=style)
    to.print(table)


def show_notes(to: Console, results: Results) -> None:
    """Say what ought to be looked at: findings that are more than information, what the model says of itself."""
    grave = [finding for finding in results.findings if finding.level != "情報"]
    for finding in grave:
        place = " ".join(part for part in (finding.place.file, finding.place.spot) if part)
        to.print(f"{finding.level}: {place}: {finding.what}", markup=False, style=_LEVEL_STYLES[finding.level])
    for note in results.notes:
        to.print(f"注意: {note}", markup=False, style=_LEVEL_STYLES["注意"])


def show_files(to: Console, folder: Path, results: Results) -> None:
    """Name the files."""
    to.print(f"結果: {folder}/", markup=False)
    for name in (*results.tables(), "run.json"):
        to.print(f"  {name}", markup=False)
