"""Cells that are safe in a spreadsheet and read back unchanged."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.deliver.cells import csv_bytes, guard, read_rows, unguard

NASTY = st.text(alphabet=st.sampled_from("=+-@＝＋－＠'\t\r\n\"、,あ1"), max_size=8)


@pytest.mark.parametrize("text", ["=1+1", "+81", "-何とかして", "@市長", "\t=1", "＝１", "－反対です", "\r=1"])
def test_a_formula_cannot_run(text: str) -> None:
    assert guard(text) == "'" + text


@pytest.mark.parametrize("text", ["公園が暗い", "1-2丁目", "'90年代", "", "・=ではない"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert guard(text) == text


@given(NASTY)
def test_guarded_cells_read_back(text: str) -> None:
    assert unguard(guard(text)) == text
    assert not guard(text).startswith(("=", "+", "-", "@", "\t", "＝", "＋", "－", "＠"))


@given(st.lists(st.lists(NASTY, min_size=2, max_size=2), max_size=5))
def test_a_whole_file_reads_back(rows: list[list[str]]) -> None:
    body = csv_bytes(["列1", "列2"], rows)
    assert body.startswith(b"\xef\xbb\xbf")
    found = list(read_rows(io.StringIO(body.decode("utf-8-sig"), newline="")))
    assert found == [["列1", "列2"], *rows]
