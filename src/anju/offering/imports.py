"""Files in: subscriptions that a window took on paper (认购登记), and the bank's list of earnest money (定金到账)."""

from typing import Any

from anju.base.acts import ActContext
from anju.base.sheets import Column, Problem, Row, SheetKind, register_kind
from anju.needs.models import Application
from anju.offering import acts
from anju.offering.models import Batch, BatchUnit, Choice
from anju.reserve.reads import in_region

WISHES = 5
BATCH = {"batch": "批次编号"}


def batch_named(ctx: ActContext, number: str) -> Batch | None:
    """The batch of a number in the act's region."""
    return Batch.objects.filter(region=ctx.region, number=number.strip()).first()


def _no_batch(rows: list[Row], options: dict[str, Any]) -> list[Problem]:
    number = str(options.get("batch", ""))
    return [Problem(rows[0].number, "批次编号", number, "没有这个批次；请核对批次编号", "3.5-2")] if rows else []


def _applications(ctx: ActContext, rows: list[Row]) -> dict[str, Application]:
    numbers = [row["application"] for row in rows]
    found = in_region(Application.objects.filter(number__in=numbers).defer("verdicts", "phone"), ctx.region)
    return {a.number: a for a in found}


def check_subscriptions(ctx: ActContext, rows: list[Row], options: dict[str, Any]) -> list[Problem]:
    """The batch is there, each application too, each wish is a home of the batch."""
    batch = batch_named(ctx, str(options.get("batch", "")))
    if batch is None:
        return _no_batch(rows, options)
    known, found = _applications(ctx, rows), []
    labels = set(BatchUnit.objects.filter(region=ctx.region, batch=batch, live=True).values_list("label", flat=True))
    for row in rows:
        if row["application"] not in known:
            why = "轮候库没有这个受理号，或不归本区划管；请核对"
            found.append(Problem(row.number, "受理号", row["application"], why, "3.5-3"))
        for rank in range(1, WISHES + 1):
            wish = row.get(f"wish_{rank}")
            if wish and wish not in labels:
                found.append(Problem(row.number, f"志愿{rank}", wish, "不是本批次的房源；请按公告填写", "3.5-2"))
    return found


def take_subscriptions(ctx: ActContext, rows: list[Row], load: Any) -> list[tuple[int, str]]:
    """One chunk of the file."""
    batch = batch_named(ctx, load.options["batch"])
    if batch is None:
        return [(row.number, "没有这个批次，没有登记") for row in rows]
    known = _applications(ctx, rows)
    wanted = []
    for row in rows:
        application = known[row["application"]]
        wishes = [row.get(f"wish_{rank}") for rank in range(1, WISHES + 1)]
        wanted.append(acts.Wanted(application.pk, application.region, tuple(w for w in wishes if w)))
    answer = acts.subscribe_many(ctx=ctx, batch_id=batch.pk, rows=wanted)
    return [(rows[at].number, sentence) for at, sentence in answer["refused"]]


def _by_label(ctx: ActContext, batch: Batch) -> dict[str, Choice]:
    rows = Choice.objects.filter(region=ctx.region, batch=batch, state="chosen").select_related("batch_unit")
    return {choice.batch_unit.label: choice for choice in rows}


def check_earnest(ctx: ActContext, rows: list[Row], options: dict[str, Any]) -> list[Problem]:
    """Each row is a home that a household has chosen and not paid, the sum exactly what was announced for it."""
    batch = batch_named(ctx, str(options.get("batch", "")))
    if batch is None:
        return _no_batch(rows, options)
    chosen, found = _by_label(ctx, batch), []
    for row in rows:
        choice = chosen.get(row["label"])
        if choice is None:
            why = "没有家庭选定这套房，或定金已登记；请核对"
            found.append(Problem(row.number, "房源", row["label"], why, "3.5-3"))
        elif choice.earnest_fen != row["amount_fen"]:
            why = f"应缴 {choice.earnest_fen / 100:.2f} 元；金额不符的请退回重缴"
            found.append(Problem(row.number, "金额(元)", f"{row['amount_fen'] / 100:.2f}", why, "3.5-3"))
    return found


def take_earnest(ctx: ActContext, rows: list[Row], load: Any) -> list[tuple[int, str]]:
    """One chunk of the bank's list."""
    batch = batch_named(ctx, load.options["batch"])
    chosen = _by_label(ctx, batch) if batch else {}
    good = [row for row in rows if row["label"] in chosen]
    if batch and good:
        paid = [acts.Paid(chosen[r["label"]].pk, r["paid_on"], r["reference"], r["amount_fen"]) for r in good]
        acts.record_earnest_many(ctx=ctx, batch_id=batch.pk, rows=paid)
    return [(row.number, "没有待缴定金的选房，没有登记；请核对房源") for row in rows if row["label"] not in chosen]


register_kind(
    SheetKind(
        name="subscriptions", title="认购登记", power="offering.import_subscriptions", clause="3.5-3",
        columns=(
            Column("受理号", "application", "code", True, note="轮候申请的受理号", clause="3.5-3", longest=24, unique=True),
            *(
                Column(f"志愿{rank}", f"wish_{rank}", "code", rank == 1, note="房源编号，如 3-1-502", clause="3.5-2", longest=24)
                for rank in range(1, WISHES + 1)
            ),
        ),
        check=check_subscriptions, take=take_subscriptions, options=BATCH, key=("application",), chunk=1_000,
    )
)  # fmt: skip
register_kind(
    SheetKind(
        name="earnest", title="定金到账", power="offering.import_earnest", clause="3.5-3",
        columns=(
            Column("房源", "label", "code", True, note="房源编号，如 3-1-502", clause="3.5-3", longest=24, unique=True),
            Column("金额(元)", "amount_fen", "yuan", True, clause="3.5-3"),
            Column("到账日期", "paid_on", "date", True, clause="3.5-3"),
            Column("银行回单号", "reference", "code", True, clause="4.3-1", longest=60, unique=True),
        ),
        check=check_earnest, take=take_earnest, options=BATCH, key=("label",),
    )
)  # fmt: skip
