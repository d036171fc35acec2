"""Declaring a project, and the evidenced checks on it (3.3-1, 3.3-2, 3.3-5)."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from anju.base.acts import ActContext, Conflict, InvalidInput, Refused, act
from anju.base.claims.seam import show_to
from anju.base.files.models import Evidence
from anju.base.files.store import keep
from anju.parties.models import Organisation, Region
from anju.reserve.acts.common import SURVEY, live, not_later, own_only, person, project_for
from anju.reserve.facts import BUILT, check_items
from anju.reserve.models import Check, Project


@act(clause="3.3-1", title="申报项目")
def declare_project(
    *, ctx: ActContext, number: str, name: str, developer_id: UUID, stands_in: str, address: str,
    declared_on: date | None = None, completion_record: str = "", completed_on: date | None = None,
    first_registered_on: date | None = None, debt_fen: int | None = None, longitude: Decimal | None = None,
    latitude: Decimal | None = None, load_id: UUID | None = None,
) -> Project:  # fmt: skip
    """Enter a built project that may be bought; its developer sees it from then on. ``region`` of the act manages it.

    Raises InvalidInput for a value that cannot be, Conflict where the number is taken.
    """
    own_only(ctx, developer_id)
    declared = not_later(declared_on or ctx.today, ctx, "申报日期", "declared_on")
    if ctx.post == "developer_agent" and declared != ctx.today:
        raise InvalidInput(
            f"申报日期 {declared} 不是今天（{ctx.today}），没有收下：项目按申报日的规定核查，以前的申报请专班补录",
            field="declared_on", clause=SURVEY,
        )  # fmt: skip
    _check_place(ctx.region, stands_in, longitude, latitude)
    if not Organisation.objects.filter(id=developer_id, kind="developer").exists():
        raise InvalidInput("申报单位不是登记的开发企业，没有收下；请先登记企业", field="developer_id", clause=SURVEY)
    for what, field, day in (
        ("竣工日期", "completed_on", completed_on),
        ("首次登记日期", "first_registered_on", first_registered_on),
    ):
        if day and day > declared:
            raise InvalidInput(f"{what} {day} 晚于申报日期 {declared}，没有收下；请核对", field=field, clause=SURVEY)
    if Project.objects.filter(region=ctx.region, number=number.strip()).exists():
        raise Conflict(
            f"项目编号 {number} 在区划 {ctx.region} 已有项目，没有收下；请核对编号，或在原项目上补充", clause=SURVEY
        )
    project = Project.objects.create(
        region=ctx.region, number=number.strip(), name=name.strip(), developer_id=developer_id, stands_in=stands_in,
        address=address.strip(), declared_on=declared, completion_record=completion_record.strip(),
        completed_on=completed_on, first_registered_on=first_registered_on, debt_fen=debt_fen, longitude=longitude,
        latitude=latitude, load_id=load_id, maker=ctx.account,
    )  # fmt: skip
    show_to(developer_id, [project.id], region=ctx.region)
    ctx.on(project, number=project.number, stands_in=stands_in, declared_on=declared)
    ctx.happened(declared)
    return project


def _check_place(region: str, stands_in: str, longitude: Decimal | None, latitude: Decimal | None) -> None:
    """A city's project stands in one of its counties, a county's in itself; a point lies in the province's box."""
    own = stands_in == region or (region.endswith("00") and stands_in[:4] == region[:4])
    if not own or not Region.objects.filter(code=stands_in, level="county").exists():
        raise InvalidInput(
            f"坐落区县 {stands_in} 不是 {region} 管辖的县（市、区），没有收下；请填坐落地的六位区划代码",
            field="stands_in",
            clause=SURVEY,
        )
    if (longitude is None) != (latitude is None):
        raise InvalidInput("经度和纬度要么都填，要么都不填，没有收下", field="longitude", clause=SURVEY)
    if longitude is not None and latitude is not None and not (121 <= longitude <= 136 and 43 <= latitude <= 54):
        raise InvalidInput(
            f"经纬度 {longitude}, {latitude} 不在黑龙江省范围（121–136, 43–54），没有收下；请核对坐标，勿把经纬度填反",
            field="longitude", clause=SURVEY,
        )  # fmt: skip


