"""The forms of an offering; sums are typed in yuan and kept in fen."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from anju.needs import programmes
from anju.negotiation.forms import YuanField
from anju.offering import sources
from anju.offering.models import METHODS
from anju.parties.models import Account, Resolution
from anju.policy.parameters import InForce
from anju.reserve.forms import DateField
from anju.web.forms import ActForm

HOLDERS = 3
BY_TENURE = {"sale_programme": "sale", "rent_programme": "rent"}


class MomentField(forms.DateTimeField):
    """A day and a time, in Asia/Shanghai."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class AnnounceForm(ActForm):
    """The timetable and the rules of an offer."""

    apply_from = DateField(label="申请开始")
    apply_until = DateField(label="申请截止", help_text="首尾两日都计")
    earnest_until = DateField(label="缴定金截止")
    method = forms.ChoiceField(label="选房顺序", choices=METHODS)
    earnest_fen = YuanField(label="每套定金（元）", max_length=20)
    sale_programme = forms.ChoiceField(label="配售房源的类别", required=False)
    rent_programme = forms.ChoiceField(label="配租房源的类别", required=False)

    def __init__(self, *args: Any, inforce: InForce, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, tenure in BY_TENURE.items():
            codes = programmes.of_tenure(tenure, inforce)
            choices = [(code, programmes.title_of(code, inforce)) for code in codes]
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        """What was chosen; a tenure with nothing to choose from, or left alone, is the act's own."""
        return {name: value for name, value in self.cleaned_data.items() if value or name not in BY_TENURE}


class WishesForm(ActForm):
    """A household's wishes, first to last."""

    def __init__(self, *args: Any, homes: Sequence[tuple[str, str]], ranks: int = 5, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for rank in range(1, min(ranks, len(homes)) + 1):
            self.fields[f"wish_{rank}"] = forms.ChoiceField(
                label=f"第 {rank} 志愿", choices=[("", "不选"), *homes], required=rank == 1
            )

    def arguments(self) -> dict[str, Any]:
        """The labels in order, empty ones left out."""
        found = [self.cleaned_data[name] for name in self.fields if name.startswith("wish_")]
        return {"wishes": [label for label in found if label]}


class SubscribeForm(WishesForm):
    """A clerk records a household's subscription."""

    number = forms.CharField(label="受理号", max_length=24)

    field_order = ("number",)


class HomeForm(ActForm):
    """One of the homes still free."""

    label = forms.ChoiceField(label="房源")

    def __init__(self, *args: Any, homes: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["label"].choices = homes  # type: ignore[attr-defined]


class HoldersForm(ActForm):
    """Two or more holders of secrets, by their login names."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for at in range(1, HOLDERS + 1):
            self.fields[f"title_{at}"] = forms.CharField(
                label=f"持有人 {at}（公布的称谓）", max_length=60, required=at < HOLDERS
            )
            self.fields[f"account_{at}"] = forms.CharField(
                label=f"持有人 {at} 的登录账号", max_length=60, required=at < HOLDERS
            )

    def clean(self) -> dict[str, Any]:
        """Each login name is an account. Says which is not."""
        found = super().clean() or {}
        for at in range(1, HOLDERS + 1):
            name = found.get(f"account_{at}")
            account = Account.objects.filter(username=name, is_active=True).first() if name else None
            if name and account is None:
                self.add_error(f"account_{at}", f"没有账号「{name}」；请核对登录账号")
            found[f"found_{at}"] = account
        return found

    def arguments(self) -> dict[str, Any]:
        """(title, account) pairs."""
        pairs = [
            (self.cleaned_data.get(f"title_{at}"), self.cleaned_data.get(f"found_{at}")) for at in range(1, HOLDERS + 1)
        ]
        return {"holders": [(title, account.pk) for title, account in pairs if title and account]}


class CommitmentForm(ActForm):
    """The digest of a secret."""

    commitment = forms.CharField(
        label="密数摘要（SHA-256）",
        max_length=64,
        help_text="在自己的电脑上生成 32 字节随机数并保存，只把它的 SHA-256 填在这里",
    )


class SecretForm(ActForm):
    """The secret itself."""

    secret = forms.CharField(label="密数", max_length=64, help_text="64 位十六进制，须与交存的摘要一致")


class PlanForm(ActForm):
    """Public values and times."""

    reveal_until = MomentField(label="揭开密数截止")
    value_from = MomentField(label="公共随机值的开奖时间", help_text="至少比截止再晚 1 小时")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        games = [(code, f"{game.title}（{game.bits:.1f} 比特）") for code, game in sources.GAMES.items()]
        for at, first in ((1, "kl8"), (2, "ssq")):
            choices = games if at == 1 else [("", "不用"), *games]
            self.fields[f"game_{at}"] = forms.ChoiceField(
                label=f"公共随机值 {at}", choices=choices, initial=first, required=at == 1
            )
            self.fields[f"issue_{at}"] = forms.CharField(label=f"期号 {at}", max_length=20, required=at == 1)

    def arguments(self) -> dict[str, Any]:
        """(game, issue) pairs beside the times."""
        found = self.cleaned_data
        pairs = [(found[f"game_{at}"], found[f"issue_{at}"]) for at in (1, 2)]
        return {
            "values": [(game, issue) for game, issue in pairs if game and issue],
            "reveal_until": found["reveal_until"],
            "value_from": found["value_from"],
        }


class ValueForm(ActForm):
    """The official numbers of one public value."""

    numbers = forms.CharField(
        label="号码", max_length=200, help_text="同组用空格、组间用 / 分开，如 1 5 9 17 26 33 / 8"
    )
    issue = forms.CharField(label="所用期号", max_length=20, required=False, help_text="公告的那期没有开奖时，填下一期")
    notice_file = forms.FileField(label="官方公告", required=False)

    def clean_numbers(self) -> list[list[int]]:
        """The drums. Says what cannot be read."""
        try:
            return sources.read(self.cleaned_data["numbers"])
        except sources.BadValue as error:
            raise forms.ValidationError(str(error)) from error

    def arguments(self) -> dict[str, Any]:
        """The drums, the issue, and the notice as bytes."""
        found = dict(self.cleaned_data)
        file = found.pop("notice_file", None)
        kept = {"notice_name": file.name, "notice": file.read()} if file else {}
        return {"drums": found["numbers"], "issue": found["issue"], **kept}


class EarnestForm(ActForm):
    """One receipt of the bank."""

    paid_on = DateField(label="到账日期")
    reference = forms.CharField(label="银行回单号", max_length=60)
    amount_fen = YuanField(label="金额（元）", max_length=20)


class ReasonForm(ActForm):
    """Why."""

    reason = forms.CharField(label="原因", max_length=200, widget=forms.Textarea)


class GateForm(ActForm):
    """Whether a failing case shall be put to 一事一议."""

    special_reason = forms.CharField(
        label="未达标时提请一事一议的理由", max_length=200, required=False, widget=forms.Textarea,
        help_text="不提请的留空：判定未达标，定金当即全部退回",
    )  # fmt: skip


class RedrawForm(ReasonForm):
    """A new round by a resolution."""

    resolution_id = forms.ChoiceField(label="专班决议")

    def __init__(self, *args: Any, region: str, since: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Resolution.objects.filter(owner_region=region, adopted_by__isnull=False, decided_on__gte=since)
        self.fields["resolution_id"].choices = [  # type: ignore[attr-defined]
            (str(r.pk), f"{r.number} {r.title}") for r in rows.order_by("-decided_on")
        ]
