"""The working-team table in every form in which it is sent: the same plan, opinions, departments and ledger."""

from __future__ import annotations

import importlib
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from pipeline import batch
from pipeline.errors import IkenError
from pipeline.reading.sources import read_source
from pipeline.records import Source
from scripts.make_tables import make_all
from tests.conftest import SHARED, needs_shared

FORMS = [
    *("merged.xlsx", "one_per_row.xlsx", "sheets.xlsx", "wrapped.xlsx", "merged.docx", "lists.docx"),
    *("spans.html", "excel.html", "ruled.pdf", "table.txt", "plain.txt"),
]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, sample_table: Path) -> dict[str, Path]:
    return make_all(sample_table, tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="session")
def made_of_the_real_one(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return make_all(SHARED / "seed" / "working_team_opinions.txt", tmp_path_factory.mktemp("real"))


def as_read(source: Source) -> object:
    """All that must be equal; a PDF knows no space where a line was broken."""
    opinions = [
        (item.text, item.departments, item.remark, item.filed_under.replace(" ", ""))
        for item in source.items
        if item.kind == "意見"
    ]
    kinds = Counter(item.kind for item in source.items)
    return source.plan, opinions, {d.name: d.marks for d in source.departments}, kinds


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_sample_is_read_alike(made: dict[str, Path], form: str, sample_table: Path) -> None:
    assert as_read(read_source(made[form])) == as_read(read_source(sample_table))


@needs_shared
@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_real_document_is_read_alike(made_of_the_real_one: dict[str, Path], form: str) -> None:
    source = read_source(made_of_the_real_one[form])
    assert as_read(source) == as_read(read_source(SHARED / "seed" / "working_team_opinions.txt"))
    opinions = [item for item in source.items if item.kind == "意見"]
    assert len(opinions) == 45
    assert sum(len(item.departments) for item in opinions) == 68
    assert Counter(item.kind for item in source.items) == {"意見": 45, "取組例": 3, "概要": 1}


@pytest.mark.parametrize("form", FORMS)
def test_ids_and_judgements_do_not_depend_on_the_form(
    made: dict[str, Path], form: str, sample_table: Path, tmp_path: Path
) -> None:
    one, other = batch.run([sample_table], tmp_path / "a"), batch.run([made[form]], tmp_path / "b")
    assert [o.opinion.id for o in one.judged] == [o.opinion.id for o in other.judged]
    assert [o.labelling for o in one.judged] == [o.labelling for o in other.judged]
    tables = one.tables()["plan_matrix.csv"], other.tables()["plan_matrix.csv"]
    assert tables[0].equals(tables[1])


def test_hidden_rows_and_other_sheets_are_told(made: dict[str, Path]) -> None:
    found = [(f.level, f.place.sheet, f.what) for f in read_source(made["sheets.xlsx"]).findings]
    assert any(level == "注意" and "表示されていない行" in what for level, _, what in found)
    assert any(sheet == "シート「集計」" and "読みません" in what for _, sheet, what in found)


def test_every_place_names_sheet_page_or_table(made: dict[str, Path]) -> None:
    for form, sheet in (("sheets.xlsx", "シート「"), ("ruled.pdf", "頁"), ("lists.docx", "表")):
        for item in read_source(made[form]).items:
            assert sheet in item.place.sheet
            assert "行" in item.place.spot


def test_a_scanned_pdf_is_refused_with_the_remedy(made: dict[str, Path]) -> None:
    with pytest.raises(IkenError, match="画像") as caught:
        read_source(made["scanned.pdf"])
    assert "Word" in caught.value.remedy


def test_an_encrypted_pdf_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "locked.pdf"
    canvas = Canvas(str(path), pagesize=A4, encrypt=StandardEncryption("secret"))
    canvas.drawString(100, 700, "opinions")
    canvas.save()
    with pytest.raises(IkenError, match="パスワード") as caught:
        read_source(path)
    assert caught.value.remedy


def test_a_pdf_without_rules_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "plain.pdf"
    canvas = Canvas(str(path), pagesize=A4)
    canvas.drawString(100, 700, "opinions without any table")
    canvas.save()
    with pytest.raises(IkenError, match="表が見つかりません") as caught:
        read_source(path)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("form", "library"), [("merged.xlsx", "openpyxl"), ("merged.docx", "docx"), ("ruled.pdf", "pdfplumber")]
)
def test_a_missing_library_names_the_extra(
    made: dict[str, Path], form: str, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> object:
        if name.split(".", maxsplit=1)[0] == library:
            raise ImportError(name)
        return __import__(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(IkenError, match=library) as caught:
        read_source(made[form])
    assert "iken[documents]" in caught.value.remedy


# --- files that offices' own programs make ------------------------------------------------


@pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium on this machine")
def test_a_page_printed_by_a_browser(made: dict[str, Path], sample_table: Path, tmp_path: Path) -> None:
    path = tmp_path / "printed.pdf"
    command = [
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--print-to-pdf={path}",
        made["spans.html"].as_uri(),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert as_read(read_source(path)) == as_read(read_source(sample_table))


@pytest.mark.skipif(not shutil.which("soffice"), reason="no LibreOffice on this machine")
@pytest.mark.parametrize("form", ["merged.docx", "lists.docx", "merged.xlsx"])
def test_a_document_printed_by_an_office(made: dict[str, Path], form: str, sample_table: Path, tmp_path: Path) -> None:
    command = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(made[form])]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    path = (tmp_path / form).with_suffix(".pdf")
    if not path.exists():
        pytest.skip("this LibreOffice does not read the form")
    assert as_read(read_source(path)) == as_read(read_source(sample_table))
