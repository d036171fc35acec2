"""Made-up households (合成), calibrated on the census: sizes and ages by county; numbers and phones that are nobody's.

ID numbers carry a right check digit and an order code from 900 on; phones lie in 199 000x xxxx. Names are drawn from common characters.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from stdnum.cn import ric

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国志文海春雪冬梅晓东宇欣怡浩然子涵梓轩"
AGE_GROUPS = (
    (20, 24, "20到24岁"), (25, 29, "25到29岁"), (30, 34, "30到34岁"), (35, 39, "35到39岁"), (40, 44, "40到44岁"),
    (45, 49, "45到49岁"), (50, 54, "50到54岁"), (55, 59, "55到59岁"), (60, 64, "60到64岁"), (65, 69, "65到69岁"),
    (70, 74, "70到74岁"),
)  # fmt: skip
TODAY, FIRST_ACCEPTED = date(2026, 3, 2), date(2026, 1, 5)
SIZE_MAX = 6
WORKS = ("单位职工", "灵活就业", "个体经营", "务农")
# 合成 wishes: rooms, area from and to (㎡), how often
SALE_WISHES = ((2, 70, 80, 14), (2, 80, 90, 30), (3, 90, 100, 28), (3, 100, 110, 18), (3, 110, 120, 10))
RENT_WISHES = ((1, 40, 50, 30), (1, 50, 60, 26), (2, 60, 70, 34), (2, 70, 80, 10))


@dataclass
class Person:
    """One made-up person."""

    name: str
    relation: str
    born: date
    number: str
    marriage: str
    more: dict[str, Any] = field(default_factory=dict)


@dataclass
class Household:
    """One made-up household, as the columns of the applications sheet name its parts."""

    serial: str
    persons: list[Person]
    cells: dict[str, Any] = field(default_factory=dict)

    def rows(self) -> Iterator[dict[str, Any]]:
        """A row per person, the household's cells on the applicant's."""
        for at, person in enumerate(self.persons):
            row = {
                "household": self.serial, "name": person.name, "relation": person.relation, "document": person.number,
                "born_on": person.born, "marriage": person.marriage,
                **person.more,
            }  # fmt: skip
            yield {**row, **self.cells} if at == 0 else row


class County:
    """Draws households of one county by its census figures (names as in the census files)."""

    def __init__(self, code: str, figures: Mapping[str, int], towns: list[str], rng: random.Random) -> None:
        self.code, self.rng, self.towns = code, rng, towns
        self.single = figures["single_hh"] * 1000 // figures["households"]
        larger = figures["households"] - figures["single_hh"]
        # The mean size of households of two and more, in thousandths.
        self.mean = (figures["hh_pop"] - figures["single_hh"]) * 1000 // larger
        self.ages = [figures[f"男_{group}"] + figures[f"女_{group}"] for _, _, group in AGE_GROUPS]
        self._orders: dict[date, int] = {}

    def number(self, born: date) -> str:
        """A number of nobody: order codes from 900 on, one after another for a day."""
        order = self._orders.get(born, 899) + 1
        if order > 999:
            raise ValueError(f"{self.code} {born}: more people than order codes")
        self._orders[born] = order
        body = f"{self.code}{born:%Y%m%d}{order}"
        return body + ric.calc_check_digit(body + "0")

    def size(self) -> int:
        """Persons of a household, by the shares of the census."""
        if self.rng.randrange(1000) < self.single:
            return 1
        more = sum(self.rng.randrange(4000) < self.mean - 2000 for _ in range(4))
        return min(SIZE_MAX, 2 + more)

    def born(self) -> date:
        """An adult's birthday, by the ages of the census."""
        low, high, _ = self.rng.choices(AGE_GROUPS, self.ages)[0]
        return TODAY - timedelta(days=self.rng.randint(low * 365 + 10, high * 365 + 300))

    def name(self, surname: str = "") -> str:
        """A name."""
        return (surname or self.rng.choice(SURNAMES)) + "".join(self.rng.choices(GIVEN, k=self.rng.choice((1, 2, 2))))

    def people(self) -> list[Person]:
        """A household's people: applicant, then spouse, children or parents as the ages allow."""
        born, count = self.born(), self.size()
        married = count > 1 and self.rng.random() < 0.85
        name = self.name()
        found = [
            Person(
                name, "本人", born, self.number(born), "已婚" if married else self.rng.choice(("未婚", "离婚", "丧偶"))
            )
        ]
        if married:
            spouse = born + timedelta(days=self.rng.randint(-1500, 1500))
            found.append(Person(self.name(), "配偶", spouse, self.number(spouse), "已婚"))
        age = (TODAY - born).days // 365
        while len(found) < count:
            years = self.rng.randint(20, max(21, min(age - 1, 38)))
            child = born + timedelta(days=years * 365 + self.rng.randint(0, 300))
            if child < FIRST_ACCEPTED:
                relation = self.rng.choice(("子", "女"))
                found.append(Person(self.name(name[0]), relation, child, self.number(child), "未婚"))
            else:
                parent = born - timedelta(days=self.rng.randint(20, 32) * 365)
                parent = max(parent, date(1935, 1, 1) + timedelta(days=self.rng.randrange(3000)))
                found.append(
                    Person(self.name(), "父母", parent, self.number(parent), self.rng.choice(("已婚", "丧偶")))
                )
        return found

    def household(self, serial: int, phone: int, counties: tuple[str, ...]) -> Household:
        """A household with its facts and wishes."""
        found, rng = Household(str(serial), self.people()), self.rng
        programme = rng.choices(("配售型保障性住房", "保障性租赁住房", "公租房"), (46, 38, 16))[0]
        size = len(found.persons)
        income = rng.randint(900, 2600 if programme != "公租房" else 1500) * size
        found.cells = {
            "phone": f"199000{phone:05d}", "programme": programme, "group": self._group(found, programme),
            "town": rng.choice(self.towns), "income_month_fen": None if rng.random() < 0.012 else income,
            "home_area_cm2": 0 if rng.random() < 0.8 else rng.randint(8, 16) * size,
            "residence_months": rng.randint(2, 16) if rng.random() < 0.06 else rng.randint(18, 400),
            "policy_homes": 1 if rng.random() < 0.01 else 0, "score": rng.randint(20, 100),
            "accepted_on": FIRST_ACCEPTED + timedelta(days=rng.randrange(54)),
        }  # fmt: skip
        self._particulars(found)
        self._wish(found, 1, self.code)
        if rng.random() < 0.45:
            self._wish(found, 2, self.code if rng.random() < 0.7 else rng.choice(counties))
        return found

    def _particulars(self, household: Household) -> None:
        """What half of the households say besides: where they are registered, what they do, what home they have or gave away."""
        size, cells = len(household.persons), household.cells
        # Drawn by the serial, so that the households of before stay as they were drawn.
        rng = random.Random(f"{self.code}/{household.serial}")
        if rng.random() < 0.5:
            return
        months, income = cells["residence_months"], cells["income_month_fen"]
        for person in household.persons:
            age = (TODAY - person.born).days // 365
            work = (
                "无业或学龄前" if age < 6 else "在校学生" if age < 19 else "离退休" if age > 59 else rng.choice(WORKS)
            )
            person.more = {"registration": self.code if rng.random() < 0.9 else "231221", "work": work}
        first = household.persons[0]
        first.more["insured_months"] = months if first.more["work"] == "单位职工" else None
        if size == 1 and income is not None:
            first.more["income_own_fen"] = income
        cells["transferred"] = "否" if rng.random() < 0.97 else None
        if cells["home_area_cm2"]:
            cells |= {"home_kind": "现有", "home_place": "合成小区 1 号楼", "home_cm2": cells["home_area_cm2"]}
        if cells["policy_homes"]:
            cells["benefit_kind"] = "公租房或廉租房"

    def _group(self, household: Household, programme: str) -> str:
        age = (TODAY - household.persons[0].born).days // 365
        if programme == "公租房" and self.rng.random() < 0.6:
            return "住房和收入困难家庭"
        if age <= 35 and self.rng.random() < 0.7:
            return "青年人"
        return self.rng.choices(("新市民", "工薪收入群体"), (35, 65))[0]

    def _wish(self, household: Household, rank: int, county: str) -> None:
        rng, sale = self.rng, household.cells["programme"] == "配售型保障性住房"
        rooms, low, high, _ = rng.choices(SALE_WISHES, [w[3] for w in SALE_WISHES])[0] if sale else (
            rng.choices(RENT_WISHES, [w[3] for w in RENT_WISHES])[0]
        )  # fmt: skip
        # 合成 ceilings: 2,600–3,600 元/㎡ for sale, 8–14 元/㎡ a month for rent.
        ceiling = high * rng.randint(260, 360) * 10 if sale else high * rng.randint(80, 140) // 10
        household.cells |= {
            f"county_{rank}": county, f"tenure_{rank}": "配售" if sale else "配租", f"rooms_{rank}": rooms,
            f"area_from_{rank}": low, f"area_to_{rank}": high, f"ceiling_{rank}": ceiling,
            f"lift_{rank}": "是" if serial_of(household) % 11 == 0 else None,
        }  # fmt: skip


def serial_of(household: Household) -> int:
    """A household's number in its file."""
    return int(household.serial)
