"""Seal personal numbers (AES-256-GCM) and find them again by a keyed blind index (HMAC-SHA-256).

A ciphertext begins with one byte of algorithm and one of key version, so that either can be replaced; the blind index's key is
national and versioned apart from any city's encryption key.
"""

import hashlib
import hmac
import os
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

AES_GCM, NONCE = 1, 12
COLUMN, BLIND, DJANGO = "column", "blind", "django"
CURRENT = {COLUMN: 1, BLIND: 1}


class BadSeal(ValueError):
    """The bytes were not sealed by a key of this installation."""


def make_keys() -> None:
    """Make what is missing under ``settings.KEYS``, each file readable by its owner only."""
    folder = Path(settings.KEYS)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, text in ((f"{COLUMN}-1", os.urandom(32).hex()), (f"{BLIND}-1", os.urandom(32).hex()), (DJANGO, os.urandom(32).hex())):
        path = folder / name
        if not path.exists():
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(text)
    _key.cache_clear()


@cache
def _key(kind: str, version: int) -> bytes:
    return bytes.fromhex((Path(settings.KEYS) / f"{kind}-{version}").read_text().strip())


def seal(text: str) -> bytes:
    """Encrypt a text; the same text gives other bytes each time."""
    version, nonce = CURRENT[COLUMN], os.urandom(NONCE)
    head = bytes([AES_GCM, version])
    return head + nonce + AESGCM(_key(COLUMN, version)).encrypt(nonce, text.encode(), head)


def unseal(sealed: bytes | memoryview) -> str:
    """The text that ``seal`` was given. Raises BadSeal."""
    data = bytes(sealed)
    if len(data) < 2 + NONCE + 16 or data[0] != AES_GCM:
        raise BadSeal("密文格式不符，请联系系统管理员核对密钥版本")
    try:
        return AESGCM(_key(COLUMN, data[1])).decrypt(data[2 : 2 + NONCE], data[2 + NONCE :], data[:2]).decode()
    except InvalidTag as error:
        raise BadSeal("密文不能用本机密钥打开，请联系系统管理员核对密钥版本") from error


def blind(kind: str, text: str) -> bytes:
    """A keyed hash by which an equal value of the same kind (``document``, ``phone``) is found without being read."""
    version = CURRENT[BLIND]
    return bytes([version]) + hmac.digest(_key(BLIND, version), f"{kind}\x00{text}".encode(), hashlib.sha256)
