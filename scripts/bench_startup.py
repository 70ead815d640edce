"""Time the whole run on a small table against what importing the libraries takes, in one run.

Usage: python scripts/bench_startup.py [SOURCE]

Prints the ratio: wall time of ``iken run SOURCE`` over wall time of a Python that imports
pandas, scikit-learn and fugashi and does nothing; and the same for ``iken --help``.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pipeline import resources

ROUNDS = 7


def seconds(command: list[str]) -> float:
    """Time one process."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def main(source: Path) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        iken = [sys.executable, "-m", "pipeline.cli"]
        commands = {
            "import": [sys.executable, "-c", "import pandas, sklearn, fugashi"],
            "run": [*iken, "run", str(source), "--out", str(Path(folder, "out"))],
            "help": [*iken, "--help"],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(ROUNDS):
            for name, command in commands.items():
                times[name].append(seconds(command))
    base = statistics.median(times["import"])
    print(f"{source.name}、各 {ROUNDS} 回の中央値")
    print(f"import pandas, sklearn, fugashi  {base:.2f} 秒  1.00")
    for name, label in (("run", "iken run"), ("help", "iken --help")):
        ratios = [ours / theirs for ours, theirs in zip(times[name], times["import"], strict=True)]
        print(f"{label:<32} {statistics.median(times[name]):.2f} 秒  {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else resources.corpus("sample/working_team_table.txt"))
