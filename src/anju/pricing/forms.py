"""Pricing's forms: money is entered in 元 or 万元, areas in ㎡; acts get fen and cm²."""

from decimal import Decimal
from typing import Any

from django import forms

from anju.pricing.models import DataRequest
from anju.reserve.forms import DateField, file_of
from anju.web.forms import ActForm

WAN_FEN, M2_CM2 = 1_000_000, 10_000


def wan(label: str, **options: Any) -> forms.DecimalField:
    """A sum in 万元; empty is unknown."""
    return forms.DecimalField(
        label=f"{label}（万元）", min_value=Decimal(0), max_digits=15, decimal_places=6, required=False, **options
    )


def scaled(value: Decimal | None, by: int) -> int | None:
    """A decimal in the unit that the act takes; unknown stays unknown."""
    return None if value is None else int(value * by)


class CommissionForm(ActForm):
    """Which agency."""

    agency_id = forms.ChoiceField(label="估价机构")

    def __init__(self, *args: Any, agencies: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency_id"].choices = agencies  # type: ignore[attr-defined]


class RequestForm(ActForm):
    """Which figures, of whom."""

    asked_of = forms.ChoiceField(label="向谁索要", choices=DataRequest.ASKED)
    what = forms.CharField(label="资料", max_length=200, help_text="如：划拨土地成本、建安成本备案价、规划核实面积")


class AnswerForm(ActForm):
    """The figures, or the file that holds them."""

    answer = forms.CharField(label="答复", max_length=300, widget=forms.Textarea)
    file = forms.FileField(label="材料", required=False)

    def arguments(self) -> dict[str, Any]:
        """The file as bytes."""
        found = dict(self.cleaned_data)
        return {**file_of(found), **found}


class CostForm(ActForm):
    """A cost sheet."""

    land = wan("划拨土地成本", help_text="自然资源部门提供的划拨口径；不知道的留空，不填 0")
    transfer = wan("出让价款", help_text="企业取得土地的出让价款；没有的填 0")
    construction = wan("建安成本")
    profit = wan("利润", help_text="不超过 5%")
    area = forms.DecimalField(label="建筑面积（㎡）", max_digits=12, decimal_places=2, required=False)
    document = forms.CharField(label="资料来源及文号", max_length=120, required=False)
    file = forms.FileField(label="成本资料", required=False)

    def arguments(self) -> dict[str, Any]:
        """In fen and cm²."""
        found = dict(self.cleaned_data)
        names = {
            "land": "land_fen",
            "transfer": "transfer_land_fen",
            "construction": "construction_fen",
            "profit": "profit_fen",
        }
        money = {name: scaled(found.pop(short), WAN_FEN) for short, name in names.items()}
        return {**file_of(found), **money, "gross_cm2": scaled(found.pop("area"), M2_CM2), **found}


class AppraisalForm(ActForm):
    """An appraisal."""

    agency_id = forms.ChoiceField(label="估价机构")
    number = forms.CharField(label="报告编号", max_length=60)
    appraiser = forms.CharField(label="估价师", max_length=60)
    appraiser_number = forms.CharField(label="估价师注册号", max_length=40)
    value_date = DateField(label="价值时点")
    valid_until = DateField(label="有效期至", required=False)
    price = forms.DecimalField(label="评估单价（元/㎡）", min_value=Decimal("0.01"), max_digits=10, decimal_places=2)
    total = forms.DecimalField(label="评估总价（元）", min_value=Decimal("0.01"), max_digits=15, decimal_places=2)
    area = forms.DecimalField(label="建筑面积（㎡）", min_value=Decimal("0.01"), max_digits=12, decimal_places=2)
    file = forms.FileField(label="估价报告", required=False)

    def __init__(self, *args: Any, agencies: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency_id"].choices = agencies  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        """In fen and cm²."""
        found = dict(self.cleaned_data)
        price, total, area = found.pop("price"), found.pop("total"), found.pop("area")
        money = {"price_fen_m2": int(price * 100), "total_fen": int(total * 100), "gross_cm2": int(area * M2_CM2)}
        return {**file_of(found), **money, **found}


class TrialForm(ActForm):
    """Other costs to try (试算); what is left empty stays as entered."""

    land = wan("划拨土地成本")
    construction = wan("建安成本")
    profit = wan("利润")

    def arguments(self) -> dict[str, Any]:
        """Only what was entered replaces the sheet."""
        names = {"land": "land_fen", "construction": "construction_fen", "profit": "profit_fen"}
        money = {name: scaled(self.cleaned_data[short], WAN_FEN) for short, name in names.items()}
        return {"trial": True, "what_if": {name: value for name, value in money.items() if value is not None}}


class ListForm(ActForm):
    """A sale price list from one base price."""

    base = forms.DecimalField(label="基准价（元/㎡）", min_value=Decimal("0.01"), max_digits=10, decimal_places=2)
    coefficients = forms.CharField(
        label="楼层系数", required=False, max_length=600, widget=forms.Textarea,
        help_text="每行一条：楼层 系数（‰），如「1 980」；没有列出的楼层为 1000‰",
    )  # fmt: skip

    def clean_coefficients(self) -> dict[str, int]:
        """Floor → ‰. Raises ValidationError naming the line."""
        found: dict[str, int] = {}
        for line in self.cleaned_data["coefficients"].splitlines():
            parts = line.replace("：", " ").replace(":", " ").split()
            if not parts:
                continue
            if len(parts) != 2 or not all(part.isdigit() for part in parts) or not 500 <= int(parts[1]) <= 1500:
                raise forms.ValidationError(f"「{line}」应为「楼层 系数」，系数为 500 至 1500 的整数（‰）")
            found[parts[0]] = int(parts[1])
        return found

    def arguments(self) -> dict[str, Any]:
        """In fen."""
        return {"base_fen_m2": int(self.cleaned_data["base"] * 100), "coefficients": self.cleaned_data["coefficients"]}
