"""All tables of ``base``, gathered for Django; each stands in its own package."""

from anju.base.acts.models import Act, ActFacts, ActItem, Refusal
from anju.base.calendar.models import Installation, WorkingDay
from anju.base.claims.models import Claim, PartyCase
from anju.base.files.models import Evidence
from anju.base.jobs.models import Progress
from anju.base.listing import models as listing
from anju.base.listing.models import ExportFile, SavedView
from anju.base.log.models import ActQueue, Checkpoint, Leaf, Node
from anju.base.messages.models import Message
from anju.base.notes import models as notes
from anju.base.notes.models import Note
from anju.base.notices import models as notices
from anju.base.notices.models import PortalText
from anju.base.papers.models import Paper, PaperNumber
from anju.base.publication.models import Publication
from anju.base.sheets.models import Load
from anju.base.tickets import models as tickets
from anju.base.tickets.models import Ticket
from anju.base.wordings import models as wordings
from anju.base.wordings.models import Wording

__all__ = [
    "Act", "ActFacts", "ActItem", "ActQueue", "Checkpoint", "Claim", "Evidence", "ExportFile", "Installation", "Leaf", "Load",
    "Message", "Node", "Note", "Paper", "PaperNumber", "PartyCase", "PortalText", "Progress", "Publication", "Refusal", "SavedView",
    "Ticket", "Wording", "WorkingDay",
]  # fmt: skip

# What its constraints carry: constraint → clause.
CARRIES: dict[str, str] = {
    **tickets.CARRIES, **listing.CARRIES, **notes.CARRIES, **wordings.CARRIES, **notices.CARRIES,
}  # fmt: skip
