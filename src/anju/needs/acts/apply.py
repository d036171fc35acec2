"""Taking applications in (受理): one by a family or a clerk, or a chunk of a file; and a family's draft."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from anju.base.acts import ActContext, InvalidInput, Refused, act
from anju.base.claims import seam
from anju.base.claims.seam import Clash
from anju.base.numbers import mask_document, mask_name
from anju.base.regions import region_range
from anju.base.secrets import blind
from anju.base.sheets.models import Load
from anju.base.tickets.desk import open_ticket
from anju.needs import bulk
from anju.needs.acts.comes_with import Paper, came_with
from anju.needs.acts.steps import (
    CLAUSE,
    FAMILY,
    FIRST,
    clash_sentence,
    limit,
    next_numbers,
    put_on_desk,
    reserve,
    show_to_family,
    who,
)
from anju.needs.banned import ban_sentence, banned, refuse_banned
from anju.needs.entrance import closed, refuse_closed
from anju.needs.households import (
    Fault,
    HouseholdInput,
    Places,
    Prepared,
    application_row,
    faults,
    home_rows,
    member_rows,
    places_of,
    prepare,
    refuse_faults,
    wish_rows,
)
from anju.needs.judging import Days, frozen, judge_prepared
from anju.needs.models import Application, Draft, Member, NationalFile, OwnHome, PolicyBenefit, Proxy, Wish
from anju.parties.models import Account
from anju.policy.rules import people


@act(clause=CLAUSE, title="受理轮候申请")
def submit_application(
    *,
    ctx: ActContext,
    household: HouseholdInput,
    accepted_on: date | None = None,
    consent: str = "",
    papers: Sequence[Paper] = (),
) -> Application:  # fmt: skip
    """Take one household's application in; judged by the parameters of ``accepted_on`` (today), verdicts stored.

    A family's account may only use its own phone. ``consent``: the version of the text agreed to, which a family, and a worker for
    one, must give; ``papers``: (kind, file name, bytes). Verdicts that fail do not refuse it: the review decides.
    Raises InvalidInput with every fault; Refused where a member stands in another live application.
    """
    on = accepted_on or ctx.today
    _check_day(ctx, on)
    inforce = ctx.inforce(on)
    refuse_closed(household.programme, inforce)
    refuse_faults(faults(household, on=on, inforce=inforce, places=places_of(ctx.region)))
    ready = prepare(household)
    refuse_banned(names_of(ready), on)
    reserve(ctx, ready.id, names_of(ready))
    homes = len({clash.case for clash in seam.holders(seam.HOME, ready.blinds).values()})
    verdicts = judge_prepared(ready, on=on, inforce=inforce, others=0, homes=homes)
    (number,) = next_numbers(ctx.region, ctx.today, 1)
    row = application_row(ready, ctx=ctx, number=number, accepted_on=on, verdicts=frozen(verdicts))
    _check_family(ctx, row)
    row.save(force_insert=True)
    Member.objects.bulk_create(member_rows(ready, ctx.region))
    Wish.objects.bulk_create(wish_rows(ready, ctx.region))
    save_each(home_rows(ready, ctx.region))
    show_to_family(ctx, [row])
    came_with(ctx, row, consent, papers)
    put_on_desk(ctx, row, FIRST)
    ctx.entry.verdicts.extend(verdicts)
    ctx.on(row, number=number, programme=row.programme, persons=row.persons, facts=digest(ready), accepted_on=on)
    return row


@dataclass(frozen=True)
class Brought:
    """One household of a file: ``row`` is the applicant's row there, which a refusal is reported against."""

    row: int
    household: HouseholdInput
    accepted_on: date | None = None


@act(clause=CLAUSE, title="批量受理轮候申请")
def take_applications(*, ctx: ActContext, load_id: UUID, brought: list[Brought]) -> dict[str, Any]:
    """Take a chunk of a file in: as ``submit_application`` for each, in a fixed number of statements.

    What cannot be taken is left out and answered: ``{"taken": n, "refused": [[row, sentence], …]}``.
    """
    load = Load.objects.get(region=ctx.region, id=load_id)
    days, places = Days(ctx), places_of(ctx.region)
    refused: list[tuple[int, str]] = []
    ready: list[tuple[Brought, Prepared]] = []
    national = NationalFile.objects.filter(region=ctx.region, load=load).exists()
    for item in brought:
        found = _faults_of(ctx, item, days, places)
        shut = closed(item.household.programme, days[item.accepted_on or ctx.today], national=national)
        if shut:
            refused.append((item.row, shut))
        elif found:
            refused.append((item.row, "没有受理：" + "；".join(f.reason for f in found)))
        else:
            ready.append((item, prepare(item.household)))
    taken = _without_clashes(ctx, _without_bans(ctx, ready, refused), refused)
    rows = _store(ctx, taken, days, load)
    show_to_family(ctx, rows)
    _load_on_desk(ctx, load, len(rows))
    ctx.on(load, taken=len(rows), refused=len(refused))
    ctx.items((row.id, f"{row.number}|{digest(one)}") for row, (_, one) in zip(rows, taken, strict=True))
    return {"taken": len(rows), "refused": sorted(refused)}


