"""Signed notes (C2SP signed-note) and the checkpoints in them (C2SP tlog-checkpoint), by Ed25519 keys."""

import base64
import binascii
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from anju.base.log.tree import sha256

ED25519 = 1
MAX_SIGNATURES = 64
LINE = re.compile(r"— (\S+) (\S+)")


class BadNote(ValueError):
    """The note, key or checkpoint is malformed, or no known key signed it; the message is for the person."""


@dataclass(frozen=True)
class Checkpoint:
    """A root as it is signed: whose log, how many entries, which root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True)
class Verifier:
    """A public key under its name; ``text`` is what others are given (vkey)."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell keys of one name apart."""
        return sha256(self.name.encode() + b"\n" + bytes([ED25519]) + self.public)[:4]

    @property
    def text(self) -> str:
        """``name+id+key``."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(bytes([ED25519]) + self.public).decode()}"


def verifier_of(name: str, key: Ed25519PrivateKey) -> Verifier:
    """The public half of a log's key. Raises BadNote for a name that a note cannot carry."""
    if not name or "+" in name or re.search(r"\s", name):
        raise BadNote(f"日志名称「{name}」不能为空，也不能含空格或加号")
    return Verifier(name, key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def parse_verifier(text: str) -> Verifier:
    """Read a vkey. Raises BadNote."""
    name, _, rest = text.partition("+")
    key_id, _, key = rest.partition("+")
    data = decode(key)
    if len(data) != 33 or data[0] != ED25519 or not name or re.search(r"\s", name):
        raise BadNote("验证公钥应为 名称+编号+Ed25519 公钥，请核对后重新粘贴")
    found = Verifier(name, data[1:])
    if found.key_id.hex() != key_id:
        raise BadNote("验证公钥的编号与内容不符，请核对后重新粘贴")
    return found


def parse_verifiers(text: str) -> list[Verifier]:
    """Read vkeys, one a line. Raises BadNote."""
    return [parse_verifier(line) for line in text.split()]


def sign(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """The note: the text, a blank line, the signature line. Raises BadNote."""
    _check_text(text)
    signature = base64.b64encode(verifier_of(name, key).key_id + key.sign(text.encode())).decode()
    return f"{text}\n— {name} {signature}\n"


def open_note(note: str, known: list[Verifier]) -> str:
    """The text, once a known key signed it; unknown keys are ignored, a failing known one rejects. Raises BadNote."""
    _check_text(note)
    text, blank, lines = note.rpartition("\n\n")
    if not blank:
        raise BadNote("签名文件缺少空行，不是完整的签名文件")
    text += "\n"
    good = 0
    for name, data in _signatures(lines):
        for verifier in known:
            if (verifier.name, verifier.key_id) == (name, data[:4]):
                good += _holds(verifier, data[4:], text)
    if not good:
        raise BadNote("没有已知公钥的有效签名，不能采信")
    return text


def _holds(verifier: Verifier, signature: bytes, text: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(verifier.public).verify(signature, text.encode())
    except InvalidSignature as error:
        raise BadNote(f"{verifier.name} 的签名与内容不符，整份作废") from error
    return True


def _signatures(lines: str) -> list[tuple[str, bytes]]:
    found = []
    for line in lines.removesuffix("\n").split("\n"):
        match = LINE.fullmatch(line)
        data = decode(match[2]) if match else b""
        if not match or len(data) < 5 or "+" in match[1]:
            raise BadNote(f"签名行「{line[:60]}」不合格式")
        found.append((match[1], data))
    if len(found) > MAX_SIGNATURES or not lines.endswith("\n"):
        raise BadNote(f"签名行应以换行结束且不超过 {MAX_SIGNATURES} 行，收到 {len(found)} 行")
    return found


def _check_text(text: str) -> None:
    if not text.endswith("\n") or re.search(r"[\x00-\x09\x0b-\x1f]", text):
        raise BadNote("文本应以换行结束，且不能含控制字符")


def decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadNote(f"「{text[:60]}」不是 Base64 编码") from error


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the three lines; extension lines are refused, since ours has none. Raises BadNote."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0] or not re.fullmatch(r"0|[1-9][0-9]{0,18}", lines[1]):
        raise BadNote("检查点应为三行：日志名称、条数、根")
    root = decode(lines[2])
    if len(root) != 32:
        raise BadNote(f"根应为 32 字节，收到 {len(root)} 字节")
    return Checkpoint(lines[0], int(lines[1]), root)


def open_checkpoint(note: str, known: list[Verifier]) -> Checkpoint:
    """The checkpoint of a signed note; its origin is its signer's name. Raises BadNote."""
    found = parse_checkpoint(open_note(note, known))
    if found.origin not in {verifier.name for verifier in known}:
        raise BadNote(f"检查点属于 {found.origin}，不是本日志")
    return found
