"""Nested plain data with arrays in it, as one ``.npz`` file: readable with NumPy alone.

Reading the same from a skops file would import all of scikit-learn's modules first, which
takes longer than a whole run on a small table.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

_STRUCTURE = "structure"


def save_arrays(path: Path, data: dict[str, Any]) -> None:
    """Write dicts, lists, texts, numbers and arrays; the same data give the same bytes."""
    arrays: dict[str, np.ndarray[Any, Any]] = {}

    def outline(value: object) -> object:
        if isinstance(value, np.ndarray):
            arrays[f"array{len(arrays)}"] = value
            return {"array": f"array{len(arrays) - 1}"}
        if isinstance(value, dict):
            return {key: outline(part) for key, part in value.items()}
        return value

    structure = json.dumps(outline(data), ensure_ascii=False).encode("utf-8")
    arrays[_STRUCTURE] = np.frombuffer(structure, dtype=np.uint8)
    np.savez_compressed(path, allow_pickle=False, **arrays)


def load_arrays(path: Path) -> dict[str, Any]:
    """Read what :func:`save_arrays` wrote.

    Raises
    ------
    ValueError
        When the file is damaged or holds something else; never runs anything in it.
    """
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        structure = json.loads(arrays[_STRUCTURE].tobytes())
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path.name}: {error}") from error

    def fill(value: Any) -> Any:  # noqa: ANN401 JSON's own types
        if isinstance(value, dict):
            return (
                arrays[value["array"]] if set(value) == {"array"} else {key: fill(part) for key, part in value.items()}
            )
        return value

    filled = fill(structure)
    if not isinstance(filled, dict):
        raise ValueError(f"{path.name}: no table")
    return filled
