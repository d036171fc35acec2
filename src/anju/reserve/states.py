"""How projects and homes move: one table each; nothing assigns a state elsewhere."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import models

from anju.base.acts import ActContext, Conflict, Refused, Transitions
from anju.reserve.models import Project, Unit

PROJECT = Transitions(
    titles=dict(Project.STATES),
    table={
        "declared": frozenset({"reserved", "withdrawn"}),
        "reserved": frozenset({"priced", "withdrawn"}),
        "priced": frozenset({"intended", "reserved", "withdrawn"}),
        "intended": frozenset({"announced", "priced", "withdrawn"}),
        "announced": frozenset({"locked", "failed", "intended", "withdrawn"}),
        # The gate passed; where the agreement is not signed after all, the homes go back.
        "locked": frozenset({"purchased", "failed", "withdrawn"}),
        # 3.5-3: below the gate only 一事一议 leads on to an agreement.
        "failed": frozenset({"locked", "purchased", "priced", "reserved", "withdrawn"}),
        "purchased": frozenset({"delivered"}),
        "delivered": frozenset(),
        "withdrawn": frozenset(),
    },
    clause="3.3-1",
)
UNIT = Transitions(
    titles=dict(Unit.STATES),
    table={
        "declared": frozenset({"reserved", "refused", "withdrawn"}),
        "refused": frozenset({"declared", "withdrawn"}),
        "reserved": frozenset({"intended", "withdrawn"}),
        "intended": frozenset({"announced", "reserved", "withdrawn"}),
        "announced": frozenset({"chosen", "intended", "reserved", "purchased", "withdrawn"}),
        "chosen": frozenset({"announced", "reserved", "purchased", "withdrawn"}),
        "purchased": frozenset({"sold", "let"}),
        # 4.4: a home that was bought back or whose lease ended is the acquirer's again.
        "sold": frozenset({"purchased"}),
        "let": frozenset({"purchased"}),
        "withdrawn": frozenset({"declared"}),
    },
    clause="3.3-1",
)


def move_all(
    rows: models.QuerySet[Unit, Any], ids: Iterable[UUID], to: str, ctx: ActContext
) -> list[tuple[UUID, str, str]]:
    """Move many homes at once along the table, under their row locks taken in key order.

    Returns (id, state before, code), by id. Raises Conflict where one is missing, Refused where the table has no such step.
    """
    wanted = sorted(set(ids), key=str)
    found = list(rows.filter(id__in=wanted).select_for_update().order_by("id").values_list("id", "state", "code"))
    if len(found) != len(wanted):
        raise Conflict(
            f"选定的 {len(wanted)} 套中有 {len(wanted) - len(found)} 套已不在名单内，没有办理；请刷新名单后重选"
        )
    wrong = [row for row in found if to not in UNIT.table.get(row[1], frozenset())]
    if wrong:
        raise Refused(
            f"{len(wrong)} 套当前为「{UNIT.titles[wrong[0][1]]}」（{wrong[0][2]} 等），不能变为「{UNIT.titles[to]}」；"
            f"请从名单中去掉后再办",
            clause=UNIT.clause,
        )
    rows.filter(id__in=wanted).update(state=to)
    ctx.items((id_, f"{code} {before}→{to}") for id_, before, code in found)
    return found
