"""Admission of acquirers."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from anju.base import numbers
from anju.parties.forms.shared import day
from anju.parties.models import Organisation
from anju.policy.rules.acquirer import CRITERIA
from anju.web.forms import ActForm

ANSWERS = [("", "未知"), ("yes", "是"), ("no", "否")]


class AdmissionForm(ActForm):
    """A candidate acquirer with what is known; a yes needs its proof, what is left unknown stays so."""

    acquirer_id = forms.ModelChoiceField(
        label="收购主体", queryset=Organisation.objects.filter(kind="acquirer").order_by("name")
    )
    document = forms.CharField(label="选定文件", max_length=200)
    valid_from = day("自何日起")
    valid_until = day("至何日", required=False)
    group = forms.CharField(
        label="企业及所属集团成员", required=False, widget=forms.Textarea,
        help_text="每行一家：名称，是或否（是否政府融资平台，未查可空），证明",
    )  # fmt: skip
    group_complete = forms.ChoiceField(label="集团成员已列全", choices=ANSWERS, required=False)
    hidden_debt = forms.CharField(label="地方隐性债务（元）", required=False, help_text="没有填 0；未查可空")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, title in CRITERIA.items():
            self.fields[f"c_{key}"] = forms.ChoiceField(label=title, choices=ANSWERS, required=False)
            self.fields[f"e_{key}"] = forms.CharField(label=f"{title}的证明", max_length=200, required=False)

    def clean_group(self) -> list[dict[str, Any]]:
        """Lines into members."""
        found = []
        for line in filter(None, map(str.strip, self.cleaned_data["group"].splitlines())):
            name, said, evidence = ([p.strip() for p in line.replace(",", "，").split("，", 2)] + ["", ""])[:3]
            if said not in ("", "是", "否"):
                raise ValidationError(f"「{name}」的第二项应为 是 或 否，收到「{said}」")
            found.append(
                {"name": name, "financing_platform": {"是": True, "否": False}.get(said), "evidence": evidence}
            )
        return found

    def clean_hidden_debt(self) -> int | None:
        """Yuan into fen; nothing is unknown."""
        return _debt(self.cleaned_data["hidden_debt"])

    def arguments(self) -> dict[str, Any]:
        """The facts as the act keeps them."""
        given = self.cleaned_data
        criteria = {k: {"answer": _said(given[f"c_{k}"]), "evidence": given[f"e_{k}"]} for k in CRITERIA}
        return {
            "acquirer_id": given["acquirer_id"].pk, "document": given["document"], "valid_from": given["valid_from"],
            "valid_until": given["valid_until"],
            "facts": {
                "criteria": criteria, "group": given["group"], "group_complete": _said(given["group_complete"]),
                "hidden_debt_fen": given["hidden_debt"],
            },
        }  # fmt: skip


class CheckForm(ActForm):
    """The answer to one check, with its proof."""

    check = forms.ChoiceField(label="核查项")
    answer = forms.CharField(label="结果", max_length=20, help_text="是 或 否；隐性债务填金额（元），没有填 0")
    evidence = forms.CharField(label="证明材料", max_length=200)

    def __init__(self, *args: Any, checks: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["check"].choices = checks  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """是 and 否 into true and false, a debt into fen."""
        found = super().clean() or {}
        text = found.get("answer", "").strip()
        try:
            if found.get("check") == "hidden_debt_fen":
                found["answer"] = _debt(text)
            elif text in ("是", "否"):
                found["answer"] = text == "是"
            elif text:
                self.add_error("answer", f"应为 是 或 否，收到「{text}」")
        except ValidationError as error:
            self.add_error("answer", error)
        return found

    def arguments(self) -> dict[str, Any]:
        """The check by the act's own word; ``key`` in a form is the page's."""
        given = self.cleaned_data
        return {"key": given["check"], "answer": given["answer"], "evidence": given["evidence"]}


def _debt(text: str) -> int | None:
    if not text.strip():
        return None
    try:
        return numbers.parse_yuan(text)
    except numbers.BadNumber as error:
        raise ValidationError(str(error)) from error


def _said(text: str) -> bool | None:
    return {"yes": True, "no": False}.get(text)
