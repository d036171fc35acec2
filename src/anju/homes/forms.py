"""Forms of homes."""

from typing import Any

from django import forms

from anju.base.numbers import BadNumber, parse_yuan
from anju.web.forms import ActForm


class YuanField(forms.CharField):
    """Yuan with at most two places, as fen."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return parse_yuan(text)
        except BadNumber as error:
            raise forms.ValidationError(str(error)) from error


class SaleForm(ActForm):
    """The terms that are still open at the signing; the price is the announced one."""

    down_payment_fen = YuanField(label="首付款（元，含定金）")
    provident_fund = forms.BooleanField(label="使用住房公积金贷款", required=False)


class LeaseForm(ActForm):
    """The term; the rent is the announced one."""

    months = forms.IntegerField(label="租期（月）", min_value=1, max_value=240)
    starts_on = forms.DateField(label="起租日", widget=forms.DateInput)


class PaymentForm(ActForm):
    """Money that came in."""

    amount_fen = YuanField(label="到账金额（元）")
    received_on = forms.DateField(label="到账日", widget=forms.DateInput)
    reference = forms.CharField(label="银行流水号", max_length=60)


class FilingForm(ActForm):
    """The number of the filing."""

    filing_number = forms.CharField(label="网签备案号", max_length=60)


class HandOverForm(ActForm):
    """The day on which the keys were handed over."""

    handed_on = forms.DateField(label="交付日", widget=forms.DateInput)


class EndForm(ActForm):
    """When and why a lease ends."""

    ended_on = forms.DateField(label="终止日", widget=forms.DateInput)
    reason = forms.CharField(label="原因", max_length=200)
