"""Resolutions and parameter values."""

from typing import Any

from django import forms

from anju.parties import words
from anju.parties.forms.shared import day
from anju.parties.models import Organisation, Resolution
from anju.policy.catalogue import heads_of
from anju.policy.parameters import BY, Parameter
from anju.web.forms import ActForm


class ResolutionForm(ActForm):
    """A meeting's resolution."""

    body_id = forms.ModelChoiceField(label="作出决议的专班", queryset=Organisation.objects.none())
    number = forms.CharField(label="决议编号", max_length=60)
    title = forms.CharField(label="议题", max_length=200)
    decided_on = day("会议日期")
    minutes = forms.CharField(label="会议纪要", widget=forms.Textarea)
    votes_for = forms.IntegerField(label="赞成票", min_value=0, max_value=999)
    votes_against = forms.IntegerField(label="反对票", min_value=0, max_value=999)

    def __init__(self, *args: Any, region: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bodies = Organisation.objects.filter(kind="task_force", owner_region=region).order_by("name")
        self.fields["body_id"].queryset = bodies  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        """The body by its key."""
        return {**self.cleaned_data, "body_id": self.cleaned_data["body_id"].pk}


class SettingForm(ActForm):
    """A value for one parameter; a field per programme where it is kept by programme (a blank one is left as it is)."""

    def __init__(self, *args: Any, parameter: Parameter, region: str, **kwargs: Any) -> None:
        self.parameter = parameter
        self.keys = list(BY[parameter.by]) if parameter.by else [""]
        super().__init__(*args, **kwargs)
        for key in self.keys:
            label = f"取值（{BY[parameter.by][key]}）" if key else "取值"
            self.fields[f"value_{key}"] = _value_field(parameter, label, required=not key)
        self.fields["valid_from"] = day("生效日", help_text="已判的事项按当日取值，不会重判")
        self.fields["document"] = forms.CharField(label="依据文件", max_length=200)
        self.fields["resolution_id"] = forms.ModelChoiceField(
            label="专班决议", required=False, empty_label="不附决议",
            queryset=Resolution.objects.filter(owner_region=region, adopted_by__isnull=False).order_by("-decided_on", "id"),
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Texts into values of the parameter's kind."""
        found = super().clean() or {}
        value: dict[str, Any] = {}
        for key in self.keys:
            text = found.get(f"value_{key}")
            if not text:
                continue
            try:
                value[key] = words.read(self.parameter, text)
            except words.BadText as error:
                self.add_error(f"value_{key}", str(error))
        if not value and not self.errors:
            self.add_error(f"value_{self.keys[0]}", "没有填写取值，没有拟定；请至少填一项")
        found["value"] = value if self.parameter.by else value.get("")
        return found

    def arguments(self) -> dict[str, Any]:
        """Value, day, document and resolution."""
        given = self.cleaned_data
        resolution = given["resolution_id"]
        return {
            "value": given["value"], "valid_from": given["valid_from"], "document": given["document"],
            "resolution_id": resolution and resolution.pk,
        }  # fmt: skip


def _value_field(parameter: Parameter, label: str, *, required: bool) -> forms.Field:
    unit = words.unit_of(parameter)
    hint = "，".join(filter(None, [f"单位：{unit}" if unit else "", "可填「不设」" if parameter.optional else ""]))
    if parameter.kind == "enum":
        first = [] if required else [("", "不改")]
        return forms.ChoiceField(label=label, choices=[*first, *parameter.choices.items()], required=required)
    if parameter.kind == "table":
        columns = "，".join(heads_of(parameter))
        return forms.CharField(
            label=label, required=required, help_text=f"每行一条，用逗号隔开：{columns}", widget=forms.Textarea
        )
    return forms.CharField(label=label, required=required, help_text=hint, max_length=400)
