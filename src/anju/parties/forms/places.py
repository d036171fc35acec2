"""Rates and the working-day calendar."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from anju.parties.forms.shared import day
from anju.parties.suihua import RateRow
from anju.web.forms import ActForm


class RateForm(ActForm):
    """A published loan prime rate."""

    valid_from = day("公布日")
    lpr_1y = forms.CharField(label="一年期（%）", max_length=8)
    lpr_5y = forms.CharField(label="五年期以上（%）", max_length=8)
    source = forms.CharField(label="来源", max_length=120, initial="全国银行间同业拆借中心公布")

    def clean_lpr_1y(self) -> int:
        """Per cent into basis points."""
        return _basis_points(self.cleaned_data["lpr_1y"])

    def clean_lpr_5y(self) -> int:
        """Per cent into basis points."""
        return _basis_points(self.cleaned_data["lpr_5y"])

    def arguments(self) -> dict[str, Any]:
        """Two rows."""
        given = self.cleaned_data
        return {"rows": [RateRow(n, given["valid_from"], given[n], given["source"]) for n in ("lpr_1y", "lpr_5y")]}


class CalendarForm(ActForm):
    """The State Council's notice for a year."""

    year = forms.IntegerField(label="年份", min_value=2019, max_value=2100)
    source = forms.CharField(label="通知文号", max_length=120)
    off = forms.CharField(label="放假的日子", widget=forms.Textarea, help_text="每行一天，如 2027-01-01；周末不必写")
    on = forms.CharField(label="调休上班的周末", widget=forms.Textarea, required=False, help_text="每行一天")

    def clean_off(self) -> list[Any]:
        """Lines into days."""
        return _days(self.cleaned_data["off"])

    def clean_on(self) -> list[Any]:
        """Lines into days."""
        return _days(self.cleaned_data["on"])


def _days(text: str) -> list[Any]:
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        try:
            found.append(date.fromisoformat(line))
        except ValueError as error:
            raise ValidationError(f"「{line}」不是日期；应写如 2027-01-01") from error
    return found


def _basis_points(text: str) -> int:
    try:
        value = Decimal(text.strip().rstrip("%")) * 100
    except InvalidOperation as error:
        raise ValidationError(f"应为如 3.45 的数，收到「{text}」") from error
    if value != value.to_integral_value():
        raise ValidationError(f"最多两位小数，收到「{text}」")
    return int(value)
