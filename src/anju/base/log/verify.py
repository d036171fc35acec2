"""Verification: every stored act against its leaf, every leaf against the tree, the tree against what was published."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count

from anju.base.acts.act import items_root
from anju.base.acts.models import ActItem
from anju.base.log import models, note, second, tree
from anju.base.log.kept import CHECKPOINT, VKEY, known_keys, published_folder
from anju.base.log.sequencer import log_size
from anju.base.log.tiles import WIDTH, published_leaves

MOST = 200


@dataclass(frozen=True)
class Problem:
    """One thing that does not verify; ``index`` is the entry's number in the log, where there is one."""

    kind: str
    sentence: str
    index: int | None = None
    act: UUID | None = None


@dataclass(frozen=True)
class Entry:
    """A leaf with its act's stored row, as the database holds them; the act's part is None where the row is gone."""

    seq: int
    act: UUID
    row: dict[str, Any] | None
    node: bytes | None


def verify_log(*, folder: Path | None = None, vkey: str | None = None, most: int = MOST) -> list[Problem]:
    """What does not verify, what was published first; empty when all does. Reads only. Run it in the city's scope.

    ``vkey`` holds the log's public keys as kept outside, one a line; without it the published folder's are taken.
    """
    folder = folder or published_folder()
    published, found = _published(folder, vkey)
    beside, wrong = second.published(folder, known_keys(folder) if vkey is None else note.parse_verifiers(vkey))
    found += [Problem("second", sentence) for sentence in wrong]
    found += _walk(published, beside, folder)
    found += _nodes()
    found += _unplaced()
    return found[:most]


# What was published


def _published(folder: Path, vkey: str | None) -> tuple[dict[int, bytes], list[Problem]]:
    """Size → root of every checkpoint, from the folder and the table, whose signature holds."""
    if vkey is None and not (folder / VKEY).exists():
        signed = models.Checkpoint.objects.exists()
        return {}, [Problem("unpublished", f"发布文件夹 {folder} 没有公钥，已签署的检查点无从核对")] if signed else []
    known = known_keys(folder) if vkey is None else note.parse_verifiers(vkey)
    roots: dict[int, bytes] = {}
    found: list[Problem] = []
    for name, text in _notes(folder):
        try:
            checkpoint = note.open_checkpoint(text, known)
        except note.BadNote as error:
            found.append(Problem("checkpoint", f"检查点 {name} 不能采信：{error}"))
            continue
        if roots.setdefault(checkpoint.size, checkpoint.root) != checkpoint.root:
            found.append(Problem("checkpoint", f"{checkpoint.size} 条处有两个不同的已签署的根：日志分叉"))
    return roots, found


def _notes(folder: Path) -> Iterator[tuple[str, str]]:
    paths = [folder / CHECKPOINT, *sorted((folder / "checkpoints").glob("[0-9]*"), key=lambda p: p.name)]
    for path in paths:
        if path.exists() and path.suffix != ".part":
            yield f"{path.parent.name}/{path.name}", path.read_text(encoding="utf-8")
    for row in models.Checkpoint.objects.order_by("size"):
        yield f"数据库 {row.size}", row.note


# The walk over all entries


def _walk(published: dict[int, bytes], beside: dict[int, bytes], folder: Path) -> list[Problem]:
    """Every entry once, in order, with the root at each published size, of either tree, and the tiles beside."""
    edge, rewritten, second_walk = tree.Range(), False, second.Walk(beside)
    found: list[Problem] = []
    compare, items = _tiles(folder, max(published, default=0)), _item_counts()
    for entry in _entries():
        if entry.seq != edge.size:
            sentence = f"日志缺第 {edge.size} 条（下一条是第 {entry.seq} 条），其后各条无从核对"
            return [*found, Problem("gap", sentence, edge.size)]
        leaf, problems = _check(entry, items.get(entry.act, 0))
        found += problems
        published_leaf = compare(entry.seq)
        if published_leaf not in (None, leaf):
            sentence = f"第 {entry.seq} 条与已发布的不同，是第一处被改动、删除或插入的条目"
            found.append(Problem("published", sentence, entry.seq, entry.act))
            compare = _nothing
        edge.append(leaf)
        if not rewritten and edge.size in published and edge.root() != published[edge.size]:
            rewritten = True
            found.append(Problem("root", f"前 {edge.size} 条重算的根与已发布的根不同", edge.size - 1))
        differs = second_walk.append(entry.row["body"] if entry.row else None)
        if differs:
            found.append(Problem("second", differs, edge.size - 1))
    cut = [size for size in {*published, *beside} if size > edge.size]
    if cut:
        found.append(
            Problem(
                "cut", f"已发布 {max(cut)} 条，日志只有 {edge.size} 条：尾部被截去 {max(cut) - edge.size} 条", edge.size
            )
        )
    return found


def _nothing(_index: int) -> bytes | None:
    return None


def _tiles(folder: Path, size: int) -> Callable[[int], bytes | None]:
    """The published leaf of an index, None past what was published or kept."""
    kept: dict[int, list[bytes]] = {}

    def leaf(index: int) -> bytes | None:
        if index >= size:
            return None
        number, at = divmod(index, WIDTH)
        if number not in kept:
            kept.clear()
            kept[number] = published_leaves(folder, size, number)
        return kept[number][at] if at < len(kept[number]) else None

    return leaf


COLUMNS = ("id", "region", "name", "clause", "account", "post", "parent", "object_kind", "object_id", "happened_on",
           "recorded_at", "body", "leaf")  # fmt: skip


