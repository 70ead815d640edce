"""Libraries that only some files and some work need: the core starts without them, and names them when missing."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

from pipeline.errors import IkenError


def need(module: str, path: Path) -> ModuleType:
    """Import a library of the extra ``documents``.

    Raises
    ------
    IkenError
        When it is not installed, naming the file that needs it and the extra that brings it.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise IkenError(
            f"この形式を読むための部品（{module.partition('.')[0]}）が入っていません",
            file=str(path),
            remedy='pip install "iken[documents]" で入れるか、.csv か .txt で保存してください',
        ) from error
