"""Forms of the waiting list's later steps: reviews, corrections, back-entry. Those that take a household in are ``household_forms``."""

import hashlib
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from anju.needs.acts.change import BY_FAMILY, FACTS
from anju.needs.acts.review import OUTCOMES
from anju.needs.household_forms import (
    BLANK,
    GROUP_CHOICES,
    UNKNOWN_HINT,
    Exact,
    FactsForm,
    MayIForm,
    MembersForm,
    PlaceForm,
    WishesForm,
    household_of,
    m2_field,
    yuan_field,
)
from anju.needs.models import Application
from anju.web.forms import ActForm, dress

__all__ = ["BLANK", "Exact", "FactsForm", "MayIForm", "MembersForm", "PlaceForm", "WishesForm", "household_of"]


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
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

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
        self.fields["seen"].initial = self.version()
        dress(self)

    def version(self) -> str:
        """What the form shows of the case, so that a second clerk does not undo what the first has just put right."""
        shown = [self.row.state, *(str(getattr(self.row, name)) for name in FACTS if name != "phone")]
        return hashlib.sha256("\n".join(shown).encode()).hexdigest()[:16]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("seen") and data["seen"] != self.version():
            self.data = {**{name: self.data.get(name) for name in self.data}, "seen": self.version()}
            raise forms.ValidationError(
                "您打开这一页以后，同事已改过这份申请，没有提交；您填的内容还在下面，请刷新另一页核对现在的内容，确认无误再提交"
            )
        return data

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
