"""What changes a negotiation, each as a person would say it."""

from .decisions import confirm_decision, decide
from .letters import draft_letter, fulfil_letter, lapse_letter, release_letter, sign_letter
from .offers import make_offer

__all__ = [
    "confirm_decision", "decide", "draft_letter", "fulfil_letter", "lapse_letter", "make_offer", "release_letter", "sign_letter",
]  # fmt: skip
