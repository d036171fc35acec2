"""Key files under ``settings.KEYS``: one file per kind and version, readable by its owner only, never in the database.

The highest version present is the current one: a new file is a rotation; older ones stay to open what they sealed.
"""

import contextlib
import os
import re
import stat
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

COLUMN, BLIND, LOG, DJANGO = "column", "blind", "log", "django"
# What each kind is for and by which algorithm: the key inventory (ASVS 11.1.2).
KINDS = {
    COLUMN: ("AES-256-GCM", "加密身份证号、手机号等列"),
    BLIND: ("HMAC-SHA-256", "身份证号、手机号的盲索引；与列密钥分开轮换"),
    LOG: ("Ed25519", "签署办理日志的检查点"),
}
OTHERS = {DJANGO: ("HMAC-SHA-256", "网页会话签名"), "db-": ("SCRAM-SHA-256", "数据库登录口令")}
SIZE = 32


class BadKey(RuntimeError):
    """A key is missing, malformed or readable by others; the message says what to do."""


@dataclass(frozen=True)
class KeyInfo:
    """One line of the inventory; ``fingerprint`` tells keys apart and opens nothing."""

    name: str
    algorithm: str
    purpose: str
    current: bool
    private: bool
    made_on: datetime
    fingerprint: str


def folder() -> Path:
    """Where the keys lie."""
    return Path(settings.KEYS)


def make_keys() -> None:
    """Make what is missing: version 1 of every kind, and the key of web sessions."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    for kind in KINDS:
        if not versions(kind):
            _write(f"{kind}-1")
    if not (folder() / DJANGO).exists():
        _write(DJANGO)


def rotate(kind: str) -> int:
    """Make the next version of a kind the current one; which. Older ones still open. Raises KeyError."""
    if kind not in KINDS:
        raise KeyError(kind)
    version = current(kind) + 1
    _write(f"{kind}-{version}")
    return version


def versions(kind: str) -> list[int]:
    """The versions present, oldest first."""
    names = (re.fullmatch(rf"{kind}-([1-9][0-9]*)", path.name) for path in folder().glob(f"{kind}-*"))
    return sorted(int(name[1]) for name in names if name)


def current(kind: str) -> int:
    """The version that new values are made with; a rotation is noticed by processes that run. Raises BadKey where there is none."""
    return _current(str(settings.KEYS), _changed(), kind)


def _changed() -> int:
    """When a file was last put into the folder; 0 where there is no folder."""
    try:
        return os.stat(settings.KEYS).st_mtime_ns
    except FileNotFoundError:
        return 0


@lru_cache(maxsize=64)
def _current(_folder: str, _changed_at: int, kind: str) -> int:
    found = versions(kind)
    if not found or found[-1] > 255:
        raise BadKey(f"{folder()} 下没有可用的 {kind} 密钥（版本 1–255）；请先运行 ./anju init，或恢复密钥备份")
    return found[-1]


def key(kind: str, version: int) -> bytes:
    """The 32 bytes of a version. Raises BadKey."""
    return _key(str(settings.KEYS), kind, version)


@cache
def _key(_folder: str, kind: str, version: int) -> bytes:
    path = folder() / f"{kind}-{version}"
    if not path.exists():
        raise BadKey(f"缺少密钥 {path.name}；请从密钥备份恢复后再办")
    if not _private(path):
        raise BadKey(f"密钥 {path.name} 能被其他账户读取，没有使用；请执行 chmod 600 {path}，并考虑轮换")
    text = path.read_text(encoding="ascii").strip()
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise BadKey(f"密钥 {path.name} 应为 64 位十六进制数；请从密钥备份恢复")
    return bytes.fromhex(text)


def log_key() -> Ed25519PrivateKey:
    """The key that signs the log's checkpoints."""
    return Ed25519PrivateKey.from_private_bytes(key(LOG, current(LOG)))


def inventory() -> list[KeyInfo]:
    """Every key file, by name; nothing of a key itself."""
    found = []
    for path in sorted(folder().glob("*")):
        kind, _, version = path.name.partition("-")
        known = KINDS.get(kind) or next((row for name, row in OTHERS.items() if path.name.startswith(name)), None)
        if known is None or not path.is_file():
            continue
        latest = not (kind in KINDS and version.isdigit()) or int(version) == current(kind)
        made = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        print_ = sha256(b"anju key fingerprint\x00" + path.read_bytes()).hexdigest()[:16]
        found.append(KeyInfo(path.name, *known, latest, _private(path), made, print_))
    return found


def _private(path: Path) -> bool:
    return not stat.S_IMODE(path.stat().st_mode) & 0o077


def _write(name: str) -> None:
    """Whole or not at all, and only the first of two processes: the other keeps what the first made."""
    handle, part = tempfile.mkstemp(dir=folder(), prefix=".")  # mode 0600
    with os.fdopen(handle, "w") as file:
        file.write(os.urandom(SIZE).hex())
    with contextlib.suppress(FileExistsError):
        os.link(part, folder() / name)
    os.unlink(part)
    _current.cache_clear()
    _key.cache_clear()
