"""The same entries once more under a tree of SM3 (国密, GB/T 32905), its checkpoints published beside the first tree's.

Its origin is the log's with ``/sm3`` behind it and the signer is the same key, so that the two are never taken for one another. Only its
right edge is kept, in the folder: what has to be hashed at a publication are the new entries. Tiles and proofs are the first tree's alone.
"""

import base64
import hashlib
import logging
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction

from anju.base.calendar.days import installation
from anju.base.log import note, tree
from anju.base.log.kept import CHECKPOINT, VKEY, known_keys, last_published
from anju.base.log.tiles import Forked, replace, write_once
from anju.base.regions import scope

FOLDER, EDGE = "sm3", "edge"
PUBLISH_LOCK = 20250006
log = logging.getLogger("anju.log")


def usable() -> bool:
    """Whether this machine's OpenSSL has SM3: one restricted to other standards has not."""
    return "sm3" in hashlib.algorithms_available


def origin_of(origin: str) -> str:
    """The second tree's origin."""
    return f"{origin}/{FOLDER}"


def publish(*, key: Ed25519PrivateKey, origin: str, size: int, folder: Path) -> note.Checkpoint | None:
    """Sign the second tree's root at ``size`` and write it to ``folder``/sm3; None where SM3 is not to be had.

    Raises Forked, and signs nothing, where the entries are no longer those of its last checkpoint.
    """
    if not usable():
        log.warning("no SM3 in this OpenSSL: the log's second tree is not published")
        return None
    name, folder = origin_of(origin), folder / FOLDER
    with scope(installation().city), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLISH_LOCK])
        verifier, known = note.verifier_of(name, key), known_keys(folder)
        old = last_published(folder, [verifier, *known])
        if old and old.size >= size:
            return old
        edge = _grown(folder, old, size)
        found = note.Checkpoint(name, size, edge.root())
        signed = note.sign(found.text, name, key).encode()
        if verifier not in known:
            replace(folder / VKEY, "".join(f"{one.text}\n" for one in [*known, verifier]).encode())
        write_once(folder / "checkpoints" / str(size), signed)
        replace(folder / EDGE, _written(edge))
        replace(folder / CHECKPOINT, signed)
    return found


def _grown(folder: Path, old: note.Checkpoint | None, size: int) -> tree.Range:
    """The tree of ``size`` entries: from the kept edge, or anew where that is not the last signed root's. Raises Forked."""
    edge = _kept(folder)
    if old is None or edge is None or (edge.size, edge.root()) != (old.size, old.root):
        edge = tree.Range(tree.sm3)
    for body in _bodies(edge.size, size):
        edge.append(tree.leaf_hash(body.encode(), tree.sm3))
        if old and edge.size == old.size and edge.root() != old.root:
            raise Forked(f"前 {old.size} 条的国密根与已发布的不同：历史被改动，停止发布，请审计核查")
    if edge.size != size:
        raise Forked(f"日志应有 {size} 条，办理记录只有 {edge.size} 条可读：条目被删除，停止发布国密根，请审计核查")
    return edge


def _bodies(start: int, size: int) -> Iterator[str]:
    """The entries' texts in order, up to the first that is missing."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            "SELECT l.seq, a.body FROM base_leaf l JOIN base_act a ON a.id = l.act"
            " WHERE l.seq >= %s AND l.seq < %s AND a.body IS NOT NULL ORDER BY l.seq",
            [start, size],
        )
        while rows := cursor.fetchmany(2000):
            for seq, body in rows:
                if seq != start:
                    return
                start += 1
                yield body


def _written(edge: tree.Range) -> bytes:
    return "\n".join([str(edge.size), *(base64.b64encode(one).decode() for one in edge.edge), ""]).encode()


def _kept(folder: Path) -> tree.Range | None:
    """The edge in the folder; None where there is none or it is not well-formed: it is only a shortcut, checked against the root."""
    path = folder / EDGE
    lines = path.read_text(encoding="utf-8").split("\n")[:-1] if path.exists() else []
    size, hashes = (lines[0], lines[1:]) if lines else ("", [])
    if not size.isdigit() or len(hashes) != int(size).bit_count():
        return None
    return tree.Range(tree.sm3, int(size), [note.decode(one) for one in hashes])


# Verification


def published(folder: Path, known: list[note.Verifier]) -> tuple[dict[int, bytes], list[str]]:
    """Size → root of every checkpoint of the second tree that the log's own keys signed, and what is wrong with the others."""
    paths = [folder / FOLDER / CHECKPOINT, *sorted((folder / FOLDER / "checkpoints").glob("[0-9]*"))]
    texts = {path: path.read_text(encoding="utf-8") for path in paths if path.exists() and path.suffix != ".part"}
    if texts and not usable():
        return {}, ["本机的 OpenSSL 没有国密 SM3，已发布的国密根没有核对；请换一台机器核验"]
    keys = [note.Verifier(origin_of(one.name), one.public) for one in known]
    roots: dict[int, bytes] = {}
    wrong: list[str] = []
    for path, text in texts.items():
        try:
            found = note.open_checkpoint(text, keys)
        except note.BadNote as error:
            wrong.append(f"国密检查点 {path.name} 不能采信：{error}")
            continue
        if roots.setdefault(found.size, found.root) != found.root:
            wrong.append(f"{found.size} 条处有两个不同的已签署的国密根：日志分叉")
    return roots, wrong


class Walk:
    """The second tree along a walk over all entries: says once where its root is not the published one."""

    def __init__(self, roots: dict[int, bytes]) -> None:
        self._roots, self._edge = roots, tree.Range(tree.sm3)
        self._goes_on = bool(roots)

    def append(self, body: str | None) -> str:
        """The next entry's text; what does not stand at its size, empty where all does. A missing text ends the walk."""
        if not self._goes_on or body is None:
            self._goes_on = False
            return ""
        self._edge.append(tree.leaf_hash(body.encode(), tree.sm3))
        size = self._edge.size
        if size not in self._roots or self._roots[size] == self._edge.root():
            return ""
        self._goes_on = False
        return f"前 {size} 条重算的国密（SM3）根与已发布的根不同"
