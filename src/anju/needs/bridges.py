"""What this room registers beside its acts' package: checks by file and interface, their clocks, the national file, employers' sheets."""

from anju.needs import employer_sheet
from anju.needs.acts import batches, deferrals, employers, likeness, national, verification

__all__ = ["batches", "deferrals", "employer_sheet", "employers", "likeness", "national", "verification"]
