"""Data that people edit, as TOML: read, or refused with the line to mend."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pipeline.errors import IkenError


def read_toml(path: Path) -> dict[str, Any]:
    """Read a file of ``corpus/``.

    Raises
    ------
    IkenError
        When it cannot be read, or is no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise IkenError(
            f"TOMLとして読めません（{error}）", file=str(path), remedy="記号と引用符を確かめてください"
        ) from error
