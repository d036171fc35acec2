"""Forms of a case's life after it came in: decisions, objections, other looks, households' events, needs, bans, re-checks."""

from typing import Any
from uuid import UUID

from django import forms

from anju.base.numbers import mask_name
from anju.needs.acts.events import NewHousehold
from anju.needs.forms import BLANK, FilesField, m2_field, yuan_field
from anju.needs.models import APPLICANT, PROGRAMMES, Application, Ban, MemberNeed, Recheck
from anju.web.forms import ActForm

WORDS = forms.Textarea
DAY = forms.DateInput


def decide_form(name: str, yes: str, no: str, title: str) -> type[ActForm]:
    """A decision for or against, with its reason; ``name`` is the act's argument."""
    choice = forms.TypedChoiceField(
        label=title, coerce=lambda text: text == "yes", widget=forms.RadioSelect, choices=[("no", no), ("yes", yes)]
    )
    return type(
        "DecideForm",
        (ActForm,),
        {
            name: choice,
            "reason": forms.CharField(label="理由", max_length=300, widget=WORDS, required=name != "confirmed"),
            "__doc__": "A decision.",
        },
    )


class ObjectionForm(ActForm):
    """An objection to an application under publicity."""

    number = forms.CharField(label="受理号", max_length=24, help_text="见公示表，如 231202-2603-000001")
    text = forms.CharField(label="异议的事实和理由", max_length=2000, widget=WORDS)
    name = forms.CharField(label="您的姓名", max_length=60, help_text="只用于核查和答复，加密保存，不告诉对方")
    phone = forms.CharField(label="您的手机号", max_length=20)


class AskAgainForm(ActForm):
    """Another look asked for, with new papers."""

    text = forms.CharField(label="申请复核的理由", max_length=2000, widget=WORDS)
    papers = FilesField(label="新的证明材料", required=False)

    def arguments(self) -> dict[str, Any]:
        return {"text": self.cleaned_data["text"], "files": self.cleaned_data["papers"]}


class RecheckForm(ActForm):
    """The outcome of a re-check."""

    outcome = forms.ChoiceField(label="年审结论", choices=Recheck.OUTCOMES, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="理由", max_length=300, required=False, widget=WORDS, help_text="暂停和失效须写明；申请人会收到"
    )


class ReorderForm(ActForm):
    """Why a list is ordered anew."""

    reason = forms.CharField(label="重排的依据（文件和文号）", max_length=300, widget=WORDS)


class TenancyForm(ActForm):
    """Which tenancy is given up for the bought home."""

    tenancy_number = forms.CharField(label="在租的受理号", max_length=24)


