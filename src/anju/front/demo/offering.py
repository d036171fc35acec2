"""Stage of the offering: three batches announced, subscribed, ordered, chosen and paid for; one passes its gate, two do not."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from anju.base.acts import ActContext
from anju.base.calendar.days import installation
from anju.base.numbers import yuan
from anju.base.sheets import kind_named
from anju.base.sheets.out import workbook
from anju.base.sheets.template import header_of
from anju.front.demo.negotiation import BATCHES
from anju.ledger import books
from anju.needs.models import Application
from anju.negotiation.acts.common import person
from anju.offering import acts, reads, verify_draw
from anju.offering.models import Batch, Choice, Draw
from anju.parties import context as posts
from anju.parties import signin
from anju.reserve.reads import in_region

METHODS = {"A": "draw", "B": "draw", "C": "waiting_list"}
# How many households subscribe, and for how many homes the earnest money comes in: B and C stay below 95 %.
SUBSCRIBERS = {"A": 240, "B": 110, "C": 90}
UNPAID = {"A": 2, "B": 4, "C": 4}
WISHES = 5
WINDOW_DAYS, PAY_DAYS = 10, 20
FAMILY_PHONE, CITIZEN_PHONE = "19900099901", "19900099955"
SYNTHETIC_ISSUE = "2026HC"  # 合成: no lottery has such an issue


def run(demo: Any) -> None:
    """From the announcement to the judged gates."""
    for kind in BATCHES:
        demo.state[kind]["batch"] = _announce(demo, kind)
    demo.advance(days=1)
    _subscribe(demo)
    demo.advance(days=WINDOW_DAYS)
    for kind in BATCHES:
        _freeze(demo, kind)
    for kind in ("A", "B"):
        _ceremony(demo, kind)
    demo.advance(days=2)
    for kind in ("A", "B"):
        _values(demo, kind)
    for kind in BATCHES:
        demo.state[kind]["draw"] = _draw(demo, kind)
    for kind in BATCHES:
        _choose(demo, kind)
    demo.advance(days=2)
    for kind in BATCHES:
        _pay(demo, kind)
    _gates(demo)


def _fresh(demo: Any, kind: str) -> Batch:
    with demo.scope():
        batch: Batch = Batch.objects.select_related("project").get(pk=demo.state[kind]["batch"].pk)
    return batch


def _announce(demo: Any, kind: str) -> Batch:
    """The window and the sum are the parameters'; too short a window or another sum is refused."""
    ctx, letter = demo.ctx("buyer"), demo.state[kind]["letter"]
    first = ctx.today + timedelta(days=1)
    until = first + timedelta(days=WINDOW_DAYS - 1)
    given: dict[str, Any] = {
        "letter_id": letter.pk, "apply_from": first, "apply_until": until, "earnest_until": until + timedelta(days=PAY_DAYS),
        "method": METHODS[kind], "earnest_fen": ctx.inforce().get("earnest_rule").value,
    }  # fmt: skip
    if kind == "A":
        short = {**given, "apply_until": until - timedelta(days=1)}
        demo.expect_refusal("申请期少一天的公告", lambda: acts.announce_batch(ctx=demo.ctx("buyer"), **short))
        other = {**given, "earnest_fen": given["earnest_fen"] * 2}
        demo.expect_refusal("擅自加倍收定金", lambda: acts.announce_batch(ctx=demo.ctx("buyer"), **other))
        score = {**given, "method": "score"}
        demo.expect_refusal("不按规定的选房顺序公告", lambda: acts.announce_batch(ctx=demo.ctx("buyer"), **score))
    batch = acts.announce_batch(ctx=demo.ctx("buyer"), **given)
    demo.say(
        f"公告 {batch.number}（{letter.project.name}，{letter.units_count} 套，{batch.get_method_display()}）："
        f"申请 {first} 至 {until}，每套定金不超过 {yuan(batch.earnest_fen)}"
    )
    return batch


# --- subscriptions ---------------------------------------------------------------------------------------


