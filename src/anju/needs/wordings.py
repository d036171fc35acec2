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
# What proxies, workers, letters and employers bring; the number stands in the room's own words.
for _code, _title, _core, _follows in (
    (
        "visited",
        "入户走访",
        "2026-03-02 入户走访了您家（申请 {}），记录可在“我的申请”查看；有出入请联系窗口。",
        "请知悉。",
    ),
    (
        "phone-moved",
        "改绑手机号",
        "您的申请 {} 已在窗口改绑到手机号 199****0001；不是您办的，请立即联系受理窗口。",
        "请留意短信。",
    ),
    ("phone-bound", "绑定手机号", "本手机号已绑定申请 {}，可在门户用验证码登录查看进度。", "请勿转借手机。"),
    (
        "proxy-granted",
        "登记代办人（告知申请人）",
        "赵某（199****0001）可代办您的申请 {}，到 2026-06-30 止。不同意的，请在“我的申请”终止，或联系受理窗口。",
        "请留意短信。",
    ),
    (
        "proxy-told",
        "登记代办人（告知代办人）",
        "您已登记为申请 {} 的代办人，到 2026-06-30 止；用本手机号登录门户办理。",
        "请按约定范围办理。",
    ),
    ("proxy-ended", "代办终止", "代办人赵某已不能再办理申请 {}。", "有疑问请联系受理窗口。"),
    (
        "proxy-acted",
        "代办人办理了事项",
        "代办人赵某为您的申请 {} 办理了「补正」。不同意的请联系受理窗口。",
        "请留意短信。",
    ),
    (
        "made-for",
        "协理员代为申请",
        "村（社区）协理员已为您家申请配售型保障性住房，受理号 {}，2026-03-12 前可以撤销。请用本手机号登录门户确认，或到窗口办理。",
        "请留意短信。",
    ),
    ("letter", "出具轮候资格通知书", "申请 {} 的轮候资格通知书已出具，可在“我的申请”下载。", "请妥善保存。"),
    (
        "letter-withdrawn",
        "收回轮候资格通知书",
        "申请 {} 的轮候资格通知书已收回：退出轮候。",
        "有疑问请联系受理窗口。",
    ),
    (
        "needs.employer_entry",
        "用人单位报送",
        "合成单位为您家报送了配售型保障性住房申请。请用本手机号登录“我的申请”，在“单位报送”里确认；不是您本人同意的，请点“不同意”，报送即作废。",
        "不确认不会受理，请尽快答复。",
    ),
):
    _kind(_code, _title, _core, _follows)
