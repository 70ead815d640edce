"""Options that hold for a working folder: ``iken.toml``, overridden on the command line."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

from pipeline.batch import Options
from pipeline.errors import IkenError

FILE = "iken.toml"
_PATHS = ("plan", "codebook", "model", "departments")
_KEYS = (*_PATHS, "round")


def with_file(**given: Path | str | None) -> Options:
    """Join what ``iken.toml`` in the working folder says with what was given; the latter wins.

    Raises
    ------
    IkenError
        When the file has a mistake.
    """
    found = {**_read(Path(FILE)), **_present(given)}
    return replace(Options(), **found)  # type: ignore[arg-type]


def _present(given: dict[str, Path | str | None]) -> dict[str, Path | str]:
    return {key: value for key, value in given.items() if value is not None}


def _read(path: Path) -> dict[str, Path | str]:
    if not path.exists():
        return {}
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise IkenError(f"設定が読めません（{error}）", file=str(path), remedy="示された行を直してください") from error
    options: dict[str, Path | str] = {}
    for key, value in data.items():
        if key not in _KEYS:
            raise IkenError(
                f"「{key}」という設定はありません",
                file=str(path),
                place=key,
                remedy=f"使えるのは {'、'.join(_KEYS)} です",
            )
        if not isinstance(value, str) or not value:
            raise IkenError(
                f"「{key}」の値が文字ではありません", file=str(path), place=key, remedy=f'{key} = "…" と書いてください'
            )
        options[key] = Path(value) if key in _PATHS else value
    return options
