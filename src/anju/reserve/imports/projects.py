"""The sheet of projects (项目申报表)."""

from decimal import Decimal, InvalidOperation
from typing import Any

from anju.base.acts import ActContext, Refused
from anju.base.sheets import Column, Problem, Row, SheetKind, register_kind
from anju.parties.models import Organisation, Region
from anju.reserve import acts
from anju.reserve.models import Project

COLUMNS = (
    Column("项目编号", "number", "code", required=True, longest=24, clause="3.3-1"),
    Column("项目名称", "name", required=True, longest=80),
    Column("开发企业统一社会信用代码", "uscc", "uscc", required=True),
    Column("坐落区县", "county", required=True, longest=20, note="名称或六位区划代码", clause="3.3-1"),
    Column("坐落地址", "address", required=True, longest=160),
    Column("竣工验收备案号", "completion_record", longest=60, clause="3.3-5"),
    Column("竣工日期", "completed_on", "date", clause="3.3-2"),
    Column("首次登记日期", "first_registered_on", "date", clause="3.3-5"),
    Column("本项目债务(万元)", "debt_fen", "wan", note="不知道的留空，不填 0", clause="3.3-5"),
    Column("经度", "longitude", "code", longest=12, note="CGCS2000，如 126.98930"),
    Column("纬度", "latitude", "code", longest=12),
    Column("申报日期", "declared_on", "date", note="空为今天；补录填当时的日期"),
)


def check(ctx: ActContext, rows: list[Row]) -> list[Problem]:
    """Developers and counties must be known, numbers free, days and points possible."""
    known: set[str | None] = set(
        Organisation.objects.filter(kind="developer", uscc__in={r["uscc"] for r in rows}).values_list("uscc", flat=True)
    )
    taken = set(
        Project.objects.filter(region=ctx.region, number__in={r["number"] for r in rows}).values_list(
            "number", flat=True
        )
    )
    counties = counties_of(ctx.region)
    found: list[Problem] = []
    for row in rows:
        found += _check_row(ctx, row, known, taken, counties)
    return found


def counties_of(region: str) -> dict[str, str]:
    """Names and codes of the counties that ``region`` may buy in, each to its code."""
    rows = Region.objects.filter(level="county")
    rows = (
        rows.filter(code__gt=region, code__lt=region[:4] + "99") if region.endswith("00") else rows.filter(code=region)
    )
    return {key: row.code for row in rows.order_by("code") for key in (row.name, row.code)}


def _check_row(
    ctx: ActContext, row: Row, known: set[str | None], taken: set[str], counties: dict[str, str]
) -> list[Problem]:
    found = []
    if row["uscc"] not in known:
        found.append(
            Problem(row.number, "开发企业统一社会信用代码", row["uscc"], "没有登记这家开发企业；请先登记企业", "3.3-1")
        )
    if row["number"] in taken:
        found.append(
            Problem(row.number, "项目编号", row["number"], "已有这个编号的项目；请核对，或在原项目上补充", "3.3-1")
        )
    if row["county"] not in counties:
        why = f"不是 {ctx.region} 管辖的县（市、区）；请填名称或六位代码"
        found.append(Problem(row.number, "坐落区县", row["county"], why, "3.3-1"))
    declared = row.get("declared_on", ctx.today)
    if declared > ctx.today:
        found.append(Problem(row.number, "申报日期", str(declared), f"晚于今天 {ctx.today}", "3.3-1"))
    for field, title in (("completed_on", "竣工日期"), ("first_registered_on", "首次登记日期")):
        day = row.get(field)
        if day and day > declared:
            found.append(Problem(row.number, title, str(day), f"晚于申报日期 {declared}；请核对", "3.3-1"))
    return found + _points(row)


def _points(row: Row) -> list[Problem]:
    found = []
    for field, title, least, most in (("longitude", "经度", 121, 136), ("latitude", "纬度", 43, 54)):
        text = row.get(field)
        if text is not None and not _within(text, least, most):
            found.append(
                Problem(row.number, title, text, f"应为 {least} 至 {most} 之间的小数；请核对，勿把经纬度填反", "3.3-1")
            )
    return found


def _within(text: str, least: int, most: int) -> bool:
    try:
        return least <= Decimal(text) <= most
    except InvalidOperation:
        return False


def take(ctx: ActContext, rows: list[Row], load: Any) -> list[tuple[int, str]]:
    """Declare each project; those refused come back with their sentence."""
    developers = dict(Organisation.objects.filter(uscc__in={r["uscc"] for r in rows}).values_list("uscc", "id"))
    counties = counties_of(ctx.region)
    refused = []
    for row in rows:
        try:
            acts.declare_project(
                ctx=ctx, **arguments(row, developers[row["uscc"]], counties[row["county"]]), load_id=load.id
            )
        except Refused as error:
            refused.append((row.number, error.sentence))
    return refused


def arguments(row: Row, developer_id: Any, stands_in: str) -> dict[str, Any]:
    """What ``declare_project`` takes from a row."""
    point = {name: Decimal(row[name]) if row.get(name) else None for name in ("longitude", "latitude")}
    days = {name: row.get(name) for name in ("declared_on", "completed_on", "first_registered_on", "debt_fen")}
    return {
        "number": row["number"], "name": row["name"], "developer_id": developer_id, "stands_in": stands_in, "address": row["address"],
        "completion_record": row.get("completion_record", ""), **days, **point,
    }  # fmt: skip


KIND = register_kind(
    SheetKind(
        name="projects", title="项目申报表", power="reserve.declare_project", columns=COLUMNS, check=check, take=take, key=("number",),
        clause="3.3-1", note="一行一个已竣工的商品房项目。区划以导入时所选为准：市本级收购的项目选 231200，坐落填北林区。",
    )
)  # fmt: skip
