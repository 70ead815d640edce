"""Every file that people get, from results."""

from __future__ import annotations

from importlib.util import find_spec

from pipeline.deliver import cells, tables
from pipeline.deliver.answers import BOOK, Answers
from pipeline.deliver.results import Results
from pipeline.records import Finding, Place

TABLE_BOOK, TABLE_DOCUMENT = "working_team_table.xlsx", "working_team_table.docx"
REPORT = "report.html"
NOT_ALWAYS = ("decisions.csv", TABLE_BOOK, TABLE_DOCUMENT)
"""What not every run writes."""


def files_of(results: Results, answers: Answers | None = None) -> dict[str, bytes]:
    """Give the deliverables by file name, in the order in which they are named to the user.

    Parameters
    ----------
    results : Results
    answers : Answers, optional
        What people wrote into the book that is written anew.
    """
    from pipeline.deliver.report.page import report_bytes
    from pipeline.deliver.workbook import results_workbook

    frames = results.tables()
    files = {name: cells.csv_bytes(list(frame.columns), tables.rows_of(frame)) for name, frame in frames.items()}
    files[BOOK] = results_workbook(results, answers, frames)
    if results.plan:
        files |= _tables_back(results)
    files[REPORT] = report_bytes(results)
    return files


def _tables_back(results: Results) -> dict[str, bytes]:
    from pipeline.deliver.table_back import table_back
    from pipeline.deliver.table_book import table_workbook

    table = table_back(results)
    files = {TABLE_BOOK: table_workbook(table)}
    if _has_word():
        from pipeline.deliver.table_document import table_document

        files[TABLE_DOCUMENT] = table_document(table)
    return files


def names_of(results: Results) -> list[str]:
    """The names of :func:`files_of`, without the work."""
    backs = [TABLE_BOOK, *([TABLE_DOCUMENT] if _has_word() else [])] if results.plan else []
    return [*results.table_names(), BOOK, *backs, REPORT]


def left_out(results: Results) -> tuple[Finding, ...]:
    """Tell of files that are not written because a library is missing."""
    if not results.plan or _has_word():
        return ()
    return (
        Finding(
            "注意",
            Place(TABLE_DOCUMENT, ""),
            "Word の文書を作る部品（python-docx）が入っていないので、書き出しません",
            'pip install "iken[documents]" で入れてから iken export を実行してください',
        ),
    )


def _has_word() -> bool:
    return find_spec("docx") is not None
