"""Writers for the tests of the decisions' file, as processes of their own: ``python -m tests.torture …``."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

from pipeline.records import Decision, Suggested
from pipeline.review.decisions import DecisionStore, now, read_history

SUGGESTED = Suggested("付与", ("資金",), "要望", "1(1) 交流の場づくり")


def decision(opinion: str, reviewer: str = "佐藤", *themes: str, at: str = "") -> Decision:
    """A decision made with the suggestion in view."""
    return Decision(opinion, "h", themes, "要望", "", reviewer, at or now(), "m", blind=False, suggested=SUGGESTED)


def write(path: Path, reviewer: str, count: int) -> None:
    """Record many decisions, each in a transaction of its own."""
    with DecisionStore(path) as store:
        for number in range(count):
            store.record([decision(f"O{number}", reviewer)])


def kill(path: Path, times: int) -> None:
    """Kill a writer again and again, at random moments; print what was wrong afterwards."""
    moments = random.Random(0)  # noqa: S311 no secret
    promised: set[str] = set()
    faults = []
    for turn in range(times):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            _write_and_tell(path, turn, writer)
        os.close(writer)
        with os.fdopen(reader, encoding="utf-8") as told:
            # after some decisions, or while the file is opened; then anywhere within one
            promised.update(told.readline().strip() for _ in range(moments.choice((0, 0, 1, 2, 5, 15))))
            time.sleep(moments.uniform(0.0, 0.01))
            os.kill(child, signal.SIGKILL)
            promised.update(line.strip() for line in told if line.endswith("\n"))
        os.waitpid(child, 0)
        kept = {entry.opinion_id for entry in read_history(path).entries}
        if promised - kept:
            faults.append(f"{turn}: lost {sorted(promised - kept)}")
        if path.exists():
            with closing(sqlite3.connect(path)) as file:
                sound = file.execute("PRAGMA integrity_check").fetchone()[0]
            if sound != "ok":
                faults.append(f"{turn}: {sound}")
    sys.stdout.write(json.dumps({"promised": len(promised), "faults": faults}))


def _write_and_tell(path: Path, turn: int, writer: int) -> None:
    store = DecisionStore(path)
    number = 0
    while True:
        name = f"O{turn}-{number}"
        store.record([decision(name)])
        os.write(writer, f"{name}\n".encode())
        number += 1


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
    else:
        kill(Path(sys.argv[2]), int(sys.argv[3]))
