"""The list of applications comes back edited: facts put right row by row through the act of correction."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from anju.base.acts import ActContext
from anju.base.sheets import Column
from anju.base.sheets.edits import LABEL, Edits, register_edits
from anju.needs import acts
from anju.needs.imports import GROUPS
from anju.needs.models import Application

CLAUSE = "3.2-0"
ENDED = ("refused", "withdrawn")
COLUMNS = (
    Column("乡镇街道代码", "town", "code", note="九位代码", clause=CLAUSE, longest=9),
    Column("保障对象群体", "group", "choice", choices=GROUPS, clause="1"),
    Column("积分", "score", "int", note="按积分排序的县填写", clause="3.5-2"),
    Column("家庭月收入(元)", "income_month_fen", "yuan", clause=CLAUSE),
    Column("自有住房建筑面积(㎡)", "home_area_cm2", "area", note="无房填 0", clause=CLAUSE),
    Column("居住或参保月数", "residence_months", "int", clause=CLAUSE),
    Column("已享受保障性住房套数", "policy_homes", "int", note="没有填 0", clause=CLAUSE),
)  # fmt: skip
FIELDS = tuple(column.field for column in COLUMNS)


def read(ctx: ActContext, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """What the applications of the region say now; ended ones may no longer be corrected."""
    rows = Application.objects.filter(region=ctx.region, id__in=ids).exclude(state__in=ENDED)
    return {
        row["id"]: {LABEL: row["number"], **{name: row[name] for name in FIELDS}}
        for row in rows.order_by("id").values("id", "number", *FIELDS)
    }


def write(ctx: ActContext, key: UUID, changed: dict[str, Any], reason: str) -> Application:
    """One row's correction."""
    return acts.correct_application(ctx=ctx, application_id=key, facts=changed, reason=reason)


APPLICATIONS = register_edits(
    Edits(
        name="applications_edited", title="轮候申请改表", power="needs.correct_application", label="受理号", columns=COLUMNS, read=read,
        write=write, clause=CLAUSE,
    )
)  # fmt: skip
