"""Publishing: signed checkpoints and tiles go to a folder that leaves the machine; receipts and proofs point at it."""

import base64
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction

from anju.base.acts.models import Act
from anju.base.log import models, note, second, tree
from anju.base.log.kept import CHECKPOINT, VKEY, known_keys, last_published, published_folder
from anju.base.log.sequencer import log_size, read_node, read_nodes, sequence
from anju.base.log.tiles import Forked, replace, write_once, write_tiles

PROOF = "c2sp.org/tlog-proof@v1"
PUBLISH_LOCK = 20250005


def publish(*, key: Ed25519PrivateKey, origin: str, now: datetime, folder: Path | None = None) -> note.Checkpoint:
    """Number what waits, sign the root, write tiles, then the checkpoint, then the one of the second tree beside it.

    Without new entries nothing changes. Raises Forked, and signs nothing, where the database no longer holds what the folder
    says was published.
    """
    folder = folder or published_folder()
    sequence()
    found = _first(key, origin, now, folder)
    second.publish(key=key, origin=origin, size=found.size, folder=folder)
    return found


def _first(key: Ed25519PrivateKey, origin: str, now: datetime, folder: Path) -> note.Checkpoint:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLISH_LOCK])
        size = log_size()
        verifier, known = note.verifier_of(origin, key), known_keys(folder)
        old = last_published(folder, [verifier, *known])
        _must_grow(old, size)
        found = note.Checkpoint(origin, size, tree.root(read_node, size))
        if old and old.size == size:
            return found
        write_tiles(folder, old.size if old else 0, size, read_nodes)
        signed = note.sign(found.text, origin, key)
        models.Checkpoint.objects.create(size=size, root=found.root, note=signed, signed_at=now)
        if verifier not in known:
            replace(folder / VKEY, "".join(f"{one.text}\n" for one in [*known, verifier]).encode())
        write_once(folder / "checkpoints" / str(size), signed.encode())
        replace(folder / CHECKPOINT, signed.encode())
    return found


def _must_grow(old: note.Checkpoint | None, size: int) -> None:
    """Never sign two histories: the tree must still contain what was published."""
    if old is None:
        return
    if size < old.size:
        raise Forked(f"已发布 {old.size} 条，数据库只有 {size} 条：日志尾部被截断，停止发布，请审计核查")
    if tree.root(read_node, old.size) != old.root:
        raise Forked(f"数据库前 {old.size} 条的根与已发布的不同：历史被改动，停止发布，请审计核查")


@dataclass(frozen=True)
class Receipt:
    """What the actor takes away: the act's leaf hash; its number and the published size that covers it, if any yet."""

    act: UUID
    leaf: bytes
    index: int | None
    size: int | None


def receipt(act_id: UUID) -> Receipt:
    """The receipt of an ended act. Raises Act.DoesNotExist."""
    leaf = Act.objects.values_list("leaf", flat=True).get(id=act_id, leaf__isnull=False) or b""
    index = models.Leaf.objects.filter(act=act_id).values_list("seq", flat=True).first()
    covering = models.Checkpoint.objects.filter(size__gt=index).order_by("size").first() if index is not None else None
    return Receipt(act_id, bytes(leaf), index, covering.size if covering else None)


def proof(index: int) -> str:
    """The proof file of an entry under the newest checkpoint, to be kept and checked offline.

    Raises Checkpoint.DoesNotExist where none covers it yet.
    """
    row = models.Checkpoint.objects.filter(size__gt=index).order_by("-size").first()
    if row is None:
        raise models.Checkpoint.DoesNotExist(f"第 {index} 条还没有发布，请在下一次发布后再取证明")
    lines = [base64.b64encode(step).decode() for step in tree.inclusion(read_node, index, row.size)]
    return "\n".join([PROOF, f"index {index}", *lines, "", row.note])


def check_proof(text: str, leaf: bytes, known: list[note.Verifier]) -> note.Checkpoint:
    """The checkpoint that a proof file ties ``leaf`` to. Raises BadNote where it does not."""
    head, blank, signed = text.partition("\n\n")
    lines = head.split("\n")
    extra = len(lines) > 1 and lines[1].startswith("extra ")
    rest = lines[2:] if extra else lines[1:]
    index = re.fullmatch(r"index (0|[1-9][0-9]{0,18})", rest[0]) if rest else None
    if lines[0] != PROOF or not blank or index is None:
        raise note.BadNote(f"证明文件应以 {PROOF} 开头，随后是编号、路径、空行和检查点")
    found = note.open_checkpoint(signed, known)
    path = [note.decode(line) for line in rest[1:]]
    if tree.root_from_inclusion(int(index[1]), found.size, leaf, path) != found.root:
        raise note.BadNote(f"第 {index[1]} 条的证明与检查点的根不符：这份回执不在日志中，请持证明向审计部门核查")
    return found
