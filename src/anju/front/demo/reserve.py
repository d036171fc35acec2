"""Stage three of the demonstration: forty projects and 12,000 homes come in by file, are checked, screened and admitted."""

from collections import Counter
from typing import Any

from anju.base.sheets import kind_named
from anju.base.sheets.out import workbook
from anju.base.sheets.template import header_of
from anju.front.demo import buildings
from anju.front.demo.buildings import CITY, Plan
from anju.parties.models import Region
from anju.reserve import acts, reads
from anju.reserve.facts import check_items
from anju.reserve.models import Project, Unit

RENT_AREA = "3.3-4-rent-area"


def write(demo: Any, kind: str, name: str, rows: list[dict[str, Any]]) -> Any:
    """A file in the kind's own template, 合成."""
    described = kind_named(kind)
    body = [[row.get(column.field) for column in described.columns] for row in rows]
    data = workbook(described.title, [header_of(c) for c in described.columns], body, True, notes=[described.note])
    path = demo.folder / name
    path.write_bytes(data)
    return path


def buyer(region: str) -> str:
    """The acquirer's clerk of a managing region."""
    return "buyer" if region == CITY else f"buyer_{region}"


def head(region: str) -> str:
    """The acquirer's head of a managing region."""
    return "buyer_head" if region == CITY else f"buyer_head_{region}"


def office_head(region: str) -> str:
    """The head of the task force's office of a managing region."""
    return "office_head" if region == CITY else f"head_{region}"


def files(demo: Any) -> None:
    """One file of projects, of units and of checks for each managing region; A's developer brings its own unit table."""
    plans = buildings.plans(demo.rng)
    demo.state["stock"] = plans
    points = {r.code: {"longitude": r.longitude, "latitude": r.latitude} for r in Region.objects.filter(level="county")}
    bodies = demo.state["organisations"]
    today = demo.ctx("buyer").today
    for region in buildings.PROJECTS:
        mine = [p for p in plans if p.region == region]
        rows = [
            buildings.project_row(
                p, bodies[f"dev_{p.developer}"].uscc, _point(points.get(p.stands_in)), demo.rng, today
            )
            for p in mine
        ]
        write(demo, "projects", f"项目申报表-{region}.xlsx", rows)
        others = [p for p in mine if p.kind != "A"]
        write(demo, "units", f"楼盘表-{region}.xlsx", [r for p in others for r in unit_rows(p)])
        write(demo, "checks", f"核查结果表-{region}.xlsx", [r for p in mine for r in check_rows(demo, p)])
    first = next(p for p in plans if p.kind == "A")
    write(demo, "units", "楼盘表-开发企业自报.xlsx", unit_rows(first))


def _point(point: dict[str, Any] | None) -> dict[str, Any] | None:
    return point if point and point["longitude"] is not None else None


def unit_rows(plan: Plan) -> list[dict[str, Any]]:
    """The lines of a project, with what is bad on purpose among the cells."""
    rows = [buildings.unit_row(plan, home) for home in [*plan.units, *plan.spaces]]
    if plan.kind == "foreign":
        extra = [dict(rows[0], code=buildings.code(plan, 90, n), building="90", room=f"1{n:02d}") for n in range(1, 6)]
        extra[0]["code"] = buildings.code(plan, 90, 1, county="230102")
        extra[1]["code"] = rows[1]["code"]
        extra[2]["gross_cm2"] = "约九十"
        extra[3]["note"] = "超长" * 1_100
        extra[4]["inner_cm2"] = "199.00"
        rows += extra
    return rows


def check_rows(demo: Any, plan: Plan) -> list[dict[str, Any]]:
    """The checks of a project; one project's title failed, one misses a document, the unfinished one is not checked for 现房."""
    ctx = demo.ctx("office")
    rows: list[dict[str, Any]] = []
    for item, title in check_items(ctx.inforce(ctx.today)).items():
        failed = plan.kind == "untitled" and item == "title"
        if not plan.completed and item in ("built", "accepted"):
            continue
        rows.append({
            "project": plan.number, "item": title, "result": "不通过" if failed else "通过",
            "document": "" if failed else f"演查〔2026〕{plan.at:03d}-{len(rows) + 1:02d}号",
            "note": "土地抵押权人未出具同意函" if failed else "",
        })  # fmt: skip
    if plan.kind == "foreign":
        rows[-1] = {**rows[-1], "document": ""}
        rows.append({"project": plan.number, "item": "朝向吉利", "result": "通过", "document": "演查〔2026〕999号"})
    return rows


