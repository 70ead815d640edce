"""results.xlsx: the results as a book to circulate, first of all the sheet that departments fill in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipeline.deliver.answers import (
    BEFORE,
    BOOK,
    CHECK,
    ID,
    REASON,
    RESPONSE,
    SUMMARY,
    UNMATCHED,
    VIEW,
    Answer,
    Answers,
    has_own_summary,
)
from pipeline.deliver.groups import SUMMARY_WIDTH, Group, groups_of, spoken_place, submitters_of, summary_of
from pipeline.deliver.responses import Response, responses_of
from pipeline.deliver.results import Results
from pipeline.deliver.sheets import LIMIT, Book, Cell, Column, units
from pipeline.deliver.tables import (
    attribute_names,
    evidence_text,
    review_state,
    rows_of,
)
from pipeline.identity import text_hash
from pipeline.kinds import SAME_AS_ABOVE
from pipeline.proposals.coverage import coverage
from pipeline.reading.columns import personal_kind
from pipeline.records import NONE_APPLIES, UNDECIDED, Judged, Plan
from pipeline.themes.kinds import KINDS

if TYPE_CHECKING:
    import pandas as pd

CIRCULATION, ORIGINALS, GUIDE = "意見一覧", "全意見", "使い方"
_NUMBERS = (
    "意見数",
    "同趣旨統合後",
    "割合",
    "担当課数",
    "施策数",
    "要確認",
    "件数",
    "概要を超える求め",
    "安定度",
    "類似度",
    "強さ",
)
_LONG = {"担当課": 30, "施策": 36, "代表意見": 46, "代表意見ID": 14, "主な語": 24, "意見ID": 27, "根拠意見ID": 27}
_LONG |= {"趣旨": 50, "案": 36, "内訳": 100, "本文": 60, "最も近い施策": 26, "見出し": 28}
_BEYOND_TEXT = ["概要を超える求めの内容"]
_TO_FILL = {"bg_color": "#FFFBE6"}
_GREY = {"font_color": "#808080", "text_wrap": False, "font_size": 8}
_CHOICES_ROW = 5  # where the choices begin on the sheet 使い方


def results_workbook(
    results: Results, answers: Answers | None = None, tables: Mapping[str, pd.DataFrame] | None = None
) -> bytes:
    """Give the book; the same results and answers give the same bytes.

    Parameters
    ----------
    results : Results
    answers : Answers, optional
        What people wrote into the book that it replaces.
    tables : mapping of str to DataFrame, optional
        ``results.tables()``, where they are made already.
    """
    answers = answers or Answers()
    choices = answers.choices or responses_of()
    groups = groups_of(results.judged)
    book = Book(f"意見一覧 {results.round}".strip())
    _circulation(book, results, groups, answers, choices)
    if answers.unmatched:
        _unmatched(book, answers.unmatched)
    _originals(book, results, groups)
    _summaries(book, results, tables or results.tables())
    _guide(book, choices)
    return book.bytes()


def _circulation(
    book: Book, results: Results, groups: Sequence[Group], answers: Answers, choices: Sequence[Response]
) -> None:
    """意見一覧: a row for all voices that say the same; 対応区分 and 市の考え方 to be filled in."""
    filled = dict(answers.by_group)
    repeated = _repeated(results)
    others = list(dict.fromkeys(heading for answer in filled.values() for heading, _ in answer.others))
    columns = [
        *(Column("番号", 6, is_fixed=True), Column("該当箇所", 24), Column(SUMMARY, SUMMARY_WIDTH, is_fixed=True)),
        *(Column("件数", 6, is_fixed=True), Column("担当課", 20), Column(RESPONSE, 12, is_fixed=True)),
        *(Column(VIEW, 44, is_fixed=True), Column("テーマ", 12), Column("判定", 10)),
        *([Column("同上", 6, is_number=True)] if repeated else []),
        *(Column(heading, 30) for heading in others),
        *(Column(ID, 13, is_fixed=True), Column(CHECK, 8, is_fixed=True)),
    ]
    rows: list[list[Cell]] = []
    for group in groups:
        answer = filled.get(group.key, Answer((), "", "", ""))
        written = dict(answer.others)
        is_own = bool(answer.summary) and has_own_summary(answer, group)
        again = sum(repeated[one.opinion.id] for one in group.members)
        rows.append(
            [
                *(group.number, "\n".join(group.places), answer.summary if is_own else summary_of(group)),
                *(len(group.members), "、".join(group.departments), answer.response, answer.view),
                *("、".join(group.themes), "、".join(group.verdicts)),
                *([again or ""] if repeated else []),
                *(written.get(heading, "") for heading in others),
                *(_ids(group), text_hash(group.first.opinion.text)),
            ]
        )
    titles = [f"{CIRCULATION}（{results.round}）" if results.round else CIRCULATION, _counted(results, groups)]
    last = len(columns) - 1
    centred = {"align": "center"}
    styles: dict[int, dict[str, Any]] = {0: centred, 3: centred, 5: {**_TO_FILL, **centred}, 6: _TO_FILL}
    styles |= {last - 1: _GREY, last: _GREY}
    sheets = book.table(CIRCULATION, columns, rows, above=titles, styles=styles)
    for sheet in sheets:
        end = len(titles) + max(1, min(len(rows), sheet.dim_rowmax - len(titles)))
        sheet.data_validation(
            *(len(titles) + 1, 5, end, 5),
            {
                "validate": "list",
                "source": f"='{GUIDE}'!$A${_CHOICES_ROW + 1}:$A${_CHOICES_ROW + len(choices)}",
                "error_type": "warning",
                "error_title": RESPONSE,
                "error_message": "選択肢にない言葉です。このまま入れますか。",
            },
        )
        sheet.print_area(0, 0, end, 6)


def _counted(results: Results, groups: Sequence[Group]) -> str:
    people = submitters_of([one.opinion for one in results.judged])
    return f"提出者数 {people.spoken}　意見件数 {len(results.judged):,}件（同趣旨をまとめて {len(groups):,}件）"


def _repeated(results: Results) -> Counter[str]:
    """How often a 同上 points at an opinion."""
    places = Counter(item.same_as for item in results.rest if item.kind == SAME_AS_ABOVE and item.same_as)
    found: Counter[str] = Counter()
    for one in results.judged:
        if one.opinion.item.part <= 1 and (count := places[one.opinion.item.place]):
            found[one.opinion.id] += count
    return found


def _ids(group: Group) -> str:
    """Every voice's ID, as far as a cell holds them; 全意見 has them all."""
    ids = [one.opinion.id for one in group.members]
    whole = "、".join(ids)
    if units(whole) <= LIMIT:
        return whole
    shown = ids[: (LIMIT - 40) // (max(map(len, ids)) + 1)]
    return f"{'、'.join(shown)} ほか{len(ids) - len(shown)}件（シート「{ORIGINALS}」）"


def _unmatched(book: Book, unmatched: Sequence[Answer]) -> None:
    """合わない記入: what people wrote and fits no opinion any more."""
    others = list(dict.fromkeys(heading for answer in unmatched for heading, _ in answer.others))
    columns = [Column(REASON, 30), Column(SUMMARY, SUMMARY_WIDTH), Column(RESPONSE, 12), Column(VIEW, 44)]
    columns += [*(Column(heading, 30) for heading in others), Column(ID, 13, is_fixed=True)]
    columns.append(Column(CHECK, 8, is_fixed=True))
    rows: list[list[Cell]] = [
        [
            *(answer.reason, answer.summary, answer.response, answer.view),
            *(dict(answer.others).get(heading, "") for heading in others),
            *("、".join(answer.ids), answer.check),
        ]
        for answer in unmatched
    ]
    last = len(columns) - 1
    note = "今の意見のどれにも合わない、前の書き込みです。要るものを意見一覧の行へ写し、ここの行は消してください。"
    book.table(UNMATCHED, columns, rows, above=[UNMATCHED, note], styles={last - 1: _GREY, last: _GREY})


def _originals(book: Book, results: Results, groups: Sequence[Group]) -> None:
    """全意見: every voice in its own words, with the number of its row in 意見一覧.

    Columns that name a person are left out: the book is passed around.
    """
    attributes = [name for name in attribute_names(results.judged) if not personal_kind(name)]
    numbers = {one.opinion.id: group.number for group in groups for one in group.members}
    columns = [
        *(Column("一覧番号", 8, is_number=True), Column(ID, 14), Column("出典", 18), Column("位置", 14)),
        *(Column("番号", 10), Column("意見", 66), Column("担当課", 18), Column("該当箇所", 22), Column("種別", 8)),
        *(Column("判定", 10), Column("テーマ", 12), Column("根拠語", 28), Column("確認", 8)),
    ]
    # as in opinions.csv: a column of the source that is called like one of ours stays apart from it
    ours = {column.heading for column in columns}
    columns += [Column(f"{name}（元の列）" if name in ours else name, 18) for name in attributes]
    rows: list[list[Cell]] = []
    for one in results.judged:
        item, own = one.opinion.item, dict(one.opinion.item.attributes)
        rows.append(
            [
                *(numbers[one.opinion.id], one.opinion.id, item.place.file, item.place.within, item.number),
                *(item.text, "、".join(item.departments), spoken_place(one), one.labelling.kind),
                *(one.labelling.verdict, "、".join(one.labelling.themes), evidence_text(one), review_state(one)),
                *(own.get(name, "") for name in attributes),
            ]
        )
    book.table(ORIGINALS, columns, rows)


def _summaries(book: Book, results: Results, tables: Mapping[str, pd.DataFrame]) -> None:
    """The tables of the results, as they stand in the CSV files."""
    numbers = {*_NUMBERS, *KINDS, *results.themes, NONE_APPLIES, UNDECIDED}
    sheets = [("テーマ別集計", "theme_summary.csv", 1)]
    if results.plan:
        sheets.append(("施策別", "plan_matrix.csv", 0))
    sheets += [("担当課別", "department_matrix.csv", 2), ("属性別", "attribute_matrix.csv", 0)]
    sheets += [("話題", "topics.csv", 0), ("施策案", "suggestions.csv", 0), ("意見以外", "not_opinions.csv", 0)]
    sheets.append(("台帳", "ledger.csv", 0))
    for name, file, totals in sheets:
        frame = tables[file].drop(columns=_BEYOND_TEXT, errors="ignore")
        if name == "担当課別" and results.plan:
            _beyond(book, results.judged, results.plan)
        if not frame.empty:
            book.table(
                name,
                [Column(heading, _LONG.get(heading, 24), heading in numbers) for heading in frame.columns],
                _cells(frame),
                totals=totals,
                # sorting would carry the totals into the table
                has_filter=name in ("話題", "施策案", "意見以外"),
            )


def _beyond(book: Book, judged: Sequence[Judged], plan: Plan) -> None:
    """What measures are asked for beyond their 概要: one row an ask, too long for a cell of the sheet before."""
    columns = [Column("施策", 36), Column("施策の概要", 50), Column("求めていること", 60), Column("概要にない語", 30)]
    rows: list[list[Cell]] = [
        [one.place, one.measure.overview, beyond.clause, "・".join(beyond.words), beyond.opinion_id]
        for one in coverage(judged, plan).exceeded
        if one.measure
        for beyond in one.beyond
    ]
    if rows:
        book.table("概要を超える求め", [*columns, Column("意見ID", 16)], rows, has_filter=True)


def _cells(frame: pd.DataFrame) -> list[list[Cell]]:
    return [list(row) for row in rows_of(frame)]


def _guide(book: Book, choices: Sequence[Response]) -> None:
    """使い方: how to fill the book in and have it read back, and the choices themselves."""
    widths = (16, 100)
    sheet = book.sheet(GUIDE, widths, 0)
    book.write(sheet, 0, 0, GUIDE, bold=True, font_size=13)
    book.write(sheet, 2, 0, "対応区分の選択肢", bold=True)
    book.write(sheet, 3, 0, 'iken.toml に responses = ["反映", "参考"] のように書くと、選択肢を替えられます。')
    head = {"bold": True, "bg_color": "#DDEBF7", "border": 1}
    for column, name in enumerate((RESPONSE, "意味")):
        book.write(sheet, _CHOICES_ROW - 1, column, name, **head)
    for row, choice in enumerate(choices, _CHOICES_ROW):
        book.write(sheet, row, 0, choice.name, border=1)
        book.write(sheet, row, 1, choice.meaning, border=1, text_wrap=True)
    row = _CHOICES_ROW + len(choices) + 1
    for title, lines in _GUIDE_LINES:
        book.write(sheet, row, 0, title, bold=True)
        for number, line in enumerate(lines, row + 1):
            style = {"text_wrap": True, "valign": "top", "indent": 1}
            sheet.merge_range(number, 0, number, 1, "", book.style(**style))
            book.write(sheet, number, 0, f"・{line}", **style)
            book.fit(sheet, number, [(line, sum(widths) - 4)])
        row += len(lines) + 2


_GUIDE_LINES = (
    (
        "書き込むところ",
        (
            f"シート「{CIRCULATION}」の「{RESPONSE}」と「{VIEW}」に書きます。「{RESPONSE}」は一覧から選びます。",
            f"「{SUMMARY}」は書き直せます。もとの文はシート「{ORIGINALS}」に残ります。",
            "並べ替え、絞り込み、行の削除、列の移動や追加、シートの名前の変更をしても読み戻せます。足した列も引き継ぎます。",
            f"「{ID}」の列は、どの意見の行かを見分けるためのものです。消したり書き換えたりしないでください。",
        ),
    ),
    (
        "読み戻し",
        (
            f"書き込んだ {BOOK} を同じ名前で結果のフォルダに保存して閉じ、iken export フォルダ を実行します。",
            "書き込みは新しいブックに引き継がれます。iken run をやり直したときも同じです。",
            f"意見がなくなったり文が変わったりして合わなくなった書き込みは、シート「{UNMATCHED}」に残ります。",
            f"色、コメント、書式は引き継ぎません。書き直す前のブックは {BEFORE} に残ります。",
        ),
    ),
    (
        "数え方",
        (
            f"一行は、同じ趣旨の意見をまとめたものです。「件数」は声の数で、一つひとつはシート「{ORIGINALS}」にあります。",
            "提出者数は、提出者の番号の列などから分かるときだけ示します。分からないときは「不明」です。",
            "「該当箇所」の（案）は、意見の文から推定した施策です。ほかは、もとの表か確認した人が置いたところです。",
            "氏名や連絡先など個人が分かる列は載せていません（元のファイルと opinions.csv にあります）。",
            "一つのセルに入りきらない長い文は、右の「（続き2）」の列に続きます。",
        ),
    ),
)
