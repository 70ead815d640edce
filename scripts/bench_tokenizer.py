"""Time our tokenizer against the mecab program on the same text, side by side in one run.

Usage: python scripts/bench_tokenizer.py [CSV]

Both get the same normalized opinions and write part of speech, lemma and surface of every
word. Prints the ratio of the medians; 1.0 means as fast as the C program.
"""

from __future__ import annotations

import csv
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
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
        command = [mecab, "-r", "/dev/null", "-d", unidic_lite.DICDIR, "-O", ""]
        command += ["-F", r"%phl\t%f[7]\t%m\n", "-U", r"%phl\t\t%m\n", "-E", r"EOS\n"]
        command += ["-o", str(Path(folder, "out.txt")), str(source)]
        times: dict[str, list[float]] = {"mecab": [], "iken": [], "normalize": []}
        for _ in range(ROUNDS):
            times["mecab"].append(seconds(lambda: subprocess.run(command, check=True)))
            times["iken"].append(seconds(lambda: [tokenize_normalized(text) for text in texts]))
            times["normalize"].append(seconds(lambda: [normalize(text) for text in raw]))
    base = statistics.median(times["mecab"])
    ratios = [ours / theirs for ours, theirs in zip(times["iken"], times["mecab"], strict=True)]
    print(f"意見 {len(texts)} 件、各 {ROUNDS} 回の中央値")
    print(f"mecab プログラム      {base / len(texts) * 1e6:6.1f} µs/件  1.00")
    print(
        f"tokenize              {statistics.median(times['iken']) / len(texts) * 1e6:6.1f} µs/件  "
        f"{statistics.median(ratios):.2f}（{min(ratios):.2f}〜{max(ratios):.2f}）"
    )
    print(
        f"normalize（別に）     {statistics.median(times['normalize']) / len(texts) * 1e6:6.1f} µs/件  "
        f"{statistics.median(times['normalize']) / base:.2f}"
    )


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]] or sorted(resources.corpus("training").glob("*.csv")))
