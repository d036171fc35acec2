"""What the acts of this room share: the batch under its lock, its transitions, its earnest book, whose case it is, messages."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from anju.base.acts import ActContext, Conflict, Forbidden, Transitions
from anju.base.messages import outbox
from anju.base.secrets import unseal
from anju.ledger import books
from anju.needs.acts.steps import is_own
from anju.needs.models import Application
from anju.offering.models import Batch
from anju.parties.acts.acquirers import own_acquirer

CLAUSE, GATE = "3.5-2", "3.5-3"
FAMILY = "family"

STATES = Transitions(
    titles=dict(Batch.STATES),
    table={
        # Nobody subscribed, or nobody paid: the gate fails from wherever the batch stands.
        "announced": frozenset({"frozen", "failed"}),
        "frozen": frozenset({"drawn", "failed"}),
        # Back to frozen: a redraw by resolution, before anybody chose.
        "drawn": frozenset({"choosing", "failed", "frozen"}),
        "choosing": frozenset({"passed", "failed"}),
        "passed": frozenset(),
        "failed": frozenset({"special", "closed"}),
        "special": frozenset(),
        "closed": frozenset(),
    },
    clause=GATE,
)
# The states in which homes may be chosen: after the order is known, and after the gate for those still free.
OPEN = ("drawn", "choosing", "passed", "special")


def batch_for(ctx: ActContext, batch_id: UUID) -> Batch:
    """The batch under its row lock, for its own acquirer's people and the posts outside. Raises Conflict, Forbidden."""
    found = Batch.objects.filter(region=ctx.region, id=batch_id).select_for_update(of=("self",))
    row = found.select_related("project", "letter").first()
    if row is None:
        raise Conflict(f"区划 {ctx.region} 没有这个批次，没有办理；请从批次列表重新打开", clause=CLAUSE)
    own_acquirer(ctx, row.letter.acquirer_id, f"批次 {row.number} ", CLAUSE)
    return row


def book_of(batch: Batch) -> books.Book:
    """The batch's earnest book; it is opened with the announcement. Raises LookupError: a fault of the program."""
    found = books.find("earnest", batch.pk, region=batch.region)
    if found is None:
        raise LookupError(f"batch {batch.number} has no earnest book")
    return found


def own_only(ctx: ActContext, application: Application) -> None:
    """A family acts on its own application alone. Raises Forbidden."""
    if ctx.post != FAMILY:
        return
    if not is_own(ctx, application):
        raise Forbidden("这份申请不是用本账号的手机号登记的，不能办理；请用登记的手机号登录", clause=CLAUSE)


def tell(ctx: ActContext, template: str, rows: Iterable[tuple[Application, Mapping[str, str], object]]) -> None:
    """Put (application, values of the wording, once) messages into the outbox, each once; in one statement, however many."""
    outbox.queue_many(
        region=ctx.region, template=template, now=ctx.now,
        rows=[(unseal(bytes(application.phone)), values, f"{template}:{once}", application.pk) for application, values, once in rows],
    )  # fmt: skip
