"""The Merkle log of the city: leaves in commit order and the perfect subtrees over them (RFC 6962)."""

from typing import ClassVar

from django.db import models


class ActQueue(models.Model):
    """Committed acts that wait for their number."""

    id = models.BigAutoField(primary_key=True)
    act = models.UUIDField(unique=True)


class Leaf(models.Model):
    """The ``seq``-th entry of the log; its hash is the node of level 0."""

    seq = models.BigIntegerField(primary_key=True)
    act = models.UUIDField(unique=True)


class Node(models.Model):
    """The hash of a perfect subtree: 2**level leaves from idx * 2**level on."""

    id = models.BigAutoField(primary_key=True)
    level = models.SmallIntegerField()
    idx = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["level", "idx"], name="node_once")]


class Checkpoint(models.Model):
    """A signed root as it was published."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    note = models.TextField()
    signed_at = models.DateTimeField()
