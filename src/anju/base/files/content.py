"""What a file really is: told by its first bytes, held against its name, its size and what it may not carry.

A name lies easily and a browser believes it; so only what the bytes say counts, and the name must say the same.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from anju.base.acts import InvalidInput

MIB = 1024 * 1024
UNPACKED_MAX = 400 * MIB  # all parts of an office file together
RATIO_MAX, RATIO_FROM = 200, 20 * MIB  # unpacked ÷ packed, looked at from this size on
PARTS_MAX = 5_000
NAME_MAX = 200

EXTENSIONS = {
    "pdf": {"pdf"}, "png": {"png"}, "jpeg": {"jpg", "jpeg"}, "webp": {"webp"}, "docx": {"docx"}, "xlsx": {"xlsx"},
    "xls": {"xls"}, "ods": {"ods"}, "csv": {"csv"}, "text": {"txt"},
}  # fmt: skip
TITLES = {
    "pdf": "PDF", "png": "PNG 图片", "jpeg": "JPEG 图片", "webp": "WebP 图片", "docx": "Word 文档（docx）",
    "xlsx": "Excel 表格（xlsx）", "xls": "Excel 表格（xls）", "ods": "ODS 表格", "csv": "CSV 表格", "text": "纯文本",
}  # fmt: skip
TYPES = {
    "pdf": "application/pdf", "png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xls": "application/vnd.ms-excel", "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "csv": "text/csv; charset=utf-8", "text": "text/plain; charset=utf-8",
}  # fmt: skip
SHOWN_INLINE = frozenset({"pdf", "png", "jpeg", "webp"})

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAIN_PARTS = {
    b"wordprocessingml.document.main+xml": "docx",
    b"spreadsheetml.sheet.main+xml": "xlsx",
    b"macroEnabled": "macro",
    b"ms-excel.sheet.binary": "xlsb",
}
# Parts by which an office file runs something or carries another file.
_ACTIVE_PART = re.compile(r"(?i)(^|/)(vba\w*\.bin|macrosheets/|activex/|embeddings/|basic/|scripts/|object \d+/)")
_PDF_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA)(?![A-Za-z0-9])")
_PDF_STREAM = re.compile(rb">>\s*stream\r?\n(.*?)endstream", re.DOTALL)
_PDF_OBJECT = re.compile(rb"\d\s+\d+\s+obj\b|\btrailer\b")
_SCRIPT_TEXT = re.compile(rb"(?i)<\s*(!doctype|html|script|svg|iframe|object|\?php|body|img|\?xml)")
_UNSAFE_NAME = re.compile("[\x00-\x1f\x7f/\\\\\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class BadFile(InvalidInput):
    """The file was not taken: the sentence says why and what to do; ``field`` is ``file``."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, field="file")


def check_upload(name: str, data: bytes, allowed: frozenset[str], limit: int) -> str:
    """The kind of file (a key of ``EXTENSIONS``) by its content. Raises BadFile, with the limit and what to do."""
    _check_name(name)
    if not data:
        raise BadFile(f"「{name}」是空文件（0 字节），没有收下；请检查后重新上传")
    if len(data) > limit:
        raise BadFile(
            f"「{name}」大小为 {len(data) / MIB:.1f} MB，超过上限 {limit // MIB} MB，没有收下；请压缩或拆分后重新上传"
        )
    media = _media_of(name, data)
    extension = name.rpartition(".")[2].lower()
    if media not in allowed:
        kinds = "、".join(TITLES[kind] for kind in sorted(allowed))
        raise BadFile(f"「{name}」是 {TITLES[media]}，这里不收；可以上传：{kinds}")
    if extension not in EXTENSIONS[media] and not (media in ("text", "csv") and extension in ("txt", "csv")):
        raise BadFile(
            f"「{name}」的扩展名是 .{extension}，内容却是 {TITLES[media]}，没有收下；请用正确的格式另存后重新上传"
        )
    return media


def _check_name(name: str) -> None:
    if not name or len(name) > NAME_MAX:
        raise BadFile(f"文件名为空或超过 {NAME_MAX} 个字，没有收下；请改名后重新上传")
    if _UNSAFE_NAME.search(name):
        raise BadFile("文件名含有路径符号或不可见字符，没有收下；请改名后重新上传")
    if "." not in name.strip("."):
        raise BadFile(f"「{name}」没有扩展名，没有收下；请补上扩展名（如 .xlsx、.pdf）后重新上传")


def _media_of(name: str, data: bytes) -> str:
    if data.startswith(b"%PDF-"):
        return _pdf(name, data)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data.startswith(_OLE):
        return _ole(name, data)
    if data.startswith(b"PK\x03\x04"):
        return _zip(name, data)
    return _text(name, data)


