"""The sheet of population figures (人口统计数据表): one figure a row, with year and source; a second person accepts it."""

from decimal import Decimal, InvalidOperation
from typing import Any

from anju.base.acts import ActContext
from anju.base.regions import city_of
from anju.base.sheets import Column, Problem, Row, SheetKind, register_kind
from anju.needs import reads
from anju.needs.acts import population as acts
from anju.needs.population import FIGURES

CLAUSE, FIRST_YEAR, LARGEST = "3.2-1", 1949, Decimal(10) ** 12
TITLES = {f"{title}（{unit}）": name for name, (title, unit) in FIGURES.items()}
COLUMNS = (
    Column("区划代码", "area", "code", True, note="六位；全市填市代码", clause=CLAUSE, longest=6),
    Column("年份", "year", "int", True, note="数字所属的年份，不是公布的年份", clause=CLAUSE),
    Column("指标", "name", "choice", True, choices=TITLES, clause=CLAUSE),
    Column("数值", "value", "text", True, note="最多两位小数；没有公布的不要填", clause=CLAUSE, longest=20),
    Column("来源", "source", "text", True, note="如：2025 年县统计公报", clause=CLAUSE, longest=120),
    Column("修订", "revised", "bool", note="替换同年已有的数值时填 是", clause=CLAUSE),
)


def _value(text: str) -> Decimal | None:
    try:
        found = Decimal(text.replace(",", "").replace("，", ""))
    except InvalidOperation:
        return None
    fine = found.is_finite() and 0 <= found < LARGEST and found == found.quantize(Decimal("0.01"))
    return found if fine else None


def check(ctx: ActContext, rows: list[Row]) -> list[Problem]:
    """Areas of this city, years that have been, values that are numbers, one figure once."""
    city = city_of(ctx.region)
    areas, seen, problems = {*reads.counties(ctx.region), ctx.region}, {}, []  # type: ignore[var-annotated]
    for row in rows:
        key = (row["area"], row["year"], row["name"])
        if row["area"] not in areas:
            problems.append(
                Problem(row.number, "区划代码", row["area"], f"应为本区划或所辖县的六位代码（{city[:4]}…）", CLAUSE)
            )
        if not FIRST_YEAR <= row["year"] <= ctx.today.year:
            why = f"年份应在 {FIRST_YEAR} 至 {ctx.today.year} 之间"
            problems.append(Problem(row.number, "年份", str(row["year"]), why, CLAUSE))
        if _value(row["value"]) is None:
            problems.append(Problem(row.number, "数值", row["value"], "应为不小于 0、最多两位小数的数字", CLAUSE))
        if key in seen:
            problems.append(Problem(row.number, "指标", "", f"与第 {seen[key]} 行同一区划、年份和指标", CLAUSE))
        seen.setdefault(key, row.number)
    return problems


def take(ctx: ActContext, rows: list[Row], load: Any) -> list[tuple[int, str]]:
    """One chunk is one act."""
    figures = []
    for row in rows:
        value = _value(row["value"])
        assert value is not None  # checked
        figures.append(
            acts.Figure(
                row.number, row["area"], row["year"], row["name"], value, row["source"], bool(row.get("revised"))
            )
        )
    return [(number, why) for number, why in acts.take_figures(ctx=ctx, figures=figures)["refused"]]


FIGURES_KIND = register_kind(
    SheetKind(
        name="population", title="人口统计数据表", power="needs.import_figures", columns=COLUMNS, check=check, take=take,
        second_person=True, key=("area", "year", "name", "value"), clause=CLAUSE,
        note="一行一个数字，写明年份和来源；由另一人收下。没有公布的数字不要估。",
    )
)  # fmt: skip
