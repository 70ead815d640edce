"""Bytes become text: UTF-8 with or without BOM, then CP932, else a clear refusal."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import IkenError

_ENCODINGS = ("utf-8-sig", "cp932")


def read_bytes(path: Path) -> bytes:
    """Read a file; one that is missing, a folder, unreadable or empty is an error with a remedy."""
    if not path.exists():
        raise IkenError("ファイルがありません", file=str(path), remedy="名前と場所を確かめてください")
    if path.is_dir():
        raise IkenError("フォルダです", file=str(path), remedy="中のファイルを指定してください")
    try:
        body = path.read_bytes()
    except OSError as error:
        raise IkenError(
            f"開けません（{error.strerror}）",
            file=str(path),
            remedy="ほかで開いていないか、読む権限があるかを確かめてください",
        ) from error
    if not body.strip():
        raise IkenError("中身が空です", file=str(path), remedy="保存し直したファイルを指定してください")
    return body


def encoding_of(body: bytes, path: Path, *, complete: bool = True) -> str:
    """Name the encoding of a text.

    Parameters
    ----------
    body : bytes
        The file, or its beginning.
    path : Path
        For the message.
    complete : bool
        False when ``body`` is only a beginning, which may end within a character.
    """
    if b"\x00" in body:
        raise IkenError(
            "文字のファイルではありません",
            file=str(path),
            remedy="テキスト（UTF-8 か Shift_JIS）で保存し直してください",
        )
    for encoding in _ENCODINGS:
        try:
            body.decode(encoding)
        except UnicodeDecodeError as error:
            if not complete and error.end >= len(body) - 4:
                return encoding
        else:
            return encoding
    if _is_cut(body):
        raise IkenError("ファイルが文字の途中で切れています", file=str(path), remedy="元のファイルを写し直してください")
    raise IkenError(
        "文字コードが UTF-8 でも Shift_JIS でもありません", file=str(path), remedy="UTF-8 で保存し直してください"
    )


def _is_cut(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    return False


def read_text(path: Path) -> str:
    """Read a whole text file; line ends of every kind become one."""
    body = read_bytes(path)
    text = body.decode(encoding_of(body, path))
    return text.replace("\r\n", "\n").replace("\r", "\n")
