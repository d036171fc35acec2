"""What this room registers beside its acts' package: checks by file and interface, their clocks."""

from anju.needs.acts import batches, deferrals, likeness, verification

__all__ = ["batches", "deferrals", "likeness", "verification"]
