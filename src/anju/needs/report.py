"""What the demand report says, as blocks of a paper: people, demand, how real it is; every number of the frozen snapshot or dated."""

from collections.abc import Mapping, Sequence
from typing import Any

from anju.base.papers import Block, clause, facts, heading, note, para, table
from anju.needs import dropouts, population, reads, shown
from anju.needs.models import DemandSnapshot

FULL, TOP, CELLS = 20, 12, 40


def blocks(snapshot: DemandSnapshot, county: str, names: Mapping[str, str], whose: str) -> list[Block]:
    """The report of a snapshot, for one county where it is named."""
    found = [c for c in reads.snapshot_cells(snapshot) if not county or c.county == county]
    lines = shown.real_lines(snapshot.facts, county)
    total = lines[-1]
    return [
        para(_summary(snapshot, found, lines, names, whose, county)),
        facts([
            ("数据日期", snapshot.taken_on), ("需求快照", snapshot.title), ("轮候家庭", f"{total.qualified:,} 户"),
            ("快照摘要（SHA-256）", snapshot.sha256), ("匿名明细摘要（SHA-256）", snapshot.rows_sha256 or "—"),
        ]),
        heading("一、人口现状"), *_people(snapshot, county),
        heading("二、需求"), *_demand(found, names, county),
        heading("三、需求的真实程度"), *_real(snapshot, lines, names, county),
        note("本报告由冻结的快照生成：同一快照任何时候生成的内容相同。问卷结果另列，不与轮候名单相加。不足 5 户的单元不列具体数。"),
    ]  # fmt: skip


def _summary(
    snapshot: DemandSnapshot,
    found: Sequence[Any],
    lines: Sequence[Any],
    names: Mapping[str, str],
    whose: str,
    county: str,
) -> str:
    total = lines[-1]
    if not total.qualified:
        return (
            f"截至 {snapshot.taken_on}，{whose}轮候库中没有家庭。没有需求也是结论：在有新的需求之前，不宜据此收购房源。"
        )
    top = next(iter(shown.sums(found, shown.kind_words)), "—")
    where = next(iter(shown.sums(found, lambda c: names.get(c.county, c.county))), "—")
    place = "" if county else f"第一意向最多的是{where}；"
    return (
        f"截至 {snapshot.taken_on}，{whose}轮候库共有 {total.qualified:,} 户。{place}最多的户型是{top}。按已知收入和当地比例，"
        f"能承受第一意向价格的 {total.able:,} 户，不能的 {total.unable:,} 户，收入或比例不明的 {total.unknown:,} 户。"
    )


def _people(snapshot: DemandSnapshot, county: str) -> list[Block]:
    wanted = ("density", "change", "urban", "migrants", "old", "size", "inflow")
    lines = [line for line in population.lines(snapshot.region) if not county or line.code in (county, snapshot.region)]
    header = ["区县", *(population.INDICATORS[code].title for code in wanted)]
    rows = [[line.name, *(line.values[code].shown for code in wanted)] for line in lines]
    years = sorted({year for line in lines for code in wanted for year in line.values[code].years})
    sources = "；".join(
        f"{year} 年：{source}" for year, source, _ in population.sources(snapshot.region) if year in years
    )
    return [
        table(header, rows, widths=[3] + [2] * len(wanted)), para(population.FORMULA),
        note(f"来源：{sources or '没有数字'}。“—”为没有公布，不估。地图没有审图号，不随报告印发。"),
    ]  # fmt: skip


def _demand(found: Sequence[Any], names: Mapping[str, str], county: str) -> list[Block]:
    if not found:
        return [para("没有意向。")]
    parts = []
    if not county:
        parts.append(_chart("各县（市、区）第一意向", shown.sums(found, lambda c: names.get(c.county, c.county))))
    parts.append(_chart("户型（前十二位）", dict(list(shown.sums(found, shown.kind_words).items())[:TOP])))
    for tenure, words in (("sale", "配售总价上限"), ("rent", "配租月租上限")):
        prices = shown.sums((c for c in found if c.tenure == tenure), lambda c: c.price_band_fen or 0)
        if prices:
            parts.append(_chart(words, {shown.price_words(tenure, fen): prices[fen] for fen in sorted(prices)}))
    most = sorted(found, key=lambda c: (-c.first_wishes, -c.households))[:CELLS]
    rows = [[*row[:6], shown.few(row[6]), shown.few(row[7])] for row in shown.table(most, names)]
    head = ["区县", "类别", "方式", "室", "面积段", "价格段", "家庭数", "第一意向"]
    parts.append(
        table(
            head, rows, title=f"需求单元（最多的 {len(rows)} 个，共 {len(found)} 个）", widths=[2, 4, 1, 1, 3, 3, 2, 2]
        )
    )
    parts.append(note("一户有几个意向的计入几个单元，家庭数不能相加；第一意向可以相加。"))
    return parts


def _chart(title: str, values: Mapping[str, int]) -> Block:
    """Bars of full blocks: a chart that prints the same everywhere and reads aloud as a table."""
    most = max(values.values(), default=0)
    rows = [
        [
            name,
            "" if shown.few(value).startswith("不足") else "■" * (FULL * value // most if most else 0),
            shown.few(value),
        ]
        for name, value in values.items()
    ]
    return table(["", "", "户"], rows, title=title, widths=[4, 6, 1])


def _real(snapshot: DemandSnapshot, lines: Sequence[Any], names: Mapping[str, str], county: str) -> list[Block]:
    rows = [
        [
            line.title,
            f"{line.qualified:,}",
            line.confirmed_words,
            f"{line.able:,}",
            f"{line.unable:,}",
            f"{line.unknown:,}",
        ]
        for line in lines
    ]
    parts = [table(["类别", "轮候中", "近期确认", "能承受", "不能承受", "不明"], rows, widths=[2, 2, 3, 2, 2, 2])]
    lost = shown.unserved(snapshot.facts, names, county)
    if lost:
        body = [[place, why, article, shown.few(wishes)] for place, why, article, wishes in lost]
        parts.append(table(["区县", "没有房源能满足的原因", "条款", "意向"], body, widths=[2, 6, 2, 2]))
    unasked = snapshot.facts.get("unasked", [])
    if unasked:
        parts.append(para(f"没有核对：{'、'.join(unasked)}（当地尚未设定）。"))
    found = shown.rates(snapshot.facts)
    if found:
        body = [[name, stage, str(rate.settled), str(rate.dropped), rate.words] for name, stage, rate in found]
        parts.append(table(["类别", "环节", "已有结果", "放弃", "放弃率（95% 区间）"], body, widths=[2, 3, 2, 2, 4]))
    else:
        parts.append(clause("放弃率", dropouts.NO_HISTORY + "：还没有选房、签约的结果可供计算，不借用外地数字。"))
    moved = shown.months(snapshot.facts)
    if moved and not county:
        body = [[m["month"], str(m["came"]), str(m["went"]), f"{m['left']:,}"] for m in moved]
        parts.append(table(["月份", "进入", "离开", "月末在库"], body, title="轮候家庭逐月变化"))
    return parts
