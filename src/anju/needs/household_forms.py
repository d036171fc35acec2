"""Forms that take a household in: the family's small steps, the clerk's one page, and the few questions before any of it."""

from datetime import date
from typing import Any

from django import forms

from anju.base.numbers import BadNumber, parse_m2, parse_yuan
from anju.needs.households import ROOMS_MAX, HouseholdInput, MemberInput, WishInput
from anju.needs.imports import GROUPS
from anju.needs.models import (
    APPLICANT,
    DOCUMENTS,
    FLOORS,
    MARRIAGES,
    MAX_WISHES,
    PROGRAMMES,
    RELATIONS,
    RESIDENT_ID,
    WORKS,
    OwnHome,
    PolicyBenefit,
)
from anju.needs.particulars import BenefitInput, HomeInput
from anju.needs.programmes import tenure_of
from anju.policy.parameters import InForce
from anju.web.forms import ActForm, dress

MEMBERS, WISHES, HOMES, BENEFITS = 8, MAX_WISHES, 3, 2
BLANK = [("", "请选择")]
ANY = [("", "不限")]
NOT_SAID = [("", "不清楚")]
GROUP_CHOICES = [(code, title) for title, code in GROUPS.items()]
UNKNOWN_HINT = "不清楚就留空，不要填 0"
YES_NO = [("yes", "是"), ("no", "否")]
PARTLY = "只填了一部分；请补全或整行留空"


class Exact(forms.CharField):
    """An amount or area typed as people write it, kept exactly; empty is None (unknown)."""

    def __init__(self, *, parse: Any, **kwargs: Any) -> None:
        self.parse = parse
        super().__init__(max_length=20, **kwargs)
        self.widget.attrs["inputmode"] = "decimal"

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return self.parse(text)
        except BadNumber as error:
            raise forms.ValidationError(str(error)) from error


def yuan_field(label: str, **kwargs: Any) -> Exact:
    """Yuan → fen."""
    return Exact(parse=parse_yuan, label=label, **kwargs)


def m2_field(label: str, **kwargs: Any) -> Exact:
    """㎡ → cm²."""
    return Exact(parse=parse_m2, label=label, **kwargs)


def day_field(label: str, **kwargs: Any) -> forms.DateField:
    """A day."""
    return forms.DateField(label=label, widget=forms.DateInput, **kwargs)


