"""What families are told about their application, in wordings that a post may change; the room gives the core, the wording what follows."""

from collections.abc import Callable, Mapping
from uuid import UUID

from anju.base.regions import region_range
from anju.base.wordings.kinds import CORE, MESSAGE, WordingKind, register
from anju.needs.models import Application

CASES = 20


def cases(region: str) -> list[tuple[UUID, str]]:
    """The latest applications of the region, by number."""
    rows = Application.objects.filter(region__range=region_range(region)).order_by("-number", "id")
    return [(key, number) for key, number in rows.values_list("id", "number")[:CASES]]


def _of(core: str) -> Callable[[UUID], Mapping[str, str]]:
    def values(key: UUID) -> Mapping[str, str]:
        return {CORE: core.format(Application.objects.values_list("number", flat=True).get(pk=key))}

    return values


def _kind(code: str, title: str, core: str, follows: str) -> WordingKind:
    """``core`` with the number in place of {} is what the room says, as an example; ``follows`` is the built-in end."""
    example = core.format("231202-2603-000001")
    placeholders = {CORE: ("系统写明的办理情况，含受理号", example)}
    return register(WordingKind(code, title, MESSAGE, f"{{{CORE}}}{follows}", placeholders, "3.2-0", cases, _of(core)))


SUPPLEMENT = _kind(
    "needs.supplement", "要求补正", "您的住房保障申请 {} 需要补正：缺收入证明。请登录“我的申请”或到受理窗口补交。",
    "补交后请留意短信，结果会另行通知。",
)  # fmt: skip
REFUSED = _kind(
    "needs.refuse", "不予通过", "您的住房保障申请 {} 审核不予通过：名下另有住房。如有异议，可在期限内申请复核，或到受理窗口咨询。",
    "申请复核请登录“我的申请”。",
)  # fmt: skip
RECONSIDERED = _kind(
    "needs.reconsidered",
    "复核结果",
    "您的住房保障申请 {} 复核通过，恢复办理，受理日期不变。",
    "请登录“我的申请”查看进度。",
)
OBJECTION = _kind(
    "needs.objection",
    "公示异议不成立",
    "公示期间收到对申请 {} 的异议，经核查不成立，您的申请继续办理。",
    "现在不用您办什么。",
)
OBJECTION_ANSWER = _kind(
    "needs.objection_answer", "答复异议人", "您对申请 {} 提出的异议，经核查不成立。理由：收入证明属实",
    "。如有新的材料，请到受理窗口提交。",
)  # fmt: skip
BAN_PROPOSED = _kind(
    "needs.ban_proposed", "拟限制申请，请来陈述", "拟对申请 {} 的家庭作出限制申请的决定（提供虚假材料）。请到受理窗口陈述意见。",
    "请带身份证和有关材料。",
)  # fmt: skip
BAN_DECIDED = _kind(
    "needs.ban_decided", "限制申请的决定", "关于申请 {} 的家庭：提供虚假材料，不予限制。理由：材料属实",
    "。对决定不服的，请到受理窗口询问复议、诉讼的办法。",
)  # fmt: skip
RESUMED = _kind("needs.resumed", "恢复轮候", "您的住房保障申请 {} 已恢复轮候，位次不变。", "现在不用您办什么。")
DEFERRAL = _kind(
    "needs.deferral", "容缺受理", "您的住房保障申请 {} 已容缺受理，请在 2026-03-31 前补齐：收入。逾期申请将退回。",
    "请到受理窗口或登录“我的申请”补交。",
)  # fmt: skip
DEFERRAL_FAILED = _kind(
    "needs.deferral_failed", "容缺逾期退回", "您的住房保障申请 {} 已退回：逾期没有补齐。请登录“我的申请”或到受理窗口补交。",
    "补齐后继续办理，请尽快补交。",
)  # fmt: skip
