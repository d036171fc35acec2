"""Keep and read evidence. A file's name on disk is its digest, so what a decision rested on cannot be replaced."""

import hashlib
import os
from pathlib import Path
from uuid import UUID

from django.conf import settings

from anju.base.acts import ActContext
from anju.base.files.content import check_upload
from anju.base.files.models import Evidence

MAX_BYTES = 50 * 1024 * 1024
PAPERS = frozenset({"pdf", "png", "jpeg", "webp", "docx", "xlsx", "xls", "text"})


def digest_of(data: bytes) -> str:
    """The name of these bytes on disk."""
    return hashlib.sha256(data).hexdigest()


def path_of(sha256: str) -> Path:
    """Where the bytes of a digest lie."""
    return Path(settings.FILES) / sha256[:2] / sha256


def keep(
    *, ctx: ActContext, name: str, data: bytes, kind: str, case: UUID | None = None, allowed: frozenset[str] = PAPERS
) -> Evidence:
    """Store ``data`` as evidence of the running act. Raises BadFile where name, content or size do not do."""
    media = check_upload(name, data, allowed, MAX_BYTES)
    digest = digest_of(data)
    target = path_of(digest)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(data)
        part.replace(target)
    return Evidence.objects.create(
        region=ctx.region, sha256=digest, size=len(data), media=media, name=name[:200], kind=kind, case_id=case,
        uploaded_by=ctx.account, uploaded_at=ctx.now,
    )  # fmt: skip


def read(evidence: Evidence) -> bytes:
    """The bytes, checked against their digest. Raises ValueError where the disk holds something else, or nothing."""
    path = path_of(evidence.sha256)
    if not path.exists():
        raise ValueError(f"材料 {evidence.name} 不在磁盘上，请系统管理员从备份恢复")
    data = path.read_bytes()
    if digest_of(data) != evidence.sha256:
        raise ValueError(f"材料 {evidence.name} 的内容与登记的摘要不符，请联系审计管理员")
    return data
