"""Build ``models/default`` from ``corpus/``: the same corpus gives the same model.

Usage: python scripts/build_model.py [FOLDER]
"""

from __future__ import annotations

import hashlib
import sys
from importlib import metadata
from pathlib import Path

import numpy as np

from pipeline import resources
from pipeline.themes.classifier import CodebookClassifier
from pipeline.themes.codebook import read_codebook
from pipeline.themes.labels import read_labels
from pipeline.themes.model_folder import save_model

_CARD = """# 既定のモデル（default）

コードブック（`corpus/themes.toml`）の語の重みの和を、ラベル付きの意見で確率に直したもの。

- 学習に使ったもの: `corpus/training/` の意見 {count} 件（この製品のために書いた架空の意見）
- 学習したもの: テーマごとの換算曲線、付与の閾値、保留の幅（行の {doubt:.0%} まで）
- 使ってはいけないこと: 個人の評価、意見の採否の決定。判定は人が見直す前の案である
"""


def main(folder: Path) -> None:
    """Fit and write."""
    codebook = read_codebook()
    files = sorted(resources.corpus("training").glob("*.csv"))
    labelled = [row for file in files for row in read_labels(file, codebook.names)]
    target = np.array([[name in row.themes for name in codebook.names] for row in labelled])
    classifier = CodebookClassifier(codebook).fit([row.text for row in labelled], target)
    corpus = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    meta = {
        "name": "default",
        "codebook": codebook.digest,
        "corpus": corpus,
        "opinions": len(labelled),
        "libraries": {name: metadata.version(name) for name in ("fugashi", "unidic-lite", "scikit-learn", "skops")},
    }
    save_model(folder, classifier, meta, _CARD.format(count=len(labelled), doubt=classifier.doubt))
    print(f"{folder}: {len(labelled)} 件の意見から作りました")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else resources.default_model())
