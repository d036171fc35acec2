"""Stage five of the demonstration: costs and appraisals come in, ceilings are proposed and confirmed by two people, prices are set."""

from dataclasses import replace
from typing import Any

from anju.front.demo import buildings
from anju.front.demo.buildings import CITY, Plan
from anju.front.demo.reserve import buyer, head, of_kind, paper, write
from anju.pricing import acts, reads
from anju.reserve import reads as stock
from anju.reserve.models import Project, Unit

# Every ninth project of the reserve from the twelfth on stays without a ceiling: a plan then says what waits for one.
UNPRICED_FROM, UNPRICED_STEP = 12, 9
RENT, MARKET_RENT = 800, 1_000  # fen a ㎡ and month
SALE_OVER_CEILING = 108  # per cent: what families pay, over the ceiling
# 合成 floor coefficients: lower and top floors a little cheaper
FLOORS = {"1": 970, "2": 985}


def priced(demo: Any) -> list[Plan]:
    """The projects that are priced: those in the reserve but a few of the counties'."""
    inside = [p for p in demo.state["stock"] if demo.state["projects"][p.number].state != "declared"]
    return [p for p in inside if p not in inside[UNPRICED_FROM::UNPRICED_STEP]]


def files(demo: Any) -> None:
    """Cost sheets and appraisals of each managing region, some lines bad on purpose."""
    today = demo.ctx("buyer").today
    bodies = demo.state["organisations"]
    plans = priced(demo)
    for region in buildings.PROJECTS:
        mine = [p for p in plans if p.region == region]
        costs = [cost_row(p) for p in mine]
        reports = [appraisal_row(p, bodies[agency(p)].uscc, today) for p in mine]
        if region == CITY:
            costs += bad_costs(demo)
            reports.append({**reports[0], "number": "演估〔2026〕错01号", "total_fen": "1.00"})
        write(demo, "cost_sheets", f"成本表-{region}.xlsx", costs)
        write(demo, "appraisals", f"估价报告表-{region}.xlsx", reports)


