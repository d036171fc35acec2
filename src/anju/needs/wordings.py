"""What families are told about their application, in wordings that a post may change; each names its placeholders."""

from collections.abc import Mapping
from uuid import UUID

from anju.base.regions import region_range
from anju.base.wordings.kinds import MESSAGE, WordingKind, register
from anju.needs.models import Application

CASES = 20
NUMBER = "受理号"
REASON = ("审核、复核或处理时填写的理由", "缺收入证明")
DAY = ("日期", "2026-03-31")
PROGRAMME = ("申请类别", "配售型保障性住房")
PROXY = ("代办人，姓名和手机号已遮盖", "赵某")


def cases(region: str) -> list[tuple[UUID, str]]:
    """The latest applications of the region, by number."""
    rows = Application.objects.filter(region__range=region_range(region)).order_by("-number", "id")
    return [(key, number) for key, number in rows.values_list("id", "number")[:CASES]]


def values(key: UUID) -> Mapping[str, str]:
    """What an application puts in whatever it is told: its number and its programme's title."""
    row = Application.objects.only("number", "programme").get(pk=key)
    return {NUMBER: row.number, "类别": row.get_programme_display()}


# code: (title, the built-in wording, its placeholders beside the number)
WORDINGS: dict[str, tuple[str, str, dict[str, tuple[str, str]]]] = {
    "needs.supplement": (
        "要求补正", "您的住房保障申请 {受理号} 需要补正：{原因}。请登录“我的申请”或到受理窗口补交。补交后请留意短信，结果会另行通知。",
        {"原因": REASON},
    ),
    "needs.refuse": (
        "不予通过",
        "您的住房保障申请 {受理号} 审核不予通过：{原因}。如有异议，请在期限内登录“我的申请”申请复核，或到受理窗口咨询。",
        {"原因": REASON},
    ),
    "needs.reconsidered": (
        "复核结果", "您的住房保障申请 {受理号} {结果}。请登录“我的申请”查看进度。",
        {"结果": ("复核的结果", "复核通过，恢复办理，受理日期不变")},
    ),
    "needs.objection": (
        "公示异议不成立", "公示期间收到对申请 {受理号} 的异议，经核查不成立，您的申请继续办理。现在不用您办什么。", {},
    ),
    "needs.objection_answer": (
        "答复异议人", "您对申请 {受理号} 提出的异议，经核查{结果}。理由：{原因}。如有新的材料，请到受理窗口提交。",
        {"结果": ("是否成立", "不成立"), "原因": REASON},
    ),
    "needs.ban_proposed": (
        "拟限制申请，请来陈述",
        "拟对申请 {受理号} 的家庭作出限制申请的决定（{事由}）。请到受理窗口陈述意见，请带身份证和有关材料。",
        {"事由": ("限制的事由", "提供虚假材料")},
    ),
    "needs.ban_decided": (
        "限制申请的决定",
        "关于申请 {受理号} 的家庭：{事由}，{结果}。理由：{原因}。对决定不服的，请到受理窗口询问复议、诉讼的办法。",
        {"事由": ("限制的事由", "提供虚假材料"), "结果": ("决定", "不予限制"), "原因": REASON},
    ),
    "needs.suspended": (
        "暂停轮候", "您的住房保障申请 {受理号} 已暂停轮候：{原因}。情况恢复后请到受理窗口申请恢复，位次保留。", {"原因": REASON},
    ),
    "needs.lapsed": (
        "资格失效", "您的住房保障申请 {受理号} 轮候资格已失效：{原因}。如有异议，请到受理窗口申请恢复。", {"原因": REASON},
    ),
    "needs.resumed": ("恢复轮候", "您的住房保障申请 {受理号} 已恢复轮候，位次不变。现在不用您办什么。", {}),
    "needs.deferral": (
        "容缺受理",
        "您的住房保障申请 {受理号} 已容缺受理，请在 {期限} 前补齐：{材料}。逾期申请将退回，请到受理窗口或登录“我的申请”补交。",
        {"材料": ("要补的材料", "收入证明"), "期限": DAY},
    ),
    "needs.deferral_failed": (
        "容缺逾期退回",
        "您的住房保障申请 {受理号} 已退回：{原因}。补齐后继续办理，请尽快登录“我的申请”或到受理窗口补交。",
        {"原因": ("没有补齐的材料和期限", "逾期没有补齐收入证明")},
    ),
    "visited": (
        "入户走访", "{日期} 入户走访了您家（申请 {受理号}），记录可在“我的申请”查看；有出入的，请联系受理窗口。", {"日期": DAY},
    ),
    "phone-moved": (
        "改绑手机号", "您的申请 {受理号} 已在窗口改绑到手机号 {新手机号}；不是您办的，请立即联系受理窗口。",
        {"新手机号": ("新手机号，已遮盖", "199****0001")},
    ),
    "phone-bound": (
        "绑定手机号", "本手机号已绑定申请 {受理号}，可在门户用验证码登录查看进度。请勿转借手机。", {},
    ),
    "proxy-granted": (
        "登记代办人（告知申请人）",
        "{代办人}可代办您的申请 {受理号}，范围：{范围}，到 {期限} 止。不同意的，请在“我的申请”终止，或联系受理窗口。",
        {"代办人": ("代办人，姓名和手机号已遮盖", "赵某（199****0001）"), "范围": ("代办的范围", "只看进度"), "期限": DAY},
    ),
    "proxy-told": (
        "登记代办人（告知代办人）",
        "您已登记为申请 {受理号} 的代办人，到 {期限} 止；请用本手机号登录门户，按约定范围办理。", {"期限": DAY},
    ),
    "proxy-ended": ("代办终止", "代办人{代办人}已不能再办理申请 {受理号}。有疑问请联系受理窗口。", {"代办人": PROXY}),
    "proxy-acted": (
        "代办人办理了事项", "代办人{代办人}为您的申请 {受理号} 办理了「{事项}」。不同意的，请联系受理窗口。",
        {"代办人": PROXY, "事项": ("办理的事项", "补正")},
    ),
    "made-for": (
        "协理员代为申请",
        "村（社区）协理员已为您家申请{类别}，受理号 {受理号}，{撤销}。请用本手机号登录门户确认，或到受理窗口办理。",
        {"类别": PROGRAMME, "撤销": ("撤销的期限", "2026-03-12 前可以撤销")},
    ),
    "letter": (
        "出具轮候资格通知书", "您的轮候资格通知书 {文号}（申请 {受理号}）已出具，可在“我的申请”下载，请妥善保存。",
        {"文号": ("通知书的文号", "轮候〔2026〕1号")},
    ),
    "letter-withdrawn": (
        "收回轮候资格通知书", "申请 {受理号} 的轮候资格通知书（文书码 {文书码}）已收回：{原因}。有疑问请联系受理窗口。",
        {"文书码": ("通知书上的文书码", "ABCD-EFGH"), "原因": ("收回的事由", "退出轮候")},
    ),
}  # fmt: skip
for _code, (_title, _default, _own) in WORDINGS.items():
    register(WordingKind(
        _code, _title, MESSAGE, _default, {NUMBER: ("受理号", "231202-2603-000001"), **_own}, "3.2-0", cases, values,
    ))  # fmt: skip
# An employer's entry has no case of its own yet.
register(WordingKind(
    "needs.employer_entry", "用人单位报送", MESSAGE,
    "{单位}为您家报送了{类别}申请。不是您本人同意的，请点“不同意”，报送即作废；同意的，请用本手机号登录“我的申请”，在“单位报送”里确认。",
    {"单位": ("报送的单位", "合成单位"), "类别": PROGRAMME}, "3.2-0",
))  # fmt: skip
