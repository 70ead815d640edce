"""What people wrote into the circulation sheet (対応区分, 市の考え方), read back and put where it belongs.

A row is known by the 意見ID in it, whatever else was done to the book: rows sorted, filtered,
inserted or deleted, columns moved or added, sheets renamed, saved by Excel or LibreOffice. What
fits no opinion any more is kept and told; nothing that was written is lost.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.deliver.groups import POINTER, Group, summary_of
from pipeline.deliver.responses import Response, responses_of
from pipeline.errors import IkenError
from pipeline.identity import text_hash
from pipeline.records import Finding, Place

BOOK, BEFORE = "results.xlsx", "results_previous.xlsx"
ID, CHECK, SUMMARY, RESPONSE, VIEW, REASON = "意見ID", "照合", "意見の概要", "対応区分", "市の考え方", "理由"
OWN = ("番号", "該当箇所", SUMMARY, "件数", "担当課", RESPONSE, VIEW, "テーマ", "判定", ID, CHECK)
"""The columns of the circulation sheet; any other was added by people and is carried along."""
UNMATCHED = "合わない記入"
BLANK = "blank_book"
"""Key of run.json: SHA-256 of the book as it was written, while nobody had filled anything in."""

_HEADING_ROWS = 30
_ID = re.compile(r"O[A-Z2-7]{10}(?:-\d+)?")
# How XLSX writes what XML cannot hold, and a _ that would look like it; _x0041_ is just that.
_ESCAPED = re.compile(r"_x(00[01][0-9A-Fa-f]|005[Ff]|[Ff]{3}[EFef])_")
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\ud800-\udfff\ufffd-\uffff]")
_TOLD = (SUMMARY, RESPONSE, VIEW, ID, CHECK)
_NAMELESS = "（見出しなし）"
_SECOND = "同じ意見に別の記入があり、先にある記入を採った"
_LINE_END = re.compile(r"\r+\n")
_LOCKS = (f"~${BOOK}", f".~lock.{BOOK}#")  # of Excel and of LibreOffice, while the book is open
_CLOSE = "閉じてから、もう一度実行してください"


@dataclass(frozen=True, slots=True)
class Answer:
    """A row that people wrote in.

    Attributes
    ----------
    ids : tuple of str
        Every 意見ID in the row.
    check : str
        What the row was made on (:func:`pipeline.identity.text_hash`); empty when that column is gone.
    response, view : str
        対応区分 and 市の考え方.
    summary : str
        意見の概要 as it stands in the row.
    others : tuple of (str, str)
        Columns that people added, by their heading; empty cells are left out.
    spot : str
        Sheet and row.
    reason : str
        Why it fits no opinion.
    """

    ids: tuple[str, ...]
    check: str
    response: str
    view: str
    summary: str = ""
    others: tuple[tuple[str, str], ...] = ()
    spot: str = ""
    reason: str = ""

    @property
    def is_written(self) -> bool:
        """Whether there is anything in it that people wrote beside the summary."""
        return bool(self.response or self.view or self.others)

    @property
    def written(self) -> tuple[str, str, tuple[tuple[str, str], ...]]:
        """What they wrote."""
        return self.response, self.view, self.others


@dataclass(frozen=True, slots=True)
class Answers:
    """What people wrote, in its place.

    Attributes
    ----------
    choices : tuple of Response
        What 対応区分 offers.
    by_group : tuple of (str, Answer)
        By the 意見ID of the group's first opinion.
    unmatched : tuple of Answer
        What fits no opinion, each with its reason.
    findings : tuple of Finding
    """

    choices: tuple[Response, ...] = ()
    by_group: tuple[tuple[str, Answer], ...] = ()
    unmatched: tuple[Answer, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Whether nobody has written anything yet."""
        return not self.by_group and not self.unmatched


def read_answers(folder: Path) -> tuple[Answer, ...]:
    """Read what people wrote into the book of a folder; nothing where there is no book.

    A book that is still as it was written needs no reading, and so no openpyxl.

    Raises
    ------
    IkenError
        When the book is open, damaged, without its columns, or openpyxl is missing: then it must
        not be overwritten.
    """
    path = folder / BOOK
    if not path.exists():
        return ()
    if any((folder / lock).exists() for lock in _LOCKS):
        raise IkenError(
            "開かれているので、書き直しません",
            file=str(path),
            remedy=f"{_CLOSE}（開いていないのに出るときは、{'か '.join(_LOCKS)} を消してください）",
        )
    try:
        body = path.read_bytes()
    except OSError as error:
        raise IkenError(f"読めません（{error.strerror or error}）", file=str(path), remedy=_CLOSE) from error
    if hashlib.sha256(body).hexdigest() == _blank_digest(folder):
        return ()
    return tuple(_read(path))


