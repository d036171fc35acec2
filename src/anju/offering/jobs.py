"""What runs by itself: earnest money that waits for a special decision goes back when its days are over."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from anju.base.acts import ActContext
from anju.base.acts.context import SHANGHAI
from anju.base.jobs.work import WORK, register
from anju.base.tickets.models import Ticket
from anju.offering.models import Batch

REFUND = "offering.refund"


def refund_later(ctx: ActContext, batch: Batch, due_on: date | None) -> None:
    """Put the refund on the queue for the morning of its last day, in the running act's transaction."""
    if due_on is None:
        return
    from anju.base.jobs import tasks

    when = datetime.combine(due_on, time(8), SHANGHAI)
    tasks.run_work.configure(lock=f"{REFUND}:{batch.pk}", schedule_at=when).defer(
        kind=REFUND, object_id=str(batch.pk), account=str(ctx.account), post=ctx.post, region=ctx.region
    )


def refund(ctx: ActContext, batch_id: UUID) -> None:
    """Refund the batch if nobody decided otherwise and the last day has come; safe to start again."""
    from anju.offering import acts

    batch = Batch.objects.filter(region=ctx.region, id=batch_id).first()
    if batch is None or batch.state != "failed":
        return
    due = Ticket.objects.filter(region=ctx.region, object_id=batch_id, done_on__isnull=True).order_by("due_on").first()
    if due and due.due_on and ctx.today < due.due_on:
        # The machine's clock ran ahead of the installation's own (a demonstration's): come again.
        refund_later(ctx, batch, due.due_on + timedelta(days=1))
        return
    acts.refund_earnest(ctx=ctx, batch_id=batch_id)


def start() -> None:
    """Called at start-up."""
    if REFUND not in WORK:
        register(REFUND, refund)
