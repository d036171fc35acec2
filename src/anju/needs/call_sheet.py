"""The call list (回访名单) as a file: out with the phone numbers, under an entry that says why; back with what was heard."""

from typing import Any
from uuid import UUID

from anju.base.acts import ActContext
from anju.base.numbers import mask_name
from anju.base.secrets import unseal
from anju.base.sheets import Column, Problem, Row, SheetKind, register_kind
from anju.base.sheets.out import workbook
from anju.needs.acts import callback as acts
from anju.needs.models import Campaign

CLAUSE = "3.2-0"
WORDS = {words: code for code, words in acts.SAID.items()}
COLUMNS = (
    Column("受理号", "number", "code", True, clause=CLAUSE, unique=True, longest=24),
    Column("结果", "outcome", "choice", True, choices=WORDS, clause=CLAUSE),
    Column("联系次数", "tries", "int", True, note="打了几次电话", clause=CLAUSE, least=1, most=acts.TRIES_MAX),
    Column("说明", "note", "text", note="要变更的写明变更什么", clause=CLAUSE, longest=acts.NOTE_MAX),
)
OUT = [
    ("受理号", "回填时不要改"), ("姓名", "已遮盖"), ("手机号码", "只用于本次回访"), ("申请类别", ""), ("取得资格日期", ""),
    ("结果", "确认、变更、放弃、联系不上"), ("联系次数", ""), ("说明", "要变更的写明变更什么"),
]  # fmt: skip


def call_list(campaign: Campaign, account: UUID | None, *, synthetic: bool) -> tuple[str, bytes]:
    """The file of those still to be called: an account's own, or all where none is given to it."""
    rows = acts.listed(campaign, account)
    lines = (
        (
            row.application.number, mask_name(row.application.applicant_name), unseal(bytes(row.application.phone)),
            row.application.get_programme_display(), row.application.qualified_on, "", row.tries or "", "",
        )
        for row in rows.select_related("application").order_by("application__programme", "application__sort_key", "id")
    )  # fmt: skip
    notes = [f"{campaign.title}，请于 {campaign.due_on} 前完成；填好后导入“回访结果表”"]
    return f"回访名单_{campaign.title}.xlsx", workbook("回访名单", OUT, lines, synthetic, notes=notes)


def check(ctx: ActContext, rows: list[Row], options: Any) -> list[Problem]:
    """A change says what it changes."""
    return [
        Problem(row.number, "说明", "", "结果为变更的，请写明变更什么", CLAUSE)
        for row in rows
        if row["outcome"] == "changed" and not row.get("note")
    ]


def take(ctx: ActContext, rows: list[Row], load: Any) -> list[tuple[int, str]]:
    """One chunk is one act; the round is an option of the load."""
    heard = [acts.Heard(row.number, row["number"], row["outcome"], row["tries"], row.get("note", "")) for row in rows]
    campaign = (
        Campaign.objects.filter(region=ctx.region, title=load.options["campaign"]).values_list("id", flat=True).first()
    )
    if campaign is None:
        return [(row.number, f"本区县没有名为「{load.options['campaign']}」的回访，没有登记") for row in rows]
    return [(number, why) for number, why in acts.take_outcomes(ctx=ctx, campaign_id=campaign, heard=heard)["refused"]]


OUTCOMES_KIND = register_kind(
    SheetKind(
        name="callbacks", title="回访结果表", power="needs.import_callbacks", columns=COLUMNS, check=check, take=take,
        key=("number",), clause=CLAUSE, options={"campaign": "回访名称"},
    )
)  # fmt: skip
