"""Queue a message; the worker delivers."""

from datetime import datetime

from anju.base.messages.models import Message
from anju.base.secrets import blind


def queue(*, region: str, phone: str, template: str, text: str, once_key: str, now: datetime) -> Message:
    """Put a message into the outbox, once per ``once_key`` and region."""
    row, _ = Message.objects.get_or_create(
        region=region, once_key=once_key,
        defaults={"to_phone": phone, "to_blind": blind("phone", phone), "template": template, "text": text, "queued_at": now},
    )  # fmt: skip
    return row
