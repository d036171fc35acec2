"""Files out: the unified register (统一台账)."""

from uuid import UUID

from anju.base.acts import ActContext
from anju.base.sheets import register_export
from anju.homes import reads
from anju.homes.acts import write_register


def households(ctx: ActContext) -> list[UUID]:
    """Whose names, masked, the register holds: the households of live contracts."""
    live = reads.contracts(ctx.region).filter(ended_on__isnull=True)
    return list(live.order_by("application_id").values_list("application_id", flat=True).distinct())


register_export("register", "保障性住房统一台账", "homes.export_register", write_register, cases=households)
