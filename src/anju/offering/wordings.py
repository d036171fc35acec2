"""What families are told about a batch, in wordings that a post may change."""

from collections.abc import Mapping
from uuid import UUID

from anju.base.numbers import yuan
from anju.base.regions import region_range
from anju.base.wordings.kinds import MESSAGE, WordingKind, register
from anju.offering.models import Subscription

CASES = 20
PROJECT = ("项目名称", "某某小区")
HOME = ("房源标签", "A-101")
EARNEST = ("定金金额", "5,000.00 元")


def cases(region: str) -> list[tuple[UUID, str]]:
    """The latest subscriptions of the region."""
    rows = Subscription.objects.filter(region__range=region_range(region)).select_related("batch").order_by("-id")
    return [(row.id, f"{row.batch.number} 认购 {row.draw_number or str(row.id)[-6:]}") for row in rows[:CASES]]


def values(key: UUID) -> Mapping[str, str]:
    """What one subscription puts in; nothing of the person."""
    row = Subscription.objects.select_related("batch__project").get(pk=key)
    found = {"项目": row.batch.project.name, "批次": row.batch.number, "定金": yuan(row.batch.earnest_fen)}
    if row.draw_number:
        found["编号"] = str(row.draw_number)
    if row.batch.earnest_until:
        found["期限"] = f"{row.batch.earnest_until} 前"
    return found


DRAW_NUMBER = register(WordingKind(
    "draw-number", "名单封存，告知编号", MESSAGE,
    "您认购的 {项目}（{批次}）名单已封存，您的编号是 {编号}。请记住编号，排序公布后在门户“摇号结果”页查位次。",
    {"项目": PROJECT, "批次": ("批次号", "批〔2026〕1号"), "编号": ("摇号编号", "0001")}, "3.5-2", cases, values,
))  # fmt: skip
HOME_CHOSEN = register(WordingKind(
    "home-chosen", "选定房源，催缴定金", MESSAGE, "您选定了 {项目} {房源}，请{期限}缴定金 {定金}；逾期视为放弃，请按时办理。",
    {"项目": PROJECT, "房源": HOME, "期限": ("缴定金的期限", "2026-04-01 前"), "定金": EARNEST}, "3.5-2", cases, values,
))  # fmt: skip
EARNEST_BACK = register(WordingKind(
    "earnest-back", "定金已退", MESSAGE, "{项目} {房源} 的定金 {定金} 已原路退回。原因：{原因}。请查收；没有到账的，请到受理窗口查询。",
    {"项目": PROJECT, "房源": HOME, "定金": EARNEST, "原因": ("退回的原因", "本批没有达到 95%")}, "3.5-4", cases, values,
))  # fmt: skip
