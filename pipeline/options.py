"""Options that hold for a working folder: ``iken.toml``, overridden on the command line."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.batch import Options
from pipeline.deliver.responses import check_names
from pipeline.errors import IkenError
from pipeline.reading.columns import Columns

FILE = "iken.toml"
_PATHS = ("plan", "codebook", "model", "departments")
_SWITCHES = ("split", "mask")
_KEYS = (*_PATHS, "round", "columns", *_SWITCHES, "earlier", "responses")

Given = Path | str | bool | Sequence[Path] | None


def with_file(**given: Given) -> Options:
    """Join what ``iken.toml`` in the working folder says with what was given; the latter wins.

    Raises
    ------
    IkenError
        When the file, or what was given, has a mistake.
    """
    said = {key: value for key, value in given.items() if value not in (None, False, [], ())}
    found = {**_read(Path(FILE)), **said}
    if isinstance(columns := found.get("columns"), str):
        found["columns"] = Columns.parse(columns)
    if "earlier" in found:
        found["earlier"] = tuple(found["earlier"])
    return replace(Options(), **found)


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise IkenError(f"設定が読めません（{error}）", file=str(path), remedy="示された行を直してください") from error
    options: dict[str, Any] = {}
    for key, value in data.items():
        if key not in _KEYS:
            raise IkenError(
                f"「{key}」という設定はありません",
                file=str(path),
                place=key,
                remedy=f"使えるのは {'、'.join(_KEYS)} です",
            )
        options[key] = _value(key, value, path)
    return options


def _value(key: str, value: object, path: Path) -> object:
    if key in _SWITCHES:
        if not isinstance(value, bool):
            raise IkenError(
                f"「{key}」の値が true か false ではありません",
                file=str(path),
                place=key,
                remedy=f"{key} = true と書いてください",
            )
        return value
    if key == "responses":
        return check_names(value, file=str(path), place=key)
    if key == "earlier":
        folders = [value] if isinstance(value, str) else value
        if not isinstance(folders, list) or not all(isinstance(one, str) and one for one in folders):
            raise IkenError(
                "「earlier」の値がフォルダの名前ではありません",
                file=str(path),
                place=key,
                remedy='earlier = ["…"] と書いてください',
            )
        return [Path(one) for one in folders]
    if not isinstance(value, str) or not value:
        raise IkenError(
            f"「{key}」の値が文字ではありません", file=str(path), place=key, remedy=f'{key} = "…" と書いてください'
        )
    return Path(value) if key in _PATHS else value
