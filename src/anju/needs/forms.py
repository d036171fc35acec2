"""Forms of the waiting list: the family's small steps, the clerk's one page, reviews, corrections, back-entry."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from anju.base.numbers import BadNumber, parse_m2, parse_yuan
from anju.needs.acts.change import BY_FAMILY, FACTS
from anju.needs.acts.review import OUTCOMES
from anju.needs.households import ROOMS_MAX, HouseholdInput, MemberInput, WishInput
from anju.needs.imports import GROUPS
from anju.needs.models import APPLICANT, MARRIAGES, PROGRAMMES, RELATIONS, TENURE_OF, Application
from anju.web.forms import ActForm, dress

MEMBERS, WISHES = 6, 3
BLANK = [("", "请选择")]
GROUP_CHOICES = [(code, title) for title, code in GROUPS.items()]
UNKNOWN_HINT = "不清楚就留空，不要填 0"


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


class PlaceForm(ActForm):
    """Step 1: where and what for."""

    county = forms.ChoiceField(label="向哪个区县申请")
    programme = forms.ChoiceField(label="申请哪一类", choices=BLANK + PROGRAMMES)
    group = forms.ChoiceField(label="您属于哪类人群", choices=BLANK + GROUP_CHOICES)

    def __init__(self, *args: Any, counties: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["county"].choices = BLANK + list(counties.items())  # type: ignore[attr-defined]
        dress(self)


class FactsForm(ActForm):
    """Step 2: the household's circumstances."""

    phone = forms.CharField(label="手机号码", max_length=20, help_text="网上申请须为您登录用的手机号；通知发到这里")
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


