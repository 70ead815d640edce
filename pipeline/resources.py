"""Where the data that travels with the program is: codebook, words, sample, default model, notebooks.

In a checkout the data stand beside the package (``corpus/``, ``models/``, ``notebooks/``);
in an installed wheel they stand inside it (``pipeline/data/``).
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_ROOT = _PACKAGE / "data" if (_PACKAGE / "data").is_dir() else _PACKAGE.parent


def corpus(name: str) -> Path:
    """Path of ``corpus/<name>``."""
    return _ROOT / "corpus" / name


def default_model() -> Path:
    """Path of the model folder that is used when none is named."""
    return _ROOT / "models" / "default"


def vectors() -> Path:
    """Path of the reduced word vectors."""
    return _ROOT / "models" / "vectors" / "vectors.npz"


def notebooks() -> Path:
    """Path of the folder of notebooks."""
    return _ROOT / "notebooks"
