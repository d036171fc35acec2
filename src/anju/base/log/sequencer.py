"""The one sequencer: numbers committed entries and extends the tree; run by the worker, the demonstration and tests."""

from django.db import connection

from anju.base.log.models import Leaf, Node

BATCH = 10_000


def sequence(batch: int = BATCH) -> int:
    """Number every committed entry that waits; how many. Another sequencer at work leaves this one nothing to do."""
    total = 0
    while count := _one(batch):
        total += count
    return total


def _one(batch: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT log_sequence(%s)", [batch])
        return cursor.fetchone()[0]


def log_size() -> int:
    """How many entries the log holds."""
    last = Leaf.objects.order_by("-seq").values_list("seq", flat=True).first()
    return 0 if last is None else last + 1


def read_node(level: int, idx: int) -> bytes:
    """One perfect subtree from the database. Raises Node.DoesNotExist."""
    return bytes(Node.objects.values_list("hash", flat=True).get(level=level, idx=idx))


def read_nodes(level: int, first: int, count: int) -> list[bytes]:
    """A row of perfect subtrees. Raises LookupError where one is missing."""
    rows = Node.objects.filter(level=level, idx__gte=first, idx__lt=first + count).order_by("idx")
    found = [bytes(row) for row in rows.values_list("hash", flat=True)]
    if len(found) != count:
        raise LookupError(f"日志树第 {level} 层自 {first} 起应有 {count} 个节点，只有 {len(found)} 个；请审计核查")
    return found
