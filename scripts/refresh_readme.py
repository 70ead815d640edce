"""Put the real output of the commands into both READMEs, between their marks.

Usage: python scripts/refresh_readme.py
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"(<!-- output of: iken (.+?) -->\n```text\n).*?(```\n<!-- end -->)", re.DOTALL)


def output_of(arguments: str) -> str:
    """Run iken in the project's folder and give what it prints."""
    command = [sys.executable, "-m", "pipeline.cli", *arguments.split()]
    environment = {**os.environ, "PYTHONUTF8": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=True)
    return "".join(line.rstrip() + "\n" for line in done.stdout.splitlines())


def refreshed(text: str) -> str:
    """Give the text with the blocks filled anew."""
    return BLOCK.sub(lambda match: match.group(1) + output_of(match.group(2)) + match.group(3), text)


if __name__ == "__main__":
    for name in ("README.md", "README.ja.md"):
        path = ROOT / name
        path.write_text(refreshed(path.read_text(encoding="utf-8")), encoding="utf-8")
