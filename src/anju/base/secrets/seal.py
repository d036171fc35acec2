"""Seal personal numbers (AES-256-GCM) and find them again by a keyed blind index (HMAC-SHA-256).

A ciphertext begins with one byte of algorithm and one of key version, so that either can be replaced; the blind index's
key is national and versioned apart from any city's encryption key.
"""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from anju.base.secrets.keys import BLIND, COLUMN, current, key, versions

AES_GCM, NONCE, HEAD, TAG = 1, 12, 2, 16


class BadSeal(ValueError):
    """The bytes were not sealed by a key of this installation."""


def seal(text: str) -> bytes:
    """Encrypt a text; the same text gives other bytes each time."""
    version, nonce = current(COLUMN), os.urandom(NONCE)
    head = bytes([AES_GCM, version])
    return head + nonce + AESGCM(key(COLUMN, version)).encrypt(nonce, text.encode(), head)


def unseal(sealed: bytes | memoryview) -> str:
    """The text that ``seal`` was given, by whichever key version. Raises BadSeal, or BadKey where that key is gone."""
    data = bytes(sealed)
    if len(data) < HEAD + NONCE + TAG or data[0] != AES_GCM:
        raise BadSeal("密文格式不符，请联系系统管理员核对密钥版本")
    nonce, rest = data[HEAD : HEAD + NONCE], data[HEAD + NONCE :]
    try:
        return AESGCM(key(COLUMN, data[1])).decrypt(nonce, rest, data[:HEAD]).decode()
    except InvalidTag as error:
        raise BadSeal("密文不能用本机密钥打开，请联系系统管理员核对密钥版本") from error


def is_stale(sealed: bytes | memoryview) -> bool:
    """Whether an older algorithm or key version sealed it, so that a rotation must seal it again."""
    return bytes(sealed[:HEAD]) != bytes([AES_GCM, current(COLUMN)])


def blind(kind: str, text: str) -> bytes:
    """A keyed hash by which an equal value of the same kind (``document``, ``phone``) is found without being read."""
    return _blind(kind, text, current(BLIND))


def blinds(kind: str, text: str) -> list[bytes]:
    """The indexes under every key version present, newest first: for look-ups while a rotation is under way."""
    return [_blind(kind, text, version) for version in reversed(versions(BLIND))]


def _blind(kind: str, text: str, version: int) -> bytes:
    return bytes([version]) + hmac.digest(key(BLIND, version), f"{kind}\x00{text}".encode(), hashlib.sha256)
