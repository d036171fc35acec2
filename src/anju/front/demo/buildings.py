"""Made-up stock (合成): forty projects of realistic shape over the counties; names, addresses, codes and prices are nobody's.

Areas and rooms follow what households of the demonstration wish, so that a plan has something to buy; some homes are bad on purpose.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

CITY, CITY_PROPER = "231200", "231202"
HOMES = 12_000
# Managing region → how many projects: the city buys in 北林区, every county in itself.
PROJECTS = {
    CITY: 10, "231282": 6, "231283": 5, "231281": 4, "231221": 3, "231222": 3, "231223": 3, "231224": 2, "231225": 2, "231226": 2,
}  # fmt: skip
FIRST_NAMES = ("云杉", "白桦", "沃野", "稻香", "寒地", "黑土", "松嫩", "呼兰河", "丁香", "北大仓")
LAST_NAMES = ("雅苑", "嘉园", "里", "华庭")
ROADS = ("康庄", "拓荒", "建设", "北辰", "兴融", "祥和", "文澜", "站前")
# 合成 flat types: rooms, least and most ㎡ (the wishes' own bands), how often
SALE_TYPES = (
    (2, 7_050, 7_990, 20),
    (2, 8_050, 8_990, 32),
    (3, 9_050, 9_990, 26),
    (3, 10_050, 10_990, 14),
    (3, 11_050, 11_990, 8),
)
RENT_TYPES = ((1, 4_050, 4_990, 30), (1, 5_050, 5_990, 26), (2, 6_050, 6_990, 34), (2, 7_050, 7_790, 10))
LARGE_RENT = ((2, 7_150, 7_990, 70), (1, 5_050, 5_990, 30))  # fails 以 70㎡ 为主
SHAPES = (
    (6, 3, 2),
    (6, 4, 2),
    (7, 3, 2),
    (11, 2, 3),
    (11, 2, 4),
    (17, 2, 4),
    (18, 1, 6),
    (18, 2, 4),
)  # floors, stairwells, homes a floor


@dataclass
class Plan:
    """One project as it will be written into the files; money in fen a ㎡."""

    at: int
    number: str
    name: str
    region: str
    stands_in: str
    developer: int
    homes: int
    tenure: str
    completed: bool
    mortgaged: bool
    land: int
    construction: int
    appraised: int
    asked: int
    debt: int
    kind: str = ""
    units: list[dict[str, Any]] = field(default_factory=list)
    spaces: list[dict[str, Any]] = field(default_factory=list)

    @property
    def area_cm2(self) -> int:
        """The gross area of all homes."""
        return sum(u["hundredths"] * 100 for u in self.units)

    @property
    def profit(self) -> int:
        """5 % of land and construction, cut: never above the limit."""
        return (self.land + self.construction) * 5 // 100


def plans(rng: random.Random) -> list[Plan]:
    """The forty projects with their homes, 12,000 in all."""
    found, at = [], 0
    for region, count in PROJECTS.items():
        for order in range(count):
            at += 1
            found.append(_plan(rng, at, region, order))
    _special(found)
    spread = [p for p in found if not p.homes]
    weights = [rng.randint(70, 130) for _ in spread]
    left = HOMES - sum(p.homes for p in found)
    for plan, weight in zip(spread, weights, strict=True):
        plan.homes = left * weight // sum(weights)
    spread[-1].homes += left - sum(p.homes for p in spread)
    for plan in found:
        plan.units = list(_homes(rng, plan))
        plan.spaces = list(_spaces(rng, plan))
    return found


def _plan(rng: random.Random, at: int, region: str, order: int) -> Plan:
    land, construction = rng.randint(9_000, 22_000), rng.randint(228_000, 262_000)
    cost = (land + construction) * 105 // 100
    appraised = cost * rng.randint(94, 110) // 100
    name = FIRST_NAMES[at % len(FIRST_NAMES)] + LAST_NAMES[at // len(FIRST_NAMES) % len(LAST_NAMES)]
    return Plan(
        at=at, number=f"{region}-{order + 1:02d}", name=name, region=region, stands_in=CITY_PROPER if region == CITY else region,
        developer=1 + at % 8, homes=0, tenure=("sale", "sale", "rent", "mixed")[at % 4], completed=True,
        mortgaged=rng.random() < 0.35, land=land, construction=construction, appraised=appraised,
        asked=min(cost, appraised) * rng.randint(93, 100) // 100, debt=rng.randint(180_000, 300_000),
    )  # fmt: skip


def _special(found: Sequence[Plan]) -> None:
    """Three batches of the city, cheap and of the wished kind; and one project for each thing that goes wrong."""
    batches = (("A", 60, "sale", "枫林雅苑"), ("B", 50, "sale", "槐荫嘉园"), ("C", 40, "rent", "青年里"))
    for plan, (kind, homes, tenure, name) in zip(found, batches, strict=False):
        plan.kind, plan.homes, plan.tenure, plan.name, plan.developer = kind, homes, tenure, name, 1
        plan.land, plan.construction, plan.appraised, plan.asked = 9_000, 230_000, 262_000, 246_000
        plan.debt, plan.mortgaged = 210_000, False
    for plan, kind, tenure in zip(
        found[3:], ("oversize", "seized", "foreign", "large_rent", "over_asked", "untitled", "unfinished"),
        ("sale", "mixed", "rent", "rent", "sale", "sale", "mixed"), strict=False,
    ):  # fmt: skip
        plan.kind, plan.tenure = kind, tenure
    for plan in found:
        if plan.kind == "over_asked":
            plan.asked = plan.appraised * 108 // 100
        if plan.kind == "unfinished":
            plan.completed = False


def _homes(rng: random.Random, plan: Plan) -> Iterator[dict[str, Any]]:
    """Homes building by building, floor by floor, until there are as many as the project has."""
    count, building = 0, 0
    while count < plan.homes:
        building += 1
        tenure = plan.tenure if plan.tenure != "mixed" else ("rent" if building % 3 == 0 else "sale")
        floors, wells, a_floor = _shape(rng, plan)
        flats = [_flat(rng, plan, tenure) for _ in range(wells * a_floor)]
        homes = [
            _home(plan, building, floors, wells, floor, at, flats[at], a_floor, tenure)
            for floor in range(1, floors + 1)
            for at in range(wells * a_floor)
        ]
        for home in homes[: plan.homes - count]:
            count += 1
            yield _spoilt(rng, plan, home, count)


def _shape(rng: random.Random, plan: Plan) -> tuple[int, int, int]:
    return {"A": (15, 2, 2), "B": (10, 1, 5), "C": (10, 2, 2)}.get(plan.kind) or rng.choice(SHAPES)


def _flat(rng: random.Random, plan: Plan, tenure: str) -> tuple[int, int, str]:
    """A flat type: rooms, hundredths of a ㎡, where it looks."""
    types: Sequence[tuple[int, int, int, int]] = SALE_TYPES if tenure == "sale" else RENT_TYPES
    if plan.kind == "large_rent":
        types = LARGE_RENT
    elif plan.kind in ("A", "B"):
        types = SALE_TYPES[:3]
    elif plan.kind == "C":
        types = RENT_TYPES[:3]
    rooms, least, most, _ = rng.choices(types, [t[3] for t in types])[0]
    return rooms, rng.randint(least, most), rng.choice(("南北", "南", "东南", "西南"))


def _home(
    plan: Plan, building: int, floors: int, wells: int, floor: int, at: int, flat: tuple[int, int, str], a_floor: int, tenure: str
) -> dict[str, Any]:  # fmt: skip
    rooms, hundredths, looks = flat
    return {
        "building": str(building), "floors": floors, "stairwells": wells, "lift": floors > 7, "stairwell": 1 + at // a_floor,
        "floor": floor, "room": f"{floor}{at + 1:02d}", "rooms": rooms, "hundredths": hundredths, "orientation": looks,
        "tenure": tenure, "code": code(plan, building, floor * 100 + at + 1), "use": "成套住宅", "asked": plan.asked,
        "mortgaged": plan.mortgaged, "seized": False, "objected": False, "occupied": False,
        "release_plan": "收购款受托支付，先行解押" if plan.mortgaged else "",
    }  # fmt: skip


def _spoilt(rng: random.Random, plan: Plan, home: dict[str, Any], count: int) -> dict[str, Any]:
    """Bad on purpose, a few in each of the projects that are for it."""
    if plan.kind == "oversize" and count <= 6:
        home |= {"hundredths": 13_000 + count * 7, "rooms": 4}
    elif plan.kind == "seized" and count <= 5:
        home |= {"seized": True}
    elif plan.kind == "foreign" and count <= 4:
        home |= {"seized": None}
    elif plan.tenure == "rent" and plan.kind == "" and count % 40 == 0:
        home |= {"hundredths": 10_001 + rng.randint(0, 400), "rooms": 3}
    elif plan.mortgaged and plan.kind == "" and count % 90 == 0:
        home |= {"release_plan": ""}
    return home


def _spaces(rng: random.Random, plan: Plan) -> Iterator[dict[str, Any]]:
    """Parking places and a shop or two under the first building: in the unit table, never homes."""
    first = plan.units[0]
    shape = {name: first[name] for name in ("building", "floors", "stairwells", "lift")}
    for at in range(1, 6):
        use, size = ("车位", 1_320) if at < 5 else ("商服", rng.randint(4_000, 9_000))
        yield {**shape, "use": use, "room": f"B{at:02d}", "hundredths": size, "code": code(plan, 1, 9_000 + at)}


def code(plan: Plan, building: int, unit: int, county: str = "") -> str:
    """A 28-character unit code (GB/T 37346) on a parcel that is nobody's."""
    return f"{county or plan.stands_in}909009GB{plan.at:05d}F{building:04d}{unit:04d}"


