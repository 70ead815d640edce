"""A folder of results that is written whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path

from pipeline.errors import IkenError


def write_folder(folder: Path, files: Mapping[str, bytes], ours: Collection[str] = ()) -> None:
    """Put the files into the folder.

    They are written beside it first and moved in together, each at one stroke: a run that
    fails leaves the folder as it was. Files of other names in it stay, but for those of ours that
    are not written this time: an earlier run's table would be taken for this one's.

    Raises
    ------
    IkenError
        When the place cannot be written to.
    """
    if folder.exists() and not folder.is_dir():
        raise IkenError("出力先がフォルダではありません", file=str(folder), remedy="--out に別の名前を指定してください")
    parent = folder.resolve().parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=parent))
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        for name, body in files.items():
            (staging / name).write_bytes(body)
        folder.mkdir(exist_ok=True)
        for name in files:
            if (folder / name).exists():
                # a spreadsheet that is open locks its file on Windows: told before any is replaced
                (folder / name).open("r+b").close()
        for name in files:
            (staging / name).replace(folder / name)
        for name in ours:
            if name not in files:
                (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _unwritable(place: Path, error: OSError) -> IkenError:
    return IkenError(
        f"書き込めません（{error.strerror or error}）",
        file=str(place),
        remedy="ほかのソフトで開いていないか、書き込む権限と空き容量があるかを確かめてください",
    )
