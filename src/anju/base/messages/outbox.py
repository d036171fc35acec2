"""Queue a message; the worker delivers. Every message once, in the wording of its day."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from anju.base.acts.context import SHANGHAI
from anju.base.messages.models import Message
from anju.base.secrets import blind
from anju.base.wordings.kinds import KINDS
from anju.base.wordings.text import Said, say, wording_of


def queue(
    *, region: str, phone: str, template: str, once_key: str, now: datetime, values: Mapping[str, str] | None = None, text: str = "",
    case: UUID | None = None,
) -> Message:  # fmt: skip
    """Put a message into the outbox, once per ``once_key`` and region; ``template`` is a registered wording, ``values`` its placeholders'.

    ``case``: the household's case that it tells the household about; should its phone prove wrong, the message follows (``needs``).
    Raises KeyError for a wording that nobody registered or a value that is missing.
    """
    if values is None and template not in KINDS:
        said = Said(text, None)  # of tests and tools: tests/base/test_wordings.py holds the rooms to registered ones
    else:
        on = now.astimezone(SHANGHAI).date()
        said = say(template, region=region, on=on, values=values or {})
    row, _ = Message.objects.get_or_create(
        region=region, once_key=once_key,
        defaults={
            "to_phone": phone, "to_blind": blind("phone", phone), "template": template, "text": said.text, "wording": said.version,
            "queued_at": now, "case_id": case,
        },
    )  # fmt: skip
    return row


def queue_many(
    *, region: str, template: str, rows: Iterable[tuple[str, Mapping[str, str], str, UUID | None]], now: datetime
) -> int:  # fmt: skip
    """The same for many (phone, values, once_key, case), in one statement; how many were asked for."""
    wording = wording_of(template, region=region, on=now.astimezone(SHANGHAI).date())
    found = []
    for phone, values, once_key, case in rows:
        said = wording(values)
        found.append(
            Message(
                region=region, once_key=once_key, to_phone=phone, to_blind=blind("phone", phone), template=template, text=said.text,
                wording=said.version, queued_at=now, case_id=case,
            )
        )  # fmt: skip
    Message.objects.bulk_create(found, ignore_conflicts=True, batch_size=500)
    return len(found)