class MembersForm(ActForm):
    """Step 3: who lives together. The first is the applicant; empty rows are left out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, MEMBERS + 1):
            need = n == 1
            self.fields[f"name_{n}"] = forms.CharField(label="姓名", max_length=60, required=need)
            self.fields[f"document_{n}"] = forms.CharField(label="身份证号码", max_length=20, required=need)
            if n > 1:
                others = [pair for pair in RELATIONS if pair[0] != APPLICANT]
                self.fields[f"relation_{n}"] = forms.ChoiceField(
                    label="与申请人关系", choices=BLANK + others, required=False
                )
            self.fields[f"marriage_{n}"] = forms.ChoiceField(label="婚姻状况", choices=BLANK + MARRIAGES, required=need)
        dress(self)

    @property
    def lines(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields of each person under a heading."""
        parts = ("name", "document", "relation", "marriage")
        return [
            ("申请人" if n == 1 else f"家庭成员 {n}", [self[f"{p}_{n}"] for p in parts if f"{p}_{n}" in self.fields])
            for n in range(1, MEMBERS + 1)
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for n in range(2, MEMBERS + 1):
            parts = {part: data.get(f"{part}_{n}") for part in ("name", "document", "relation")}
            if any(parts.values()) and not all(parts.values()):
                for part, value in parts.items():
                    if not value:
                        self.add_error(f"{part}_{n}", "这名成员只填了一部分；请补全或整行留空")
        return data

    def body(self) -> list[dict[str, str]]:
        """The members, the applicant first."""
        data = self.cleaned_data
        return [
            {
                "name": data[f"name_{n}"], "document": data[f"document_{n}"],
                "relation": data.get(f"relation_{n}", APPLICANT) if n > 1 else APPLICANT,
                "marriage": data.get(f"marriage_{n}") or "90",
            }
            for n in range(1, MEMBERS + 1)
            if data.get(f"name_{n}")
        ]  # fmt: skip


class WishesForm(ActForm):
    """Step 4: what the household wants, best first; empty rows are left out."""

    def __init__(self, *args: Any, counties: dict[str, str], sale: bool | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        price = "最高总价或月租（元）" if sale is None else "最高总价（元）" if sale else "最高月租（元）"
        for n in range(1, WISHES + 1):
            need = n == 1
            self.fields[f"county_{n}"] = forms.ChoiceField(
                label="区县", choices=BLANK + list(counties.items()), required=need
            )
            self.fields[f"rooms_{n}"] = forms.IntegerField(
                label="几室", min_value=1, max_value=ROOMS_MAX, required=need
            )
            self.fields[f"area_from_{n}"] = m2_field("面积从（㎡）", required=need)
            self.fields[f"area_to_{n}"] = m2_field("面积到（㎡）", required=need)
            self.fields[f"ceiling_{n}"] = yuan_field(price, required=need)
        dress(self)

    @property
    def lines(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields of each wish under a heading."""
        parts = ("county", "rooms", "area_from", "area_to", "ceiling")
        return [(f"第 {n} 意向", [self[f"{part}_{n}"] for part in parts]) for n in range(1, WISHES + 1)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for n in range(2, WISHES + 1):
            parts = {part: data.get(f"{part}_{n}") for part in ("county", "rooms", "area_from", "area_to", "ceiling")}
            if any(parts.values()) and not all(parts.values()):
                for part, value in parts.items():
                    if not value and not self.errors.get(f"{part}_{n}"):
                        self.add_error(f"{part}_{n}", "这个意向只填了一部分；请补全或整行留空")
        return data

    def body(self) -> list[dict[str, Any]]:
        """The wishes in order."""
        data = self.cleaned_data
        return [
            {
                "county": data[f"county_{n}"], "rooms": data[f"rooms_{n}"], "area_from_cm2": data[f"area_from_{n}"],
                "area_to_cm2": data[f"area_to_{n}"], "ceiling_fen": data[f"ceiling_{n}"],
            }
            for n in range(1, WISHES + 1)
            if data.get(f"county_{n}")
        ]  # fmt: skip


def household_of(body: dict[str, Any]) -> HouseholdInput:
    """What the steps gathered, as the act takes it. Raises KeyError while a step is missing."""
    tenure = TENURE_OF[body["programme"]]
    return HouseholdInput(
        programme=body["programme"], group=body["group"], town=body["town"], phone=body["phone"],
        members=tuple(MemberInput(**member) for member in body["members"]),
        wishes=tuple(WishInput(tenure=tenure, **wish) for wish in body["wishes"]),
        income_month_fen=body["income_month_fen"], home_area_cm2=body["home_area_cm2"],
        residence_months=body["residence_months"], policy_homes=body["policy_homes"],
    )  # fmt: skip


class ReviewForm(ActForm):
    """A review's outcome and reason."""

    outcome = forms.ChoiceField(label="审核结论", choices=list(OUTCOMES.items()), widget=forms.RadioSelect)
    reason = forms.CharField(
        label="理由",
        max_length=300,
        required=False,
        widget=forms.Textarea,
        help_text="补正和不予通过须写明；申请人会收到",
    )


class ReasonForm(ActForm):
    """A reason only."""

    reason = forms.CharField(label="事由", max_length=300, widget=forms.Textarea)


class OptionalReasonForm(ActForm):
    """A reason that may be left out."""

    reason = forms.CharField(label="原因", max_length=300, required=False, widget=forms.Textarea)


class SettleForm(ActForm):
    """How a finding is settled."""

    upheld = forms.TypedChoiceField(
        label="查实结果", coerce=lambda text: text == "yes", widget=forms.RadioSelect,
        choices=[("no", "已补齐或查明符合，办结"), ("yes", "确不符合，不予通过")],
    )  # fmt: skip
    outcome = forms.CharField(label="查实情况和依据", max_length=300, widget=forms.Textarea)


class ManyFiles(forms.ClearableFileInput):
    """More than one file in a field."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Files as (name, bytes)."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = data if isinstance(data, list | tuple) else [data]
        found = [super(FilesField, self).clean(one, initial) for one in given if one or self.required]
        return [(one.name, one.read()) for one in found if isinstance(one, UploadedFile)]


class ChangeForm(ActForm):
    """Facts to put right; only those that differ from the case go to the act."""

    town = forms.ChoiceField(label=FACTS["town"])
    group = forms.ChoiceField(label=FACTS["group"], choices=GROUP_CHOICES)
    income_month_fen = yuan_field(f"{FACTS['income_month_fen']}（元）", required=False, help_text=UNKNOWN_HINT)
    home_area_cm2 = m2_field(f"{FACTS['home_area_cm2']}（㎡）", required=False, help_text=UNKNOWN_HINT)
    residence_months = forms.IntegerField(label=FACTS["residence_months"], required=False, min_value=0, max_value=1200)
    policy_homes = forms.IntegerField(label=FACTS["policy_homes"], required=False, min_value=0, max_value=99)
    papers = FilesField(label="证明材料", required=False)

    def __init__(self, *args: Any, row: Application, towns: dict[str, str], family: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row
        self.fields["town"].choices = list(towns.items())  # type: ignore[attr-defined]
        if not family:
            self.fields["score"] = forms.IntegerField(
                label=FACTS["score"], required=False, min_value=0, max_value=99_999
            )
            self.fields["phone"] = forms.CharField(
                label="新手机号", required=False, max_length=20, help_text="不换留空"
            )
            self.order_fields([*FACTS, "papers"])
        for name in BY_FAMILY | ({"score"} if not family else set()):
            self.fields[name].initial = self.shown(name)
        dress(self)

    def shown(self, name: str) -> Any:
        """A fact of the case as a person would type it."""
        value = getattr(self.row, name)
        if value is None:
            return ""
        if name == "income_month_fen":
            return f"{value // 100}.{value % 100:02d}" if value % 100 else str(value // 100)
        if name == "home_area_cm2":
            return f"{value // 10_000}.{value % 10_000 // 100:02d}" if value % 10_000 else str(value // 10_000)
        return value

    def changed(self) -> dict[str, Any]:
        """The facts that differ."""
        found = {
            name: self.cleaned_data[name]
            for name in FACTS
            if name in self.fields and name != "phone" and self.cleaned_data.get(name) != getattr(self.row, name)
        }
        if self.cleaned_data.get("phone"):
            found["phone"] = self.cleaned_data["phone"]
        return found

    def arguments(self) -> dict[str, Any]:
        return {"facts": self.changed(), "files": self.cleaned_data["papers"]}


class CorrectForm(ChangeForm):
    """The same by a clerk, with the reason."""

    reason = forms.CharField(label="更正事由", max_length=300, widget=forms.Textarea)

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "reason": self.cleaned_data["reason"]}


class MemberForm(ActForm):
    """A member's name and number put right."""

    name = forms.CharField(label="姓名", max_length=60)
    document = forms.CharField(label="身份证号码", max_length=20, help_text="照原件完整填写")
    reason = forms.CharField(label="更正事由", max_length=300, widget=forms.Textarea)


class FindForm(ActForm):
    """A document number to look for; posted, so that it stands in no address."""

    document = forms.CharField(label="身份证号码", max_length=20)
    reason = forms.CharField(label="查询事由", max_length=300)


class TitleForm(ActForm):
    """A title."""

    title = forms.CharField(label="名称", max_length=120)


class MayIForm(forms.Form):
    """A few answers, nothing personal."""

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

    def __init__(self, *args: Any, counties: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["county"].choices = list(counties.items())  # type: ignore[attr-defined]
        dress(self)
