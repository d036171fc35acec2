"""The unified register (统一台账): one line a home of the acquirer, every column explained."""

import hashlib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from anju.base import numbers
from anju.base.sheets.out import workbook
from anju.homes import reads
from anju.homes.models import SALE, Contract
from anju.parties.models import Region
from anju.permits.models import FIRST_REGISTRATION, TRANSFER_REGISTRATION, Permit
from anju.reserve.models import Unit
from anju.reserve.reads import in_region

# Title, what it holds. The order is that of the unit's life: where, what, whose, since when, at what price.
COLUMNS: tuple[tuple[str, str], ...] = (
    ("管理区划", "收购主体所在区划的六位代码"), ("项目编号", "储备库项目编号"), ("项目名称", ""),
    ("坐落区县", "房屋所在区县，可与管理区划不同"), ("地址", ""), ("不动产单元代码", "GB/T 37346，28 位"), ("楼幢", ""),
    ("单元", ""), ("楼层", ""), ("房号", ""), ("居室数", ""), ("建筑面积（㎡）", "配售型不超过 120（方案 3.3-3）"),
    ("保障方式", "配售或配租"), ("状态", "已收购为待配，已配售、已配租为在用"), ("收购协议", "协议编号"),
    ("收购日期", "协议签订日"), ("首次登记证号", ""), ("转移登记证号", ""), ("封闭管理注记", "登记附记原文；空为没有"),
    ("合同编号", "有效合同"), ("合同签订日", ""), ("申请编号", "轮候申请编号"), ("申请人", "脱敏"), ("家庭人数", ""),
    ("价款（元）", "配售总价"), ("月租金（元）", "配租"), ("起租日", ""), ("到期日", ""), ("网签备案号", ""),
    ("空置天数", "没有有效合同的房源，自收购或上一合同终止起"),
)  # fmt: skip


def rows(region: str, today: date) -> Iterator[list[Any]]:
    """The lines, by project and home."""
    units = reads.homes(region).order_by("region", "project__number", "code")
    agreements, ended = reads.agreements(units), reads.last_ends(region)
    live = {c.unit_id: c for c in reads.contracts(region).filter(ended_on__isnull=True)}
    registrations = _registrations(region)
    places = dict(Region.objects.filter(level="county").values_list("code", "name"))
    for unit in units:
        agreement, contract = agreements.get(unit.project_id), live.get(unit.id)
        first, transfer = (
            registrations.get((unit.project_id, kind)) for kind in (FIRST_REGISTRATION, TRANSFER_REGISTRATION)
        )
        since = max((d for d in (agreement.signed_on if agreement else None, ended.get(unit.id)) if d), default=None)
        yield [
            *_home(unit, places), agreement.number if agreement else None, agreement.signed_on if agreement else None,
            first.certificate if first else None, transfer.certificate if transfer else None, transfer.annotation if transfer else None,
            *_contract(contract), (today - since).days if since and contract is None else None,
        ]  # fmt: skip


def _home(unit: Unit, places: dict[str, str]) -> list[Any]:
    project = unit.project
    return [
        unit.region, project.number, project.name, places.get(project.stands_in, project.stands_in), project.address, unit.code,
        unit.building.number, unit.stairwell, unit.floor, unit.room, unit.rooms, Decimal(unit.gross_cm2) / 10_000,
        unit.get_tenure_display(), unit.get_state_display(),
    ]  # fmt: skip


def _contract(row: Contract | None) -> list[Any]:
    if row is None:
        return [None] * 10
    sale = row.tenure == SALE
    return [
        row.number, row.signed_on, row.application.number, numbers.mask_name(row.application.applicant_name), row.application.persons,
        _yuan(row.price_fen) if sale else None, None if sale else _yuan(row.rent_fen), row.starts_on, row.ends_on, row.filing_number,
    ]  # fmt: skip


def _yuan(fen: int | None) -> Decimal | None:
    return None if fen is None else Decimal(fen) / 100


def _registrations(region: str) -> dict[tuple[Any, str], Permit]:
    wanted = in_region(
        Permit.objects.filter(procedure__in=[FIRST_REGISTRATION, TRANSFER_REGISTRATION], done_on__isnull=False), region
    )
    return {(row.project_id, row.procedure): row for row in wanted}


def file_of(region: str, today: date, *, synthetic: bool) -> tuple[str, bytes, int, str]:
    """The register as xlsx: (name, bytes, lines, SHA-256 of the bytes)."""
    lines = list(rows(region, today))
    data = workbook("保障性住房统一台账", COLUMNS, lines, synthetic)
    return f"统一台账-{region}-{today:%Y%m%d}.xlsx", data, len(lines), hashlib.sha256(data).hexdigest()
