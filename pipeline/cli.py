"""The command line: parses, calls one function, prints."""

from __future__ import annotations

import atexit
import gc
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer import rich_utils
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from pipeline import __version__
from pipeline.errors import IkenError


class JapaneseCommand(TyperCommand):
    """A command whose help is Japanese throughout."""

    def get_help_option(self, ctx: Any) -> Any:  # noqa: ANN401 typer names no type for it
        """Say in Japanese what --help does."""
        return _in_japanese(super().get_help_option(ctx))


class JapaneseGroup(TyperGroup):
    """The same for ``iken`` itself."""

    def get_help_option(self, ctx: Any) -> Any:  # noqa: ANN401
        """Say in Japanese what --help does."""
        return _in_japanese(super().get_help_option(ctx))


class ReviewGroup(JapaneseGroup):
    """``iken review DIR`` opens; a word that is one of its commands does what it says."""

    default = "open"

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401
        """Take what is no command for the folder to open."""
        is_folder = bool(args) and args[0] not in self.commands and not args[0].startswith("-")
        return super().parse_args(ctx, [self.default, *args] if is_folder else args)


def _in_japanese(option: Any) -> Any:  # noqa: ANN401
    if option is not None:
        option.help = "この説明を表示して終わる"
    return option


rich_utils.ARGUMENTS_PANEL_TITLE = "読み取るもの"
rich_utils.OPTIONS_PANEL_TITLE = "指定"
rich_utils.COMMANDS_PANEL_TITLE = "命令"
rich_utils.REQUIRED_LONG_STRING = "（必須）"

app = typer.Typer(cls=JapaneseGroup, add_completion=False, pretty_exceptions_enable=False)
review_app = typer.Typer(cls=ReviewGroup, add_completion=False)
app.add_typer(
    review_app,
    name="review",
    help="結果を人が確認します（iken review フォルダ）。記録の統合（merge）と、進み具合（status）。",
    no_args_is_help=True,
)

Sources = Annotated[
    list[Path],
    typer.Argument(
        help="庁内意見の表（.xlsx .docx .html .pdf .txt .tsv）か意見一覧（.csv .tsv .xlsx .parquet）",
        show_default=False,
    ),
]
PlanFile = Annotated[
    Path | None, typer.Option("--plan", help="計画（CSV か TOML：基本施策, 施策, 概要, 重点）", show_default=False)
]
CodebookFile = Annotated[Path | None, typer.Option("--codebook", help="コードブック（TOML）", show_default=False)]
ModelFolder = Annotated[Path | None, typer.Option("--model", help="モデルのフォルダ", show_default=False)]
DepartmentsFile = Annotated[
    Path | None, typer.Option("--departments", help="担当課の凡例（CSV：記号, 担当課）", show_default=False)
]
ColumnNames = Annotated[
    str | None, typer.Option("--columns", help="一覧の列（例: 意見=自由記述,担当課=所属）", show_default=False)
]
Split = Annotated[bool, typer.Option("--split", help="いくつもの意見を含む文章を、意見ごとに分ける")]
Mask = Annotated[bool, typer.Option("--mask", help="個人が分かる記述を〔電話番号〕などに置き換える")]
Earlier = Annotated[
    list[Path] | None,
    typer.Option("--earlier", help="前の回の結果のフォルダ（重なる意見を二度数えない）", show_default=False),
]
RoundName = Annotated[str | None, typer.Option("--round", help="回の名前（例: 令和6年度第1回）", show_default=False)]


