"""Personal numbers are sealed, found again without being read, and survive a change of key; keys stay their owner's."""

import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from anju.base.secrets import (
    BadKey,
    BadSeal,
    blind,
    blinds,
    inventory,
    is_stale,
    keys,
    log_key,
    make_keys,
    rotate,
    seal,
    unseal,
)

NUMBER = "231202199003071234"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.KEYS = tmp_path / "keys"
    make_keys()
    return tmp_path / "keys"


@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_comes_back_and_never_twice_the_same(text: str) -> None:
    first, second = seal(text), seal(text)
    assert unseal(first) == unseal(second) == text
    assert first != second
    assert len(text) < 8 or text.encode() not in first


def test_every_changed_byte_is_noticed() -> None:
    sealed = seal(NUMBER)
    for at in range(len(sealed)):
        broken = bytearray(sealed)
        broken[at] ^= 1
        with pytest.raises((BadSeal, BadKey)):
            unseal(bytes(broken))
    for short in (b"", sealed[:10], sealed[:-1]):
        with pytest.raises(BadSeal):
            unseal(short)


def test_an_index_is_equal_for_equal_numbers_of_one_kind_only() -> None:
    assert blind("document", NUMBER) == blind("document", NUMBER)
    assert len({blind("document", NUMBER), blind("phone", NUMBER), blind("document", NUMBER[:-1])}) == 3
    assert NUMBER.encode() not in blind("document", NUMBER)


def test_an_index_depends_on_the_key(settings: Any, tmp_path: Path) -> None:
    here = blind("document", NUMBER)
    settings.KEYS = tmp_path / "another city"
    make_keys()
    assert blind("document", NUMBER) != here
    with pytest.raises(BadSeal):
        settings.KEYS = tmp_path / "keys"
        sealed = seal(NUMBER)
        settings.KEYS = tmp_path / "another city"
        unseal(sealed)


def test_a_rotated_column_key_seals_anew_and_opens_the_old() -> None:
    old = seal(NUMBER)
    assert not is_stale(old)
    assert rotate(keys.COLUMN) == 2
    new = seal(NUMBER)
    assert (old[1], new[1]) == (1, 2) and is_stale(old) and not is_stale(new)
    assert unseal(old) == unseal(new) == NUMBER


def test_a_rotated_index_key_still_finds_what_the_old_one_stored() -> None:
    stored = blind("document", NUMBER)
    rotate(keys.BLIND)
    assert blind("document", NUMBER) != stored
    assert blinds("document", NUMBER) == [blind("document", NUMBER), stored]


def test_a_value_whose_key_is_gone_says_which(folder: Path) -> None:
    sealed = seal(NUMBER)
    rotate(keys.COLUMN)
    (folder / "column-1").unlink()
    with pytest.raises(BadKey, match="column-1"):
        unseal(sealed)


def test_only_the_owner_may_read_a_key(folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in folder.iterdir())


def test_a_key_that_others_can_read_is_not_used(folder: Path) -> None:
    rotate(keys.COLUMN)
    os.chmod(folder / "column-2", 0o644)
    with pytest.raises(BadKey, match="chmod 600"):
        seal(NUMBER)
    assert [info.name for info in inventory() if not info.private] == ["column-2"]


@pytest.mark.parametrize("content", ["", "zz" * 32, "ab" * 31, "AB" * 32])
def test_a_damaged_key_file_is_told(folder: Path, content: str) -> None:
    rotate(keys.LOG)
    (folder / "log-2").write_text(content)
    with pytest.raises(BadKey, match="log-2"):
        log_key()


def test_without_keys_the_way_to_make_them_is_named(settings: Any, tmp_path: Path) -> None:
    settings.KEYS = tmp_path / "none"
    with pytest.raises(BadKey, match="init"):
        seal(NUMBER)


def test_making_keys_again_replaces_none(folder: Path) -> None:
    before = {path.name: path.read_text() for path in folder.iterdir()}
    make_keys()
    rotate(keys.BLIND)
    make_keys()
    assert {name: (folder / name).read_text() for name in before} == before


def test_processes_that_make_keys_at_once_agree_on_one(settings: Any, tmp_path: Path) -> None:
    settings.KEYS = tmp_path / "raced"
    start = threading.Barrier(6)
    failed: list[BaseException] = []

    def go() -> None:
        start.wait()
        try:
            make_keys()
            keys.key(keys.COLUMN, 1)
        except BaseException as error:  # noqa: BLE001  a thread must hand its failure to the test
            failed.append(error)

    threads = [threading.Thread(target=go) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert sorted(path.name for path in (tmp_path / "raced").iterdir()) == ["blind-1", "column-1", "django", "log-1"]


def test_the_log_key_is_one_and_the_same_until_rotated() -> None:
    def public(key: Ed25519PrivateKey) -> bytes:
        return key.public_key().public_bytes_raw()

    first = public(log_key())
    assert public(log_key()) == first
    rotate(keys.LOG)
    assert public(log_key()) != first


def test_the_inventory_names_every_key_and_shows_none(folder: Path) -> None:
    rotate(keys.COLUMN)
    found = {info.name: info for info in inventory()}
    assert set(found) == {"blind-1", "column-1", "column-2", "django", "log-1"}
    assert (found["column-1"].current, found["column-2"].current) == (False, True)
    shown = str(found)
    assert all(path.read_text() not in shown for path in folder.iterdir())
    with pytest.raises(KeyError):
        rotate("django")
