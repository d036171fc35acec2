"""What may be uploaded: told by content, held against its name, its size and what it carries. And what the store keeps."""

import io
import os
import zipfile
import zlib

import pytest

from anju.base.files import content, store
from anju.base.files.content import MIB, BadFile, check_upload
from anju.base.files.models import Evidence
from offering.programme import refused_by_database, sql
from support.db import open_act, raw
from support.sheets import CONTENT_TYPES, small_xlsx, xlsx, zipped

ALL = frozenset({"pdf", "png", "jpeg", "webp", "docx", "xlsx", "xls", "ods", "csv", "text"})
PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 32
WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8 "
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ODS = zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}, stored=True)
DOCX = zipped({"[Content_Types].xml": CONTENT_TYPES.replace(b"spreadsheetml.sheet", b"wordprocessingml.document")})


def named(text: str) -> bytes:
    """A stream name as an old Office container holds it."""
    return OLE + b"\x00" * 504 + text.encode("utf-16-le") + b"\x00" * 64


@pytest.mark.parametrize(
    ("name", "data", "media"),
    [
        ("合同.pdf", PDF, "pdf"),
        ("照片.PNG", PNG, "png"),
        ("照片.jpg", JPEG, "jpeg"),
        ("照片.jpeg", JPEG, "jpeg"),
        ("照片.webp", WEBP, "webp"),
        ("楼盘表.xlsx", xlsx([["a"]]), "xlsx"),
        ("楼盘表.xls", named("Workbook"), "xls"),
        ("楼盘表.ods", ODS, "ods"),
        ("协议.docx", DOCX, "docx"),
        ("房源.csv", "受理号,姓名\r\n1,王\r\n".encode("gb18030"), "csv"),
        ("说明.txt", "一段文字".encode(), "text"),
    ],
)
def test_a_file_is_told_by_its_content(name: str, data: bytes, media: str) -> None:
    assert check_upload(name, data, ALL, MIB) == media


def lying_zip() -> bytes:
    """A part that says it unpacks to 10 bytes and unpacks to 10 MB."""
    stream = zlib.compressobj(wbits=-15)
    packed = stream.compress(b"0" * 10 * MIB) + stream.flush()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("xl/a.xml", b"0123456789", zipfile.ZIP_STORED)
    data = buffer.getvalue()
    head = (
        b"PK\x03\x04\x14\x00\x00\x00\x08\x00"
        + b"\x00" * 8
        + len(packed).to_bytes(4, "little")
        + (10).to_bytes(4, "little")
    )
    local = head + len(b"xl/b.xml").to_bytes(2, "little") + b"\x00\x00" + b"xl/b.xml" + packed
    at = data.index(b"PK\x01\x02")
    central = (
        b"PK\x01\x02\x14\x00\x14\x00\x00\x00\x08\x00" + b"\x00" * 8 + len(packed).to_bytes(4, "little") + (10).to_bytes(4, "little")
        + len(b"xl/b.xml").to_bytes(2, "little") + b"\x00" * 12 + at.to_bytes(4, "little") + b"xl/b.xml"
    )  # fmt: skip
    end = data.index(b"PK\x05\x06")
    directory = data[at:end] + central
    tail = b"PK\x05\x06" + b"\x00" * 4 + (3).to_bytes(2, "little") * 2 + len(directory).to_bytes(4, "little")
    return data[:at] + local + directory + tail + (at + len(local)).to_bytes(4, "little") + b"\x00\x00"


def encrypted_zip() -> bytes:
    """A part with the flag of encryption."""
    data = bytearray(small_xlsx(xl__a=b"1"))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


