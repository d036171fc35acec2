"""What the acts of this room share: a project that may still be priced, by the acquirer whose it is or may become."""

from uuid import UUID

from anju.base.acts import ActContext
from anju.parties.acts.acquirers import of_project
from anju.reserve.acts.common import live, project_for
from anju.reserve.models import Project


def priced_for(ctx: ActContext, project_id: UUID) -> Project:
    """The live project under its lock. Raises Conflict, Refused, and Forbidden for people of another acquirer."""
    project = live(project_for(ctx, project_id))
    of_project(ctx, project.pk, "3.4-1")
    return project
