"""Time the judgement of themes and kinds against the tokenizer, side by side in one run.

Usage: python -m scripts.bench_classifier [CSV]

Prints what a judgement adds, as a multiple of the tokenizer's own time for the same opinions,
each the median over rounds: deciding alone, and deciding with the words that explain it.
"""

from __future__ import annotations

import gc
import statistics
import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path

from pipeline import resources
from pipeline.language.batch import Batch, in_batches
from pipeline.language.tokenize import tokenize
from pipeline.model_folder import load_model
from pipeline.themes.codebook import read_codebook
from scripts.bench_tokenizer import read_texts, seconds

ROUNDS = 9


def ratios(paths: list[Path]) -> dict[str, float]:
    """Measure."""
    gc.set_threshold(100_000, 50, 100)  # as the command does
    texts = read_texts(paths)
    model = load_model(None, read_codebook())
    words = [tokenize(text) for text in texts]

    def decide() -> None:
        for some in in_batches(words):
            batch = Batch(some)
            model.themes.scores(batch)
            model.kinds.decide_all(batch)

    def explain() -> None:
        for some in in_batches(words):
            batch = Batch(some)
            model.themes.judge_all(batch)
            model.kinds.judge_all(batch)

    jobs: dict[str, Callable[[], object]] = {
        "tokenize": lambda: deque(map(tokenize, texts), maxlen=0),
        "決めるだけ": decide,
        "根拠の語も添える": explain,
    }
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(ROUNDS):
        for name, job in jobs.items():
            times[name].append(seconds(job))
    base = times["tokenize"]
    return {
        name: statistics.median(ours / own for ours, own in zip(taken, base, strict=True))
        for name, taken in times.items()
        if name != "tokenize"
    }


def main(paths: list[Path]) -> None:
    """Measure and print."""
    for name, ratio in ratios(paths).items():
        print(f"{name:　<10}{ratio:5.2f} 倍（tokenize に対して）")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]] or sorted(resources.corpus("training").glob("*.csv")))