def _subscribe(demo: Any) -> None:
    """Each batch's households by the window's file; one family from its phone; who may not is refused."""
    with demo.scope():
        rows = in_region(Application.objects.filter(state="qualified").defer("verdicts", "phone"), demo.city)
        waiting = {
            p: list(rows.filter(programme=p).order_by("region", "sort_key")) for p in ("sale", "affordable_rental")
        }
        outside = in_region(Application.objects.filter(state="refused"), demo.city).order_by("number").first()
    own = demo.state["family"].pk
    buyers = [row for row in waiting["sale"] if row.pk != own]
    taken = {"A": buyers[: SUBSCRIBERS["A"]], "B": buyers[SUBSCRIBERS["A"] :], "C": waiting["affordable_rental"]}
    for kind in BATCHES:
        _by_file(demo, kind, taken[kind][: SUBSCRIBERS[kind]])
    batch = demo.state["A"]["batch"]
    with demo.scope():
        label = reads.homes_of(batch)[0].label
    if outside is not None:
        demo.expect_refusal(
            "审核不通过的家庭认购",
            lambda: acts.subscribe(
                ctx=demo.ctx("buyer"), batch_id=batch.pk, application_id=outside.pk, application_region=outside.region, wishes=[label]
            ),
        )  # fmt: skip
    _from_the_phone(demo, batch)


def _by_file(demo: Any, kind: str, rows: Sequence[Application]) -> None:
    """The file that the window fills in: one line has a number that nobody has."""
    batch = demo.state[kind]["batch"]
    if len(rows) < SUBSCRIBERS[kind]:
        raise AssertionError(f"批次 {batch.number} 只有 {len(rows)} 户可以认购，需要 {SUBSCRIBERS[kind]} 户")
    with demo.scope():
        labels = [home.label for home in reads.homes_of(batch)]
    body = [
        {"application": row.number, **{f"wish_{at}": w for at, w in enumerate(demo.rng.sample(labels, WISHES), 1)}}
        for row in rows
    ]
    body.append({"application": "231202-2603-999999", "wish_1": labels[0]})
    path = _write(demo, "subscriptions", f"认购登记-{batch.number}.xlsx", body)
    load = demo.import_file("subscriptions", path, "buyer", batch=batch.number)
    demo.say(f"{batch.number} 认购 {load.good - len(load.refused)} 户，退回 {load.bad + len(load.refused)} 行")


def _write(demo: Any, kind: str, name: str, rows: Sequence[dict[str, Any]]) -> Path:
    described = kind_named(kind)
    body = [[row.get(column.field) for column in described.columns] for row in rows]
    path: Path = demo.folder / name
    path.write_bytes(workbook(described.title, [header_of(c) for c in described.columns], body, True))
    return path


def _phone(demo: Any, phone: str) -> ActContext:
    """The context of a family signed in by its phone, acting in the city's batch."""
    account = signin.family_of(phone=phone, house=installation(), now=demo.now)
    post = posts.live_appointments(account, demo.now.date())[0]
    return posts.actor(account, post, now=demo.now).context(region=demo.city)


def _from_the_phone(demo: Any, batch: Batch) -> None:
    """The family of the needs stage subscribes itself, where it has come onto the waiting list."""
    with demo.scope():
        row = Application.objects.get(pk=demo.state["family"].pk)
        labels = [home.label for home in reads.homes_of(batch)][:3]
        other = Application.objects.filter(region=row.region, state="qualified", programme="sale").exclude(pk=row.pk)[0]
    wanted: dict[str, Any] = {"batch_id": batch.pk, "application_region": row.region, "wishes": labels}
    demo.expect_refusal(
        "一个家庭替别家认购",
        lambda: acts.subscribe(ctx=_phone(demo, FAMILY_PHONE), application_id=other.pk, **wanted),
    )
    if row.state == "qualified":
        acts.subscribe(ctx=_phone(demo, FAMILY_PHONE), application_id=row.pk, **wanted)
        demo.say(f"一个家庭用手机认购 {batch.number}：志愿 {'、'.join(labels)}")


# --- the order -------------------------------------------------------------------------------------------


def _freeze(demo: Any, kind: str) -> None:
    batch = demo.state[kind]["batch"]
    row = acts.freeze(ctx=demo.ctx("buyer"), batch_id=batch.pk)
    demo.say(f"{batch.number} 封存名单 {row.entrants.count(chr(10))} 户，摘要 {row.freeze_sha256[:16]}…")
    if kind == "A":
        with demo.scope():
            late = Application.objects.filter(state="qualified", programme="sale").order_by("-sort_key")[0]
            label = reads.homes_of(batch)[0].label
        demo.expect_refusal(
            "封存后补进名单",
            lambda: acts.subscribe(
                ctx=demo.ctx("buyer"), batch_id=batch.pk, application_id=late.pk, application_region=late.region, wishes=[label]
            ),
        )  # fmt: skip


