"""Forms of departments' checks, deferrals, look-alikes, the national file and employers' entries."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from anju.needs.facts import FACTS
from anju.needs.forms import FilesField
from anju.needs.models import DECISIONS, ITEMS, METHODS, RESULTS, Likeness, Member, Verification
from anju.web.forms import ActForm


class OneFile(forms.FileField):
    """A file as (name, bytes)."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        found = super().clean(data, initial)
        return (found.name, found.read()) if isinstance(found, UploadedFile) else None


class AskForm(ActForm):
    """What to ask, how, of whom."""

    items = forms.MultipleChoiceField(label="核验项目", choices=ITEMS, widget=forms.CheckboxSelectMultiple)
    method = forms.ChoiceField(label="方式", choices=METHODS, widget=forms.RadioSelect, initial="batch")
    department = forms.CharField(label="部门", max_length=60, required=False, help_text="留空按本地设定的部门")
    member_id = forms.ChoiceField(label="核验谁", required=False, help_text="不动产和收入按全家核验")

    def __init__(self, *args: Any, members: list[Member], wanted: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            ("", "申请人"),
            *((str(m.id), f"{m.get_relation_display()} {m.name[:1]}**") for m in members if m.relation != "01"),
        ]
        self.fields["member_id"].choices = choices  # type: ignore[attr-defined]
        self.fields["items"].initial = wanted

    def arguments(self) -> dict[str, Any]:
        return {**self.cleaned_data, "member_id": self.cleaned_data["member_id"] or None}


class ItemForm(ActForm):
    """One item."""

    item = forms.ChoiceField(label="核验项目", choices=ITEMS)


class ResultForm(ActForm):
    """A department's receipt."""

    result = forms.ChoiceField(label="核验结果", choices=RESULTS, widget=forms.RadioSelect)
    value = forms.CharField(label="部门查得内容", max_length=80, required=False)
    scan = OneFile(label="回执扫描件", help_text="PDF 或图片")
    said = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, check: Verification, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        form = FACTS[check.item].form if check.item in FACTS else "文字"
        self.fields["value"].help_text = f"不一致的必填（{form}）"
        self.fields["said"].initial = check.said


class DifferenceForm(ActForm):
    """How a difference is decided."""

    decision = forms.ChoiceField(label="认定", choices=DECISIONS, widget=forms.RadioSelect)
    reason = forms.CharField(label="依据", max_length=300, widget=forms.Textarea)


class DeferralForm(ActForm):
    """Which paper may follow, until when."""

    item = forms.ChoiceField(label="容缺的项目", choices=ITEMS)
    good_by = forms.DateField(label="补齐日期", widget=forms.DateInput)
    reason = forms.CharField(label="理由", max_length=300, widget=forms.Textarea)


class MadeGoodForm(ActForm):
    """What came."""

    outcome = forms.CharField(label="补齐了什么", max_length=300, widget=forms.Textarea)
    papers = FilesField(label="材料", help_text="PDF 或图片，可选多个")

    def arguments(self) -> dict[str, Any]:
        return {"outcome": self.cleaned_data["outcome"], "files": self.cleaned_data["papers"]}


class LikenessForm(ActForm):
    """Same person or not."""

    decision = forms.ChoiceField(label="认定", choices=Likeness.DECISIONS, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="依据", max_length=300, widget=forms.Textarea, help_text="如：户口簿照片比对、电话核实"
    )
