"""What a terminal shows is what was said."""

from __future__ import annotations

import io

from rich.console import Console

from pipeline.deliver.terminal import show_findings
from pipeline.records import Finding, Place


def test_a_table_shows_brackets_as_they_are_written() -> None:
    stream = io.StringIO()
    to = Console(file=stream, width=200)
    remedy = 'pip install "iken[documents]" で入れてください'
    show_findings(to, [Finding("誤り", Place("[bold]名簿.xlsx", ""), "部品が入っていません", remedy)])
    assert remedy in stream.getvalue()
    assert "[bold]名簿.xlsx" in stream.getvalue()