def _faults_of(ctx: ActContext, item: Brought, days: Days, places: Places) -> list[Fault]:
    on = item.accepted_on or ctx.today
    if on > ctx.today:
        return [Fault("accepted_on", str(on), f"受理日期 {on} 晚于今天 {ctx.today}；请更正")]
    return faults(item.household, on=on, inforce=days[on], places=places)


def _without_bans(
    ctx: ActContext, ready: Sequence[tuple[Brought, Prepared]], refused: list[tuple[int, str]]
) -> list[tuple[Brought, Prepared]]:
    """Those with nobody who may not apply on the day of acceptance; one question a day, whatever their number."""
    days: dict[date, list[bytes]] = {}
    for item, one in ready:
        days.setdefault(item.accepted_on or ctx.today, []).extend(one.blinds)
    found = {day: banned(persons, day) for day, persons in days.items()}
    free = []
    for item, one in ready:
        stops = {p: b for p, b in found[item.accepted_on or ctx.today].items() if p in one.blinds}
        if stops:
            refused.append((item.row, ban_sentence(stops, names_of(one))))
        else:
            free.append((item, one))
    return free


def _without_clashes(
    ctx: ActContext, ready: Sequence[tuple[Brought, Prepared]], refused: list[tuple[int, str]]
) -> list[tuple[Brought, Prepared]]:
    """Reserve all persons in one call; a household with a clash is refused with its sentence."""
    pairs = [(person, one.id) for _, one in ready for person in one.blinds]
    clashes: dict[UUID, list[Clash]] = seam.reserve_many(seam.LIVE_APPLICATION, pairs, region=ctx.region)
    for item, one in ready:
        if one.id in clashes:
            refused.append((item.row, clash_sentence(clashes[one.id], names_of(one), ctx.region, ctx)))
    return [(item, one) for item, one in ready if one.id not in clashes]


def _store(ctx: ActContext, taken: Sequence[tuple[Brought, Prepared]], days: Days, load: Load) -> list[Application]:
    homes = seam.holders(seam.HOME, [person for _, one in taken for person in one.blinds]) if taken else {}
    numbers = next_numbers(ctx.region, ctx.today, len(taken)) if taken else []
    rows = []
    for (item, one), number in zip(taken, numbers, strict=True):
        on = item.accepted_on or ctx.today
        held = len({homes[person].case for person in one.blinds if person in homes})
        verdicts = judge_prepared(one, on=on, inforce=days[on], others=0, homes=held)
        rows.append(
            application_row(one, ctx=ctx, number=number, accepted_on=on, verdicts=frozen(verdicts), load_id=load.id)
        )
    bulk.insert(rows)
    bulk.insert([row for _, one in taken for row in member_rows(one, ctx.region)])
    bulk.insert([row for _, one in taken for row in wish_rows(one, ctx.region)])
    save_each([row for _, one in taken for row in home_rows(one, ctx.region)])
    return rows


def save_each(rows: Sequence[OwnHome | PolicyBenefit]) -> None:
    """Homes and policy housing: a statement for each kind that there is."""
    for model in (OwnHome, PolicyBenefit):
        bulk.insert([row for row in rows if isinstance(row, model)])


def _load_on_desk(ctx: ActContext, load: Load, count: int) -> None:
    """One ticket for a load's first reviews: a desk of 8,000 lines helps nobody."""
    if count:
        open_ticket(
            ctx=ctx, kind="needs.first_review", title="初审一批导入的申请", post="intake_clerk", obj=load,
            url=f"/needs/?state=submitted&load={load.id}", limit_days=limit(ctx, "first_review_days"),
        )  # fmt: skip


def names_of(ready: Prepared) -> dict[bytes, str]:
    """Blind index → masked name and number: how a clash names a member."""
    return {
        index: f"{mask_name(member.name)}（{mask_document(number)}）"
        for index, member, number in zip(ready.blinds, ready.given.members, ready.documents, strict=True)
    }


