"""Every file that people get, from results."""

from __future__ import annotations

from pipeline.deliver import cells, tables
from pipeline.deliver.report import page
from pipeline.deliver.results import Results


def files_of(results: Results) -> dict[str, bytes]:
    """Give the deliverables by file name, in the order in which they are named to the user."""
    files = {
        name: cells.csv_bytes(list(frame.columns), tables.rows_of(frame)) for name, frame in results.tables().items()
    }
    files[page.FILE] = page.report_bytes(results)
    return files
