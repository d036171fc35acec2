"""A file of applications taken back whole, while nothing rests on what it brought."""

from anju.base.acts import ActContext, Refused
from anju.base.claims import seam
from anju.base.sheets.models import Load
from anju.base.tickets.desk import close_tickets
from anju.needs.models import Application, Member, Review, Wish
from anju.parties.models import Account

CLAUSE = "3.2-0"


def take_back(ctx: ActContext, load: Load) -> int:
    """Take back the applications that a file brought, while each still waits for its first review and nothing was done with it.

    Raises Refused with the first one that is past that, and what it stands at.
    """
    rows = list(
        Application.objects.select_for_update().filter(region=ctx.region, load=load).defer("verdicts").order_by("id")
    )
    ids = [row.id for row in rows]
    reviewed = set(
        Review.objects.filter(region=ctx.region, application__in=ids).values_list("application_id", flat=True)
    )
    moved = [row for row in rows if row.state != "submitted" or row.id in reviewed]
    if moved:
        raise Refused(
            f"申请 {moved[0].number} 已到「{moved[0].get_state_display()}」（共 {len(moved)} 份已往下办），没有撤销；"
            "请逐份撤回或更正，不再整份撤销",
            clause=CLAUSE,
        )
    seam.release_many(seam.LIVE_APPLICATION, cases=ids, region=ctx.region)
    accounts = dict(
        Account.objects.filter(phone_blind__in=[r.phone_blind for r in rows]).values_list("phone_blind", "id")
    )
    by_phone = {bytes(phone): account for phone, account in accounts.items() if phone}
    for row in rows:
        if account := by_phone.get(bytes(row.phone_blind)):
            seam.hide_from(account, row.id, region=ctx.region)
    for model in (Wish, Member):
        model.objects.filter(region=ctx.region, application__in=ids).delete()
    Application.objects.filter(region=ctx.region, id__in=ids).delete()
    close_tickets(ctx=ctx, obj=load, outcome="导入已撤销")
    ctx.items((row.id, f"{row.number}|rolled back") for row in rows)
    return len(rows)