class NeedForm(ActForm):
    """A member's need with its proof."""

    member_id = forms.ChoiceField(label="家庭成员")
    kind = forms.ChoiceField(label="需要", choices=MemberNeed.KINDS)
    proof = forms.FileField(label="证明材料", help_text="残疾证、诊断证明或户口簿")

    def __init__(self, *args: Any, row: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member_id"].choices = members_of(row)  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        given = self.cleaned_data
        file = given["proof"]
        return {"member_id": UUID(given["member_id"]), "kind": given["kind"], "proof": (file.name, file.read())}


class BanForm(ActForm):
    """A ban proposed."""

    ground = forms.ChoiceField(label="事由", choices=Ban.GROUNDS)
    facts = forms.CharField(label="查明的事实和证据", max_length=2000, widget=WORDS)


class HearingForm(ActForm):
    """What the household said."""

    heard_on = forms.DateField(label="陈述日期", widget=DAY)
    statement = forms.CharField(
        label="陈述内容", max_length=2000, widget=WORDS, help_text="通知后没有到场的，写明通知和未到场的情况"
    )


class ListForm(forms.Form):
    """Which list."""

    programme = forms.ChoiceField(label="申请类别", choices=PROGRAMMES)


class EventForm(ActForm):
    """What every event of a household says."""

    happened_on = forms.DateField(label="发生日期", widget=DAY)
    reason = forms.CharField(
        label="依据", max_length=300, widget=WORDS, help_text="证件、协议或判决的名称和编号，如结婚证、户口簿分户页"
    )
    income_month_fen = yuan_field("变更后的家庭月收入（元）", required=False, help_text="不清楚就留空，转为待查")
    home_area_cm2 = m2_field("变更后的自有住房建筑面积（㎡）", required=False, help_text="没有住房填 0，不清楚留空")
    papers = FilesField(label="证明材料", required=False)

    def __init__(self, *args: Any, row: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row

    def arguments(self) -> dict[str, Any]:
        given = self.cleaned_data
        facts = {name: given[name] for name in ("income_month_fen", "home_area_cm2") if given[name] is not None}
        return {
            "happened_on": given["happened_on"], "reason": given["reason"], "facts": facts, "files": given["papers"],
        }  # fmt: skip


class SplitForm(EventForm):
    """Who leaves, who applies on, and whether those who leave apply for themselves."""

    leaving = forms.MultipleChoiceField(label="离开的成员", widget=forms.CheckboxSelectMultiple)
    stays_applicant = forms.ChoiceField(
        label="接续的申请人", required=False, help_text="原申请人离开时指定；本申请的受理日期和位次留给没有离开的人"
    )
    applicant = forms.ChoiceField(
        label="新户的申请人", required=False, help_text="离开的人另立一户申请时指定；不另申请的留空"
    )
    phone = forms.CharField(label="新户的手机号", max_length=20, required=False)

    def __init__(self, *args: Any, row: Application, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        for name in ("leaving", "stays_applicant", "applicant"):
            blank = [] if name == "leaving" else BLANK
            self.fields[name].choices = blank + members_of(row)  # type: ignore[attr-defined]
        self.order_fields(["leaving", "stays_applicant", "applicant", "phone"])

    def arguments(self) -> dict[str, Any]:
        given = self.cleaned_data
        new = NewHousehold(applicant=UUID(given["applicant"]), phone=given["phone"]) if given["applicant"] else None
        stays = UUID(given["stays_applicant"]) if given["stays_applicant"] else None
        leaving = [UUID(key) for key in given["leaving"]]
        return {**super().arguments(), "leaving": leaving, "stays_applicant": stays, "new": new}


class JoinForm(EventForm):
    """Which case is merged into this one."""

    other_number = forms.CharField(
        label="并入的受理号", max_length=24, help_text="该申请并入本申请；保留的是本申请的位次"
    )
    field_order = ("other_number",)

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "other_number": self.cleaned_data["other_number"]}


class DeathForm(EventForm):
    """Who died, and who applies on."""

    member_id = forms.ChoiceField(label="去世的成员")
    stays_applicant = forms.ChoiceField(label="接续的申请人", required=False, help_text="申请人去世时指定一名成年成员")
    phone = forms.CharField(label="接续申请人的手机号", max_length=20, required=False)

    def __init__(self, *args: Any, row: Application, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.fields["member_id"].choices = members_of(row)  # type: ignore[attr-defined]
        self.fields["stays_applicant"].choices = BLANK + members_of(row)  # type: ignore[attr-defined]
        self.order_fields(["member_id", "stays_applicant", "phone"])

    def arguments(self) -> dict[str, Any]:
        given = self.cleaned_data
        stays = UUID(given["stays_applicant"]) if given["stays_applicant"] else None
        return {
            **super().arguments(), "member_id": UUID(given["member_id"]), "stays_applicant": stays, "phone": given["phone"],
        }  # fmt: skip


def members_of(row: Application) -> list[tuple[str, str]]:
    """The members as choices, names masked."""
    return [
        (
            str(one.id),
            f"{mask_name(one.name)}（{'申请人' if one.relation == APPLICANT else one.get_relation_display()}）",
        )
        for one in row.members.order_by("relation", "id")
    ]
