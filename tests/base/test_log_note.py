"""Signed notes: the examples of the standard and of Go, byte for byte, and everything that must be refused."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from anju.base.log import note

# C2SP signed-note, its example key and note.
FOO_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
FOO_NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
# golang.org/x/mod sumdb/note, its example key.
PETER_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
PETER_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
CITY = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
TEXT = note.Checkpoint("anju.example/231200", 3, b"\x01" * 32).text
NOTE = note.sign(TEXT, "anju.example/231200", CITY)
KNOWN = [note.verifier_of("anju.example/231200", CITY)]


def test_the_standards_example_opens() -> None:
    assert note.open_note(FOO_NOTE, [note.parse_verifier(FOO_KEY)]) == "This is an example message.\n"
    assert note.parse_verifier(FOO_KEY).text == FOO_KEY


def test_our_signature_equals_gos_byte_for_byte() -> None:
    key = Ed25519PrivateKey.from_private_bytes(PETER_SEED)
    assert note.verifier_of("PeterNeumann", key).text == PETER_KEY
    assert note.sign(PETER_TEXT, "PeterNeumann", key) == f"{PETER_TEXT}\n{PETER_LINE}"


def test_a_checkpoint_reads_back_as_it_was_signed() -> None:
    assert note.open_checkpoint(NOTE, KNOWN) == note.Checkpoint("anju.example/231200", 3, b"\x01" * 32)


def test_lines_of_unknown_keys_are_ignored() -> None:
    assert note.open_note(NOTE + PETER_LINE, KNOWN) == TEXT


def test_a_text_with_blank_lines_is_split_at_the_last_one() -> None:
    text = "一\n\n二\n"
    assert note.open_note(note.sign(text, "anju.example/231200", CITY), KNOWN) == text


BAD_NOTES = [
    ("the text was changed", NOTE.replace("\n3\n", "\n4\n"), "签名与内容不符"),
    ("no known key signed", f"{TEXT}\n{PETER_LINE}", "没有已知公钥"),
    ("no blank line", NOTE.replace("\n\n", "\n"), "空行"),
    ("a control character", NOTE.replace("\n3\n", "\n3\r\n"), "控制字符"),
    ("no newline at the end", NOTE.rstrip("\n"), "换行"),
    ("a hyphen for the dash", NOTE.replace("—", "-"), "不合格式"),
    ("a signature that is not base64", NOTE[:-3] + "!\n", "Base64"),
    ("too many signatures", NOTE + PETER_LINE * note.MAX_SIGNATURES, "不超过"),
    (
        "a good line and a failing one of the same key",
        NOTE + NOTE.rpartition("\n\n")[2].replace("A", "B"),
        "签名与内容不符",
    ),
]


@pytest.mark.parametrize(("what", "text", "words"), BAD_NOTES, ids=[b[0] for b in BAD_NOTES])
def test_a_bad_note_is_refused(what: str, text: str, words: str) -> None:
    with pytest.raises(note.BadNote, match=words):
        note.open_note(text, KNOWN)


BAD_KEYS = [
    "",
    "PeterNeumann",
    PETER_KEY.replace("c74f20a3", "c74f20a4"),
    PETER_KEY[:-4],
    " x" + PETER_KEY,
    PETER_KEY.replace("+ARpc", "+BRpc"),
]


@pytest.mark.parametrize("text", BAD_KEYS)
def test_a_mangled_public_key_is_refused(text: str) -> None:
    with pytest.raises(note.BadNote):
        note.parse_verifier(text)


BAD_CHECKPOINTS = [
    ("an extension line", TEXT + "more\n"), ("a leading zero", TEXT.replace("\n3\n", "\n03\n")),
    ("a negative size", TEXT.replace("\n3\n", "\n-3\n")),
    ("a short root", "a\n1\nAAAA\n"),
    ("no origin", "\n" + TEXT.split("\n", 1)[1]), ("two lines", "a\n1\n"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "text"), BAD_CHECKPOINTS, ids=[b[0] for b in BAD_CHECKPOINTS])
def test_a_malformed_checkpoint_is_refused(what: str, text: str) -> None:
    with pytest.raises(note.BadNote):
        note.parse_checkpoint(text)


def test_a_checkpoint_of_another_log_is_refused() -> None:
    other = note.sign(note.Checkpoint("other.example/log", 3, b"\x01" * 32).text, "anju.example/231200", CITY)
    with pytest.raises(note.BadNote, match="不是本日志"):
        note.open_checkpoint(other, KNOWN)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\tb"])
def test_a_name_that_a_note_cannot_carry_is_refused(name: str) -> None:
    with pytest.raises(note.BadNote):
        note.sign("x\n", name, CITY)
