"""People (3.2.1): what published figures say of each county, with year and source; what is not published stays unknown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from anju.base.regions import city_of
from anju.needs import reads
from anju.parties.models import CensusFigure

# Name of a figure → its title and unit: what a file of figures may bring.
FIGURES: dict[str, tuple[str, str]] = {
    "pop": ("常住人口", "人"), "urban": ("城镇人口", "人"), "rural": ("乡村人口", "人"), "households": ("家庭户数", "户"),
    "hh_pop": ("家庭户人口", "人"), "hukou_pop": ("户籍人口", "人"), "single_hh": ("一人户数", "户"),
    "age0_14_pct": ("0—14 岁占比", "%"), "age15_64_pct": ("15—64 岁占比", "%"), "age65_pct": ("65 岁以上占比", "%"),
    "age20_34": ("20—34 岁人口", "人"), "in_county_migrants": ("县内流动人口", "人"),
    "in_prov_migrants": ("省内跨县流入人口", "人"), "out_prov_migrants": ("省外流入人口", "人"), "area_km2": ("行政区域面积", "平方公里"),
}  # fmt: skip
FORMULA = (
    "流入指数 =（A + B）÷ 2。A = 100 ×（县跨县流入人口 ÷ 市跨县流入人口）÷（县常住人口 ÷ 市常住人口）；"
    "B = 100 ×（县常住人口占全市比重，末期 ÷ 初期）。跨县流入人口 = 省内跨县流入 + 省外流入，市合计按有数的各县相加。"
    "100 为全市平均，高于 100 的是市内相对流入的区域。"
)


@dataclass(frozen=True)
class Value:
    """One figure of one county: ``number`` in the unit's smallest part (None unknown), in words, the years, what is missing."""

    number: int | None
    shown: str
    years: tuple[int, ...] = ()
    missing: str = ""


@dataclass(frozen=True)
class Indicator:
    """One thing said of every county."""

    code: str
    title: str
    unit: str
    how: str
    of: Callable[["Facts"], Value]


class Facts:
    """A county's figures by name and year, with the city's sums for what compares counties."""

    def __init__(self, rows: Mapping[tuple[str, int], int], city: "Facts | None" = None) -> None:
        self.rows, self.city = rows, city

    def latest(self, name: str) -> tuple[int, int] | None:
        """(year, hundredths of the unit) of the newest figure."""
        years = sorted((year for known, year in self.rows if known == name), reverse=True)
        return (years[0], self.rows[name, years[0]]) if years else None

    def before(self, name: str) -> tuple[int, int] | None:
        """The newest but one."""
        years = sorted((year for known, year in self.rows if known == name), reverse=True)
        return (years[1], self.rows[name, years[1]]) if len(years) > 1 else None

    def at(self, name: str, year: int) -> int | None:
        """Hundredths of the unit, in a year."""
        return self.rows.get((name, year))


def _unknown(*names: str) -> Value:
    return Value(None, "—", (), "缺" + "、".join(FIGURES[name][0] for name in names))


def _tenths(number: int) -> str:
    sign = "-" if number < 0 else ""
    return f"{sign}{abs(number) // 10:,}.{abs(number) % 10}"


