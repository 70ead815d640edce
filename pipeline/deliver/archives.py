"""Office files are ZIP archives of XML: here they are packed again, the same content always as the same bytes."""

from __future__ import annotations

import io
from collections.abc import Callable
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_DATE = (1980, 1, 1, 0, 0, 0)  # the first day that ZIP knows


def repacked(archive: bytes, change: Callable[[str, bytes], bytes] = lambda _, body: body) -> bytes:
    """Pack an archive again without the time of packing, each part changed by its name and content."""
    stream = io.BytesIO()
    with ZipFile(io.BytesIO(archive)) as old, ZipFile(stream, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(ZipInfo(name, _DATE), change(name, old.read(name)), ZIP_DEFLATED)
    return stream.getvalue()
