"""The published log finds what the database's owner does behind the acts' back, and names the first bad entry."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection

from anju.base.acts import ActContext, act
from anju.base.acts.models import Act
from anju.base.files.models import Evidence
from anju.base.log import note, second, tiles, tree
from anju.base.log.models import Checkpoint, Leaf
from anju.base.log.publish import check_proof, proof, publish, receipt
from anju.base.log.sequencer import log_size, read_node, sequence
from anju.base.log.tiles import Forked
from anju.base.log.verify import Problem, verify_log
from anju.base.regions import scope, uuid7
from support.db import NOON, context, empty_all, raw

KEY = Ed25519PrivateKey.from_private_bytes(b"\x31" * 32)
ORIGIN = "anju.example/231200"
KNOWN = [note.verifier_of(ORIGIN, KEY)]
PUBLISHED = 9  # entries under the last checkpoint of ``log``; one more waits


@act(clause="4.5", title="登记一件（测试）", power="tests.log_one")
def log_one(*, ctx: ActContext, name: str) -> Evidence:
    """One row, one entry."""
    row = Evidence.objects.create(
        region=ctx.region, sha256="0" * 64, size=1, media="pdf", name=name, kind="test", uploaded_at=ctx.now
    )
    ctx.on(row, name=name)
    return row


@act(clause="4.5", title="批量登记（测试）", power="tests.log_many")
def log_many(*, ctx: ActContext, names: list[str]) -> None:
    """One entry for many items."""
    ctx.items((uuid7(), name) for name in names)


def publish_now(folder: Path) -> note.Checkpoint:
    return publish(key=KEY, origin=ORIGIN, now=NOON, folder=folder)


@pytest.fixture(autouse=True)
def an_empty_log(committed: None) -> None:
    """The acts of the set-up, which the template holds, are not what is counted here."""
    empty_all()


@pytest.fixture
def log(committed: None, tmp_path: Path) -> Iterator[Path]:
    """Two checkpoints over nine entries (the fourth a bulk act of five items), and a tenth not published yet."""
    for number in range(3):
        log_one(ctx=context(), name=f"甲{number}")
    log_many(ctx=context(region="231202"), names=list("一二三四五"))
    publish_now(tmp_path)
    for number in range(5):
        log_one(ctx=context(region="231221"), name=f"乙{number}")
    publish_now(tmp_path)
    log_one(ctx=context(), name="丙")
    sequence()
    yield tmp_path


def verify(folder: Path, **options: Any) -> list[Problem]:
    with scope("231200"):
        return verify_log(folder=folder, **options)


@contextmanager
def behind_the_back() -> Iterator[psycopg.Connection[Any]]:
    """The superuser with triggers off: what no grant, trigger or policy can stop."""
    with raw("admin") as database:
        database.execute("SET session_replication_role = replica")
        yield database


def act_at(database: psycopg.Connection[Any], seq: int) -> UUID:
    found = database.execute("SELECT act FROM base_leaf WHERE seq = %s", [seq]).fetchone()
    assert found
    return found[0]


def rebuild(database: psycopg.Connection[Any]) -> None:
    """What a careful forger does: number the entries densely, and compute leaf hashes and the whole tree anew."""
    rows = database.execute(
        "SELECT l.act, a.body FROM base_leaf l JOIN base_act a ON a.id = l.act ORDER BY l.seq"
    ).fetchall()
    database.execute("DELETE FROM base_leaf")
    database.execute("DELETE FROM base_node")
    hashes = [tree.leaf_hash(body.encode()) for _, body in rows]
    for seq, (act_id, _) in enumerate(rows):
        database.execute("INSERT INTO base_leaf (seq, act) VALUES (%s, %s)", [seq, act_id])
        database.execute("UPDATE base_act SET leaf = %s WHERE id = %s", [hashes[seq], act_id])
    level = 0
    while hashes:
        for idx, value in enumerate(hashes):
            database.execute("INSERT INTO base_node (level, idx, hash) VALUES (%s, %s, %s)", [level, idx, value])
        hashes = [tree.node_hash(*hashes[at : at + 2]) for at in range(0, len(hashes) - 1, 2)]
        level += 1


def test_a_log_that_nobody_touched_verifies(log: Path) -> None:
    assert verify(log) == []
    assert verify(log, vkey=KNOWN[0].text) == []
    with scope("231200"):
        assert log_size() == PUBLISHED + 1
        assert [row.size for row in Checkpoint.objects.order_by("size")] == [4, PUBLISHED]


def test_the_stored_tree_has_the_root_of_rfc_6962_at_every_size(log: Path) -> None:
    with scope("231200"):
        bodies = [Act.objects.get(id=row.act).body or "" for row in Leaf.objects.order_by("seq")]
        for size in range(len(bodies) + 1):
            assert tree.root(read_node, size) == tree.root_of(tree.leaf_hash(body.encode()) for body in bodies[:size])


# Each attack: what it does at entry ``seq``, the kinds of problems it must raise, and the first entry to be named.


def change_body(database: psycopg.Connection[Any], seq: int) -> None:
    database.execute("UPDATE base_act SET body = replace(body, '4.5', '4.4') WHERE id = %s", [act_at(database, seq)])


def change_body_and_rebuild(database: psycopg.Connection[Any], seq: int) -> None:
    change_body(database, seq)
    database.execute("UPDATE base_act SET clause = '4.4' WHERE id = %s", [act_at(database, seq)])
    rebuild(database)


def change_account(database: psycopg.Connection[Any], seq: int) -> None:
    database.execute("UPDATE base_act SET account = gen_random_uuid() WHERE id = %s", [act_at(database, seq)])


def change_day(database: psycopg.Connection[Any], seq: int) -> None:
    database.execute(
        "UPDATE base_act SET recorded_at = recorded_at - interval '1 day' WHERE id = %s", [act_at(database, seq)]
    )


def change_facts(database: psycopg.Connection[Any], seq: int) -> None:
    database.execute(
        "UPDATE base_actfacts SET facts = replace(facts, '乙', '丁') WHERE act = %s", [act_at(database, seq)]
    )


def delete_act(database: psycopg.Connection[Any], seq: int) -> None:
    database.execute("DELETE FROM base_act WHERE id = %s", [act_at(database, seq)])


def delete_act_and_leaf(database: psycopg.Connection[Any], seq: int) -> None:
    delete_act(database, seq)
    database.execute("DELETE FROM base_leaf WHERE seq = %s", [seq])


def delete_leaf_and_rebuild(database: psycopg.Connection[Any], seq: int) -> None:
    delete_act_and_leaf(database, seq)
    rebuild(database)


def forge(database: psycopg.Connection[Any]) -> UUID:
    """An act written past the functions: a copy of another with a new id, well-formed in every column."""
    new, old = uuid7(), act_at(database, 0)
    columns = [
        r[0]
        for r in database.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'base_act'")
    ]
    others = ", ".join(c for c in columns if c not in ("id", "body", "leaf"))
    body = database.execute(
        "SELECT replace(body, %s, %s) FROM base_act WHERE id = %s", [str(old), str(new), old]
    ).fetchone()
    assert body
    leaf = hashlib.sha256(b"\x00" + body[0].encode()).digest()
    database.execute(
        f"INSERT INTO base_act (id, body, leaf, {others}) SELECT %s, %s, %s, {others} FROM base_act WHERE id = %s",
        [new, body[0], leaf, old],
    )
    return new


def insert_act(database: psycopg.Connection[Any], _seq: int) -> None:
    forge(database)


def insert_act_and_rebuild(database: psycopg.Connection[Any], seq: int) -> None:
    database.execute("UPDATE base_leaf SET seq = -seq - 2 WHERE seq >= %s", [seq])
    database.execute("UPDATE base_leaf SET seq = -seq - 1 WHERE seq < 0")
    database.execute("INSERT INTO base_leaf (seq, act) VALUES (%s, %s)", [seq, forge(database)])
    rebuild(database)


def cut_tail(database: psycopg.Connection[Any], seq: int) -> None:
    database.execute("DELETE FROM base_act a USING base_leaf l WHERE l.act = a.id AND l.seq >= %s", [seq])
    database.execute("DELETE FROM base_leaf WHERE seq >= %s", [seq])
    rebuild(database)


def swap_and_rebuild(database: psycopg.Connection[Any], seq: int) -> None:
    database.execute("UPDATE base_leaf SET seq = -1 WHERE seq = %s", [seq])
    database.execute("UPDATE base_leaf SET seq = %s WHERE seq = %s", [seq, seq + 1])
    database.execute("UPDATE base_leaf SET seq = %s WHERE seq = -1", [seq + 1])
    rebuild(database)


def change_item(database: psycopg.Connection[Any], seq: int) -> None:
    database.execute("UPDATE base_actitem SET hash = sha256('x') WHERE act = %s AND idx = 2", [act_at(database, seq)])


def drop_item(database: psycopg.Connection[Any], seq: int) -> None:
    database.execute("DELETE FROM base_actitem WHERE act = %s AND idx = 4", [act_at(database, seq)])


def add_items(database: psycopg.Connection[Any], seq: int) -> None:
    database.execute(
        "INSERT INTO base_actitem (act, region, idx, object_id, hash)"
        " VALUES (%s, '231200', 0, gen_random_uuid(), sha256('x'))",
        [act_at(database, seq)],
    )


def change_inner_node(database: psycopg.Connection[Any], _seq: int) -> None:
    database.execute("UPDATE base_node SET hash = sha256('x') WHERE level = 2 AND idx = 1")


def drop_inner_node(database: psycopg.Connection[Any], _seq: int) -> None:
    database.execute("DELETE FROM base_node WHERE level = 1 AND idx = 1")


def unreadable_body(database: psycopg.Connection[Any], seq: int) -> None:
    database.execute("UPDATE base_act SET body = '{' WHERE id = %s", [act_at(database, seq)])


def unreadable_facts(database: psycopg.Connection[Any], seq: int) -> None:
    database.execute("UPDATE base_actfacts SET facts = '{' WHERE act = %s", [act_at(database, seq)])


ATTACKS: list[tuple[str, Callable[[psycopg.Connection[Any], int], None], int, set[str], int | None]] = [
    ("an act changed", change_body, 5, {"changed", "columns", "published", "root", "second"}, 5),
    ("an act changed and the tree rebuilt", change_body_and_rebuild, 5, {"published", "root", "second"}, 5),
    ("the account of an act changed", change_account, 2, {"columns"}, 2),
    ("the time of an act changed", change_day, 2, {"columns"}, 2),
    ("the facts of an act changed", change_facts, 6, {"facts"}, 6),
    ("an act that can no longer be read", unreadable_body, 5, {"changed", "published", "root", "second"}, 5),
    ("facts that can no longer be read", unreadable_facts, 6, {"facts"}, 6),
    ("an act deleted", delete_act, 4, {"deleted"}, 4),
    ("an act and its leaf deleted", delete_act_and_leaf, 4, {"gap"}, 4),
    ("a leaf deleted and the tree rebuilt", delete_leaf_and_rebuild, 4, {"published", "root", "second"}, 4),
    ("an act inserted past the functions", insert_act, 0, {"unplaced"}, None),
    ("an act inserted and the tree rebuilt", insert_act_and_rebuild, 3, {"published", "root", "second"}, 3),
    ("the tail cut", cut_tail, 7, {"cut"}, 7),
    ("two entries swapped and the tree rebuilt", swap_and_rebuild, 6, {"published", "root", "second"}, 6),
    ("an item of a bulk act changed", change_item, 3, {"items"}, 3),
    ("an item of a bulk act dropped", drop_item, 3, {"items"}, 3),
    ("items added to a single act", add_items, 1, {"items"}, 1),
    ("a node of the tree changed", change_inner_node, 0, {"tree"}, None),
    ("a node of the tree dropped", drop_inner_node, 0, {"tree"}, None),
]


@pytest.mark.clause("4.5")
@pytest.mark.parametrize(("what", "attack", "seq", "kinds", "first"), ATTACKS, ids=[a[0] for a in ATTACKS])
def test_verification_finds_and_names(
    log: Path, what: str, attack: Callable[..., None], seq: int, kinds: set[str], first: int | None
) -> None:
    with behind_the_back() as database:
        attack(database, seq)
    found = verify(log)
    assert {problem.kind for problem in found} == kinds, found
    if first is not None:
        named = [p for p in found if p.index is not None and p.kind not in ("root", "second", "cut", "tree")] or found
        assert min(p.index for p in named if p.index is not None) == first, what


def test_facts_erased_by_law_leave_the_log_whole(log: Path) -> None:
    with behind_the_back() as database:
        database.execute("DELETE FROM base_actfacts WHERE act = %s", [act_at(database, 2)])
    assert verify(log) == []


def test_an_entry_after_the_last_checkpoint_can_only_be_named_once_it_is_published(log: Path) -> None:
    with behind_the_back() as database:
        delete_leaf_and_rebuild(database, PUBLISHED)
    assert verify(log) == [], "nothing after the last published root is safe: publish often"


def test_a_forged_checkpoint_row_is_found(log: Path) -> None:
    with behind_the_back() as database:
        database.execute("UPDATE base_checkpoint SET note = replace(note, %s, %s)", [f"\n{PUBLISHED}\n", "\n8\n"])
    assert {p.kind for p in verify(log)} == {"checkpoint"}


def test_a_log_signed_by_another_key_is_not_believed(log: Path) -> None:
    other = note.verifier_of(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\x32" * 32))
    assert {p.kind for p in verify(log, vkey=other.text)} == {"checkpoint", "second"}


def test_a_missing_publication_is_told(log: Path, tmp_path: Path) -> None:
    assert [p.kind for p in verify(tmp_path / "empty")] == ["unpublished"]


# Publishing


def test_publishing_twice_changes_nothing(log: Path) -> None:
    publish_now(log)
    before = {path: path.stat().st_mtime_ns for path in log.rglob("*") if path.is_file()}
    publish_now(log)
    assert before == {path: path.stat().st_mtime_ns for path in log.rglob("*") if path.is_file()}


def test_a_rotated_key_signs_on_and_the_old_signatures_stand(log: Path) -> None:
    new = Ed25519PrivateKey.from_private_bytes(b"\x32" * 32)
    last = publish(key=new, origin=ORIGIN, now=NOON, folder=log)
    assert last.size == PUBLISHED + 1
    assert (log / "vkey").read_text().split() == [KNOWN[0].text, note.verifier_of(ORIGIN, new).text]
    assert verify(log) == []
    both = f"{KNOWN[0].text}\n{note.verifier_of(ORIGIN, new).text}\n"
    assert verify(log, vkey=both) == []
    assert {p.kind for p in verify(log, vkey=KNOWN[0].text)} == {"checkpoint", "second"}, (
        "who keeps the old key alone is told"
    )


@pytest.mark.parametrize("attack", [change_body_and_rebuild, insert_act_and_rebuild, cut_tail, delete_leaf_and_rebuild])
def test_a_rewritten_history_is_never_signed(log: Path, attack: Callable[..., None]) -> None:
    with behind_the_back() as database:
        attack(database, 5)
    old = (log / "checkpoint").read_text()
    for number in range(8):
        log_one(ctx=context(), name=f"后{number}")
    with pytest.raises(Forked, match="停止发布"):
        publish_now(log)
    assert (log / "checkpoint").read_text() == old


def test_the_published_tiles_and_checkpoints_are_the_trees_own(committed: None, tmp_path: Path) -> None:
    for number in range(260):
        log_one(ctx=context(), name=str(number))
        if number in (100, 255):
            publish_now(tmp_path)
    last = publish_now(tmp_path)
    with scope("231200"):
        leaves = [read_node(0, index) for index in range(260)]
    assert last.root == tree.root_of(leaves)
    assert (tmp_path / "tile/0/000").read_bytes() == b"".join(leaves[:256])
    assert (tmp_path / "tile/0/001.p/4").read_bytes() == b"".join(leaves[256:])
    assert (tmp_path / "tile/1/000.p/1").read_bytes() == tree.root_of(leaves[:256])
    assert tiles.published_leaves(tmp_path, 260, 1) == leaves[256:]
    sizes = sorted(int(path.name) for path in (tmp_path / "checkpoints").iterdir())
    assert sizes == [101, 256, 260]
    for old in sizes:
        checkpoint = note.open_checkpoint((tmp_path / "checkpoints" / str(old)).read_text(), KNOWN)
        with scope("231200"):
            steps = tree.consistency(read_node, old, 260)
        assert tree.is_consistent(old, 260, checkpoint.root, last.root, steps)


# Receipts and proofs


def test_the_actor_gets_a_receipt_that_the_published_log_bears_out(log: Path) -> None:
    with scope("231200"):
        entry = Act.objects.filter(region="231221").order_by("id")[1]
        found = receipt(entry.id)
        assert found.leaf == tree.leaf_hash((entry.body or "").encode())
        assert (found.index, found.size) == (5, PUBLISHED)
        text = proof(5)
    assert text.startswith("c2sp.org/tlog-proof@v1\nindex 5\n")
    assert check_proof(text, found.leaf, KNOWN).size == PUBLISHED


def test_a_proof_holds_for_no_other_entry_or_log(log: Path) -> None:
    with scope("231200"):
        text, other = proof(5), receipt(Leaf.objects.get(seq=6).act).leaf
        leaf = receipt(Leaf.objects.get(seq=5).act).leaf
    stranger = [note.verifier_of(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\x32" * 32))]
    for wrong, value, known in [
        (text, other, KNOWN), (text.replace("index 5", "index 6"), leaf, KNOWN),
        (text.replace("@v1", "@v2"), leaf, KNOWN),
        (text.replace("index 5", "index 05"), leaf, KNOWN), (text, leaf, stranger),
    ]:  # fmt: skip
        with pytest.raises(note.BadNote):
            check_proof(wrong, value, known)


def test_an_act_before_the_next_publication_has_a_receipt_but_no_proof(log: Path) -> None:
    with scope("231200"):
        last = Leaf.objects.get(seq=PUBLISHED)
        assert (receipt(last.act).index, receipt(last.act).size) == (PUBLISHED, None)
        with pytest.raises(Checkpoint.DoesNotExist, match="还没有发布"):
            proof(PUBLISHED)


# The sequencer


def test_entries_are_numbered_while_acts_commit_and_none_is_lost_or_doubled(committed: None) -> None:
    stop = threading.Event()
    failures: list[BaseException] = []

    def number() -> None:
        try:
            while not stop.is_set():
                sequence(batch=3)
        except BaseException as error:  # noqa: BLE001  a thread must hand its failure to the test
            failures.append(error)
        finally:
            connection.close()

    def work(name: str) -> None:
        try:
            for at in range(15):
                log_one(ctx=context(now=NOON + timedelta(minutes=at)), name=f"{name}{at}")
        except BaseException as error:  # noqa: BLE001
            failures.append(error)
        finally:
            connection.close()

    sequencers = [threading.Thread(target=number) for _ in range(2)]
    actors = [threading.Thread(target=work, args=(name,)) for name in "甲乙丙丁"]
    for thread in [*sequencers, *actors]:
        thread.start()
    for thread in actors:
        thread.join()
    stop.set()
    for thread in sequencers:
        thread.join()
    assert not failures
    sequence()
    with scope("231200"):
        assert list(Leaf.objects.order_by("seq").values_list("seq", flat=True)) == list(range(60))
        assert set(Leaf.objects.values_list("act", flat=True)) == set(Act.objects.values_list("id", flat=True))


def test_the_entry_carries_no_fact_in_clear_and_stays_within_its_bounds(log: Path) -> None:
    with scope("231200"):
        for row in Act.objects.all():
            body = json.loads(row.body or "")
            assert all(isinstance(value, str) for value in body.values())
            assert "甲" not in (row.body or "") and len((row.body or "").encode()) < 65_536
            assert len(body["nonce"]) == 32, "public hashes of short entries could be guessed"


DATABASE_ATTACKS = [
    ("change a checkpoint", "UPDATE base_checkpoint SET root = '\\x00'", "AJ005"),
    ("delete a checkpoint", "DELETE FROM base_checkpoint", "AJ005"),
    ("delete a leaf", "DELETE FROM base_leaf", "42501"),
    ("change a node", "UPDATE base_node SET hash = '\\x00'", "42501"),
    ("read the queue", "SELECT * FROM base_actqueue", "42501"),
]


@pytest.mark.parametrize(("what", "statement", "code"), DATABASE_ATTACKS, ids=[a[0] for a in DATABASE_ATTACKS])
def test_the_application_cannot(log: Path, what: str, statement: str, code: str) -> None:
    with raw(region="231200") as database, pytest.raises(psycopg.Error) as caught:
        database.execute(statement)
    assert caught.value.sqlstate == code, what


def test_the_owner_cannot_change_a_leaf_or_a_checkpoint(log: Path) -> None:
    for statement in ("DELETE FROM base_leaf", "UPDATE base_node SET idx = idx + 100", "DELETE FROM base_checkpoint"):
        with raw("owner") as database, pytest.raises(psycopg.Error) as caught:
            database.execute(statement)
        assert caught.value.sqlstate == "AJ005"


# The second tree


def second_note(folder: Path, size: int) -> note.Checkpoint:
    keys = [note.verifier_of(f"{ORIGIN}/sm3", KEY)]
    return note.open_checkpoint((folder / "sm3" / "checkpoints" / str(size)).read_text(), keys)


def bodies() -> list[bytes]:
    with scope("231200"):
        acts = dict(Act.objects.values_list("id", "body"))
        return [acts[row].encode() for row in Leaf.objects.order_by("seq").values_list("act", flat=True)]


def test_the_second_tree_is_published_beside_the_first_over_the_same_entries(log: Path) -> None:
    publish_now(log)
    leaves = [tree.leaf_hash(body, tree.sm3) for body in bodies()]
    for size in (4, PUBLISHED, PUBLISHED + 1):
        assert second_note(log, size).root == tree.root_of(leaves[:size], tree.sm3), size
    assert (log / "sm3" / "checkpoint").read_text() == (log / "sm3" / "checkpoints" / str(PUBLISHED + 1)).read_text()
    with pytest.raises(note.BadNote):
        note.open_checkpoint((log / "sm3" / "checkpoint").read_text(), KNOWN)
    assert verify(log) == []


@pytest.mark.parametrize("edge", ["", "9\nAA==\n", None], ids=["empty", "forged", "away"])
def test_a_lost_or_forged_edge_is_counted_anew(log: Path, edge: str | None) -> None:
    path = log / "sm3" / "edge"
    path.unlink() if edge is None else path.write_text(edge)
    publish_now(log)
    leaves = [tree.leaf_hash(body, tree.sm3) for body in bodies()]
    assert second_note(log, PUBLISHED + 1).root == tree.root_of(leaves, tree.sm3)


def test_a_second_root_that_is_not_the_entries_is_found_and_so_is_one_that_nobody_signed(log: Path) -> None:
    forged = note.Checkpoint(f"{ORIGIN}/sm3", PUBLISHED, b"\x07" * 32)
    path = log / "sm3" / "checkpoint"
    path.write_text(note.sign(forged.text, forged.origin, KEY))
    assert {p.kind for p in verify(log)} == {"second"}, "two signed roots at one size"
    path.unlink()
    (log / "sm3" / "checkpoints" / str(PUBLISHED)).write_text(note.sign(forged.text, forged.origin, KEY))
    [found] = verify(log)
    assert found.kind == "second" and "国密" in found.sentence and found.index == PUBLISHED - 1
    other = Ed25519PrivateKey.from_private_bytes(b"\x32" * 32)
    (log / "sm3" / "checkpoints" / str(PUBLISHED)).write_text(note.sign(forged.text, forged.origin, other))
    assert ["不能采信" in p.sentence for p in verify(log)] == [True]


def test_a_second_root_is_not_signed_over_a_rewritten_or_missing_entry(log: Path) -> None:
    for path in (log / "sm3").iterdir():
        if path.name == "edge":
            path.unlink()
    with behind_the_back() as database:
        database.execute("UPDATE base_act SET body = replace(body, '4.5', '4.1') WHERE id = %s", [act_at(database, 2)])
    log_one(ctx=context(), name="后")
    with pytest.raises(Forked, match="国密根"):
        publish_now(log)
    assert not (log / "sm3" / "checkpoints" / str(PUBLISHED + 2)).exists()
    assert (log / "checkpoints" / str(PUBLISHED + 2)).exists(), (
        "the first tree's nodes still stand: it says so by verify"
    )


def test_where_openssl_has_no_sm3_the_first_tree_is_published_alone_and_verification_says_so(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second, "usable", lambda: False)
    publish_now(log)
    assert (log / "checkpoints" / str(PUBLISHED + 1)).exists()
    assert not (log / "sm3" / "checkpoints" / str(PUBLISHED + 1)).exists()
    assert [p.kind for p in verify(log)] == ["second"]
