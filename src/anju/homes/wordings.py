"""Fixed paragraphs of the contracts that the city may word itself, and what a tenant who bought is told."""

from collections.abc import Mapping
from uuid import UUID

from anju.base.regions import region_range
from anju.base.wordings.kinds import MESSAGE, PAPER, WordingKind, register
from anju.homes.models import Contract

CASES = 20

CLOSED = register(WordingKind(
    "homes.closed", "配售合同：封闭管理", PAPER,
    "本房屋实行封闭管理，不得上市交易，不动产登记已注记。需要退出的，由甲方按规定回购。", {}, "3.6-2",
))  # fmt: skip
USE = register(WordingKind(
    "homes.use", "租赁合同：使用", PAPER, "本房屋只供乙方家庭自住，不得转租、转借或改变用途；查实不符的，合同解除。", {}, "3.6-2",
))  # fmt: skip


def cases(region: str) -> list[tuple[UUID, str]]:
    """The latest sales of the region."""
    rows = Contract.objects.filter(region__range=region_range(region), tenure="sale").order_by("-signed_on", "id")
    return list(rows.values_list("id", "number")[:CASES])


def values(key: UUID) -> Mapping[str, str]:
    """What one sale puts in; nothing of the person."""
    row = Contract.objects.get(pk=key)
    return {"合同": row.number, **({"期限": row.vacate_by.isoformat()} if row.vacate_by else {})}


VACATED = register(WordingKind(
    "homes.vacate", "已交付，请腾退租住房", MESSAGE,
    "您购买的住房（合同 {合同}）已交付，请在 {期限} 前腾退原租住的保障性住房，到运营机构办理退房和押金结算。",
    {"合同": ("合同编号", "售〔2026〕1号"), "期限": ("腾退的最后一天", "2026-06-30")}, "3.2-0", cases, values,
))  # fmt: skip