@act(clause="3.3-5", title="登记核查结果")
def record_check(
    *, ctx: ActContext, project_id: UUID, item: str, passed: bool | None, document: str = "", note: str = "",
    checked_on: date | None = None, evidence_id: UUID | None = None, file_name: str = "", file_data: bytes = b"",
) -> Check:  # fmt: skip
    """Record one check by a named checker; a later check of the same item replaces it, the earlier stays.

    A pass needs its document and a file; a fail says why. Raises InvalidInput, or Refused where the facts contradict it.
    """
    project = live(project_for(ctx, project_id))
    evidence = evidence_id
    if file_data:
        evidence = keep(ctx=ctx, name=file_name, data=file_data, kind="check", case=project.id).id
    row = {"item": item, "passed": passed, "document": document, "note": note, "checked_on": checked_on}
    check = _record(ctx, project, [row], evidence)[0]
    ctx.on(check, project=project.number, item=item, passed=passed, document=document)
    ctx.happened(check.checked_on)
    return check


@act(clause="3.3-5", title="批量登记核查结果", power="reserve.record_check")
def record_checks(
    *, ctx: ActContext, project_id: UUID, rows: Sequence[Mapping[str, Any]], evidence_id: UUID | None = None
) -> int:
    """The same for many items of one project, from one file; how many."""
    project = live(project_for(ctx, project_id))
    found = _record(ctx, project, rows, evidence_id)
    ctx.on(project, number=project.number, checks=len(found))
    ctx.items((c.id, f"{c.item} {c.passed} {c.document}") for c in found)
    return len(found)


def _record(
    ctx: ActContext, project: Project, rows: Sequence[Mapping[str, Any]], evidence_id: UUID | None
) -> list[Check]:
    known = check_items(ctx.inforce(project.declared_on))
    if evidence_id and not Evidence.objects.filter(region=ctx.region, id=evidence_id).exists():
        raise InvalidInput("没有找到所附的材料，没有登记；请重新上传", field="evidence_id", clause="3.3-5")
    found = [_check(ctx, project, known, row, evidence_id) for row in rows]
    Check.objects.filter(region=ctx.region, project=project, item__in=[c.item for c in found], live=True).update(
        live=False
    )
    return Check.objects.bulk_create(found)


def _check(
    ctx: ActContext, project: Project, known: Mapping[str, str], row: Mapping[str, Any], evidence_id: UUID | None
) -> Check:
    item, passed = row["item"], row["passed"]
    document, note = (row.get("document") or "").strip(), (row.get("note") or "").strip()
    day = not_later(row.get("checked_on") or ctx.today, ctx, "核查日期", "checked_on", "3.3-5")
    if item not in known:
        raise InvalidInput(
            f"没有「{item}」这个核查项，没有登记；可选：{'、'.join(known.values())}", field="item", clause="3.3-2"
        )
    title, clause = known[item], _clause(item)
    if passed and (not document or evidence_id is None):
        raise InvalidInput(
            f"「{title}」记为通过，须附材料并写明文号，没有登记；请补材料", field="document", clause=clause
        )
    if passed is False and not note:
        raise InvalidInput(f"「{title}」记为不通过，须写明原因，没有登记；请补写", field="note", clause=clause)
    if passed and item in (BUILT, "accepted"):
        _completed(project, title, day, clause)
    if passed and item == "registrable" and project.first_registered_on and project.first_registered_on > day:
        raise Refused(
            f"首次登记日期 {project.first_registered_on} 晚于核查日期 {day}，「{title}」不能记为通过", clause=clause
        )
    return Check(
        region=ctx.region, project=project, item=item, passed=passed, note=note, document=document, evidence_id=evidence_id,
        checker=person(ctx, "3.3-5"), checked_on=day,
    )  # fmt: skip


def _completed(project: Project, title: str, day: date, clause: str) -> None:
    """一现: what the project itself says must not contradict the check. Raises Refused."""
    if not project.completion_record or project.completed_on is None or project.completed_on > day:
        raise Refused(
            f"项目登记的竣工验收备案号为「{project.completion_record or '空'}」、竣工日期为「{project.completed_on or '空'}」，"
            f"「{title}」不能记为通过；请先补录竣工验收备案",
            clause=clause,
        )


def _clause(item: str) -> str:
    return "3.3-2" if item == BUILT or "." in item else "3.3-5"