def digest(ready: Prepared) -> str:
    """What the log keeps of the facts: a digest that the blind indexes key, so that nobody can guess them from it."""
    key = b"".join(sorted(ready.blinds))
    facts = json.dumps(ready.given, default=_facts, ensure_ascii=False)
    return hashlib.sha256(key + facts.encode()).hexdigest()


def _facts(value: object) -> object:
    """What JSON cannot say: a part of the household by its fields in their order, a day as ISO writes it."""
    return value.isoformat() if isinstance(value, date) else vars(value)


def _check_day(ctx: ActContext, on: date) -> None:
    if on > ctx.today:
        raise InvalidInput(f"受理日期 {on} 晚于今天 {ctx.today}，没有受理；请更正", field="accepted_on", clause=CLAUSE)


def _check_family(ctx: ActContext, row: Application) -> None:
    if ctx.post != FAMILY:
        return
    phone = Account.objects.filter(pk=who(ctx)).values_list("phone_blind", flat=True).first()
    if phone is None or bytes(phone) != bytes(row.phone_blind):
        raise InvalidInput(
            "手机号须是您登录用的手机号，没有受理；换手机号请到受理窗口办理", field="phone", clause=CLAUSE
        )


@act(clause=CLAUSE, title="查看本人的申请")
def find_my_applications(*, ctx: ActContext) -> int:
    """Show a family's account the applications of the act's region that were made with its phone, or that it acts for; how many."""
    account = Account.objects.filter(pk=who(ctx)).first()
    if account is None or account.phone_blind is None:
        raise Refused("本账号没有绑定手机号，找不到申请；请到受理窗口绑定", clause=CLAUSE)
    lo, hi = region_range(ctx.region)
    own = Application.objects.filter(region__gte=lo, region__lte=hi, phone_blind=account.phone_blind)
    live = Proxy.objects.filter(region__gte=lo, region__lte=hi, phone_blind=account.phone_blind, ended_on=None)
    acted_for = live.filter(since__lte=ctx.today, until_on__gte=ctx.today).order_by("application_id")
    cases = dict(own.order_by("id").values_list("id", "region")) | dict(
        acted_for.values_list("application_id", "region")
    )
    by_region: dict[str, list[UUID]] = {}
    for key, region in cases.items():
        by_region.setdefault(region, []).append(key)
    for region, found in by_region.items():
        seam.show_to(account.id, found, region=region)
    ctx.on(account, cases=len(cases))
    return len(cases)


@act(clause=CLAUSE, title="保存申请草稿")
def save_draft(*, ctx: ActContext, body: dict[str, Any], step: int) -> Draft:
    """Keep what a family has filled in so far, sealed; ``step`` is the next one to fill."""
    account = who(ctx)
    row = Draft.objects.select_for_update().filter(region=ctx.region, account=account).first()
    if row is None:
        row = Draft(region=ctx.region, account=account)
    row.body, row.step, row.saved_at = json.dumps(body, ensure_ascii=False, default=str), step, ctx.now
    row.save()
    seam.show_to(account, [row.id], region=ctx.region)
    ctx.on(row, step=step)
    return row


@act(clause=CLAUSE, title="清除申请草稿", power="needs.save_draft")
def discard_draft(*, ctx: ActContext) -> int:
    """Remove the family's draft, once it is handed in or no longer wanted."""
    count, _ = Draft.objects.filter(region=ctx.region, account=who(ctx)).delete()
    ctx.entry.facts.update(drafts=count)
    return count


@act(clause=CLAUSE, title="受理前查重")
def check_number(*, ctx: ActContext, document: str) -> dict[str, Any]:
    """Whether a person stands in a live application or has a home, before anything else is typed; leaves an entry without the number.

    ``{"live": sentence or "", "home": sentence or "", "cases": [[id, number, state], …]}``: of other counties the county alone.
    """
    number = people.normal(document)
    if people.birthday(number) is None:
        raise InvalidInput(
            "身份证号码的位数、地区、出生日期或校验码不符，没有查；请对照原件", field="document", clause=CLAUSE
        )
    index, names = blind("document", number), {blind("document", number): mask_document(number)}
    live, home = seam.holders(seam.LIVE_APPLICATION, [index]), seam.holders(seam.HOME, [index])
    rows = Application.objects.filter(region=ctx.region, members__document_blind=index).order_by("-accepted_on", "-id")[
        :10
    ]
    found = [[str(row.id), row.number, row.get_state_display()] for row in rows]
    ctx.entry.facts.update(live=len(live), home=len(home), here=len(found))
    return {
        "live": clash_sentence(list(live.values()), names, ctx.region) if live else "",
        "home": f"{mask_document(number)} 已享受保障性住房，每户限一套" if home else "", "cases": found,
    }  # fmt: skip
