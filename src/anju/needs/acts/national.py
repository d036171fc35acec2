"""The national waiting list's file: its mapping (two people), a file compared with ours, those only there taken in, ours given out."""

from datetime import date
from uuid import UUID

from anju.base.acts import ActContext, InvalidInput, Refused, act
from anju.base.files import store
from anju.base.files.content import check_upload
from anju.base.files.models import Evidence
from anju.base.regions import uuid7
from anju.base.sheets.loads import bring_file
from anju.base.sheets.models import Load
from anju.base.sheets.out import workbook
from anju.base.sheets.read import SHEETS
from anju.base.sheets.template import header_of
from anju.base.tickets.desk import close_tickets, open_ticket
from anju.needs import national
from anju.needs.acts.steps import who
from anju.needs.imports import APPLICATIONS, COLUMNS
from anju.needs.models import Discrepancy, NationalFile, NationalMapping

CLAUSE = "4.4"
TICKET = "needs.national_mapping"


@act(clause=CLAUSE, title="拟定国家库列对照")
def propose_mapping(*, ctx: ActContext, columns: str, valid_from: date, note: str) -> NationalMapping:
    """A county's mapping of columns from a day on, by a document or a sample; in force once a second person confirms it."""
    pairs = national.read_pairs(columns)
    if not note.strip():
        raise InvalidInput("请写明列名出自哪份文件或样表，没有保存", field="note", clause=CLAUSE)
    if valid_from < ctx.today:
        raise InvalidInput(
            f"生效日 {valid_from} 早于今天 {ctx.today}，没有保存；请改为今日或以后",
            "valid_from",
            CLAUSE,
        )
    row = NationalMapping.objects.create(
        region=ctx.region,
        valid_from=valid_from,
        columns=pairs,
        note=note.strip()[:200],
        maker=who(ctx),
        proposed_on=ctx.today,
    )
    ctx.on(row, columns=len(pairs), valid_from=valid_from, note=row.note)
    open_ticket(
        ctx=ctx, kind=TICKET, title=f"复核国家库列对照（{valid_from} 起）", post="office_head", obj=row,
        url=f"/needs/national/mapping/{row.id}/", limit_days=None,
    )  # fmt: skip
    return row


@act(clause=CLAUSE, title="确认国家库列对照")
def confirm_mapping(*, ctx: ActContext, mapping_id: UUID) -> NationalMapping:
    """A second person, after the preview. Raises Refused for the same person, or a day that has one."""
    row = NationalMapping.objects.select_for_update().filter(region=ctx.region, id=mapping_id).first()
    if row is None or row.confirmed_on:
        raise Refused("没有这份待确认的列对照，没有办理；请从国家库页面重新打开", clause=CLAUSE)
    ctx.other_than(row.maker, "国家库列对照")
    if NationalMapping.objects.filter(
        region=ctx.region, valid_from=row.valid_from, confirmed_on__isnull=False
    ).exists():
        raise Refused(f"{row.valid_from} 已有一份生效的列对照，没有确认；请另拟一份，换生效日", clause=CLAUSE)
    row.confirmed_by, row.confirmed_on = who(ctx), ctx.today
    row.save(update_fields=["confirmed_by", "confirmed_on"])
    ctx.on(row, valid_from=row.valid_from)
    close_tickets(ctx=ctx, obj=row, outcome="已确认")
    return row


