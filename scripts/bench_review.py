"""Time from a key to the next card, in a browser on a running JupyterLab, beside an empty widget's round trip.

Usage: python -m scripts.bench_review [CARDS]

Both are measured in the page (performance.now) in the same run: from the key to the frame in which the next card
stands, from the key to the kernel's word that the decision is on disk, and from a message to the answer of a widget
that does nothing. Chromium and the extra ``notebook`` are needed; the opinions are those of our own corpus.
"""

from __future__ import annotations

import csv
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from pipeline import batch, resources
from pipeline.batch import Options
from pipeline.review.decisions import FILE, read_history
from scripts.lab import browser, run_all, running_lab
from scripts.pair_notebooks import notebook_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

_NOTEBOOK = """\
```python
import anywidget

class Empty(anywidget.AnyWidget):
    _esm = '''
    export default { render({ model, el }) {
      el.className = "empty-widget";
      el.roundTrip = () => new Promise((done) => {
        const start = performance.now();
        const answered = () => { model.off("msg:custom", answered); done(performance.now() - start); };
        model.on("msg:custom", answered);
        model.send({ ping: 1 });
      });
    } };
    '''

empty = Empty()
empty.on_msg(lambda widget, content, buffers: widget.send(content))
empty
```

```python
from pipeline.review.notebook import Review

Review("", "計測").card()
```
"""

# A key that nobody pressed by hand is the same to the card: keydown at its root. Two frames: the first
# draws, at the second it has been drawn.
_WATCH = """
() => {
  const root = document.querySelector(".iken-review");
  window.timed = { cards: [], saved: [] };
  window.press = () => new Promise((done) => {
    const before = root.dataset.key;
    let left = 2;
    const finish = () => { if (--left === 0) done(); };
    const start = performance.now();
    const card = new MutationObserver(() => {
      if (root.dataset.key === before) return;
      card.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(() => {
        window.timed.cards.push(performance.now() - start);
        finish();
      }));
    });
    card.observe(root, { attributes: true, attributeFilter: ["data-key"] });
    const status = root.querySelector(".status");
    let sent = false;
    const saved = new MutationObserver(() => {
      if (status.dataset.state === "saving") sent = true;
      if (!sent || status.dataset.state !== "saved") return;
      saved.disconnect();
      window.timed.saved.push(performance.now() - start);
      finish();
    });
    saved.observe(status, { attributes: true, attributeFilter: ["data-state"] });
    root.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", code: "Enter", bubbles: true }));
    sent = sent || status.dataset.state === "saving";
  });
}
"""


def main(cards: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made, "out")
        batch.run([_opinions(Path(made, "opinions.csv"), cards + 1)], folder, Options(plan=_plan()))
        notebook = folder / "bench.ipynb"
        notebook.write_text(nbformat.writes(notebook_of(_NOTEBOOK)), encoding="utf-8")  # type: ignore[no-untyped-call]
        with running_lab(notebook, Path(made, "home")) as lab, browser() as opened:
            opened.page.goto(lab.url)
            run_all(opened.page)
            opened.page.wait_for_selector(".iken-review .text")
            _measure(opened.page, cards)
        decided = len(read_history(folder / FILE).standing())
        print(f"決定 {cards} 枚、記録にある意見 {decided} 件")


def _measure(page: Page, cards: int) -> None:
    empty = [float(page.evaluate("document.querySelector('.empty-widget').roundTrip()")) for _ in range(cards)]
    page.evaluate(_WATCH)
    for _ in range(cards):
        page.evaluate("window.press()")
    timed = page.evaluate("window.timed")
    typical = statistics.median(empty)
    for name, times in (
        ("空のウィジェットの往復", empty),
        ("キーから次のカードまで", timed["cards"]),
        ("キーから保存ずみまで", timed["saved"]),
    ):
        print(_line(name, times, typical))


def _line(name: str, times: Sequence[float], unit: float) -> str:
    middle = statistics.median(times)
    late = statistics.quantiles(times, n=20)[-1]
    return f"{name}: 中央値 {middle:.1f} ms（空の往復の {middle / unit:.2f} 倍）、95% {late:.1f} ms、{len(times)} 回"


def _opinions(path: Path, count: int) -> Path:
    texts: dict[str, None] = {}
    for file in sorted(resources.corpus("training").glob("*.csv")):
        with file.open(encoding="utf-8-sig", newline="") as stream:
            texts.update(dict.fromkeys(row["text"] for row in csv.DictReader(stream)))
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(
            [["意見"], *([text] for text in list(texts)[:: max(len(texts) // (2 * count), 1)])]
        )
    return path


def _plan() -> Path:
    return resources.corpus("sample/plan.csv")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
