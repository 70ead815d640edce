"""What a file really is, and whether it is safe to open, before any library opens it.

The first bytes say what a file is, whatever its ending. XLSX and DOCX are ZIP archives of XML:
they are looked through for what would take all memory (ZIP and XML bombs) and for what will
not be read (macros, links to other books, text in shapes), piece by piece, in little memory.
"""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import IkenError
from pipeline.records import Finding, Place

TEXT, HTML, XLSX, DOCX, PDF, PARQUET = "文字", "HTML", "XLSX", "DOCX", "PDF", "Parquet"

_HEAD = 1 << 16
_CHUNK = 1 << 20
_MOST_BYTES = 1 << 30  # unpacked: Excel's million rows of a hundred characters are a third of it
_MOST_PARTS = 20_000
_SUSPECT_RATIO = 400  # XML of a real sheet shrinks to a tenth, of an empty one to a hundredth
_SUSPECT_BYTES = 64 << 20
_HTML_START = re.compile(
    rb"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|meta|div)", re.I | re.S
)
_ROOT = re.compile(rb"<[A-Za-z_]")
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_SHAPE_TEXT = re.compile(rb"<a:t>[^<]|<w:txbxContent")
_ENDINGS = {
    TEXT: {".txt", ".csv", ".tsv"},
    HTML: {".html", ".htm"},
    XLSX: {".xlsx", ".xlsm"},
    DOCX: {".docx", ".docm"},
    PDF: {".pdf"},
    PARQUET: {".parquet"},
}
ENDINGS = frozenset(ending for some in _ENDINGS.values() for ending in some)
_SAVE_AS = "Excel は .xlsx、Word は .docx で保存し直してください"


@dataclass(frozen=True, slots=True)
class Package:
    """A file looked at from outside.

    Attributes
    ----------
    path : Path
    kind : str
        One of the six this module names.
    findings : tuple of Finding
    has_formulas : bool
        Whether a sheet holds formulas.
    """

    path: Path
    kind: str
    findings: tuple[Finding, ...] = ()
    has_formulas: bool = False


def inspect(path: Path) -> Package:
    """Say what a file is, and refuse what must not or cannot be opened.

    Raises
    ------
    IkenError
        When it is missing, empty, a folder, encrypted, cut off, a bomb, or of no known form.
    """
    check_there(path)
    head = _head(path)
    kind = _kind(path, head)
    findings: list[Finding] = []
    if path.suffix.lower() not in _ENDINGS[kind]:
        if kind == TEXT:
            raise IkenError(
                f"「{path.suffix or '拡張子なし'}」のファイルは読めません"
                if path.suffix.lower() not in ENDINGS
                else f"中身が {path.suffix} の形式ではありません",
                file=str(path),
                remedy="表は .xlsx .docx .html .pdf .txt、意見一覧は .csv .tsv .xlsx .parquet で保存してください",
            )
        findings.append(
            Finding(
                "注意",
                Place(path.name, ""),
                f"拡張子は {path.suffix or 'ありません'} ですが、中身は {kind} なのでそのように読みます",
                "拡張子を中身に合わせてください",
            )
        )
    has_formulas = False
    if kind in (XLSX, DOCX):
        found, has_formulas = _look_through(path)
        findings += found
    elif kind == PDF:
        _check_streams(path)
    return Package(path, kind, tuple(findings), has_formulas)


