"""The columns of the applications sheet that older files lack: all may be left out, and what is left out is unknown."""

from typing import Any

from anju.base.sheets import Column, Row
from anju.needs.models import FLOORS, WORKS, OwnHome, PolicyBenefit
from anju.needs.particulars import BenefitInput, HomeInput

ON_APPLICANT = "填在申请人（本人）一行"


def _words(pairs: list[tuple[str, str]]) -> dict[str, str]:
    return {title: code for code, title in pairs}


MEMBER_COLUMNS = (
    Column("户籍所在地代码", "registration", "code", note="六位区划代码，不详留空", clause="3.2-0", longest=6),
    Column("户籍迁入日期", "registered_on", "date", note="出生即在本地的可空", clause="3.2-0"),
    Column("工作情况", "work", "choice", choices=_words(WORKS), note="不详留空", clause="3.2-0"),
    Column("工作单位", "employer", "text", clause="3.2-0", personal=True, longest=120),
    Column("本人月收入(元)", "income_own_fen", "yuan", note="不详留空，不填 0", clause="3.2-0"),
    Column("社会保险缴费月数", "insured_months", "int", note="不详留空", clause="3.2-0"),
)
HOME_COLUMNS = (
    Column("是否转让过住房", "transferred", "bool", note=f"不详留空；{ON_APPLICANT}", clause="3.2-0"),
    Column("住房情况", "home_kind", "choice", choices=_words(list(OwnHome.KINDS)), note=f"没有可空；{ON_APPLICANT}", clause="3.2-0"),
    Column("住房坐落", "home_place", "text", note=ON_APPLICANT, clause="3.2-0", personal=True, longest=120),
    Column("住房面积(㎡)", "home_cm2", "area", note=f"不详留空；{ON_APPLICANT}", clause="3.2-0"),
    Column("住房取得或转让日期", "home_on", "date", note=f"已转让的必填；{ON_APPLICANT}", clause="3.2-0"),
    Column(
        "政策性住房种类", "benefit_kind", "choice", choices=_words(list(PolicyBenefit.KINDS)),
        note=f"没有享受过的可空；{ON_APPLICANT}", clause="3.2-0",
    ),
    Column("政策性住房退出日期", "benefit_until", "date", note=f"仍在享受的留空；{ON_APPLICANT}", clause="3.2-0"),
)  # fmt: skip


def wish_columns(rank: int, head: str) -> tuple[Column, ...]:
    """The further columns of one wish."""
    note = f"不限的留空；{ON_APPLICANT}"
    return (
        Column(f"{head}乡镇或片区", f"zone_{rank}", "text", note=note, clause="3.2-0", longest=40),
        Column(f"{head}楼层", f"floor_{rank}", "choice", choices=_words(FLOORS), note=note, clause="3.2-0"),
        Column(f"{head}须有电梯", f"lift_{rank}", "bool", note=note, clause="3.2-0"),
    )


def member_of(row: Row) -> dict[str, Any]:
    """A member's further facts of its row."""
    return {
        "registration": row.get("registration") or "", "registered_on": row.get("registered_on"), "work": row.get("work") or "",
        "employer": row.get("employer") or "", "income_month_fen": row.get("income_own_fen"),
        "insured_months": row.get("insured_months"),
    }  # fmt: skip


def wish_of(row: Row, rank: int) -> dict[str, Any]:
    """Zone, floor and lift of a wish."""
    return {
        "zone": row.get(f"zone_{rank}") or "", "floor": row.get(f"floor_{rank}") or "", "lift": bool(row.get(f"lift_{rank}")),
    }  # fmt: skip


def homes_of(row: Row) -> tuple[HomeInput, ...]:
    """The home of the applicant's row."""
    if not row.get("home_kind") and not row.get("home_place"):
        return ()
    return (
        HomeInput(row.get("home_kind") or "", row.get("home_place") or "", row.get("home_cm2"), row.get("home_on")),
    )


def benefits_of(row: Row) -> tuple[BenefitInput, ...]:
    """The policy housing of the applicant's row."""
    kind = row.get("benefit_kind")
    return (BenefitInput(kind, None, row.get("benefit_until")),) if kind else ()
