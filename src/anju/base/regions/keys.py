"""Keys: a UUIDv7 ``id`` for Django, ``region`` first in every business key, and composite foreign keys made by ``base.schema``."""

import os
import time
from typing import Any, ClassVar
from uuid import UUID

from django.db import models


def uuid7() -> UUID:
    """A time-ordered UUID (RFC 9562, version 7)."""
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


class RegionField(models.CharField):
    """The six-digit code of the managing region (GB/T 2260), compared byte by byte."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 6)
        kwargs.setdefault("db_collation", "C")
        kwargs.setdefault("verbose_name", "区划")
        super().__init__(**kwargs)


class PlacedKey(models.ForeignKey):
    """A reference to a row of the same region; the real key ``(region, x_id) → (region, id)`` is laid by ``base.schema``.

    ``region_column`` names another column of this table where the target may be managed by another region.
    """

    def __init__(
        self, to: Any, on_delete: Any = models.PROTECT, *, region_column: str = "region", **kwargs: Any
    ) -> None:
        self.region_column = region_column
        kwargs["db_constraint"] = False
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        if self.region_column != "region":
            kwargs["region_column"] = self.region_column
        return name, path, args, kwargs


class SharedKey(models.ForeignKey):
    """A reference to a shared row (organisation, account, region …), which has no region in its key."""

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        super().__init__(to, on_delete, **kwargs)


class Placed(models.Model):
    """A row that belongs to a place; ``base.schema`` gives its table ``UNIQUE (region, id)``, policies, guard and keys.

    ``party_column`` names the case by which ``anju_party`` may see it, if at all; ``party_itself`` the column that must be the party;
    ``party_owner`` (column, table, owner column) shows the rows of a case to the case's owner alone, though others were shown the case;
    ``closed_to_parties`` shows it none of the rows;
    ``functions_only`` tables are written by SQL functions alone; ``unguarded`` ones without an act (worker bookkeeping).
    """

    party_column: ClassVar[str | None] = None
    functions_only: ClassVar[bool] = False
    unguarded: ClassVar[bool] = False
    closed_to_parties: ClassVar[bool] = False
    party_itself: ClassVar[str | None] = None
    party_owner: ClassVar[tuple[str, str, str] | None] = None

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    region = RegionField()

    class Meta:
        abstract = True


class Shared(models.Model):
    """A row that all staff read and its owner's region alone writes (organisations, parameters, resolutions, calendar …)."""

    functions_only: ClassVar[bool] = False
    unguarded: ClassVar[bool] = False
    party_reads: ClassVar[bool] = False

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner_region = RegionField(verbose_name="所属区划")

    class Meta:
        abstract = True