HIDDEN_SCRIPT = b"%PDF-1.7\n1 0 obj << /Type /ObjStm /Filter /FlateDecode >>\nstream\n" + zlib.compress(
    b"<< /S /JavaScript >>"
)


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("空.pdf", b"", "0 字节"),
        ("大.pdf", PDF + b"\x00" * MIB, "超过上限 1 MB"),
        ("图.png", PDF, "扩展名是 .png，内容却是 PDF"),
        ("表.docx", xlsx([["a"]]), "扩展名是 .docx，内容却是 Excel"),
        ("程序.pdf", b"MZ\x90\x00" + b"\x00" * 64, "不是可以识别的文件"),
        ("网页.txt", b"  <html><script>alert(1)</script>", "是网页或脚本"),
        ("网页.xls", b"<html><table><tr><td>1", "是网页或脚本"),
        ("矢量.txt", b'<svg onload="alert(1)">', "是网页或脚本"),
        ("脚本.txt", b"#!/bin/sh\nrm", "是网页或脚本"),
        (
            "脚本.pdf",
            b"%PDF-1.7\n<< /OpenAction << /S /JavaScript /JS (app.alert) >> >>",
            "脚本或内嵌文件（/JavaScript）",
        ),
        ("脚本.pdf", b"%PDF-1.7\n<< /S /Java#53cript >>", "脚本或内嵌文件"),
        ("脚本.pdf", HIDDEN_SCRIPT, "脚本或内嵌文件"),
        ("脚本.pdf", b"%PDF-1.7\n<<>> stream\n% endstream\n2 0 obj << /S /JS (x) >> endobj", "脚本或内嵌文件"),
        ("脚本.pdf", b"%PDF-1.7\n<<>> stream\n2 0 obj << /S /JS (x) >> endobj\nendstream", "脚本或内嵌文件"),
        ("启动.pdf", b"%PDF-1.7\n<< /S /Launch /F (cmd.exe) >>", "/Launch"),
        ("附件.pdf", b"%PDF-1.7\n<< /Names << /EmbeddedFiles 3 0 R >> >>", "/EmbeddedFiles"),
        ("宏.xlsx", zipped({"[Content_Types].xml": CONTENT_TYPES, "xl/vbaProject.bin": b"x"}), "含有宏"),
        ("宏.xlsm", zipped({"[Content_Types].xml": b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"}), "含有宏"),
        ("宏.xlsx", zipped({"[Content_Types].xml": CONTENT_TYPES, "xl/macrosheets/sheet1.xml": b"x"}), "含有宏"),
        ("嵌入.xlsx", zipped({"[Content_Types].xml": CONTENT_TYPES, "xl/embeddings/a.exe": b"x"}), "内嵌文件"),
        ("宏.xls", named("Workbook") + "_VBA_PROJECT".encode("utf-16-le"), "含有宏"),
        ("密码.xlsx", named("EncryptedPackage"), "打开密码"),
        ("密码.xlsx", encrypted_zip(), "打开密码"),
        ("旧.doc", named("WordDocument"), "旧式 Office"),
        ("包.zip", zipped({"a.txt": b"1"}), "是压缩包"),
        ("坏.xlsx", b"PK\x03\x04" + b"\x00" * 100, "已损坏"),
        ("假.xlsx", lying_zip(), "已损坏"),
        ("弹.xlsx", small_xlsx(xl__a=b"0" * 30 * MIB), "压缩比超过 200 倍"),
        ("穿越.xlsx", zipped({"[Content_Types].xml": CONTENT_TYPES, "../../etc/passwd": b"x"}), "路径不正常"),
        ("a/b.pdf", PDF, "路径符号"),
        ("a\u202efdp.exe.pdf", PDF, "不可见字符"),
        ("无扩展名", PDF, "没有扩展名"),
        ("长" * 201 + ".pdf", PDF, "超过 200 个字"),
    ],
)
def test_what_is_not_taken_says_why_and_what_to_do(name: str, data: bytes, word: str) -> None:
    with pytest.raises(BadFile) as refused:
        check_upload(name, data, ALL, MIB)
    assert word in refused.value.sentence
    assert "没有收下" in refused.value.sentence


def test_a_file_is_refused_by_its_unpacked_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "UNPACKED_MAX", 4 * MIB)
    parts = {f"xl/{at}.xml": os.urandom(MIB) for at in range(5)}
    with pytest.raises(BadFile, match="解开后超过 4 MB"):
        check_upload("大.xlsx", zipped({"[Content_Types].xml": CONTENT_TYPES, **parts}), ALL, 50 * MIB)


def test_a_place_that_takes_pdf_only_names_what_it_takes() -> None:
    with pytest.raises(BadFile, match="是 PNG 图片，这里不收；可以上传：PDF"):
        check_upload("图.png", PNG, frozenset({"pdf"}), MIB)


@pytest.mark.django_db
def test_the_same_bytes_lie_once_on_disk_and_are_checked_when_read() -> None:
    with open_act() as ctx:
        first = store.keep(ctx=ctx, name="合同.pdf", data=PDF, kind="contract")
        second = store.keep(ctx=ctx, name="副本.pdf", data=PDF, kind="contract")
        assert first.sha256 == second.sha256 and first.id != second.id
        assert store.read(second) == PDF
        store.path_of(first.sha256).write_bytes(b"%PDF-other")
        with pytest.raises(ValueError, match="摘要不符"):
            store.read(first)


@pytest.mark.django_db
def test_a_lost_file_says_so() -> None:
    with open_act() as ctx:
        row = store.keep(ctx=ctx, name="合同.pdf", data=PDF, kind="contract")
        store.path_of(row.sha256).unlink()
        with pytest.raises(ValueError, match="不在磁盘上"):
            store.read(row)


@pytest.mark.usefixtures("committed")
def test_the_database_holds_no_evidence_without_size_or_over_50_mb() -> None:
    with open_act() as ctx:
        row = store.keep(ctx=ctx, name="合同.pdf", data=PDF, kind="contract")
    with raw("admin") as attack:
        attack.execute("SET session_replication_role = replica")  # past the guard, not past the constraint
        for size in (0, -1, 52_428_801):
            with pytest.raises(Exception, match="evidence_size"), attack.transaction():
                attack.execute("UPDATE base_evidence SET size = %s WHERE id = %s", [size, row.id])
    assert Evidence._meta.db_table == "base_evidence"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    ["sha256 = repeat('0', 64)", "media = 'png'", "size = 1", "kind = 'x'", "name = 'x'", "region = '231201'", ""],
)
def test_what_a_decision_rested_on_stays_as_it_came_even_inside_an_act(change: str) -> None:
    with open_act() as ctx:
        store.keep(ctx=ctx, name="合同.pdf", data=PDF, kind="contract")
    tending = "SELECT set_config('anju.tending', 'on', true); "
    statement = f"UPDATE base_evidence SET {change}" if change else "DELETE FROM base_evidence"
    assert refused_by_database(sql(statement)) == "AJ005"
    assert refused_by_database(sql(tending + statement)) == "AJ005", "a forged setting opens nothing"


def test_bytes_of_an_image_that_spell_a_script_by_chance_are_taken() -> None:
    body = b"%PDF-1.7\n1 0 obj\n<< /Length 9 >>\nstream\n\x01/JS \x02\x03\nendstream\nendobj\n%%EOF"
    assert check_upload("扫描件.pdf", body, frozenset({"pdf"}), MIB) == "pdf"
