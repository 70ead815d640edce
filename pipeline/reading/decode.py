"""Bytes become text: UTF-8 with or without BOM, UTF-16 with BOM, CP932, and what else Japan has used."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from pipeline.errors import IkenError
from pipeline.reading.packages import check_there

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# ISO-2022-JP (mail) begins its Japanese with an escape sequence; EUC-JP (old systems) read as CP932 is
# nearly all half-width kana.
_JIS_ESCAPE = re.compile(rb"\x1b\$[@B]")
_HALF_WIDTH_KANA = re.compile(r"[\uff61-\uff9f]")
_KANA_OR_KANJI = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_META_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)""", re.I)
_NAMES = {"shift_jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932", "ms932": "cp932"}


def read_bytes(path: Path) -> bytes:
    """Read a file; one that is missing, a folder, unreadable or empty is an error with a remedy."""
    check_there(path)
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
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return encoding if _decodes(body, encoding, complete=complete) is not None else _refuse(body, path)
    if b"\x00" in body:
        raise IkenError(
            "文字のファイルではありません",
            file=str(path),
            remedy="テキスト（UTF-8 か Shift_JIS）で保存し直してください",
        )
    if _JIS_ESCAPE.search(body) and _decodes(body, "iso2022_jp", complete=complete) is not None:
        return "iso2022_jp"
    if _decodes(body, "utf-8", complete=complete) is not None:
        return "utf-8-sig"
    windows, unix = (_decodes(body, encoding, complete=complete) for encoding in ("cp932", "euc_jp"))
    if unix is not None and (windows is None or _strangeness(unix) < _strangeness(windows)):
        return "euc_jp"
    return "cp932" if windows is not None else _refuse(body, path)


def _refuse(body: bytes, path: Path) -> str:
    if _is_cut(body):
        raise IkenError("ファイルが文字の途中で切れています", file=str(path), remedy="元のファイルを写し直してください")
    raise IkenError(
        "文字コードが UTF-8 でも Shift_JIS でもありません", file=str(path), remedy="UTF-8 で保存し直してください"
    )


def _decodes(body: bytes, encoding: str, *, complete: bool) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)().decode(body, final=complete)
    except UnicodeDecodeError:
        return None


def _strangeness(text: str) -> float:
    """The share of half-width kana among the Japanese letters."""
    kana = len(_HALF_WIDTH_KANA.findall(text))
    return kana / max(1, kana + len(_KANA_OR_KANJI.findall(text)))


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


def decode_html(body: bytes, path: Path) -> str:
    """Decode a web page: by its byte order mark, by what its head says, else as any text.

    Shift_JIS means Windows' own, CP932: 髙 and ① are in no other.
    """
    named = _META_CHARSET.search(body[:4096])
    if named and not body.startswith(tuple(mark for mark, _ in _BOMS)):
        encoding = named.group(1).decode("ascii").lower()
        try:
            return body.decode(_NAMES.get(encoding, encoding))
        except (LookupError, UnicodeDecodeError):
            pass  # pages saved anew often name the encoding they had before
    return body.decode(encoding_of(body, path))