def run(demo: Any) -> None:
    """Files in, checks, screening, waivers, admission."""
    _bring(demo)
    demo.state["projects"] = _projects(demo)
    for kind in ("A", "B", "C"):
        demo.state[kind] = {"project": of_kind(demo, kind)}
    _mend(demo)
    _screen(demo)
    _refusals(demo)
    _other_tenure(demo)
    _lifted(demo)
    _waive(demo)
    _admit(demo)


def _projects(demo: Any) -> dict[str, Project]:
    with demo.scope():
        return {p.number: p for p in Project.objects.select_related("developer").order_by("number")}


def of_kind(demo: Any, kind: str) -> Project:
    """The project made for something."""
    plan = next(p for p in demo.state["stock"] if p.kind == kind)
    found: Project = demo.state["projects"][plan.number]
    return found


def _bring(demo: Any) -> None:
    rows = Counter[str]()
    for region in demo.progress(list(buildings.PROJECTS), "导入项目、楼盘表、核查结果"):
        who = buyer(region)
        demo.import_file("projects", demo.folder / f"项目申报表-{region}.xlsx", who)
        loads = [demo.import_file("units", demo.folder / f"楼盘表-{region}.xlsx", who)]
        if region == CITY:
            loads.append(demo.import_file("units", demo.folder / "楼盘表-开发企业自报.xlsx", "dev_1"))
        for load in loads:
            rows.update(good=load.good, bad=load.bad)
        demo.import_file("checks", demo.folder / f"核查结果表-{region}.xlsx", who)
    with demo.scope():
        homes = Unit.objects.count()
    spaces = rows["good"] - homes
    demo.say(
        f"导入项目 {sum(buildings.PROJECTS.values())} 个、房源 {homes:,} 套"
        f"（另有车位、商服 {spaces} 个不计入），退回 {rows['bad']} 行"
    )


def _mend(demo: Any) -> None:
    """A wrong check is refused; the missing document is brought."""
    unfinished, foreign = of_kind(demo, "unfinished"), of_kind(demo, "foreign")
    scan: dict[str, Any] = {"file_name": "现场照片.pdf", "file_data": paper("现场照片（合成）")}
    demo.expect_refusal(
        f"{unfinished.name}没有竣工验收备案，记为现房",
        lambda: acts.record_check(
            ctx=demo.ctx("buyer"), project_id=unfinished.id, item="built", passed=True, document="现场照片", **scan
        ),
    )
    last = list(check_items(demo.ctx("buyer").inforce(foreign.declared_on)))[-1]
    acts.record_check(
        ctx=demo.ctx("buyer"), project_id=foreign.id, item=last, passed=True, document="演查〔2026〕补01号", **scan
    )


def paper(title: str) -> bytes:
    """A one-page PDF, for scans that stand for paper."""
    text = f"({title.encode('utf-16-be').hex()})"
    return f"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\n% {text}\n%%EOF\n".encode()


def _screen(demo: Any) -> None:
    counts = Counter[str]()
    for project in demo.progress(list(demo.state["projects"].values()), "准入核查"):
        counts.update(acts.screen_project(ctx=demo.ctx(buyer(project.region)), project_id=project.id))
    words = {"pass": "通过", "waivable": "可豁免", "unknown": "待查", "fail": "不通过"}
    demo.say("准入核查：" + "，".join(f"{words[code]} {counts[code]:,} 套" for code in words))


def _worst(demo: Any, project: Project, **facts: Any) -> Unit:
    with demo.scope():
        return Unit.objects.filter(project=project, **facts).order_by("code")[0]


