"""The sheet of checks (核查结果表): 现房, the five of 3.3, the guards, each with its document."""

from typing import Any

from anju.base.acts import ActContext
from anju.base.sheets import Column, Problem, Row, SheetKind, register_kind
from anju.reserve import acts
from anju.reserve.facts import check_items
from anju.reserve.imports.common import UNKNOWN_PROJECT, projects_by_number
from anju.reserve.imports.units import by
from anju.reserve.models import Project

RESULTS = {"通过": "pass", "不通过": "fail", "待查": "unknown"}
PASSED = {"pass": True, "fail": False, "unknown": None}
COLUMNS = (
    Column("项目编号", "project", "code", required=True, longest=24, clause="3.3-1"),
    Column("核查项", "item", required=True, longest=40, clause="3.3-2"),
    Column("结论", "result", "choice", required=True, choices=RESULTS, clause="3.3-5"),
    Column("材料名称及文号", "document", longest=120, note="结论为通过的必填", clause="3.3-5"),
    Column("说明", "note", longest=200, note="结论为不通过的必填", clause="3.3-5"),
    Column("核查日期", "checked_on", "date", note="空为今天"),
)


def titles_of(ctx: ActContext, project: Project) -> dict[str, str]:
    """Title → item, as the task force keeps them on the project's own day."""
    return {title: item for item, title in check_items(ctx.inforce(project.declared_on)).items()}


def check(ctx: ActContext, rows: list[Row]) -> list[Problem]:
    """Projects and items must be known; a pass has its document, a fail its reason."""
    projects = projects_by_number(ctx, (r["project"] for r in rows))
    found = []
    for row in rows:
        project = projects.get(row["project"])
        if project is None:
            found.append(
                Problem(row.number, "项目编号", row["project"], UNKNOWN_PROJECT.format(region=ctx.region), "3.3-1")
            )
            continue
        known = titles_of(ctx, project)
        if row["item"] not in known:
            found.append(
                Problem(row.number, "核查项", row["item"], f"没有这个核查项；可选：{'、'.join(known)}", "3.3-2")
            )
        if row["result"] == "pass" and not row.get("document"):
            found.append(Problem(row.number, "材料名称及文号", "", "结论为通过，须写明材料名称及文号", "3.3-5"))
        if row["result"] == "fail" and not row.get("note"):
            found.append(Problem(row.number, "说明", "", "结论为不通过，须写明原因", "3.3-5"))
        day = row.get("checked_on")
        if day and day > ctx.today:
            found.append(Problem(row.number, "核查日期", str(day), f"晚于今天 {ctx.today}", "3.3-5"))
    return found


def take(ctx: ActContext, rows: list[Row], load: Any) -> list[tuple[int, str]]:
    """Record the checks project by project, the file itself being the evidence of them."""
    projects = projects_by_number(ctx, (r["project"] for r in rows))
    for number, lines in by(rows, lambda r: r["project"]).items():
        known = titles_of(ctx, projects[number])
        acts.record_checks(
            ctx=ctx, project_id=projects[number].id, evidence_id=load.evidence_id,
            rows=[
                {
                    "item": known[line["item"]], "passed": PASSED[line["result"]], "document": line.get("document", ""),
                    "note": line.get("note", ""), "checked_on": line.get("checked_on"),
                }
                for line in lines
            ],
        )  # fmt: skip
    return []


KIND = register_kind(
    SheetKind(
        name="checks", title="核查结果表", power="reserve.record_check", columns=COLUMNS, check=check, take=take, key=("project", "item"),
        clause="3.3-5", note="一行一个项目的一项核查；导入的文件本身留作材料。",
    )
)  # fmt: skip