def _ceremony(demo: Any, kind: str) -> None:
    """Two independent holders commit; the plan is announced; both reveal for A, one stays away for B."""
    batch = demo.state[kind]["batch"]
    notary, citizen = demo.ctx("notary"), _phone(demo, CITIZEN_PHONE)
    if kind == "A":
        demo.expect_refusal(
            "收购主体的人持有密数",
            lambda: acts.name_holders(
                ctx=demo.ctx("office"), batch_id=batch.pk,
                holders=[("公证处", person(notary)), ("收购主体", person(demo.ctx("buyer")))],
            ),
        )  # fmt: skip
    acts.name_holders(
        ctx=demo.ctx("office"), batch_id=batch.pk, holders=[("公证处", person(notary)), ("市民代表", person(citizen))]
    )
    holders = [(notary, demo.rng.randbytes(32)), (citizen, demo.rng.randbytes(32))]
    for who, secret in holders:
        acts.commit_secret(ctx=who, batch_id=batch.pk, commitment=hashlib.sha256(secret).hexdigest())
    at = {"reveal_until": demo.now + timedelta(hours=6), "value_from": demo.now + timedelta(hours=8)}
    if kind == "A":
        demo.expect_refusal(
            "只用 3D 一种彩票作随机值",
            lambda: acts.fix_sources(ctx=demo.ctx("buyer"), batch_id=batch.pk, values=[("fc3d", "1")], **at),
        )
    issues = [("kl8", f"{SYNTHETIC_ISSUE}{kind}1"), ("ssq", f"{SYNTHETIC_ISSUE}{kind}2")]
    acts.fix_sources(ctx=demo.ctx("buyer"), batch_id=batch.pk, values=issues, **at)
    if kind == "A":
        demo.expect_refusal(
            "揭开的密数与摘要不符", lambda: acts.reveal_secret(ctx=citizen, batch_id=batch.pk, secret="00" * 32)
        )
    for who, secret in holders[: 2 if kind == "A" else 1]:
        acts.reveal_secret(ctx=who, batch_id=batch.pk, secret=secret.hex())
    said = "两位持有人都揭开密数" if kind == "A" else "市民代表没有揭开，按公告剔除"
    demo.say(f"{batch.number} 摇号安排已公告：公证处、市民代表持密数，快乐8加双色球（合成期号）；{said}")


def _values(demo: Any, kind: str) -> None:
    """合成 numbers, entered by two people of two bodies; the second one's slip is refused."""
    batch = demo.state[kind]["batch"]
    with demo.scope():
        row = reads.last_round(batch)
        found = {s.game: s for s in row.sources.all()} if row else {}
    numbers = {
        "kl8": [sorted(demo.rng.sample(range(1, 81), 20))],
        "ssq": [sorted(demo.rng.sample(range(1, 34), 6)), [demo.rng.randint(1, 16)]],
    }
    if kind == "A":
        demo.expect_refusal("随机值没有录定就排序", lambda: acts.draw_lots(ctx=demo.ctx("buyer"), batch_id=batch.pk))
    for game, drums in numbers.items():
        source = found[game]
        acts.enter_public_value(ctx=demo.ctx("buyer"), source_id=source.pk, drums=drums)
        if kind == "A" and game == "ssq":
            slip = [drums[0], [drums[1][0] % 16 + 1]]
            demo.expect_refusal(
                "第二人录入的号码不一致",
                lambda s=source, d=slip: acts.enter_public_value(ctx=demo.ctx("notary"), source_id=s.pk, drums=d),
            )
        acts.enter_public_value(ctx=demo.ctx("notary"), source_id=source.pk, drums=drums)


