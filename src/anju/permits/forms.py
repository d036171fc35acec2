"""Forms of the green channel."""

from typing import Any

from django import forms

from anju.parties.models import Organisation
from anju.permits.models import PROCEDURES
from anju.web.forms import ActForm


class OpenForm(ActForm):
    """A department for each procedure that is to be opened."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = Organisation.objects.filter(kind="department").order_by("name").values_list("id", "name")
        choices = [("", "不开办"), *((str(key), name) for key, name in departments)]
        for code, title in PROCEDURES:
            self.fields[code] = forms.ChoiceField(
                label=title, choices=choices, required=False, help_text="由哪个部门承办"
            )

    def arguments(self) -> dict[str, Any]:
        """Only the procedures that were given a department."""
        return {"departments": {code: value for code, value in self.cleaned_data.items() if value}}


class FinishForm(ActForm):
    """The certificate, the annotation, the day, the scan."""

    certificate = forms.CharField(label="证书号或受理号", max_length=80)
    annotation = forms.CharField(
        label="登记附记",
        max_length=200,
        required=False,
        help_text="转移登记有配售型房源时必填，如：封闭管理，不得上市交易",
    )
    done_on = forms.DateField(label="办结日期", required=False, widget=forms.DateInput, help_text="不填为今天")
    scan = forms.FileField(label="证书扫描件", required=False)

    def arguments(self) -> dict[str, Any]:
        """The act's arguments; the scan as its name and bytes."""
        found = dict(self.cleaned_data)
        scan = found.pop("scan", None)
        return found | ({"file_name": scan.name, "file_data": scan.read()} if scan else {})


class StopForm(ActForm):
    """Why the clock stops."""

    reason = forms.CharField(label="停表原因", max_length=200, help_text="在等谁、等什么材料")