@app.callback(invoke_without_command=True)
def main(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="エラーのとき詳しい経過を表示する")] = False,  # noqa: ARG001 entry() takes it
    version: Annotated[bool, typer.Option("--version", help="版を表示して終わる")] = False,
) -> None:
    """集まった意見を、横断テーマと計画の施策に分類し、集計します。"""
    if version:
        typer.echo(f"iken {__version__}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command("check", cls=JapaneseCommand)
def check_command(
    sources: Sources,
    departments: DepartmentsFile = None,
    columns: ColumnNames = None,
    split: Split = False,
    earlier: Earlier = None,
    as_json: Annotated[bool, typer.Option("--json", help="結果をJSONで出力する")] = False,
) -> None:
    """何が読み取られ、どこに問題があるかを前もって確かめます（何も書き出しません）。"""
    from pipeline.check import check
    from pipeline.deliver import terminal
    from pipeline.options import with_file

    checked = check(sources, with_file(departments=departments, columns=columns, split=split, earlier=earlier))
    if as_json:
        typer.echo(json.dumps(checked.as_dict(), ensure_ascii=False, indent=2))
    else:
        out = terminal.console()
        terminal.show_sources(out, checked.sources)
        terminal.show_findings(out, checked.findings)
    if not checked.is_clean:
        raise typer.Exit(1)


@app.command("run", cls=JapaneseCommand)
def run_command(
    sources: Sources,
    out: Annotated[Path, typer.Option("--out", help="結果を入れるフォルダ", show_default=False)],
    plan: PlanFile = None,
    codebook: CodebookFile = None,
    model: ModelFolder = None,
    departments: DepartmentsFile = None,
    round_name: RoundName = None,
    columns: ColumnNames = None,
    split: Split = False,
    mask: Mask = False,
    earlier: Earlier = None,
) -> None:
    """意見を読み取り、分類し、計画に当てはめ、集計表を作ります。"""
    from pipeline import batch
    from pipeline.deliver import terminal
    from pipeline.options import with_file

    options = with_file(
        plan=plan,
        codebook=codebook,
        model=model,
        departments=departments,
        round=round_name,
        columns=columns,
        split=split,
        mask=mask,
        earlier=earlier,
    )
    with terminal.progress() as progress:
        results = batch.run(sources, out, options, progress)
    to = terminal.console()
    terminal.show_summary(to, results)
    terminal.show_ledger(to, results)
    terminal.show_notes(terminal.console(stderr=True), results)
    terminal.show_files(to, out, results)


@app.command("classify", cls=JapaneseCommand)
def classify_command(
    sources: Sources,
    out: Annotated[Path, typer.Option("--out", help="結果のファイル（.csv か .parquet）", show_default=False)],
    plan: PlanFile = None,
    codebook: CodebookFile = None,
    model: ModelFolder = None,
    departments: DepartmentsFile = None,
    round_name: RoundName = None,
    columns: ColumnNames = None,
    split: Split = False,
    mask: Mask = False,
    earlier: Earlier = None,
) -> None:
    """意見に判定だけを付けます（件数の多い回に）。"""
    from pipeline.classify import classify
    from pipeline.deliver import terminal
    from pipeline.options import with_file

    options = with_file(
        plan=plan,
        codebook=codebook,
        model=model,
        departments=departments,
        round=round_name,
        columns=columns,
        split=split,
        mask=mask,
        earlier=earlier,
    )
    with terminal.progress() as progress:
        line = classify(sources, out, options, progress)
    typer.echo(f"{line.stage} {line.count} = {line.breakdown}")
    typer.echo(f"{out} に書き出しました")


@review_app.command("open", cls=JapaneseCommand, hidden=True)
def review_open_command(
    folder: Annotated[Path, typer.Argument(help="結果のフォルダ", show_default=False)],
) -> None:
    """確認のノートブックを、このPCの JupyterLab で開きます（終わるには Ctrl+C）。"""
    from pipeline.review.opening import open_review

    sys.exit(open_review(folder))


@review_app.command("merge", cls=JapaneseCommand)
def review_merge_command(
    folder: Annotated[Path, typer.Argument(help="結果のフォルダ（記録を足す先）", show_default=False)],
    other: Annotated[Path, typer.Argument(help="ほかの人のフォルダか review.sqlite", show_default=False)],
) -> None:
    """ほかの人の確認の記録を、このフォルダの記録に加えます（相手の記録は変わりません）。"""
    from pipeline.review.status import merge_into

    merged = merge_into(folder, other)
    people = f"（{'、'.join(merged.reviewers)}）" if merged.reviewers else ""
    typer.echo(f"新しい記録 {merged.new} 件{people}を加えました。{merged.known} 件はすでにありました")
    typer.echo(f"集計に反映するには iken export {folder}")


@review_app.command("status", cls=JapaneseCommand)
def review_status_command(
    folder: Annotated[Path, typer.Argument(help="結果のフォルダ", show_default=False)],
) -> None:
    """確認の進み具合、確認者どうしの一致、提案の精度、続けるかどうかの目安を示します。"""
    from pipeline.deliver import terminal
    from pipeline.review.status import status_of

    terminal.show_status(terminal.console(), status_of(folder))


@app.command("export", cls=JapaneseCommand)
def export_command(
    folder: Annotated[Path, typer.Argument(help="結果のフォルダ", show_default=False)],
) -> None:
    """人の確認と results.xlsx への書き込みを反映して、集計表などをもう一度書き出します。"""
    from pipeline.deliver import terminal
    from pipeline.export import export
    from pipeline.options import with_file

    results = export(folder, with_file().responses)
    to = terminal.console()
    terminal.show_summary(to, results)
    terminal.show_ledger(to, results)
    terminal.show_notes(terminal.console(stderr=True), results)
    terminal.show_files(to, folder, results)


@app.command("compare", cls=JapaneseCommand)
def compare_command(
    before: Annotated[Path, typer.Argument(help="前の回の結果のフォルダ", show_default=False)],
    after: Annotated[Path, typer.Argument(help="後の回の結果のフォルダ", show_default=False)],
    out: Annotated[Path | None, typer.Option("--out", help="比べた表のファイル（.csv）", show_default=False)] = None,
) -> None:
    """二つの回を比べ、増えたもの・減ったものを、偶然の揺れと区別して示します。"""
    from pipeline.compare import compare, write_comparison
    from pipeline.deliver import terminal

    comparison = compare(before, after)
    terminal.show_comparison(terminal.console(), comparison)
    if out:
        write_comparison(out, comparison)
        typer.echo(f"{out} に書き出しました")


@app.command("evaluate", cls=JapaneseCommand)
def evaluate_command(
    labels: Annotated[Path, typer.Argument(help="人が付けたラベル（CSV：意見, テーマ, 種別）", show_default=False)],
    results: Annotated[
        Path | None, typer.Option("--results", help="ラベルが意見IDだけのとき、その結果のフォルダ", show_default=False)
    ] = None,
    codebook: CodebookFile = None,
    model: ModelFolder = None,
) -> None:
    """判定を人のラベルと比べ、適合率・再現率・F1を区間とともに示します。"""
    from pipeline.deliver import terminal
    from pipeline.evaluate import evaluate
    from pipeline.options import with_file

    terminal.show_evaluation(terminal.console(), evaluate(labels, with_file(codebook=codebook, model=model), results))


@app.command("train", cls=JapaneseCommand)
def train_command(
    labels: Annotated[
        list[Path],
        typer.Argument(
            help="確認をすませた結果のフォルダか、人が付けたラベル（CSV：意見, テーマ, 種別）", show_default=False
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="新しいモデルのフォルダ（models/名前）", show_default=False)],
    codebook: CodebookFile = None,
) -> None:
    """手持ちの意見に人の判断を加えて学習し、新しいモデルを作ります。"""
    from pipeline.deliver.terminal import console, show_trained
    from pipeline.options import with_file
    from pipeline.training import train

    trained = train(out, labels, with_file(codebook=codebook).codebook)
    show_trained(console(), trained)
    typer.echo(f"手持ちの {trained.opinions} 件と人のラベル {trained.reviewed} 件から {out} を作りました")
    typer.echo(f"次の回は iken run … --model {out} で使えます")


def entry() -> None:
    """Run a command; an error that the user can mend is one line and exit status 1, a wrong call 2."""
    # a run makes many small records that live to its end: looking through them for cycles again
    # and again would cost a fifth of its time
    gc.set_threshold(100_000, 50, 100)
    # and once more at the end, when all of it goes anyway
    atexit.register(gc.freeze)
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    debug = len(arguments) < len(sys.argv) - 1
    try:
        sys.exit(app(arguments, standalone_mode=False))
    except IkenError as error:
        if debug:
            raise
        typer.echo(f"エラー: {error}", err=True)
        sys.exit(1)
    except TyperException as error:
        if debug:
            raise
        typer.echo(
            f"エラー: 指定が正しくありません（{error.format_message()}）。iken --help で使い方を確かめてください",
            err=True,
        )
        sys.exit(2)
    except typer.Abort:
        typer.echo("中断しました", err=True)
        sys.exit(130)


if __name__ == "__main__":
    entry()
