"""All tables of ``base``, gathered for Django; each stands in its own package."""

from anju.base.acts.models import Act, ActFacts, ActItem, Refusal
from anju.base.calendar.models import Installation, WorkingDay
from anju.base.claims.models import Claim, PartyCase
from anju.base.files.models import Evidence
from anju.base.jobs.models import Progress
from anju.base.log.models import ActQueue, Checkpoint, Leaf, Node
from anju.base.messages.models import Message
from anju.base.papers.models import Paper, PaperNumber
from anju.base.publication.models import Publication
from anju.base.sheets.models import Load
from anju.base.tickets import models as tickets
from anju.base.tickets.models import Ticket

__all__ = [
    "Act", "ActFacts", "ActItem", "ActQueue", "Checkpoint", "Claim", "Evidence", "Installation", "Leaf", "Load", "Message",
    "Node", "Paper", "PaperNumber", "PartyCase", "Progress", "Publication", "Refusal", "Ticket", "WorkingDay",
]  # fmt: skip

# What its constraints carry: constraint → clause.
CARRIES: dict[str, str] = {**tickets.CARRIES}
