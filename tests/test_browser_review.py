"""The review as people do it: JupyterLab really running, a browser, the keyboard, and a kernel that is killed."""

from __future__ import annotations

import csv
import os
import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline import batch
from pipeline.deliver.stored import load_results
from pipeline.export import export
from pipeline.records import GIVEN, Decision
from pipeline.review import opening
from pipeline.review.decisions import FILE, read_history
from scripts.lab import CHROMIUM, browser, run_all, running_lab

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason="chromium is not installed"),
    # sockets of the browser's driver are closed by the collector, later than the test
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]

CARD = ".iken-review"


@pytest.fixture
def folder(tmp_path: Path, sample_table: Path) -> Iterator[Path]:
    made = tmp_path / "out"
    batch.run([sample_table], made)
    opening.prepare(made)
    yield made
    shutil.rmtree(tmp_path, ignore_errors=True)


def decisions(folder: Path) -> dict[str, Decision]:
    return read_history(folder / FILE).standing()


def open_card(page: Page, url: str) -> None:
    """Open the notebook, run it from a fresh kernel, and put the focus on the card."""
    page.goto(url)
    run_all(page)
    page.locator(f"{CARD} .text").first.click()
    page.wait_for_function(f"document.activeElement === document.querySelector('{CARD}')")


def wait_saved(page: Page, count: int) -> None:
    page.wait_for_function(
        f"document.querySelector('{CARD} .left').textContent.includes('確認ずみ {count} 件')"
        f" && document.querySelector('{CARD} .status').dataset.state === 'saved'"
    )


def kernel_pids(lab_pid: int) -> list[int]:
    """The kernels: children of JupyterLab that run ipykernel."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            parent = re.search(r"^PPid:\s+(\d+)", status.read_text(encoding="utf-8"), re.MULTILINE)
            command = (status.parent / "cmdline").read_text(encoding="utf-8")
        except OSError:
            continue
        if parent and int(parent[1]) == lab_pid and "ipykernel" in command:
            found.append(int(status.parent.name))
    return found


def counts(folder: Path) -> dict[str, int]:
    with (folder / "theme_summary.csv").open(encoding="utf-8-sig", newline="") as stream:
        return {row["テーマ"]: int(row["意見数"]) for row in csv.DictReader(stream)}


def test_twenty_cards_by_keyboard_survive_a_killed_kernel_and_reach_the_tables(folder: Path, tmp_path: Path) -> None:
    before = counts(folder)
    notebook = folder / opening.NOTEBOOK
    with running_lab(notebook, tmp_path / "home") as lab, browser() as opened:
        page = opened.page
        open_card(page, lab.url)

        # every card gets オンライン (4) and no other theme; the kinds go round
        for number in range(1, 13):
            for key in ("0", "4", "qwer"[number % 4], "Enter"):
                page.keyboard.press(key)
            wait_saved(page, number)
        saved = decisions(folder)
        assert len(saved) == 12

        # keys are letters in the note, and Esc gives them back
        page.keyboard.press("n")
        page.keyboard.type("1 s u ?")
        page.keyboard.press("Escape")
        assert page.locator(f"{CARD} textarea").input_value() == "1 s u ?"
        key_on_screen = page.locator(CARD).get_attribute("data-key")

        # the kernel dies with a card on screen
        (kernel,) = kernel_pids(lab.process.pid)
        os.kill(kernel, signal.SIGKILL)
        page.wait_for_function(f"document.querySelector('{CARD} > .banner')?.textContent.includes('接続が切れました')")
        assert decisions(folder) == saved

        # opened again: everything is there, and the card that was on screen comes next
        open_card(page, lab.url)
        assert "確認ずみ 12 件" in (page.locator(f"{CARD} .left").text_content() or "")
        assert page.locator(CARD).get_attribute("data-key") == key_on_screen
        for number in range(13, 21):
            for key in ("0", "4", "Enter"):
                page.keyboard.press(key)
            wait_saved(page, number)

        # undo is a key too, and so is deciding again
        page.keyboard.press("u")
        page.wait_for_function(f"document.querySelector('{CARD} .left').textContent.includes('確認ずみ 19 件')")
        for key in ("0", "4", "Enter"):
            page.keyboard.press(key)
        wait_saved(page, 20)
        assert opened.strangers == []

    standing = decisions(folder)
    assert len(standing) == 20
    assert saved.items() <= standing.items()
    assert {one.themes for one in standing.values()} == {("オンライン",)}
    assert len({one.reviewer for one in standing.values()}) == 1

    export(folder)
    after = counts(folder)
    given_by_program = sum(
        one.labelling.verdict == GIVEN and "オンライン" in one.labelling.themes and one.opinion.id not in standing
        for one in load_results(folder).judged
    )
    assert after["オンライン"] == 20 + given_by_program > before["オンライン"]
    assert after["保留"] < before["保留"]
    assert after["合計(実数)"] == before["合計(実数)"]