def book_before(folder: Path, book: bytes) -> dict[str, bytes]:
    """The book that is replaced, to be kept beside the new one if people worked in it.

    Colours, comments and the like are not carried along: they are found there.
    """
    path = folder / BOOK
    body = path.read_bytes() if path.exists() else book
    is_theirs = body != book and hashlib.sha256(body).hexdigest() != _blank_digest(folder)
    return {BEFORE: body} if is_theirs else {}


def blank_record(book: bytes, answers: Answers) -> str:
    """What run.json remembers of a book: its digest, or nothing once people have written in it."""
    return hashlib.sha256(book).hexdigest() if answers.is_blank else ""


def _blank_digest(folder: Path) -> str:
    try:
        record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return str(record.get(BLANK, "")) if isinstance(record, dict) else ""


def _read(path: Path) -> Iterator[Answer]:
    from pipeline.reading.extras import need
    from pipeline.reading.packages import XLSX, inspect
    from pipeline.reading.spreadsheet import Workbook

    keep = "記入を失わないよう、書き直していません。"
    try:
        need("openpyxl", path)
    except IkenError as error:
        raise IkenError(
            "記入を読み戻すための部品（openpyxl）が入っていません",
            file=str(path),
            remedy=f'{keep}pip install "iken[documents]" で入れるか、{BOOK} を別の場所へ移してください',
        ) from error
    try:
        package = inspect(path)
        if package.kind != XLSX:
            raise IkenError("Excel のブックではありません", file=str(path))
        book = Workbook(package)
        with book.opened(values=True) as shown, book.opened(values=False) as typed:
            sheets = [
                (str(values.title), rows)
                for values, formulas in zip(shown.worksheets, typed.worksheets, strict=True)
                if (rows := list(_rows(values, formulas, has_formulas=package.has_formulas)))
            ]
    except IkenError as error:
        raise IkenError(
            error.what, file=str(path), remedy=f"{keep}{BOOK} を直すか、別の場所へ移してから実行してください"
        ) from error
    found = [(title, start, rows) for title, rows in sheets if (start := _heading(rows)) is not None]
    if not any(RESPONSE in dict_of(rows[start][1]) for _, start, rows in found):
        raise IkenError(
            f"「{ID}」と「{RESPONSE}」「{VIEW}」の見出しのあるシートがありません",
            file=str(path),
            remedy=f"{keep}見出しを元に戻すか、{BOOK} を別の場所へ移してから実行してください",
        )
    # what stands in a sheet to be filled in goes before what fitted nothing in an earlier turn
    for title, start, rows in sorted(found, key=lambda one: REASON in dict_of(one[2][one[1]][1])):
        yield from _answers(title, rows[start][1], rows[start + 1 :])


def dict_of(headings: Sequence[str]) -> dict[str, int]:
    """Where each heading stands; the first of equals."""
    places: dict[str, int] = {}
    for number, heading in enumerate(headings):
        places.setdefault(_folded(heading), number)
    return places


def _heading(rows: Sequence[tuple[int, list[str]]]) -> int | None:
    """Which row holds the headings of a sheet to be filled in."""
    for place, (_, cells) in enumerate(rows[:_HEADING_ROWS]):
        if {ID, RESPONSE} <= dict_of(cells).keys() or {ID, VIEW} <= dict_of(cells).keys():
            return place
    return None


def _answers(title: str, headings: list[str], rows: Iterable[tuple[int, list[str]]]) -> Iterator[Answer]:
    places = dict_of(headings)
    for number, cells in rows:

        def cell(name: str, cells: list[str] = cells) -> str:
            place = places.get(name, -1)
            return cells[place] if 0 <= place < len(cells) else ""

        ids = tuple(_ID.findall(cell(ID)))
        # of a row that no opinion stands behind everything was written by people
        told = {places[name] for name in (OWN if ids else _TOLD) if name in places} | {places.get(REASON, -1)}
        others = tuple(
            (_folded(headings[column]) if column < len(headings) else "", value)
            for column, value in enumerate(cells)
            if column not in told and value.strip()
        )
        found = Answer(
            ids,
            cell(CHECK).strip(),
            cell(RESPONSE).strip(),
            cell(VIEW) if cell(VIEW).strip() else "",
            cell(SUMMARY),
            tuple((heading or _NAMELESS, value) for heading, value in others),
            f"シート「{title}」{number}行",
            cell(REASON),
        )
        if found.ids or found.is_written or found.summary.strip():
            yield found


def _folded(heading: str) -> str:
    return "".join(heading.split())


