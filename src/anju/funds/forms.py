"""The forms of the money; sums are typed in yuan and kept in fen."""

from typing import Any

from django import forms

from anju.funds.models import USES, Payment, ProceedsUse, Subsidy
from anju.negotiation.forms import YuanField
from anju.reserve.forms import DateField
from anju.web.forms import ActForm

Choices = list[tuple[str, str]]
REFERENCE: dict[str, Any] = {"label": "银行回单号", "max_length": 60}


class ChoosingForm(ActForm):
    """A form whose choices the page gives: ``choices`` maps a field to its options."""

    def __init__(self, *args: Any, choices: dict[str, Choices], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, options in choices.items():
            field: Any = self.fields[name]
            field.choices = options if field.required else [("", "—"), *options]

    def arguments(self) -> dict[str, Any]:
        """An empty choice is none."""
        return {name: (value or None) if name.endswith("_id") else value for name, value in self.cleaned_data.items()}


class ReasonForm(ActForm):
    """Why."""

    reason = forms.CharField(label="原因", max_length=200, widget=forms.Textarea)


class AccountForm(ChoosingForm):
    """A supervised account."""

    bank_id = forms.ChoiceField(label="开户银行（贷款银行）")
    number = forms.CharField(label="专户账号", max_length=40)
    document = forms.CharField(label="监管协议编号", max_length=80)
    opened_on = DateField(label="开户日期")


class LoanForm(ChoosingForm):
    """What a loan is drafted on."""

    account_id = forms.ChoiceField(label="资金监管专户")
    number = forms.CharField(label="贷款合同号", max_length=60)
    decision_id = forms.ChoiceField(label="三重一大决定（贷款）", required=False)


class SignForm(ActForm):
    """The day of the signing."""

    signed_on = DateField(label="签署日期")


class InterestForm(ActForm):
    """Interest that the bank took."""

    amount_fen = YuanField(label="利息（元）", max_length=20)
    paid_on = DateField(label="结息日期")
    bank_reference = forms.CharField(**REFERENCE)


class PaymentForm(ChoosingForm):
    """A payment to ask for."""

    source = forms.ChoiceField(label="资金来源", choices=Payment.SOURCES)
    loan_id = forms.ChoiceField(label="贷款", required=False, help_text="资金来源为贷款时选")
    use = forms.ChoiceField(label="用途", choices=USES)
    milestone_id = forms.ChoiceField(label="收购进度", required=False, help_text="收购款须选已达到的一步")
    payee_id = forms.ChoiceField(label="收款单位")
    amount_fen = YuanField(label="金额（元）", max_length=20)
    document = forms.CharField(label="合同或发票号", max_length=120, required=False, help_text="收购款以外的用途必填")
    use_reason = forms.CharField(label="理由", max_length=200, required=False, help_text="其他合理支出必填，逐笔报批")


class SettleForm(ActForm):
    """What the bank paid."""

    paid_on = DateField(label="支付日期")
    bank_reference = forms.CharField(**REFERENCE)


class DutiesForm(ActForm):
    """What statutory duties are still to be met."""

    amount_fen = YuanField(
        label="尚应履行的法定义务（元）", max_length=20, help_text="税费、维修资金等合计；没有的填 0"
    )
    document = forms.CharField(label="依据文件", max_length=120)


class ReceiptForm(ActForm):
    """Money from a home."""

    kind = forms.ChoiceField(label="种类", choices=[("sale", "配售款"), ("rent", "租金")])
    amount_fen = YuanField(label="金额（元）", max_length=20)
    received_on = DateField(label="到账日期")
    bank_reference = forms.CharField(**REFERENCE)


class MatchForm(ChoosingForm):
    """Which voucher a line is."""

    voucher_id = forms.ChoiceField(label="对应凭证")
    reason = forms.CharField(label="对账说明", max_length=200)


class SubsidyForm(ActForm):
    """A subsidy to apply for."""

    level = forms.ChoiceField(label="补助层级", choices=Subsidy.LEVELS)
    document = forms.CharField(label="文号", max_length=120)
    amount_fen = YuanField(label="金额（元）", max_length=20)


class GrantForm(ActForm):
    """A subsidy that came in."""

    granted_on = DateField(label="到账日期")
    bank_reference = forms.CharField(**REFERENCE)


class CapitalForm(ActForm):
    """Money of the shareholder's."""

    amount_fen = YuanField(label="金额（元）", max_length=20)
    received_on = DateField(label="到账日期")
    bank_reference = forms.CharField(**REFERENCE)


class OwnFundsForm(ActForm):
    """Own funds for a project."""

    amount_fen = YuanField(label="金额（元）", max_length=20)
    document = forms.CharField(label="依据文件", max_length=120)


class MovedForm(ActForm):
    """When they were moved."""

    moved_on = DateField(label="划转日期")
    bank_reference = forms.CharField(**REFERENCE)


class ProceedsForm(ActForm):
    """A use of the seller's proceeds."""

    use = forms.ChoiceField(label="用途", choices=ProceedsUse.USES)
    target = forms.CharField(label="资金去向", max_length=120, help_text="债权人，或项目名称")
    target_unfinished = forms.NullBooleanField(label="所投项目尚未建成", required=False)
    target_in_group = forms.NullBooleanField(label="所投项目属于本企业或集团", required=False)
    amount_fen = YuanField(label="金额（元）", max_length=20)
    used_on = DateField(label="使用日期")
    file = forms.FileField(label="凭据")

    def arguments(self) -> dict[str, Any]:
        """The proof as bytes."""
        found = dict(self.cleaned_data)
        file = found.pop("file")
        return {**found, "evidence_name": file.name, "evidence": file.read()}