def square(hundredths: int) -> str:
    """Hundredths of a ㎡ as the sheet has it."""
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def wan(fen: int) -> str:
    """Fen as 万元, exactly."""
    return f"{Decimal(fen) / 1_000_000:f}"


def project_row(
    plan: Plan, uscc: str, point: Mapping[str, Any] | None, rng: random.Random, today: date
) -> dict[str, Any]:
    """A line of the project sheet."""
    built = today - timedelta(days=rng.randint(200, 900))
    where = {}
    if point:
        where = {k: f"{point[k] + Decimal(rng.randint(-1500, 1500)) / 100_000:.5f}" for k in ("longitude", "latitude")}
    done = (
        {"completion_record": f"演竣备〔{built.year}〕{plan.at:03d}号", "completed_on": built} if plan.completed else {}
    )
    return {
        "number": plan.number, "name": plan.name, "uscc": uscc, "county": plan.stands_in,
        "address": f"{rng.choice(ROADS)}路（演示）{rng.randint(1, 200)} 号", "debt_fen": wan(plan.debt * plan.area_cm2 // 10_000),
        **done, **where,
    }  # fmt: skip


def unit_row(plan: Plan, home: Mapping[str, Any]) -> dict[str, Any]:
    """A line of the unit table."""
    gross, words = home["hundredths"], {True: "是", False: "否", None: ""}
    tenure = {"sale": "配售", "rent": "配租"}.get(home.get("tenure", ""), "")
    row = {
        "project": plan.number, **{k: home.get(k) for k in ("code", "building", "floors", "stairwells", "stairwell", "floor", "room")},
        "use": home["use"], "rooms": home.get("rooms"), "gross_cm2": square(gross), "lift": words[home["lift"]],
    }  # fmt: skip
    if not tenure:
        return row
    return {
        **row, "inner_cm2": square(gross * 79 // 100), "orientation": home["orientation"], "tenure": tenure,
        "asked_fen_m2": square(home["asked"]), "release_plan": home["release_plan"],
        **{name: words[home[name]] for name in ("mortgaged", "seized", "objected", "occupied")},
    }  # fmt: skip
