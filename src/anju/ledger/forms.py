"""Forms of the acts on books."""

from django import forms

from anju.web.forms import ActForm


class ClosePeriodForm(ActForm):
    """The day to close through."""

    through = forms.DateField(
        label="结账到（含当日）", widget=forms.DateInput, help_text="此日及以前不能再记账，更正另记冲销凭证"
    )


class ReverseForm(ActForm):
    """Why a voucher is reversed."""

    reason = forms.CharField(label="冲销原因", max_length=200, widget=forms.Textarea)