@act(clause=CLAUSE, title="带入国家库文件并核对")
def bring_national(*, ctx: ActContext, name: str, data: bytes) -> NationalFile:
    """Read their file by the mapping in force and write down what is only here, only there, or says something else.

    Nothing of ours changes. Raises BadFile, Refused without a mapping.
    """
    mapping = _mapping(ctx)
    table = national.table_of(mapping.columns, check_upload(name, data, SHEETS, store.MAX_BYTES), data)
    if table.missing:
        lacking = "、".join(column.title for column in table.missing)
        raise InvalidInput(f"文件缺少列「{lacking}」，没有核对；请核对文件，或修改列对照", field="data", clause=CLAUSE)
    found = national.compare(ctx.region, mapping.columns, national.households_of(mapping.columns, table))
    row = NationalFile(
        id=uuid7(), region=ctx.region, name=name[:200], mapping=mapping, received_on=ctx.today, maker=who(ctx),
        households=found.households, here=found.here, same=found.same,
    )  # fmt: skip
    row.evidence = store.keep(ctx=ctx, name=name, data=data, kind="national_file", case=row.id, allowed=SHEETS).id
    row.save(force_insert=True)
    Discrepancy.objects.bulk_create(
        [
            Discrepancy(
                region=ctx.region,
                file=row,
                kind=one.kind,
                application_id=one.application,
                who=one.who,
                row=one.row,
                fields=one.fields,
            )
            for one in found.lines
        ],
        batch_size=1000,
    )
    ctx.on(row, households=row.households, here=row.here, same=row.same, lines=len(found.lines))
    return row


@act(clause=CLAUSE, title="收进只在国家库的家庭", power="needs.bring_national")
def take_only_there(*, ctx: ActContext, file_id: UUID) -> Load:
    """Bring the households that stood only in their file as a load of our own sheet: checked, previewed and accepted as any.

    Nobody types anything twice. Raises Refused where none is only there, or it was done.
    """
    row = NationalFile.objects.select_for_update(of=("self",)).filter(region=ctx.region, id=file_id).first()
    if row is None:
        raise Refused(f"{ctx.region} 没有这份国家库文件，没有办理", clause=CLAUSE)
    if row.load_id:
        raise Refused("这份文件里只在国家库的家庭已经带入，没有再带；请从导入清单查看", clause=CLAUSE)
    evidence = Evidence.objects.get(region=ctx.region, id=row.evidence)
    table = national.table_of(row.mapping.columns, evidence.media, store.read(evidence))
    only = national.compare(
        ctx.region, row.mapping.columns, national.households_of(row.mapping.columns, table)
    ).only_there
    if not only:
        raise Refused("没有只在国家库的家庭，没有带入", clause=CLAUSE)
    lines = national.as_ours(row.mapping.columns, table, only)
    data = workbook(APPLICATIONS.title, [header_of(column) for column in COLUMNS], lines, ctx.demonstration)
    load = bring_file(ctx=ctx, kind=APPLICATIONS.name, name=f"国家库_{row.received_on}.xlsx", data=data)
    row.load = load
    row.save(update_fields=["load"])
    ctx.on(row, load=str(load.id), households=len(only))
    return load


@act(clause=CLAUSE, title="导出国家库文件")
def export_national(*, ctx: ActContext, reason: str) -> Evidence:
    """Ours in their columns: every live application, numbers in full; who took it out and why stands in the log."""
    mapping = _mapping(ctx)
    if not reason.strip():
        raise InvalidInput("请写明导出事由，没有导出", field="reason", clause=CLAUSE)
    lines = national.lines_of(ctx.region, mapping.columns)
    title = f"轮候名单（国家库格式） {ctx.region} {ctx.today}"
    data = workbook(title, [(theirs, "") for theirs, _ in mapping.columns], lines, ctx.demonstration)
    kept = store.keep(ctx=ctx, name=f"{title}.xlsx", data=data, kind="national_export", case=mapping.id)
    ctx.on(kept, reason=reason.strip()[:300], rows=len(lines), sha256=kept.sha256)
    ctx.items((case, "taken out") for case in national.cases_of(ctx.region))
    return kept


def _mapping(ctx: ActContext) -> NationalMapping:
    row = national.mapping_on(ctx.region, ctx.today)
    if row is None:
        raise Refused("还没有生效的国家库列对照，没有办理；请先拟定列对照，并由另一人确认", clause=CLAUSE)
    return row
