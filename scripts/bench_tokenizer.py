"""Time our tokenizer against the mecab program on the same text, side by side in one run.

Usage: python scripts/bench_tokenizer.py [CSV]

Both get the same normalized opinions, one after another as a large round is read: the program
as it writes by itself, and writing only what the tokenizer takes (context id, reading, sound, lemma, surface).
Prints the ratios, each the median over rounds; 1.0 means as fast as the C program.
"""

from __future__ import annotations

import csv
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import unidic_lite

from pipeline import resources
from pipeline.language.normalize import normalize
from pipeline.language.tokenize import tokenize, tokenize_normalized

ROUNDS = 9
OPINIONS = 12_000


def read_texts(paths: list[Path]) -> list[str]:
    """Read opinions and repeat them up to OPINIONS."""
    texts: list[str] = []
    for path in paths:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            texts += [row["text"] for row in csv.DictReader(stream)]
    return (texts * (OPINIONS // len(texts) + 1))[:OPINIONS]


def seconds(job: Callable[[], object]) -> float:
    """Time one job."""
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def main(paths: list[Path]) -> None:
    """Measure and print."""
    mecab = shutil.which("mecab")
    if mecab is None:
        raise SystemExit("mecab がありません（apt-get install mecab）")
    raw = read_texts(paths)
    texts = [normalize(text) for text in raw]
    tokenize("準備")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "texts.txt")
        source.write_text("\n".join(texts) + "\n", encoding="utf-8")
        # -b: without it the program breaks texts of more than 8 KiB
        plain = [mecab, "-r", "/dev/null", "-d", unidic_lite.DICDIR, "-b", "1000000"]
        plain += ["-o", str(Path(folder, "out.txt")), str(source)]
        same = [*plain, "-O", "", "-F", r"%phl\t%f[6]\t%f[9]\t%f[7]\t%m\n", "-U", r"%phl\t\t\t\t%m\n", "-E", r"EOS\n"]
        jobs: dict[str, Callable[[], object]] = {
            "mecab プログラム": lambda: subprocess.run(plain, check=True),
            "同（同じ項目だけ）": lambda: subprocess.run(same, check=True),
            "tokenize": lambda: deque(map(tokenize_normalized, texts), maxlen=0),
            "normalize（別に）": lambda: deque(map(normalize, raw), maxlen=0),
        }
        times: dict[str, list[float]] = {name: [] for name in jobs}
        for _ in range(ROUNDS):
            for name, job in jobs.items():
                times[name].append(seconds(job))
    print(f"意見 {len(texts)} 件、各 {ROUNDS} 回の中央値（右は mecab の出力そのまま、同じ項目だけ に対する比）")
    for name, taken in times.items():
        ratios = [
            statistics.median(ours / theirs for ours, theirs in zip(taken, times[base], strict=True))
            for base in list(jobs)[:2]
        ]
        cost = statistics.median(taken) / len(texts) * 1e6
        print(f"{name:　<12}{cost:7.1f} µs/件  {ratios[0]:.2f}  {ratios[1]:.2f}")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]] or sorted(resources.corpus("training").glob("*.csv")))