def round_ratio(part: int, whole: int) -> int:
    """``part ÷ whole`` to the nearest integer, halves away from zero."""
    sign = -1 if (part < 0) != (whole < 0) else 1
    return sign * ((2 * abs(part) + abs(whole)) // (2 * abs(whole)))


def _density(facts: Facts) -> Value:
    people, area = facts.latest("pop"), facts.latest("area_km2")
    if people is None or area is None or area[1] == 0:
        return _unknown(*([] if people else ["pop"]), *([] if area else ["area_km2"]))
    number = round_ratio(10 * people[1], area[1])
    return Value(number, _tenths(number), (people[0],))


def _change(facts: Facts) -> Value:
    new, old = facts.latest("pop"), facts.before("pop")
    if new is None or old is None or old[1] == 0:
        return Value(None, "—", (), "缺两个年份的常住人口")
    number = round_ratio(1000 * (new[1] - old[1]), old[1])
    return Value(number, f"{'+' if number > 0 else ''}{_tenths(number)}%", (old[0], new[0]))


def _part(name: str, *more: str) -> Callable[[Facts], Value]:
    def of(facts: Facts) -> Value:
        first = facts.latest(name)
        parts = [facts.at(one, first[0]) for one in (name, *more)] if first else []
        whole = facts.at("pop", first[0]) if first else None
        if first is None or not whole or any(part is None for part in parts):
            return _unknown(name, *more, "pop")
        number = round_ratio(1000 * sum(part or 0 for part in parts), whole)
        return Value(number, f"{_tenths(number)}%", (first[0],))

    return of


def _percent(name: str) -> Callable[[Facts], Value]:
    def of(facts: Facts) -> Value:
        found = facts.latest(name)
        if found is None:
            return _unknown(name)
        number = round_ratio(found[1], 10)
        return Value(number, f"{_tenths(number)}%", (found[0],))

    return of


def _size(facts: Facts) -> Value:
    homes = facts.latest("households")
    people = facts.at("hh_pop", homes[0]) if homes else None
    if homes is None or people is None or homes[1] == 0:
        return _unknown("households", "hh_pop")
    number = round_ratio(100 * people, homes[1])
    return Value(number, f"{number // 100}.{number % 100:02d}", (homes[0],))


def _inflow(facts: Facts) -> Value:
    """The index in tenths; every input of one year, the older share of the year before it."""
    city, new, old = facts.city, facts.latest("pop"), facts.before("pop")
    year = (facts.latest("in_prov_migrants") or (0, 0))[0]
    moved, people = _moved(facts, year), facts.at("pop", year)
    if city is None or new is None or old is None or moved is None or not people:
        return _unknown("pop", "in_prov_migrants", "out_prov_migrants")
    all_moved, all_people = _moved(city, year), city.at("pop", year)
    all_new, all_old = city.at("pop", new[0]), city.at("pop", old[0])
    if not (all_moved and all_people and all_new and all_old and old[1]):
        return Value(None, "—", (), "其他县缺同年数字，不能比较")
    attracts = round_ratio(1000 * moved * all_people, all_moved * people)
    grew = round_ratio(1000 * new[1] * all_old, all_new * old[1])
    number = round_ratio(attracts + grew, 2)
    return Value(number, _tenths(number), tuple(sorted({year, old[0], new[0]})))


def _moved(facts: Facts, year: int) -> int | None:
    inside, outside = facts.at("in_prov_migrants", year), facts.at("out_prov_migrants", year)
    return None if inside is None or outside is None else inside + outside


INDICATORS: dict[str, Indicator] = {
    one.code: one
    for one in (
        Indicator("inflow", "流入指数", "", FORMULA, _inflow),
        Indicator("density", "人口密度", "人/平方公里", "常住人口 ÷ 行政区域面积", _density),
        Indicator("change", "两次数据间人口变化", "", "（末期常住人口 − 初期）÷ 初期", _change),
        Indicator("urban", "城镇化率", "", "城镇人口 ÷ 常住人口", _part("urban")),
        Indicator("migrants", "跨县流入人口占比", "", "（省内跨县 + 省外流入）÷ 常住人口", _part("in_prov_migrants", "out_prov_migrants")),
        Indicator("young", "20—34 岁占比", "", "20—34 岁人口 ÷ 常住人口", _part("age20_34")),
        Indicator("old", "65 岁以上占比", "", "按公布的百分比", _percent("age65_pct")),
        Indicator("size", "户均人数", "人", "家庭户人口 ÷ 家庭户数", _size),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A county's row: every indicator in order."""

    code: str
    name: str
    values: dict[str, Value]

    @property
    def cells(self) -> list[Value]:
        """The values in the order of ``INDICATORS``."""
        return list(self.values.values())


def lines(region: str) -> list[Line]:
    """Every county of the region's city with every indicator; the city's own published figures last, where there are any."""
    city = city_of(region)
    names = reads.counties(city)
    rows = _figures([*names, city])
    whole = Facts(_sums([rows[code] for code in names]))
    found = [Line(code, name, _values(Facts(rows[code], whole))) for code, name in names.items()]
    if rows[city]:
        found.append(Line(city, "全市", _values(Facts(rows[city]))))
    return found


def _values(facts: Facts) -> dict[str, Value]:
    return {code: one.of(facts) for code, one in INDICATORS.items()}


def _figures(areas: list[str]) -> dict[str, dict[tuple[str, int], int]]:
    """By area: (name, year) → hundredths of the unit."""
    found: dict[str, dict[tuple[str, int], int]] = {area: {} for area in areas}
    rows = CensusFigure.objects.filter(area__in=areas, name__in=FIGURES).order_by("area", "name", "year")
    for area, name, year, value in rows.values_list("area", "name", "year", "value"):
        found[area][name, year] = int(value * 100)
    return found


def _sums(counties: list[dict[tuple[str, int], int]]) -> dict[tuple[str, int], int]:
    """Sums over the counties, of what every one of them has: a sum with a hole would make the others look larger."""
    if not counties:
        return {}
    keys = set(counties[0]).intersection(*counties[1:])
    return {key: sum(one[key] for one in counties) for key in keys}


def sources(region: str) -> list[tuple[int, str, int]]:
    """(year, source, how many figures) that the page stands on, newest first."""
    city = city_of(region)
    rows = CensusFigure.objects.filter(area__in=[city, *reads.counties(city)], name__in=FIGURES)
    counted: dict[tuple[int, str], int] = {}
    for year, source in rows.order_by("-year", "source").values_list("year", "source"):
        counted[year, source] = counted.get((year, source), 0) + 1
    return [(year, source, count) for (year, source), count in counted.items()]