def _entries() -> Iterator[Entry]:
    columns = ", ".join(f"a.{name}" for name in COLUMNS)
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"SELECT l.seq, l.act, n.hash, f.salt, f.facts, {columns} FROM base_leaf l"
            " LEFT JOIN base_node n ON n.level = 0 AND n.idx = l.seq LEFT JOIN base_act a ON a.id = l.act"
            " LEFT JOIN base_actfacts f ON f.act = l.act ORDER BY l.seq"
        )
        while rows := cursor.fetchmany(2000):
            for seq, act, node, salt, facts, *values in rows:
                row = {**dict(zip(COLUMNS, values, strict=True)), "salt": salt, "facts": facts} if values[0] else None
                yield Entry(seq, act, row, bytes(node) if node is not None else None)


def _item_counts() -> dict[UUID, int]:
    rows = ActItem.objects.values_list("act").annotate(count=Count("id")).order_by()
    return dict(rows)


# One entry


def _check(entry: Entry, items: int) -> tuple[bytes, list[Problem]]:
    """The leaf as its stored body gives it, and what is wrong with the entry itself."""
    row = entry.row
    if row is None or row["body"] is None:
        sentence = f"第 {entry.seq} 条的办理记录不在数据库中（已被删除）"
        return entry.node or b"", [Problem("deleted", sentence, entry.seq, entry.act)]
    text = str(row["body"])
    leaf = tree.leaf_hash(text.encode())
    wrong = []
    if leaf != bytes(row["leaf"] or b"") or leaf != entry.node:
        wrong.append(("changed", "条目内容与其哈希不符（内容被改动）"))
    try:
        body = json.loads(text)
        differing = _differing(row, body)
    except (ValueError, KeyError, TypeError, AttributeError):
        return leaf, [Problem("changed", f"第 {entry.seq} 条：条目内容读不出来（被改动）", entry.seq, entry.act)]
    wrong += [("columns", f"登记栏「{name}」与日志条目不符（被改动）") for name in differing]
    if row["facts"] is not None and _facts_hash(row) != body.get("facts"):
        wrong.append(("facts", "办理内容与日志条目中的加盐哈希不符（被改动）"))
    if _items_differ(entry.act, body.get("items", ""), items):
        wrong.append(("items", "批量办理的明细与日志条目中的件数或根不符（被增删改）"))
    return leaf, [Problem(kind, f"第 {entry.seq} 条：{what}", entry.seq, entry.act) for kind, what in wrong]


def _differing(row: dict[str, Any], body: dict[str, str]) -> list[str]:
    """The columns that do not say what the hashed entry says."""
    said = {
        **{name: row[name] == body[name] for name in ("region", "name", "clause", "post")},
        "id": str(row["id"]) == body["act"], "account": str(row["account"] or "") == body["account"],
        "parent": str(row["parent"] or "") == body["parent"],
        "object": f"{row['object_kind']}:{row['object_id'] or ''}" == body["object"],
        "happened_on": row["happened_on"].isoformat() == body["happened"],
        "recorded_at": row["recorded_at"] == datetime.fromisoformat(body["at"]),
    }  # fmt: skip
    return [name for name, same in said.items() if not same]


def _facts_hash(row: dict[str, Any]) -> str:
    return hashlib.sha256(bytes(row["salt"]) + row["facts"].encode()).hexdigest()


def _items_differ(act: UUID, said: str, count: int) -> bool:
    if not said or not count:
        return bool(said) != bool(count)
    rows = list(ActItem.objects.filter(act=act).order_by("idx").values_list("idx", "hash"))
    hashes = [bytes(value) for _, value in rows]
    return [idx for idx, _ in rows] != list(range(count)) or said != f"{count}:{items_root(hashes).hex()}"


# The stored tree, and acts outside it


def _nodes() -> list[Problem]:
    """Stored subtrees that are not the hash of their children, or are missing or too many."""
    size, levels = log_size(), _level_counts()
    found = [
        Problem("tree", f"日志树第 {level} 层应有 {size >> level} 个节点，存有 {levels.get(level, 0)} 个")
        for level in range(max([size.bit_length(), *(level + 1 for level in levels)]))
        if levels.get(level, 0) != size >> level
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.level, p.idx FROM base_node p"
            " LEFT JOIN base_node l ON l.level = p.level - 1 AND l.idx = 2 * p.idx"
            " LEFT JOIN base_node r ON r.level = p.level - 1 AND r.idx = 2 * p.idx + 1"
            " WHERE p.level > 0 AND p.hash IS DISTINCT FROM sha256('\\x01'::bytea || l.hash || r.hash)"
            " ORDER BY p.level, p.idx LIMIT 1"
        )
        bad = cursor.fetchone()
    if bad:
        found.append(Problem("tree", f"日志树第 {bad[0]} 层第 {bad[1]} 个节点与其子节点不符", bad[1] << bad[0]))
    return found


def _level_counts() -> dict[int, int]:
    return dict(models.Node.objects.values_list("level").annotate(count=Count("id")).order_by())


def _unplaced() -> list[Problem]:
    """Acts that were written past the functions: in no leaf and in no queue."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT act, region FROM log_unplaced()")
        rows = cursor.fetchall()
    return [
        Problem("unplaced", f"{region} 的办理记录 {act} 不在日志中（绕过程序写入，或从日志删去）", act=act)
        for act, region in rows
    ]