def _pdf(name: str, data: bytes) -> str:
    for part in (_outside_streams(data), *_pdf_streams(data)):
        plain = re.sub(rb"#([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), part) if b"#" in part else part
        found = _PDF_ACTIVE.search(plain)
        if found:
            raise BadFile(
                f"「{name}」里有脚本或内嵌文件（{found[0].decode('ascii')}），没有收下；请打印为普通 PDF 或扫描后重新上传"
            )
    return "pdf"


def _outside_streams(data: bytes) -> bytes:
    """The file without the bodies of its streams: the bytes of an image or font spell ``/JS`` by chance.

    A body in which an object begins is kept: a reader that takes the word ``stream`` for a comment would see that object.
    """
    return _PDF_STREAM.sub(lambda m: m[0] if _PDF_OBJECT.search(m[1]) else b">> stream endstream", data)


def _pdf_streams(data: bytes) -> Iterator[bytes]:
    """Object streams, unpacked: there an active entry hides from a plain search. Page contents are not looked into."""
    for found in re.finditer(rb"/ObjStm\b[^>]*>>\s*stream\r?\n", data):
        try:
            yield zlib.decompressobj().decompress(data[found.end() :], 4 * MIB)
        except zlib.error:
            yield data[found.end() :].partition(b"endstream")[0]  # not deflated


def _ole(name: str, data: bytes) -> str:
    """The old binary container: an xls workbook, or an encrypted xlsx, or something we do not take."""

    def has(word: str) -> bool:
        return word.encode("utf-16-le") in data

    if has("EncryptedPackage"):
        raise BadFile(f"「{name}」设有打开密码，没有收下；请去掉密码后重新上传")
    if has("_VBA_PROJECT") or has("Macros"):
        raise BadFile(f"「{name}」含有宏，没有收下；请另存为不含宏的 xlsx 后重新上传")
    if has("Workbook") or has("Book"):
        return "xls"
    raise BadFile(f"「{name}」是旧式 Office 文件，没有收下；请另存为 xlsx 或 docx 后重新上传")


def _zip(name: str, data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            _check_parts(name, data, parts)
            names = {part.filename for part in parts}
            if "[Content_Types].xml" in names:
                return _office(name, archive.read("[Content_Types].xml"))
            if "mimetype" in names and archive.read("mimetype").startswith(TYPES["ods"].encode()):
                return "ods"
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, EOFError) as error:
        raise BadFile(f"「{name}」已损坏，打不开，没有收下；请用 Office 或 WPS 打开并另存后重新上传") from error
    raise BadFile(f"「{name}」是压缩包，没有收下；请解压后把里面的文件单独上传")


def _office(name: str, types: bytes) -> str:
    found = {kind for mark, kind in _MAIN_PARTS.items() if mark in types}
    if "macro" in found or b"vbaProject" in types:
        raise BadFile(f"「{name}」含有宏，没有收下；请另存为不含宏的 xlsx 或 docx 后重新上传")
    if found in ({"docx"}, {"xlsx"}):
        return found.pop()
    raise BadFile(f"「{name}」不是 Word 文档（docx）或 Excel 表格（xlsx），没有收下；请另存为这两种格式后重新上传")


def _check_parts(name: str, data: bytes, parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > PARTS_MAX:
        raise BadFile(f"「{name}」内部有 {len(parts)} 个部件，超过上限 {PARTS_MAX} 个，没有收下；请重新另存")
    for part in parts:
        if part.flag_bits & 1:
            raise BadFile(f"「{name}」设有打开密码，没有收下；请去掉密码后重新上传")
        if part.filename.startswith("/") or ".." in part.filename.split("/"):
            raise BadFile(f"「{name}」内部路径不正常，没有收下；请重新另存")
        if _ACTIVE_PART.search(part.filename):
            raise BadFile(f"「{name}」含有宏、控件或内嵌文件（{part.filename}），没有收下；请去掉后重新上传")
    total = sum(part.file_size for part in parts)
    _refuse_bomb(name, data, total)
    _refuse_bomb(name, data, sum(_unpacked(data, part) for part in parts))


def _refuse_bomb(name: str, data: bytes, total: int) -> None:
    if total > UNPACKED_MAX:
        raise BadFile(
            f"「{name}」解开后超过 {UNPACKED_MAX // MIB} MB，没有收下；请删去多余的行、列和图片，或拆分后重新上传"
        )
    if total > RATIO_FROM and total > RATIO_MAX * len(data):
        raise BadFile(f"「{name}」压缩比超过 {RATIO_MAX} 倍，不像正常的表格，没有收下；请新建表格只粘贴数据后重新上传")


def _unpacked(data: bytes, part: zipfile.ZipInfo) -> int:
    """What a part really unpacks to, whatever its header says; stops at the limit. Raises BadZipFile where they differ."""
    head = part.header_offset
    if data[head : head + 4] != b"PK\x03\x04":
        raise zipfile.BadZipFile("no local header")
    start = (
        head
        + 30
        + int.from_bytes(data[head + 26 : head + 28], "little")
        + int.from_bytes(data[head + 28 : head + 30], "little")
    )
    packed = data[start : start + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        return len(packed)
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile("unusual compression")
    stream, size = zlib.decompressobj(-15), 0
    while packed and not stream.eof:
        size += len(stream.decompress(packed, MIB))
        packed = stream.unconsumed_tail
        if size > part.file_size:
            raise zipfile.BadZipFile("unpacks to more than it declares")
    return size


def _text(name: str, data: bytes) -> str:
    if b"\x00" in data or not decodes(data):
        raise BadFile(f"「{name}」不是可以识别的文件，没有收下；请上传 PDF、图片、Word 或 Excel 文件")
    if _SCRIPT_TEXT.search(data[:4096]) or data.startswith(b"#!"):
        raise BadFile(f"「{name}」是网页或脚本，没有收下；请转为 PDF 后重新上传")
    return "csv" if name.lower().endswith(".csv") else "text"


def decodes(data: bytes) -> bool:
    """Whether the bytes are text in UTF-8 or GB18030."""
    for encoding in ("utf-8", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
