"""Organisations (单位): opened once, renamed by act."""

from datetime import date
from uuid import UUID

from stdnum.cn import uscc as uscc_

from anju.base.acts import ActContext, InvalidInput, act
from anju.parties.acts.shared import filled, held_by, locked
from anju.parties.models import Organisation

TAKEN = {
    "organisation_uscc_once": "这个统一社会信用代码已登记给另一单位，没有登记；请在单位列表核对",
    "organisation_name_once": "本地已有同类同名的单位，没有登记；请在单位列表核对",
}


@act(clause="4.1", title="登记单位")
def open_organisation(
    *, ctx: ActContext, kind: str, name: str, uscc: str | None = None, parent_id: UUID | None = None,
    qualification: str = "",
    qualified_until: date | None = None, source: str = "",
) -> Organisation:  # fmt: skip
    """Register a body that takes part. ``uscc`` is its 统一社会信用代码; ``source`` the public document that names it.

    Raises InvalidInput for a wrong check character or kind, Conflict where code or name is taken.
    """
    if kind not in dict(Organisation.KINDS):
        raise InvalidInput(f"没有「{kind}」这一类单位；可选：{'、'.join(dict(Organisation.KINDS).values())}", "kind")
    code = _uscc(uscc)
    with held_by(TAKEN):
        row = Organisation.objects.create(
            owner_region=ctx.region, kind=kind, name=filled(name, "name", "单位名称"), uscc=code, parent_id=parent_id,
            qualification=qualification.strip(), qualified_until=qualified_until, source=source,
            synthetic=ctx.demonstration and not source,
        )  # fmt: skip
    ctx.on(row, kind=kind, name=row.name, uscc=code, parent=parent_id)
    return row


@act(clause="4.1", title="单位更名")
def rename_organisation(*, ctx: ActContext, organisation_id: UUID, name: str, document: str) -> Organisation:
    """A body has a new name, by a document; the log keeps the old one. Raises Forbidden outside its own region."""
    row = locked(ctx, Organisation, organisation_id, "这个单位")
    ctx.on(row, was=row.name, name=name, document=filled(document, "document", "更名依据"))
    row.name = filled(name, "name", "单位名称")
    with held_by(TAKEN):
        row.save(update_fields=["name"])
    return row


def _uscc(text: str | None) -> str | None:
    if not text:
        return None
    code = uscc_.compact(text)
    if not uscc_.is_valid(code):
        raise InvalidInput(
            f"统一社会信用代码「{text}」不是 18 位或校验码不符（GB 32100）；请对照营业执照更正", "uscc", "3.1-1"
        )
    return code
