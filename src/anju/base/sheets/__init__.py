"""Sheets (表格): files in and out, each kind described once by its room; checked by cell, taken in only when accepted."""

from uuid import UUID

from anju.base.acts import ActContext
from anju.base.jobs import work

from .kinds import (
    EXPORTS,
    KINDS,
    Column,
    Export,
    Problem,
    Row,
    SheetKind,
    export_named,
    kind_named,
    register_export,
    register_kind,
)
from .template import template_of

__all__ = [
    "EXPORTS", "KINDS", "Column", "Export", "Problem", "Row", "SheetKind", "export_named", "kind_named", "register_export",
    "register_kind", "template_of",
]  # fmt: skip


def _take_in(ctx: ActContext, object_id: UUID) -> None:
    """The job behind an accepted load; imported late, since models are not ready when rooms register their kinds."""
    from anju.base.sheets import loads

    loads.run_load(ctx, object_id)


def _check(ctx: ActContext, object_id: UUID) -> None:
    """The job behind a large file that was brought."""
    from anju.base.jobs import progress
    from anju.base.sheets import loads

    load = loads.check_load(ctx=ctx, load_id=object_id)
    progress.finish(region=load.region, kind="check_load", object_id=load.id)


work.register("load", _take_in)
work.register("check_load", _check)
