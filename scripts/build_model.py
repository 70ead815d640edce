"""Build ``models/default`` from ``corpus/``: the same corpus gives the same model.

Usage: python scripts/build_model.py [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

from pipeline import resources
from pipeline.training import train


def main(folder: Path) -> None:
    """Learn and write."""
    print(f"{folder.name}: {train(folder).opinions} 件の意見から作りました")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else resources.default_model())
