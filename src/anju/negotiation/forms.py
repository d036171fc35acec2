"""The forms of a negotiation; sums and prices are typed in yuan and kept in fen."""

from typing import Any

from django import forms

from anju.base.numbers import BadNumber, parse_yuan, yuan
from anju.negotiation.models import AcquirerDecision
from anju.reserve.forms import DateField
from anju.web.forms import ActForm


class YuanField(forms.CharField):
    """Money typed in yuan, at most two decimals, as fen."""

    def clean(self, value: Any) -> Any:
        """Fen, None where nothing is typed and nothing is required. Raises ValidationError with the sentence."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_yuan(text)
        except BadNumber as error:
            raise forms.ValidationError(str(error)) from error


def scan_of(cleaned: dict[str, Any]) -> dict[str, Any]:
    """An uploaded scan as an act takes it."""
    file = cleaned.pop("scan", None)
    return {"scan_name": file.name, "scan": file.read()} if file else {}


class OfferForm(ActForm):
    """One offer."""

    price_fen_m2 = YuanField(label="单价（元/㎡）", max_length=20)
    reason = forms.CharField(label="理由", max_length=300, widget=forms.Textarea)


class DecisionForm(ActForm):
    """The acquirer's own decision."""

    kind = forms.ChoiceField(label="决定什么", choices=AcquirerDecision.KINDS)
    subject = forms.CharField(label="决定事项", max_length=200)
    number = forms.CharField(label="决定文号", max_length=60)
    studied_on = DateField(label="党组织前置研究日期")
    decided_on = DateField(label="董事会决定日期")


class LetterForm(ActForm):
    """What a letter is drafted on; its homes are all that the project has in the reserve."""

    decision_id = forms.ChoiceField(label="三重一大决定")
    valid_until = DateField(label="有效期至")

    def __init__(self, *args: Any, decisions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision_id"].choices = decisions  # type: ignore[attr-defined]


class SignForm(ActForm):
    """When it was signed, and its scan."""

    signed_on = DateField(label="签署日期", required=False, help_text="空为今天")
    scan = forms.FileField(label="签章扫描件", required=False, help_text="可以以后在“文书”页回传")

    def arguments(self) -> dict[str, Any]:
        """The scan as bytes."""
        found = dict(self.cleaned_data)
        return {**scan_of(found), **found}


class ReasonForm(ActForm):
    """Why."""

    reason = forms.CharField(label="理由", max_length=300, widget=forms.Textarea)


def price(fen: int | None) -> str:
    """A price a ㎡ for a sentence, unknown said so."""
    return "未知" if fen is None else f"{yuan(fen)}/㎡"