def bad_costs(demo: Any) -> list[dict[str, Any]]:
    """Lines that must stay out: a land cost that is the 出让 price, a profit of 6 %, a project nobody declared."""
    by_kind = {p.kind: p for p in demo.state["stock"]}
    land, profit = cost_row(by_kind["untitled"]), cost_row(by_kind["unfinished"])
    six = (by_kind["unfinished"].land + by_kind["unfinished"].construction) * by_kind["unfinished"].area_cm2 // 10_000
    return [
        {**land, "transfer_land_fen": land["land_fen"], "document": "企业自报"},
        {**profit, "profit_fen": buildings.wan(six * 6 // 100)}, {**profit, "project": "231200-99"},
    ]  # fmt: skip


def agency(plan: Plan) -> str:
    """Which agency appraises: the city's projects the first, the counties' the second."""
    return "appraiser_1" if plan.region == CITY else "appraiser_2"


def cost_row(plan: Plan) -> dict[str, Any]:
    """A line of the cost sheet."""
    area = plan.area_cm2

    def total(fen_m2: int) -> int:
        return fen_m2 * area // 10_000

    land, construction = total(plan.land), total(plan.construction)
    return {
        "project": plan.number, "land_fen": buildings.wan(land), "transfer_land_fen": buildings.wan(total(plan.land * 6)),
        "construction_fen": buildings.wan(construction), "profit_fen": buildings.wan((land + construction) * 5 // 100),
        "gross_cm2": buildings.square(area // 100), "document": f"演资规函〔2026〕{plan.at:03d}号",
    }  # fmt: skip


def appraisal_row(plan: Plan, uscc: str, today: Any) -> dict[str, Any]:
    """A line of the appraisal sheet."""
    area = plan.area_cm2
    return {
        "project": plan.number, "uscc": uscc, "number": f"演估〔2026〕{plan.at:03d}号", "appraiser": "估价师（演示）",
        "appraiser_number": f"23202600{plan.at:02d}", "value_date": today, "price_fen_m2": buildings.square(plan.appraised),
        "total_fen": buildings.square(plan.appraised * area // 10_000), "gross_cm2": buildings.square(area // 100),
    }  # fmt: skip


def run(demo: Any) -> None:
    """Commission, figures asked and given, files in, ceilings by two people, price lists."""
    _commission(demo)
    _ask(demo)
    for region in demo.progress(list(buildings.PROJECTS), "导入成本表、估价报告"):
        demo.import_file("cost_sheets", demo.folder / f"成本表-{region}.xlsx", buyer(region))
        # The city's agency enters its own reports; a county's clerk enters those it received.
        demo.import_file(
            "appraisals", demo.folder / f"估价报告表-{region}.xlsx", "appraiser_1" if region == CITY else buyer(region)
        )
    _ceilings(demo)
    _told(demo)
    _lists(demo)
    _refresh(demo)


def _commission(demo: Any) -> None:
    bodies = demo.state["organisations"]
    first = demo.state["A"]["project"]
    demo.expect_refusal(
        "委托资质已到期的估价机构",
        lambda: acts.commission_appraisal(
            ctx=demo.ctx("buyer"), project_id=first.id, agency_id=bodies["appraiser_expired"].pk
        ),
    )
    for plan in demo.progress(priced(demo), "委托估价"):
        project = demo.state["projects"][plan.number]
        acts.commission_appraisal(
            ctx=demo.ctx(buyer(plan.region)), project_id=project.id, agency_id=bodies[agency(plan)].pk
        )


def _ask(demo: Any) -> None:
    """3.4-2: the department supplies what the appraisal needs."""
    project = demo.state["A"]["project"]
    row = acts.request_data(ctx=demo.ctx("buyer"), project_id=project.id, asked_of="land", what="划拨土地成本")
    acts.answer_data(
        ctx=demo.ctx("dept_zr"), request_id=row.id, answer="划拨土地成本每平方米 90 元（合成）", file_name="复函.pdf",
        file_data=paper("划拨土地成本复函（合成）"),
    )  # fmt: skip
    demo.say("自然资源局按办件提供划拨土地成本，估价所需资料留有时间和文号")


def _ceilings(demo: Any) -> None:
    first = demo.state["A"]["project"]
    rows = []
    for plan in demo.progress(priced(demo), "测算并确认收购价上限"):
        project = demo.state["projects"][plan.number]
        row = acts.propose_ceiling(ctx=demo.ctx(buyer(plan.region)), project_id=project.id)
        if project.id == first.id:
            demo.expect_refusal(
                "测算的人自己确认收购价上限",
                lambda r=row: acts.confirm_ceiling(
                    ctx=replace(demo.ctx("buyer_head"), account=r.maker), ceiling_id=r.id
                ),
            )
        rows.append(acts.confirm_ceiling(ctx=demo.ctx(head(plan.region)), ceiling_id=row.id))
    bound = sum(row.binding == "appraisal" for row in rows)
    demo.say(f"确认收购价上限 {len(rows)} 项：{len(rows) - bound} 项以成本加利润为限，{bound} 项以评估价为限")
    trial = acts.propose_ceiling(ctx=demo.ctx("buyer"), project_id=first.id, trial=True, what_if={"profit_fen": 0})
    demo.expect_refusal(
        "把试算确认为上限", lambda: acts.confirm_ceiling(ctx=demo.ctx("buyer_head"), ceiling_id=trial.id)
    )


def _told(demo: Any) -> None:
    """The seller that asks more than the appraisal: told to the reserve, said with its clause."""
    project = of_kind(demo, "over_asked")
    with demo.scope():
        fresh = Project.objects.get(id=project.id)
        price, lines = stock.fits_of(fresh)[0], reads.lines(fresh, demo.ctx("buyer").today)
    if price.outcome.value != "fail":
        raise AssertionError(f"{project.name} 的报价应高于上限")
    over = (lines.asked_fen_m2 or 0) - (lines.ceiling_fen_m2 or 0)
    demo.refused(f"{project.name}报价高于评估价", f"{price.sentence}（高出 {over / 100:.2f} 元/㎡）", price.clause)


def _lists(demo: Any) -> None:
    """Sale prices from one base price; the city's rents by file, one of them too high and then mended."""
    count, rents, last = 0, [], None
    for plan in priced(demo):
        project = demo.state["projects"][plan.number]
        with demo.scope():
            homes = list(Unit.objects.filter(project=project, state="reserved").order_by("code"))
            held = reads.ceiling_in_force(project, demo.ctx("buyer").today)
        if any(u.tenure == "sale" for u in homes) and held:
            count += acts.set_price_list(
                ctx=demo.ctx(buyer(plan.region)), project_id=project.id, coefficients=FLOORS,
                base_fen_m2=held.ceiling_fen_m2 * SALE_OVER_CEILING // 100,
            )  # fmt: skip
        if plan.kind == "C":
            rents, last = [rent_row(plan, u) for u in homes], homes[-1]
    good = rents[-1]
    rents[-1] = {**good, "amount_fen": good["market_fen"]}
    load = demo.import_file("unit_prices", write(demo, "unit_prices", "租金表-231200.xlsx", rents), "buyer")
    if last is not None:
        price = {
            "unit_id": last.id,
            "amount_fen": RENT * last.gross_cm2 // 10_000,
            "market_fen": MARKET_RENT * last.gross_cm2 // 10_000,
        }
        acts.set_unit_prices(ctx=demo.ctx("buyer"), project_id=last.project_id, prices=[price])
    demo.say(
        f"一房一价：配售 {count:,} 套按基准价和楼层系数分摊，合计分毫不差；配租 {load.good + 1:,} 套租金不超过市场的九成"
    )


def rent_row(plan: Plan, unit: Unit) -> dict[str, Any]:
    """A line of the rent list."""
    return {
        "project": plan.number, "code": unit.code, "tenure": "配租", "amount_fen": buildings.square(RENT * unit.gross_cm2 // 10_000),
        "market_fen": buildings.square(MARKET_RENT * unit.gross_cm2 // 10_000),
    }  # fmt: skip


def _refresh(demo: Any) -> None:
    """The rows as they stand now, for the stages that follow."""
    with demo.scope():
        rows = Project.objects.select_related("developer").order_by("number")
        demo.state["projects"] = {p.number: p for p in rows}
    for kind in ("A", "B", "C"):
        demo.state[kind]["project"] = of_kind(demo, kind)
        with demo.scope():
            demo.state[kind]["ceiling"] = reads.ceiling_in_force(demo.state[kind]["project"], demo.ctx("buyer").today)
