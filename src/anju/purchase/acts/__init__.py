"""What changes a purchase, each as a person would say it."""

from .agreements import draft_agreement, rescind_agreement, sign_agreement
from .milestones import complete_agreement, reach_milestone
from .special import confirm_special_decision, record_special_decision

__all__ = [
    "complete_agreement", "confirm_special_decision", "draft_agreement", "reach_milestone", "record_special_decision", "rescind_agreement",
    "sign_agreement",
]  # fmt: skip