def _draw(demo: Any, kind: str) -> Draw:
    """The order, its transcript beside the script that verifies it, and the script run as anybody would run it."""
    batch = demo.state[kind]["batch"]
    row = acts.draw_lots(ctx=demo.ctx("buyer"), batch_id=batch.pk)
    if kind == "A":
        demo.expect_refusal("再摇一次", lambda: acts.draw_lots(ctx=demo.ctx("buyer"), batch_id=batch.pk))
    folder: Path = demo.out / "draws"
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / "verify_draw.py"
    shutil.copyfile(Path(verify_draw.__file__), script)
    path = folder / f"{batch.number}-{row.round}.json"
    path.write_text(row.transcript, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", str(script), str(path), row.freeze_sha256], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise AssertionError(f"{batch.number} 的排序记录没有通过核验：{done.stdout}{done.stderr}")
    demo.paper(path, f"{batch.number} 排序全过程数据（{row.get_method_display()}）", "3.5-2")
    if kind == "A":
        demo.paper(script, "独立核验程序：一页，只用标准库", "3.5-2")
    demo.say(f"{batch.number} 按「{row.get_method_display()}」排定顺序，独立程序核验一致")
    return row


# --- choice and earnest money ----------------------------------------------------------------------------


def _choose(demo: Any, kind: str) -> None:
    """Homes by order and wishes; for A two households give theirs up and the next ones come in."""
    batch = demo.state[kind]["batch"]
    given = acts.allot(ctx=demo.ctx("buyer"), batch_id=batch.pk)
    passed_on = 0
    if kind == "A":
        with demo.scope():
            leaving = list(reads.choices(batch, ["chosen"]).order_by("batch_unit__label")[:2])
        for choice in leaving:
            acts.drop_choice(ctx=demo.ctx("buyer"), choice_id=choice.pk, reason="家庭另有打算，书面放弃")
        passed_on = acts.allot(ctx=demo.ctx("buyer"), batch_id=batch.pk)
    demo.say(f"{batch.number} 选定 {given} 套" + (f"，放弃 2 套由后面的家庭递补 {passed_on} 套" if passed_on else ""))


def _pay(demo: Any, kind: str) -> None:
    """The bank's list comes in by file, one line a yuan short; some households do not pay."""
    batch, today = demo.state[kind]["batch"], demo.ctx("finance").today
    with demo.scope():
        rows = list(reads.choices(batch, ["chosen"]).order_by("batch_unit__label"))
    paying = rows[: len(rows) - UNPAID[kind]]
    lines = [
        {
            "label": c.batch_unit.label, "amount_fen": f"{c.earnest_fen / 100:.2f}", "paid_on": today,
            "reference": f"HC{today:%Y%m%d}{kind}{at:04d}",
        }
        for at, c in enumerate(paying, 1)
    ]  # fmt: skip
    if rows[len(paying) :]:
        short: Choice = rows[-1]
        lines.append({
            "label": short.batch_unit.label, "amount_fen": f"{short.earnest_fen / 100 - 1:.2f}", "paid_on": today,
            "reference": f"HC{today:%Y%m%d}{kind}9999",
        })  # fmt: skip
    path = _write(demo, "earnest", f"定金到账-{batch.number}.xlsx", lines)
    demo.import_file("earnest", path, "finance", batch=batch.number)
    with demo.scope():
        book = books.find("earnest", batch.pk, region=demo.city)
        held = books.balance(book, "bank") if book else 0
    demo.say(f"{batch.number} 定金到账 {len(paying)} 笔，账上 {yuan(held)}")


def _gates(demo: Any) -> None:
    """A passes at once; B and C are not failed before their last day to pay, and then are."""
    demo.state["A"]["gate"] = _judge(demo, "A")
    batch = demo.state["B"]["batch"]
    demo.expect_refusal(
        "缴定金期限未到就判未达标", lambda: acts.judge_gate(ctx=demo.ctx("buyer_head"), batch_id=batch.pk)
    )
    demo.advance(days=PAY_DAYS)
    demo.state["B"]["gate"] = _judge(demo, "B")
    demo.state["C"]["gate"] = _judge(demo, "C", "项目紧邻产业园区，园区职工集中申请，差额家庭已在复核")
    demo.expect_refusal("同一批次再判定一次", lambda: acts.judge_gate(ctx=demo.ctx("buyer_head"), batch_id=batch.pk))
    with demo.scope():
        book = books.find("earnest", batch.pk, region=demo.city)
        left = (books.balance(book, "bank"), books.balance(book, "earnest_owed")) if book else None
        back = Choice.objects.filter(batch=batch, state="refunded").count()
    if left != (0, 0):
        raise AssertionError(f"批次 {batch.number} 的定金没有退清：{left}")
    demo.say(f"{batch.number} 未达标，{back} 户定金全部原路退回，定金账余额 0.00 元")
    for kind, state in (("A", "passed"), ("B", "closed"), ("C", "failed")):
        demo.state[kind]["batch"] = _fresh(demo, kind)
        if demo.state[kind]["batch"].state != state:
            raise AssertionError(f"批次 {kind} 应为 {state}，实为 {demo.state[kind]['batch'].state}")


def _judge(demo: Any, kind: str, special: str = "") -> Any:
    batch = demo.state[kind]["batch"]
    gate = acts.judge_gate(ctx=demo.ctx("buyer_head"), batch_id=batch.pk, special_reason=special)
    demo.say(
        f"{batch.number} 判定：{gate.taken}/{gate.offered} 套，需 {gate.needed} 套（{gate.ratio}%），"
        f"{'达标' if gate.passed else '未达标'}{'，提请一事一议' if special else ''}"
    )
    return gate
