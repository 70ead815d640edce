"""A run's results as one file that a program reads back: what review and export start from.

The tables are for people: they leave out what no reader needs. ``results.json.gz`` holds the
records themselves, so that everything can be written again with the reviewers' decisions and
nothing has to be read or judged a second time. The same results give the same bytes.
"""

from __future__ import annotations

import functools
import gzip
import json
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.deliver.results import Results
from pipeline.errors import IkenError

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FILE = "results.json.gz"
FORMAT = 1
"""Version of the file. To change it: raise this number and keep :func:`load_results` able to read
every older one, with a file of the older format in ``tests/data`` and a test that loads it."""


@functools.cache
def _adapter() -> TypeAdapter[Results]:
    from pydantic import TypeAdapter

    return TypeAdapter(Results)


def dump_results(results: Results) -> bytes:
    """Give the file's content; two equal results give equal bytes."""
    # the records hold nothing but texts, numbers and tuples: json writes them as pydantic would, and a
    # run need not wait for pydantic
    body = json.dumps(results, default=_fields_of, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return gzip.compress(b'{"format":%d,"results":%s}\n' % (FORMAT, body), mtime=0)


def _fields_of(record: Any) -> dict[str, Any]:  # noqa: ANN401 any record of the program
    return {name: getattr(record, name) for name in _names(record.__class__)}


@functools.cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def load_results(folder: Path) -> Results:
    """Read the results of a run back.

    Raises
    ------
    IkenError
        When the folder holds none, or they are damaged or of a newer program.
    """
    path = folder / FILE
    again = "iken run で結果のフォルダを作り直してください（確認の記録 review.sqlite は残ります）"
    try:
        data = json.loads(gzip.decompress(path.read_bytes()))
        version, body = data["format"], data["results"]
    except FileNotFoundError as error:
        raise IkenError(
            "結果の記録がありません", file=str(path), remedy="iken run の結果のフォルダを指定してください"
        ) from error
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise IkenError("結果の記録が壊れています", file=str(path), remedy=again) from error
    if version != FORMAT:
        raise IkenError(f"結果の記録の形式（{version}）を、この版の iken は読めません", file=str(path), remedy=again)
    try:
        return _adapter().validate_python(body)
    except ValueError as error:
        raise IkenError("結果の記録が壊れています", file=str(path), remedy=again) from error
