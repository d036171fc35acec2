"""Bodies, accounts and posts."""

from typing import Any

from django import forms

from anju.parties.forms.shared import day
from anju.parties.models import Organisation, Region
from anju.parties.posts import FAMILY, POSTS
from anju.web.forms import ActForm


class OrganisationForm(ActForm):
    """A body that takes part."""

    kind = forms.ChoiceField(label="类别", choices=Organisation.KINDS)
    name = forms.CharField(label="名称", max_length=120)
    uscc = forms.CharField(label="统一社会信用代码", max_length=20, required=False, help_text="18 位，见营业执照")
    parent_id = forms.ModelChoiceField(
        label="母公司", queryset=Organisation.objects.order_by("name"), required=False, empty_label="没有或未登记"
    )
    qualification = forms.CharField(label="资质等级及证书号", max_length=80, required=False)
    qualified_until = day("资质有效期至", required=False)
    source = forms.CharField(
        label="来源文件", max_length=200, required=False, help_text="公开文件已点名的，写文号和条款"
    )

    def arguments(self) -> dict[str, Any]:
        """The parent by its key."""
        parent = self.cleaned_data["parent_id"]
        return {**self.cleaned_data, "uscc": self.cleaned_data["uscc"] or None, "parent_id": parent and parent.pk}


class RenameForm(ActForm):
    """A new name and what it rests on."""

    name = forms.CharField(label="新名称", max_length=120)
    document = forms.CharField(label="更名依据", max_length=200)


class AccountForm(ActForm):
    """An account; its first password is made by the system and shown once."""

    username = forms.CharField(label="登录名", max_length=40, help_text="小写字母开头，可有数字和 _ . -")
    name = forms.CharField(label="姓名", max_length=60)
    organisation_id = forms.ModelChoiceField(
        label="所属单位", queryset=Organisation.objects.order_by("name"), required=False, empty_label="无"
    )
    phone = forms.CharField(label="手机号", max_length=20, required=False)

    def arguments(self) -> dict[str, Any]:
        """The body by its key."""
        body = self.cleaned_data["organisation_id"]
        return {**self.cleaned_data, "organisation_id": body and body.pk, "phone": self.cleaned_data["phone"] or None}


class AppointForm(ActForm):
    """A post in a region."""

    post = forms.ChoiceField(label="岗位", choices=[(p.code, p.title) for p in POSTS if p.code != FAMILY])
    region = forms.ModelChoiceField(
        label="区划", queryset=Region.objects.filter(level__in=("city", "county")).order_by("code")
    )
    since = day("自何日起", required=False, help_text="不填即自今日")

    def __init__(self, *args: Any, regions: tuple[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        picker = self.fields["region"]
        picker.queryset = picker.queryset.filter(code__gte=regions[0], code__lte=regions[1])  # type: ignore[attr-defined]
        picker.label_from_instance = lambda r: f"{r.code} {r.name}"  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        """The region by its code."""
        return {**self.cleaned_data, "region": self.cleaned_data["region"].code}


class ReasonForm(ActForm):
    """Why."""

    reason = forms.CharField(label="理由", max_length=300, widget=forms.Textarea)