class PlaceForm(ActForm):
    """Where and what for."""

    county = forms.ChoiceField(label="向哪个区县申请")
    programme = forms.ChoiceField(label="申请哪一类", choices=BLANK + PROGRAMMES)
    group = forms.ChoiceField(label="您属于哪类人群", choices=BLANK + GROUP_CHOICES)

    def __init__(self, *args: Any, counties: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["county"].choices = BLANK + list(counties.items())  # type: ignore[attr-defined]
        dress(self)


class FactsForm(ActForm):
    """The household's circumstances."""

    phone = forms.CharField(
        label="手机号码", max_length=20, help_text="网上申请须为您登录用的手机号；通知发到这里",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )  # fmt: skip
    town = forms.ChoiceField(label="居住的乡镇（街道）")
    income_month_fen = yuan_field("家庭月收入（元）", required=False, help_text=f"全家每月收入合计；{UNKNOWN_HINT}")
    home_area_cm2 = m2_field(
        "自有住房建筑面积（㎡）", required=False, help_text="本地全家名下住房合计，没有房填 0，不清楚留空"
    )
    residence_months = forms.IntegerField(
        label="在本地居住或参保的月数", required=False, min_value=0, max_value=1200, help_text=UNKNOWN_HINT
    )
    policy_homes = forms.IntegerField(
        label="已享受的保障性住房套数", required=False, min_value=0, max_value=99, help_text="没有填 0，不清楚留空"
    )

    def __init__(self, *args: Any, towns: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["town"].choices = BLANK + list(towns.items())  # type: ignore[attr-defined]
        dress(self)


Line = tuple[str, list[forms.BoundField], bool]


class Lines(ActForm):
    """Rows of the same fields, numbered; an empty row is left out, one filled in part is refused."""

    rows: int = 0
    parts: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    heading: str = ""
    required_rows: int = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, self.rows + 1):
            for part in self.parts:
                field = self.field(part, n)
                if field is not None:
                    self.fields[f"{part}_{n}"] = field
        dress(self)

    def field(self, part: str, n: int) -> forms.Field | None:
        """The field of a part in row ``n``; None where the row has none."""
        raise NotImplementedError

    def title(self, n: int) -> str:
        """What stands above row ``n``."""
        return f"{self.heading} {n}"

    @property
    def lines(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields of each row under a heading."""
        return [
            (self.title(n), [self[f"{p}_{n}"] for p in self.parts if f"{p}_{n}" in self.fields])
            for n in range(1, self.rows + 1)
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for n in range(self.required_rows + 1, self.rows + 1):
            given = {part: data.get(f"{part}_{n}") for part in self.parts if f"{part}_{n}" in self.fields}
            if any(value not in (None, "", False, RESIDENT_ID) for value in given.values()):
                for part in self.needed:
                    name = f"{part}_{n}"
                    if given.get(part) in (None, "") and not self.errors.get(name):
                        self.add_error(name, f"「{self.title(n)}」{PARTLY}")
        return data

    def filled(self) -> list[dict[str, Any]]:
        """The rows that are filled in."""
        data = self.cleaned_data
        return [
            {part: data.get(f"{part}_{n}") for part in self.parts}
            for n in range(1, self.rows + 1)
            if data.get(f"{self.needed[0]}_{n}")
        ]


class MembersForm(Lines):
    """Who lives together. The first is the applicant."""

    rows, required_rows, heading = MEMBERS, 1, "家庭成员"
    needed = ("name", "document", "relation")
    parts: tuple[str, ...] = (
        "name", "relation", "document_kind", "document", "born_on", "marriage", "registration", "registered_on", "work", "employer",
        "income", "insured",
    )  # fmt: skip

    def title(self, n: int) -> str:
        return "申请人" if n == 1 else f"家庭成员 {n}"

    def field(self, part: str, n: int) -> forms.Field | None:
        need = n == 1
        match part:
            case "name":
                return forms.CharField(label="姓名", max_length=60, required=need)
            case "relation":
                others = [pair for pair in RELATIONS if pair[0] != APPLICANT]
                return None if need else forms.ChoiceField(label="与申请人关系", choices=BLANK + others, required=False)
            case "document_kind":
                return forms.ChoiceField(label="证件种类", choices=DOCUMENTS, required=False, initial=RESIDENT_ID)
            case "document":
                return forms.CharField(label="证件号码", max_length=20, required=need, help_text="身份证号码 18 位")
            case "born_on":
                return day_field("出生日期", required=False, help_text="用身份证的不用填")
            case "marriage":
                return forms.ChoiceField(label="婚姻状况", choices=BLANK + MARRIAGES, required=need)
            case "registration":
                return forms.CharField(
                    label="户籍所在地代码",
                    max_length=6,
                    required=False,
                    help_text="六位，一般是身份证号码前六位；户口迁过的按户口簿",
                )
            case "registered_on":
                return day_field("户口迁入日期", required=False)
            case "work":
                return forms.ChoiceField(label="工作情况", choices=NOT_SAID + WORKS, required=False)
            case "employer":
                return forms.CharField(label="工作单位", max_length=120, required=False)
            case "income":
                return yuan_field("本人月收入（元）", required=False, help_text=UNKNOWN_HINT)
        return forms.IntegerField(
            label="社会保险缴费月数", required=False, min_value=0, max_value=1200, help_text=UNKNOWN_HINT
        )

    def body(self) -> list[dict[str, Any]]:
        """The members, the applicant first, as plain values."""
        return [
            {
                "name": row["name"], "document": row["document"], "relation": row["relation"] or APPLICANT,
                "marriage": row["marriage"] or "90", "document_kind": row["document_kind"] or RESIDENT_ID,
                "born_on": row["born_on"], "registration": row["registration"] or "", "registered_on": row["registered_on"],
                "work": row["work"] or "", "employer": row["employer"] or "", "income_month_fen": row["income"],
                "insured_months": row["insured"],
            }
            for row in self.filled()
        ]  # fmt: skip


class NumberFirst(MembersForm):
    """The same at the counter, where the number is asked before the rest."""

    parts = ("document_kind", "document", *(part for part in MembersForm.parts if not part.startswith("document")))


class HomesForm(ActForm):
    """Homes that the household has or gave away, and policy housing that it enjoyed."""

    transferred = forms.ChoiceField(
        label="名下住房转让过没有（卖出、赠与、离婚析产）",
        choices=[("", "不清楚"), ("no", "没有转让过"), ("yes", "转让过")],
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, HOMES + 1):
            self.fields[f"home_kind_{n}"] = forms.ChoiceField(
                label="现有还是已转让", choices=BLANK + list(OwnHome.KINDS), required=False
            )
            self.fields[f"home_place_{n}"] = forms.CharField(label="坐落", max_length=120, required=False)
            self.fields[f"home_cm2_{n}"] = m2_field("建筑面积（㎡）", required=False)
            self.fields[f"home_on_{n}"] = day_field("取得或转让日期", required=False, help_text="已转让的必填")
        for n in range(1, BENEFITS + 1):
            self.fields[f"benefit_kind_{n}"] = forms.ChoiceField(
                label="种类", choices=BLANK + list(PolicyBenefit.KINDS), required=False
            )
            self.fields[f"benefit_since_{n}"] = day_field("开始日期", required=False)
            self.fields[f"benefit_until_{n}"] = day_field("退出日期", required=False, help_text="仍在享受的留空")
        dress(self)

    @property
    def lines(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The question first, then homes, then policy housing."""
        homes = [
            (f"住房 {n}", [self[f"home_{p}_{n}"] for p in ("kind", "place", "cm2", "on")]) for n in range(1, HOMES + 1)
        ]
        benefits = [
            (f"享受过的政策性住房 {n}", [self[f"benefit_{p}_{n}"] for p in ("kind", "since", "until")])
            for n in range(1, BENEFITS + 1)
        ]
        return [("住房和政策性住房", [self["transferred"]]), *homes, *benefits]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for n in range(1, HOMES + 1):
            kind, place = data.get(f"home_kind_{n}"), data.get(f"home_place_{n}")
            if bool(kind) != bool(place):
                self.add_error(f"home_{'place' if kind else 'kind'}_{n}", f"「住房 {n}」{PARTLY}")
            if kind == "transferred" and not data.get(f"home_on_{n}"):
                self.add_error(f"home_on_{n}", f"「住房 {n}」已转让的请填写转让日期")
        return data

    def body(self) -> dict[str, Any]:
        """Homes, policy housing and whether any was given away, as plain values."""
        data = self.cleaned_data
        homes = [
            {
                "kind": data[f"home_kind_{n}"], "place": data[f"home_place_{n}"], "area_cm2": data[f"home_cm2_{n}"],
                "on": data[f"home_on_{n}"],
            }
            for n in range(1, HOMES + 1)
            if data[f"home_kind_{n}"]
        ]  # fmt: skip
        benefits = [
            {
                "kind": data[f"benefit_kind_{n}"],
                "since": data[f"benefit_since_{n}"],
                "until": data[f"benefit_until_{n}"],
            }
            for n in range(1, BENEFITS + 1)
            if data[f"benefit_kind_{n}"]
        ]
        said = {"yes": True, "no": False}.get(data["transferred"])
        return {"transferred": said, "homes": homes, "benefits": benefits}


class WishesForm(Lines):
    """What the household wants, best first."""

    rows, required_rows = WISHES, 1
    needed = ("county", "rooms", "area_from", "area_to", "ceiling")
    parts = (*needed, "zone", "floor", "lift")

    def __init__(self, *args: Any, counties: dict[str, str], sale: bool | None, **kwargs: Any) -> None:
        self.counties = counties
        self.price = "最高总价或月租（元）" if sale is None else "最高总价（元）" if sale else "最高月租（元）"
        super().__init__(*args, **kwargs)

    def title(self, n: int) -> str:
        return f"第 {n} 意向"

    def field(self, part: str, n: int) -> forms.Field | None:
        need = n == 1
        match part:
            case "county":
                return forms.ChoiceField(label="区县", choices=BLANK + list(self.counties.items()), required=need)
            case "rooms":
                return forms.IntegerField(label="几室", min_value=1, max_value=ROOMS_MAX, required=need)
            case "area_from":
                return m2_field("面积从（㎡）", required=need)
            case "area_to":
                return m2_field("面积到（㎡）", required=need)
            case "ceiling":
                return yuan_field(self.price, required=need)
            case "zone":
                return forms.CharField(label="乡镇或片区", max_length=40, required=False, help_text="不限的留空")
            case "floor":
                return forms.ChoiceField(label="楼层", choices=ANY + FLOORS, required=False)
        return forms.BooleanField(label="须有电梯", required=False)

    def body(self) -> list[dict[str, Any]]:
        """The wishes in order."""
        return [
            {
                "county": row["county"], "rooms": row["rooms"], "area_from_cm2": row["area_from"], "area_to_cm2": row["area_to"],
                "ceiling_fen": row["ceiling"], "zone": row["zone"] or "", "floor": row["floor"] or "", "lift": bool(row["lift"]),
            }
            for row in self.filled()
        ]  # fmt: skip


def household_of(body: dict[str, Any], inforce: InForce) -> HouseholdInput:
    """What the steps gathered, as the act takes it, each wish of the programme's tenure by the parameters of the case's day.

    Raises KeyError while a step is missing, Refused while the tenure is not set.
    """
    tenure = tenure_of(body["programme"], inforce)
    return HouseholdInput(
        programme=body["programme"], group=body["group"], town=body["town"], phone=body["phone"],
        members=tuple(MemberInput(**_days(member, "born_on", "registered_on")) for member in body["members"]),
        wishes=tuple(WishInput(tenure=tenure, **wish) for wish in body["wishes"]),
        income_month_fen=body["income_month_fen"], home_area_cm2=body["home_area_cm2"],
        residence_months=body["residence_months"], policy_homes=body["policy_homes"], transferred=body.get("transferred"),
        homes=tuple(HomeInput(**_days(home, "on")) for home in body.get("homes", ())),
        benefits=tuple(BenefitInput(**_days(one, "since", "until")) for one in body.get("benefits", ())),
    )  # fmt: skip


def _days(row: dict[str, Any], *names: str) -> dict[str, Any]:
    """Days as a draft keeps them, read back."""
    return row | {name: date.fromisoformat(row[name]) for name in names if isinstance(row.get(name), str)}


class MayIForm(forms.Form):
    """A few answers, nothing personal: enough for the rules and for the list of papers to bring."""

    county = forms.ChoiceField(label="区县")
    programme = forms.ChoiceField(label="想申请哪一类", choices=PROGRAMMES)
    group = forms.ChoiceField(label="您属于哪类人群", choices=GROUP_CHOICES)
    persons = forms.IntegerField(label="家庭人数", min_value=1, max_value=30)
    age = forms.IntegerField(label="申请人周岁", min_value=0, max_value=130)
    income_month_fen = yuan_field("家庭月收入（元）", required=False)
    home_area_cm2 = m2_field("自有住房建筑面积（㎡，没有填 0）", required=False)
    residence_months = forms.IntegerField(label="在本地居住或参保月数", required=False, min_value=0, max_value=1200)
    policy_homes = forms.IntegerField(
        label="已享受保障性住房套数（没有填 0）", required=False, min_value=0, max_value=99
    )
    registration = forms.ChoiceField(
        label="申请人户籍在哪里",
        required=False,
        choices=[("", "不清楚"), ("here", "本区县"), ("city", "本市其他区县"), ("else", "外地")],
    )
    insured_months = forms.IntegerField(label="申请人社会保险缴费月数", required=False, min_value=0, max_value=1200)
    transferred = forms.ChoiceField(
        label="近年转让过住房没有", required=False, choices=[("", "不清楚"), ("no", "没有"), ("yes", "转让过")]
    )
    marriage = forms.ChoiceField(label="婚姻状况", choices=MARRIAGES, required=False)
    work = forms.ChoiceField(label="申请人工作情况", choices=NOT_SAID + WORKS, required=False)
    children = forms.BooleanField(label="有未成年子女一起申请", required=False)
    ill = forms.BooleanField(label="有家人残疾、重病或行动不便", required=False)
    proxy = forms.BooleanField(label="想请家人代办", required=False)

    def __init__(self, *args: Any, counties: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["county"].choices = list(counties.items())  # type: ignore[attr-defined]
        dress(self)
