"""Time and size of report.html for rounds of any size, against a plain page of the same texts.

Usage: python -m scripts.bench_report FOLDER…

Each FOLDER holds the results of a run. Prints its opinions, the size of the report, how long it
takes to make, and how long chromium takes to open it: in seconds, and as a multiple of a page
that holds nothing but the texts, opened in turn with it.
"""

from __future__ import annotations

import html
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from pipeline.deliver.report.page import report_bytes
from pipeline.deliver.stored import load_results

ROUNDS = 3


def seconds_to_open(browser: Browser, path: Path) -> float:
    """Open a page in a window of its own."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    start = time.perf_counter()
    page.goto(path.as_uri(), timeout=300_000)
    taken = time.perf_counter() - start
    context.close()
    return taken


def main(folders: list[Path]) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as work, sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for folder in folders:
            results = load_results(folder)
            start = time.process_time()
            body = report_bytes(results)
            making = time.process_time() - start
            report, plain = Path(work, "report.html"), Path(work, "plain.html")
            report.write_bytes(body)
            texts = "".join(f"<p>{html.escape(one.opinion.text)}</p>\n" for one in results.judged)
            plain.write_text(f"<!DOCTYPE html><meta charset=utf-8><title>.</title>{texts}", encoding="utf-8")
            times = [(seconds_to_open(browser, report), seconds_to_open(browser, plain)) for _ in range(ROUNDS)]
            opening = statistics.median(one for one, _ in times)
            ratio = statistics.median(one / other for one, other in times)
            print(
                f"{len(results.judged):>7,} 件  {len(body) / 1e6:6.2f} MB  作成 {making:5.2f} 秒  "
                f"表示 {opening:5.2f} 秒（本文だけの頁の {ratio:.1f} 倍）"
            )
        browser.close()


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
