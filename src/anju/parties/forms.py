"""The forms of this room's pages."""

from typing import Any

from django import forms
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from anju.parties import words
from anju.parties.models import Organisation, Region, Resolution
from anju.parties.posts import FAMILY, POSTS
from anju.policy.parameters import BY, Parameter
from anju.policy.rules.acquirer import CRITERIA
from anju.web.forms import ActForm

ANSWERS = [("", "未知"), ("yes", "是"), ("no", "否")]


def day(label: str, **more: Any) -> forms.DateField:
    """A day, as the browser's own date control."""
    return forms.DateField(label=label, widget=forms.DateInput, **more)


class SignInForm(ActForm):
    """Name and password."""

    username = forms.CharField(label="登录名", max_length=60, widget=forms.TextInput({"autocomplete": "username"}))
    password = forms.CharField(
        label="密码", max_length=200, strip=False, widget=forms.PasswordInput({"autocomplete": "current-password"})
    )


class NewPasswordForm(ActForm):
    """A password chosen by its owner, twice; ``old`` is asked of somebody who is signed in."""

    old = forms.CharField(
        label="现在的密码", strip=False, widget=forms.PasswordInput({"autocomplete": "current-password"})
    )
    new = forms.CharField(
        label="新密码", max_length=200, strip=False, help_text="至少 12 位，不用常见密码，不含登录名",
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )  # fmt: skip
    again = forms.CharField(
        label="再输一遍新密码", strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, account: Any, ask_old: bool = True, **kwargs: Any) -> None:
        self.account = account
        super().__init__(*args, **kwargs)
        if not ask_old:
            del self.fields["old"]

    def clean_old(self) -> str:
        """The word that the account has now."""
        from django.contrib.auth.hashers import check_password

        if not check_password(self.cleaned_data["old"], self.account.password):
            raise ValidationError("现在的密码不对，没有修改；请重输，忘记了请找安全管理员重设")
        return str(self.cleaned_data["old"])

    def clean_new(self) -> str:
        """Long enough, not common, not the name itself."""
        validate_password(self.cleaned_data["new"], self.account)
        return str(self.cleaned_data["new"])

    def clean(self) -> dict[str, Any]:
        """Twice the same."""
        found = super().clean() or {}
        if found.get("new") and found.get("again") and found["new"] != found["again"]:
            self.add_error("again", "两次输入不一样，请重输")
        return found

    def arguments(self) -> dict[str, Any]:
        """The hash alone: the act never sees the word."""
        return {"password_hash": make_password(self.cleaned_data["new"])}


class PhoneForm(ActForm):
    """A family's phone."""

    phone = forms.CharField(
        label="手机号", max_length=20, widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "tel"})
    )


class CodeForm(ActForm):
    """The code that was sent."""

    code = forms.CharField(
        label="6 位验证码",
        max_length=10,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


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
        columns = "，".join(parameter.columns)
        return forms.CharField(
            label=label, required=required, help_text=f"每行一条，用逗号隔开：{columns}", widget=forms.Textarea
        )
    return forms.CharField(label=label, required=required, help_text=hint, max_length=400)


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
        from anju.parties.suihua import RateRow

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
    from datetime import date

    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        try:
            found.append(date.fromisoformat(line))
        except ValueError as error:
            raise ValidationError(f"「{line}」不是日期；应写如 2027-01-01") from error
    return found


def _basis_points(text: str) -> int:
    from decimal import Decimal, InvalidOperation

    try:
        value = Decimal(text.strip().rstrip("%")) * 100
    except InvalidOperation as error:
        raise ValidationError(f"应为如 3.45 的数，收到「{text}」") from error
    if value != value.to_integral_value():
        raise ValidationError(f"最多两位小数，收到「{text}」")
    return int(value)


def _debt(text: str) -> int | None:
    from anju.base import numbers

    if not text.strip():
        return None
    try:
        return numbers.parse_yuan(text)
    except numbers.BadNumber as error:
        raise ValidationError(str(error)) from error


def _said(text: str) -> bool | None:
    return {"yes": True, "no": False}.get(text)