def _rows(shown: Any, typed: Any, *, has_formulas: bool) -> Iterator[tuple[int, list[str]]]:  # noqa: ANN401 openpyxl types its sheets loosely
    """Rows that hold anything; a formula that failed, or whose value was not saved, is given as it was typed."""
    shown.reset_dimensions()
    typed.reset_dimensions()
    formulas = typed.iter_rows(values_only=True) if has_formulas else iter(())
    for number, values in enumerate(shown.iter_rows(values_only=True), 1):
        behind = next(formulas, ())
        cells = [_text(value) for value in values]
        for column, formula in enumerate(behind[: len(cells)]):
            # =ご意見の… was no formula: #NAME? is not what was written
            if isinstance(formula, str) and (values[column] is None or cells[column].startswith("#")):
                cells[column] = formula
        if any(cells):
            yield number, cells


def _text(value: object) -> str:
    """A cell as it was typed: what XLSX writes for a control character is that character again."""
    from pipeline.reading.spreadsheet import text_of

    if not isinstance(value, str):
        return text_of(value)
    whole = _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), value)
    return _LINE_END.sub("\n", whole)


def match(found: Sequence[Answer], groups: Sequence[Group], choices: Sequence[str] = ()) -> Answers:
    """Put each answer to the opinion it was written for.

    Parameters
    ----------
    found : sequence of Answer
        As read; of two for one opinion the first counts.
    groups : sequence of Group
    choices : sequence of str
        What 対応区分 offers; the program's own where empty.
    """
    offered = responses_of(choices)
    names = {one.name for one in offered}
    owner = {one.opinion.id: group for group in groups for one in group.members}
    taken: dict[str, Answer] = {}
    unmatched: list[Answer] = []
    for answer in found:
        group, reason = _group_of(answer, owner)
        if group is None:
            if answer.is_written or not answer.ids:
                unmatched.append(replace(answer, reason=reason))
            continue
        before = taken.get(group.key)
        if before is None or not (before.is_written or has_own_summary(before, group)):
            taken[group.key] = answer
        elif answer.is_written and answer.written != before.written:
            unmatched.append(replace(answer, reason=_SECOND))
    kept = {key: answer for key, answer in taken.items() if answer.is_written or has_own_summary(answer, owner[key])}
    findings = [*_strange(kept.values(), names), *_told(unmatched)]
    return Answers(offered, tuple(kept.items()), tuple(unmatched), tuple(findings))


def _group_of(answer: Answer, owner: dict[str, Group]) -> tuple[Group | None, str]:
    if answer.reason == _SECOND:
        return None, _SECOND  # until somebody moves it
    if not answer.ids:
        return None, f"{ID}がない行"
    known = [name for name in answer.ids if name in owner]
    if not known:
        return None, "この意見は今の結果にない（なくなったか、文が変わった）"
    # an ID is made of the text; only the parts of a comment may be cut elsewhere and keep theirs
    if answer.check and all("-" in name for name in known):
        texts = {one.opinion.id: one.opinion.text for name in known for one in owner[name].members}
        if answer.check not in {text_hash(texts[name]) for name in known}:
            return None, "意見の分け方が変わり、文が変わった"
    return owner[known[0]], ""


def has_own_summary(answer: Answer, group: Group) -> bool:
    """Whether people wrote the summary anew."""
    told = _plain(answer.summary)
    texts = [_plain(one.opinion.text) for one in group.members]
    if not told or told in texts:
        return False
    head, pointer, _ = told.partition(POINTER)
    return not (pointer and any(text.startswith(head) for text in texts)) and told != _plain(summary_of(group))


def _plain(text: str) -> str:
    """A text as it comes back from a spreadsheet, which loses control characters and the kinds of line ends."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _strange(kept: Iterable[Answer], names: set[str]) -> Iterator[Finding]:
    """Tell of answers that the choices do not hold; they stay as they are."""
    for answer in kept:
        if answer.response and answer.response not in names:
            yield Finding(
                "注意",
                Place(BOOK, answer.spot),
                f"対応区分「{answer.response}」は選択肢にありません（そのまま残します）",
                "選択肢に直すか、iken.toml の responses に加えてください",
            )


def _told(unmatched: Iterable[Answer]) -> Iterator[Finding]:
    for answer in unmatched:
        start = (answer.view or answer.response or answer.summary or answer.others[0][1]).replace("\n", " ")[:20]
        yield Finding(
            "注意",
            Place(BOOK, answer.spot),
            f"合わない記入があります（{answer.reason}。「{start}…」。シート「{UNMATCHED}」に残します）",
            "合う意見の行へ移してください",
        )
