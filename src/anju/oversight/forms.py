"""Forms of oversight."""

from typing import Any

from django import forms

from anju.parties.models import Organisation
from anju.web.forms import ActForm


class AssessForm(ActForm):
    """Whose period."""

    acquirer_id = forms.ChoiceField(label="收购主体")
    period_from = forms.DateField(label="考核期自", widget=forms.DateInput)
    period_until = forms.DateField(label="考核期至", widget=forms.DateInput)

    def __init__(self, *args: Any, region: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = (
            Organisation.objects.filter(kind="acquirer", owner_region=region).order_by("name").values_list("id", "name")
        )
        self.fields["acquirer_id"].choices = [(str(key), name) for key, name in rows]  # type: ignore[attr-defined]
