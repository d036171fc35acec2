"""Issue a paper and bring its signed scan back."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import connection, models

from anju.base.acts import ActContext, InvalidInput, Refused, act, canonical
from anju.base.acts.context import SHANGHAI
from anju.base.files import store
from anju.base.papers.blocks import Block
from anju.base.papers.draw import docx_of, missing_glyphs, pdf_of, words_of
from anju.base.papers.models import Paper
from anju.base.regions import uuid7

SCANS = frozenset({"pdf", "png", "jpeg"})
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that looks like another
SYNTHETIC_NOTE = "合成数据，仅供演示，不具法律效力"


def issue(
    *, ctx: ActContext, kind: str, title: str, blocks: Sequence[Block], obj: models.Model, case: UUID | None = None,
    prefix: str, red_head: str = "", issuer: str = "",
) -> Paper:  # fmt: skip
    """Issue a paper inside the running act: freeze its data, give it the next number of its kind, year and region, draw both files.

    ``obj`` is what it is about, ``case`` who else may see it, ``prefix`` stands before the number (意 → 意〔2026〕3号),
    ``red_head`` is the red head of a task force's or government's paper, ``issuer`` the body that issues it.
    """
    number = f"{prefix}〔{ctx.today.year}〕{_next_number(ctx, kind)}号"
    code = _new_code()
    data = {
        "kind": kind, "title": title, "number": number, "code": code, "red_head": red_head, "issuer": issuer,
        "issued_at": ctx.now.isoformat(), "region": ctx.region, "synthetic": ctx.demonstration,
        "synthetic_note": SYNTHETIC_NOTE if ctx.demonstration else "", "blocks": list(blocks),
        "foot": f"{number}  文书码 {code}", "code_target": f"{getattr(settings, 'PORTAL_URL', '')}{code}",
        "code_note": f"文书码 {code}。签章后请扫描全部页面，凭此码在“文书”页回传。",
    }  # fmt: skip
    return Paper.objects.create(
        region=ctx.region, kind=kind, title=title[:200], number=number, code=code, data=data,
        data_sha256=hashlib.sha256(canonical(data).encode()).hexdigest(), object_id=obj.pk, case_id=case, issued_at=ctx.now,
        docx=store.keep(ctx=ctx, name=f"{number}.docx", data=docx_of(data), kind="paper", case=case),
        pdf=store.keep(ctx=ctx, name=f"{number}.pdf", data=pdf_of(data), kind="paper", case=case),
    )  # fmt: skip


@act(clause="4.4", title="回传签章扫描件")
def sign_paper(
    *, ctx: ActContext, paper_id: UUID, scan_name: str, scan: bytes, signed_on: date, code: str = ""
) -> Paper:
    """Bind the scan of a signed paper to it, once. ``code`` as printed, where a person typed it.

    Raises Refused for a wrong code, a day before its issue or in the future, or a paper that has its scan; BadFile.
    """
    paper = Paper.objects.select_for_update(of=("self",)).filter(pk=paper_id, region=ctx.region).first()
    if paper is None:
        raise InvalidInput("没有这份文书，或它不属于本区划；请从文书清单进入", field="paper_id", clause="4.4")
    if code and plain_code(code) != plain_code(paper.code):
        raise Refused(
            f"录入的文书码与《{paper.title}》{paper.number} 不符，没有回传；请核对纸上印的文书码", clause="4.4"
        )
    if paper.scan_id is not None:
        raise Refused(
            f"《{paper.title}》{paper.number} 已于 {paper.signed_on} 回传签章件，不能再换；如有误请出具更正文书",
            clause="4.4",
        )
    issued = paper.issued_at.astimezone(SHANGHAI).date()
    if not issued <= signed_on <= ctx.today:
        raise Refused(f"签署日 {signed_on} 应在出具日 {issued} 与今天 {ctx.today} 之间，没有回传；请核对", clause="4.4")
    paper.scan = store.keep(ctx=ctx, name=scan_name, data=scan, kind="signed", case=paper.case_id, allowed=SCANS)
    paper.signed_on = signed_on
    paper.save(update_fields=["scan", "signed_on"])
    ctx.on(paper, number=paper.number, code=paper.code, scan=paper.scan.sha256, signed_on=signed_on)
    return paper


def plain_code(code: str) -> str:
    """A code as it is compared: capitals, without dashes and blanks."""
    return "".join(code.upper().replace("-", "").split())


def not_drawn(paper: Paper) -> list[str]:
    """Characters of the paper that its PDF cannot show; the Word document is the one that counts."""
    return missing_glyphs(words_of(paper.data))


def _new_code() -> str:
    letters = "".join(secrets.choice(CODE_LETTERS) for _ in range(12))
    return "-".join(letters[at : at + 4] for at in (0, 4, 8))


def _next_number(ctx: ActContext, kind: str) -> int:
    """The next number, counted under the row's lock and given back if the act falls: so without gaps."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO base_papernumber AS n (id, region, kind, year, last) VALUES (%s, %s, %s, %s, 1)"
            " ON CONFLICT (region, kind, year) DO UPDATE SET last = n.last + 1 RETURNING last",
            [uuid7(), ctx.region, kind, ctx.today.year],
        )
        return cursor.fetchone()[0]