def check_there(path: Path) -> None:
    """Refuse what is missing, a folder, or no file at all (a pipe or device would keep a reader waiting)."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError) as error:
        raise IkenError("ファイルがありません", file=str(path), remedy="名前と場所を確かめてください") from error
    except (OSError, ValueError) as error:  # a loop of links, a name too long or with a NUL, no right to look
        raise IkenError(
            f"開けません（{getattr(error, 'strerror', None) or error}）",
            file=str(path),
            remedy="名前と、読む権限があるかを確かめてください",
        ) from error
    if stat.S_ISDIR(mode):
        raise IkenError("フォルダです", file=str(path), remedy="中のファイルを指定してください")
    if not stat.S_ISREG(mode):
        raise IkenError("ふつうのファイルではありません", file=str(path), remedy="保存したファイルを指定してください")


def broken(path: Path, error: Exception | str) -> IkenError:
    """The refusal of a file that its library cannot read."""
    return IkenError(
        f"ファイルが壊れているか、途中で切れています（{error}）",
        file=str(path),
        remedy="元のファイルを写し直すか、開いて保存し直してください",
    )


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError as error:
        raise IkenError(
            f"開けません（{error.strerror}）",
            file=str(path),
            remedy="ほかで開いていないか、読む権限があるかを確かめてください",
        ) from error
    if not head.strip():
        raise IkenError("中身が空です", file=str(path), remedy="保存し直したファイルを指定してください")
    return head


def _kind(path: Path, head: bytes) -> str:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_archive(path)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        body = head + path.read_bytes()[-_CHUNK:]
        if "EncryptedPackage".encode("utf-16-le") in body:
            raise IkenError(
                "パスワードで保護（暗号化）されています",
                file=str(path),
                remedy="パスワードを外して保存し直してください",
            )
        raise IkenError("古い形式（.xls .doc）のファイルです", file=str(path), remedy=_SAVE_AS)
    if b"%PDF-" in head[:1024]:
        return PDF
    if head.startswith(b"PAR1"):
        return PARQUET
    plain = head.removeprefix(b"\xef\xbb\xbf")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        plain = head.decode("utf-16", errors="ignore").encode("utf-8")
    if plain.lstrip()[:13].lower() == b"mime-version:":
        raise IkenError("Webアーカイブ（.mht）の形式です", file=str(path), remedy=_SAVE_AS)
    if _HTML_START.match(plain):
        return HTML
    if path.suffix.lower() in ENDINGS - _ENDINGS[TEXT] - _ENDINGS[HTML]:
        if not _is_text(plain):
            raise broken(path, f"{path.suffix} の形式ではありません")
    elif path.suffix.lower() in _ENDINGS[HTML]:
        return HTML
    return TEXT


def _is_text(head: bytes) -> bool:
    return not re.search(rb"[\x00-\x08\x0e-\x1a]", head)


def _kind_of_archive(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            encrypted = any(one.flag_bits & 1 for one in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise broken(path, error) from error
    if encrypted:
        raise IkenError("パスワードで保護されています", file=str(path), remedy="パスワードを外して保存し直してください")
    if any(name.startswith("xl/") for name in names):
        return XLSX
    if any(name.startswith("word/") for name in names):
        return DOCX
    if "content.xml" in names:
        raise IkenError("OpenDocument（.ods .odt）の形式です", file=str(path), remedy=_SAVE_AS)
    raise IkenError("圧縮ファイルです", file=str(path), remedy="中のファイルを取り出して指定してください")


def _look_through(path: Path) -> tuple[list[Finding], bool]:
    """Unpack every part piece by piece, keeping nothing."""
    noticed: dict[str, str] = {}
    has_formulas = False
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            _check_sizes(path, parts)
            for part in parts:
                name = part.filename
                if name.endswith("vbaProject.bin"):
                    noticed["マクロは実行せず、読みません"] = ""
                elif name.startswith("xl/externalLinks/"):
                    noticed["ほかのブックへのリンクはたどりません（保存されている値を読みます）"] = ""
                elif name in ("word/footnotes.xml", "word/endnotes.xml"):
                    if b"<w:t" in archive.read(part):
                        noticed["脚注は読みません"] = "意見なら表の中へ移してください"
                elif re.search(r"/comments?\d*\.xml$", name):
                    noticed["コメント（メモ）は読みません"] = "意見ならセルか本文へ移してください"
                if not name.endswith((".xml", ".rels", ".vml")):
                    continue
                for piece in _pieces(archive, part, path):
                    has_formulas = has_formulas or (name.startswith("xl/worksheets/") and bool(_FORMULA.search(piece)))
                    if not name.endswith(".vml") and _SHAPE_TEXT.search(piece):
                        noticed["図形やテキストボックスの中の文字は読みません"] = "意見ならセルか本文へ移してください"
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise broken(path, error) from error
    findings = [
        Finding("注意" if remedy else "情報", Place(path.name, ""), what, remedy) for what, remedy in noticed.items()
    ]
    return findings, has_formulas


def _check_sizes(path: Path, parts: list[zipfile.ZipInfo]) -> None:
    total = sum(part.file_size for part in parts)
    swollen = [
        part
        for part in parts
        if part.file_size > _SUSPECT_BYTES and part.file_size > _SUSPECT_RATIO * part.compress_size
    ]
    if total > _MOST_BYTES or swollen or len(parts) > _MOST_PARTS:
        raise IkenError(
            f"開くと異常に大きくなるファイルです（{total / 2**20:,.0f} MB）",
            file=str(path),
            remedy="出どころを確かめ、必要な表だけを新しいファイルに写してください",
        )


def _pieces(archive: zipfile.ZipFile, part: zipfile.ZipInfo, path: Path) -> Iterator[bytes]:
    """Unpack a part; office files hold no DTD, so one that does is made to harm (entity bombs)."""
    with archive.open(part) as stream:
        seam = b""
        in_prolog = True
        while piece := stream.read(_CHUNK):
            body = seam + piece
            if in_prolog:
                plain = (
                    body.decode("utf-16", errors="ignore").encode() if body[:2] in (b"\xff\xfe", b"\xfe\xff") else body
                )
                root = _ROOT.search(plain)
                if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
                    raise IkenError(
                        f"文書型宣言を含む不正なファイルです（{part.filename}）",
                        file=str(path),
                        remedy="出どころを確かめ、開いて保存し直してください",
                    )
                in_prolog = root is None
            yield body
            seam = piece[-32:]


class _Unpacker:
    """Unpacks a stream, and again what was packed twice over; keeps nothing."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj()
        self._inner: _Unpacker | None = None
        self._begun = False

    def sizes(self, data: bytes) -> Iterator[int]:
        """Give the size of each piece, at every depth; none when it is not packed, or packed otherwise."""
        try:
            while data and not self._zlib.eof:
                piece = self._zlib.decompress(data, _CHUNK)
                data = self._zlib.unconsumed_tail
                yield len(piece)
                if piece and not self._begun:
                    self._begun = True
                    self._inner = _Unpacker() if piece[:1] == b"\x78" else None
                if self._inner:
                    yield from self._inner.sizes(piece)
        except zlib.error:
            return


def _check_streams(path: Path) -> None:
    """Refuse a PDF whose streams unpack to more than memory should hold."""
    body = path.read_bytes()
    total = 0
    for start in re.finditer(rb"stream\r?\n", body):
        if body[max(0, start.start() - 3) : start.start()] == b"end":
            continue
        end = body.find(b"endstream", start.end())
        for size in _Unpacker().sizes(body[start.end() : end if end >= 0 else len(body)]):
            total += size
            if total > _MOST_BYTES // 2:
                raise IkenError(
                    "開くと異常に大きくなるファイルです",
                    file=str(path),
                    remedy="出どころを確かめ、必要な頁だけを新しい PDF にしてください",
                )
