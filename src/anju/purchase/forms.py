"""The forms of a purchase; shares are typed in per cent and kept in ‰."""

from collections.abc import Sequence
from typing import Any

from django import forms

from anju.negotiation.forms import YuanField, scan_of
from anju.reserve.forms import DateField
from anju.web.forms import ActForm

STEPS = 5
USUAL = [("签订协议", "30"), ("交付房屋及资料", "60"), ("办结不动产登记", "10")]


class AgreementForm(ActForm):
    """What an agreement is drafted on: the acquirer's decision, the price, the steps with their shares."""

    decision_id = forms.ChoiceField(label="三重一大决定")
    price_fen_m2 = YuanField(
        label="协议单价（元/㎡）", max_length=20, required=False, help_text="空为意向书单价，不得高于它"
    )

    def __init__(self, *args: Any, decisions: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision_id"].choices = decisions  # type: ignore[attr-defined]
        for at in range(1, STEPS + 1):
            title, share = USUAL[at - 1] if at <= len(USUAL) else ("", "")
            self.fields[f"step_{at}"] = forms.CharField(
                label=f"收购进度 {at}", max_length=80, required=at == 1, initial=title
            )
            self.fields[f"share_{at}"] = forms.DecimalField(
                label=f"进度 {at} 应付（%）",
                required=at == 1,
                initial=share,
                min_value=0,
                max_value=100,
                decimal_places=1,
            )

    def arguments(self) -> dict[str, Any]:
        """(title, share in ‰) pairs, empty steps left out."""
        found = self.cleaned_data
        pairs = [(found[f"step_{at}"], found[f"share_{at}"]) for at in range(1, STEPS + 1)]
        return {
            "decision_id": found["decision_id"],
            "price_fen_m2": found["price_fen_m2"],
            "milestones": [(title, int(share * 10)) for title, share in pairs if title and share is not None],
        }


class SignForm(ActForm):
    """When it was signed, and its scan."""

    signed_on = DateField(label="签署日期", required=False, help_text="空为今天")
    scan = forms.FileField(label="签章扫描件", required=False, help_text="可以以后在“文书”页回传")

    def arguments(self) -> dict[str, Any]:
        """The scan as bytes."""
        found = dict(self.cleaned_data)
        return {**scan_of(found), **found}


class SpecialForm(ActForm):
    """A resolution and why."""

    resolution_id = forms.ChoiceField(label="决议")
    reason = forms.CharField(label="特殊情况说明", max_length=300, widget=forms.Textarea)

    def __init__(self, *args: Any, resolutions: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["resolution_id"].choices = resolutions  # type: ignore[attr-defined]


class MilestoneForm(ActForm):
    """The day it was reached, and the proof."""

    reached_on = DateField(label="达到日期")
    file = forms.FileField(label="证明材料")

    def arguments(self) -> dict[str, Any]:
        """The proof as bytes."""
        file = self.cleaned_data["file"]
        return {"reached_on": self.cleaned_data["reached_on"], "evidence_name": file.name, "evidence": file.read()}


class ReasonForm(ActForm):
    """Why."""

    reason = forms.CharField(label="理由", max_length=300, widget=forms.Textarea)
