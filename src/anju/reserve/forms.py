"""The reserve's forms: what a person fills in, and what the act gets of it."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms

from anju.reserve.models import TENURES
from anju.web.forms import ActForm

PASSED = {"pass": True, "fail": False, "unknown": None}


def file_of(cleaned: dict[str, Any]) -> dict[str, Any]:
    """An uploaded file as an act takes it."""
    file = cleaned.pop("file", None)
    return {"file_name": file.name, "file_data": file.read()} if file else {}


class DateField(forms.DateField):
    """A day, entered in the browser's own control."""

    widget = forms.DateInput


class DeclareForm(ActForm):
    """One project."""

    number = forms.CharField(label="项目编号", max_length=24)
    name = forms.CharField(label="项目名称", max_length=80)
    developer_id = forms.ChoiceField(label="开发企业")
    stands_in = forms.ChoiceField(label="坐落区县")
    address = forms.CharField(label="坐落地址", max_length=160)
    completion_record = forms.CharField(label="竣工验收备案号", max_length=60, required=False)
    completed_on = DateField(label="竣工日期", required=False)
    first_registered_on = DateField(label="首次登记日期", required=False)
    debt = forms.DecimalField(
        label="本项目债务（万元）",
        min_value=Decimal(0),
        max_digits=14,
        decimal_places=6,
        required=False,
        help_text="不知道的留空，不填 0",
    )

    def __init__(
        self, *args: Any, developers: list[tuple[str, str]], counties: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["developer_id"].choices = developers  # type: ignore[attr-defined]
        self.fields["stands_in"].choices = counties  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        """Money in fen."""
        found = dict(self.cleaned_data)
        debt = found.pop("debt")
        return {**found, "debt_fen": None if debt is None else int(debt * 1_000_000)}


class CheckForm(ActForm):
    """One check with its evidence."""

    item = forms.ChoiceField(label="核查项")
    result = forms.ChoiceField(
        label="结论", choices=[("pass", "通过"), ("fail", "不通过"), ("unknown", "待查")], widget=forms.RadioSelect
    )
    document = forms.CharField(
        label="材料名称及文号", max_length=120, required=False, help_text="结论为通过的必填，并附材料"
    )
    note = forms.CharField(label="说明", max_length=200, required=False, help_text="结论为不通过的必填")
    checked_on = DateField(label="核查日期", required=False, help_text="空为今天")
    file = forms.FileField(label="材料", required=False)

    def __init__(self, *args: Any, items: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = items  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        """The result as true, false or unknown; the file as bytes."""
        found = dict(self.cleaned_data)
        return {**file_of(found), "passed": PASSED[found.pop("result")], **found}


class ScreenForm(ActForm):
    """Which tenures to try besides the one each home is declared for."""

    tenures = forms.MultipleChoiceField(
        label="同时试查", choices=TENURES, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="每套都按申报用途核查；勾选的用途对全部房源再试查一次",
    )  # fmt: skip


class WaiveForm(ActForm):
    """A reason for what the plan says 原则上."""

    reason = forms.CharField(label="理由", max_length=300, widget=forms.Textarea)


class WaiveManyForm(WaiveForm):
    """The same for the homes that are ticked."""

    unit_ids = forms.MultipleChoiceField(label="房源", widget=forms.CheckboxSelectMultiple)

    field_order = ("unit_ids", "reason")

    def __init__(self, *args: Any, homes: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit_ids"].choices = homes  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        """The homes by their ids."""
        return {**self.cleaned_data, "unit_ids": [UUID(text) for text in self.cleaned_data["unit_ids"]]}


class ReasonForm(ActForm):
    """Why."""

    reason = forms.CharField(label="理由", max_length=300, widget=forms.Textarea)


class RightsForm(ActForm):
    """What the registry answered of one home."""

    STATES = (("", "未查"), ("no", "无"), ("yes", "有"))

    queried_on = DateField(label="查询日期")
    mortgaged = forms.ChoiceField(label="抵押", choices=STATES, required=False)
    seized = forms.ChoiceField(label="查封", choices=STATES, required=False)
    objected = forms.ChoiceField(label="异议登记", choices=STATES, required=False)
    occupied = forms.ChoiceField(label="占用", choices=STATES, required=False)
    release_plan = forms.CharField(
        label="解押方案", max_length=200, required=False, help_text="有抵押的，写抵押权人同意的方案和时间"
    )
    reason = forms.CharField(label="依据", max_length=300, help_text="如不动产登记查询回执的编号")
    file = forms.FileField(label="查询回执", required=False)

    def arguments(self) -> dict[str, Any]:
        """Only what was answered changes."""
        found = dict(self.cleaned_data)
        answers = {name: found.pop(name) for name in ("mortgaged", "seized", "objected", "occupied")}
        plan = found.pop("release_plan")
        rights = {name: value == "yes" for name, value in answers.items() if value}
        return {**file_of(found), **found, "rights": rights, "release_plan": plan or None}