def _refusals(demo: Any) -> None:
    """What may not come in, and who may not let it in."""
    oversize, seized = of_kind(demo, "oversize"), of_kind(demo, "seized")
    large, locked = _worst(demo, oversize, gross_cm2__gt=1_200_000), _worst(demo, seized, seized=True)
    for what, project, unit in (("130 ㎡ 的配售房源入库", oversize, large), ("被查封的房源入库", seized, locked)):
        demo.expect_refusal(
            what,
            lambda p=project, u=unit: acts.admit_units(ctx=demo.ctx("buyer_head"), project_id=p.id, unit_ids=[u.id]),
        )
    demo.expect_refusal(
        "豁免 130 ㎡ 的配售房源",
        lambda: acts.waive(ctx=demo.ctx("office_head"), unit_id=large.id, rule="3.3-3-sale-area", reason="领导要求"),
    )
    demo.expect_refusal(
        "收购主体经办自己办理入库", lambda: acts.admit_units(ctx=demo.ctx("buyer"), project_id=oversize.id)
    )
    demo.expect_refusal(
        "开发企业在别家的项目上加房源",
        lambda: acts.take_units(ctx=demo.ctx("dev_2"), project_id=of_kind(demo, "A").id, rows=[{}]),
    )


def _other_tenure(demo: Any) -> None:
    """Homes for rent that are not mainly small: the whole project waits, so its homes are declared for sale instead."""
    project = of_kind(demo, "large_rent")
    demo.expect_refusal(
        f"{project.name}配租房源不以 70㎡ 为主",
        lambda: acts.admit_units(ctx=demo.ctx("buyer_head"), project_id=project.id),
    )
    with demo.scope():
        ids = list(Unit.objects.filter(project=project).order_by("id").values_list("id", flat=True))
    acts.change_tenure(ctx=demo.ctx("buyer"), project_id=project.id, unit_ids=ids, tenure="sale")
    counts = acts.screen_project(ctx=demo.ctx("buyer"), project_id=project.id, tenures=["rent"])
    demo.say(f"{project.name}改按配售申报，两种用途都重新核查：配售通过 {counts.get('pass', 0)} 套")


def _lifted(demo: Any) -> None:
    """A seizure lifted, by the registry's answer: the home is screened again."""
    project = of_kind(demo, "seized")
    unit = _worst(demo, project, seized=True)
    ctx = demo.ctx("buyer")
    acts.record_rights(
        ctx=ctx, project_id=project.id, unit_ids=[unit.id], reason="不动产登记查询回执（合成）", queried_on=ctx.today,
        rights={"seized": False}, file_name="查询回执.pdf", file_data=paper("查询回执（合成）"),
    )  # fmt: skip
    acts.screen_project(ctx=demo.ctx("buyer"), project_id=project.id)
    demo.say(f"{project.name} 1 套解除查封，重新核查")


def _waive(demo: Any) -> None:
    """原则上不超过 100㎡: the head of the office waives, with a reason, home by home in one act a project."""
    count = 0
    for project in demo.state["projects"].values():
        with demo.scope():
            fresh = Project.objects.get(id=project.id)
            ids = [unit_id for unit_id, outcome in reads.outcomes(fresh).items() if outcome == "waivable"]
        if ids:
            count += acts.waive_units(
                ctx=demo.ctx(office_head(project.region)), project_id=project.id, unit_ids=ids, rule=RENT_AREA,
                reason="多代同住家庭需要三居室，套数不足百分之三",
            )  # fmt: skip
    demo.say(f"专班负责人豁免「原则上不超过 100㎡」{count} 套，逐套留有理由")


def _admit(demo: Any) -> None:
    admitted, blocked = 0, 0
    for project in demo.progress(list(demo.state["projects"].values()), "入储备库"):
        who = demo.ctx(head(project.region))
        if of_kind(demo, "untitled").id == project.id or of_kind(demo, "unfinished").id == project.id:
            demo.expect_refusal(
                f"{project.name}入库", lambda p=project, c=who: acts.admit_units(ctx=c, project_id=p.id)
            )
            continue
        done = acts.admit_units(ctx=who, project_id=project.id)
        admitted, blocked = admitted + done["admitted"], blocked + done["blocked"]
    _refuse_failed(demo)
    demo.state["projects"] = _projects(demo)
    demo.say(f"入储备库 {admitted:,} 套；{blocked} 套不能入库，留在名单里并写明原因")


def _refuse_failed(demo: Any) -> None:
    """The oversized homes are put on record as not fit."""
    project = of_kind(demo, "oversize")
    with demo.scope():
        rows = Unit.objects.filter(project=project, state="declared", gross_cm2__gt=1_200_000).order_by("id")
        ids = list(rows.values_list("id", flat=True))
    acts.refuse_units(
        ctx=demo.ctx("buyer_head"), project_id=project.id, unit_ids=ids, reason="超出配售型 120㎡ 上限，又不适合配租"
    )
