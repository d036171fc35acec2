"""Papers: both files say the same, numbers have no gap, the signed scan is bound once and by the printed code."""

import io
import re
import threading
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pypdf
import pytest
from django.db import connection
from docx import Document
from docx.document import Document as Word
from docx.oxml.ns import qn

from anju.base.acts import ActContext, InvalidInput, Refused
from anju.base.files import store
from anju.base.files.content import BadFile
from anju.base.papers import clause, facts, heading, issue, note, para, sign, signatures, table
from anju.base.papers.desk import not_drawn, plain_code
from anju.base.papers.draw import docx_of, missing_glyphs, pdf_of, words_of
from anju.base.papers.models import Paper, PaperNumber
from anju.base.regions import scope
from anju.base.tickets.models import Ticket
from support.db import NOON, context, open_act, raw

SCAN = b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\n%%EOF"
BLOCKS = [
    para("甲方与乙方自主协商，#strong[这不是标记] *x* $1$ <b>，达成如下意向。"),
    heading("第一章 总则"),
    clause("一、收购房源", "甲方拟收购乙方位于北林区的房屋 120 套，建筑面积 8,400.00㎡。", "单价 3,950.00 元/㎡。"),
    table(
        ["楼幢", "房号", "面积(㎡)"],
        [[f"{n}号楼", str(100 + n), "70.02"] for n in range(60)],
        title="附表 房源清单",
        widths=[2, 1, 1],
    ),
    facts(
        [
            ("收购主体", "绥化市居安保障房建设投资发展有限公司"),
            ("金额大写", "叁佰玖拾伍万元整"),
            ("法定代表人", "𠮷野㐂䶮"),
        ]
    ),
    signatures(["甲方（盖章）", ("乙方（盖章）", ("授权代表：", "日期："))]),
    note("本意向书一式四份。"),
]


def thing(ctx: ActContext) -> Ticket:
    """Something a paper can be about."""
    return Ticket(region=ctx.region, kind="t", title="题")


def issued(ctx: ActContext, **changes: Any) -> Paper:
    """A paper of every kind of block."""
    values = {
        "kind": "letter",
        "title": "存量商品房收购意向书",
        "blocks": BLOCKS,
        "obj": thing(ctx),
        "prefix": "意",
        **changes,
    }
    return issue(ctx=ctx, **values)


def squeezed(text: str) -> str:
    """Without blanks: line breaks fall elsewhere in the two files."""
    return re.sub(r"\s", "", text)


def words_of_word(data: bytes) -> str:
    """What a Word document shows, in the order of its body."""
    document: Word = Document(io.BytesIO(data))
    return squeezed("".join(node.text or "" for node in document.element.body.iter(qn("w:t"))))


def words_of_pdf(data: bytes, foot: str) -> str:
    """What a PDF shows, without page feet, the repeated head of its table and the mark 合成 behind the text."""
    pages = []
    for page in pypdf.PdfReader(io.BytesIO(data)).pages:
        text = squeezed(page.extract_text())
        text = re.sub(re.escape(squeezed(foot)) + r"第\d+页共\d+页", "", text)
        pages.append(text.removeprefix("合成"))
    head = squeezed("楼幢房号面积(㎡)")
    return pages[0] + "".join(page.removeprefix(head) for page in pages[1:])


@pytest.mark.django_db
@pytest.mark.parametrize(("synthetic", "red_head"), [(True, ""), (False, "绥化市保障性住房工作专班文件")])
def test_the_word_document_and_the_pdf_say_the_same(synthetic: bool, red_head: str) -> None:
    with open_act(demonstration=synthetic) as ctx:
        paper = issued(ctx, red_head=red_head)
        word, pdf = store.read(paper.docx), store.read(paper.pdf)
    wanted = squeezed("".join(words_of(paper.data)))
    assert words_of_word(word) == wanted
    assert words_of_pdf(pdf, paper.data["foot"]) == wanted
    assert ("合成" in wanted) is synthetic
    assert "𠮷野㐂䶮" in wanted and "#strong[这不是标记]*x*$1$<b>" in wanted


@pytest.mark.django_db
def test_number_code_and_foot_are_printed_and_the_data_is_frozen() -> None:
    with open_act() as ctx:
        first, second = issued(ctx), issued(ctx)
        other = issued(ctx, kind="notice", prefix="告")
    assert [first.number, second.number, other.number] == ["意〔2026〕1号", "意〔2026〕2号", "告〔2026〕1号"]
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){2}", first.code) and first.code != second.code
    assert first.code in first.data["foot"] and first.number in first.data["foot"]
    assert pdf_of(first.data) == pdf_of(first.data)
    assert squeezed(words_of_word(docx_of(first.data))) == squeezed("".join(words_of(first.data)))


@pytest.mark.django_db
def test_a_refused_act_gives_its_number_back() -> None:
    with pytest.raises(Refused), open_act() as ctx:
        issued(ctx)
        raise Refused("不办")
    with open_act() as ctx:
        assert issued(ctx).number == "意〔2026〕1号"


@pytest.mark.django_db
def test_each_region_and_year_counts_its_own() -> None:
    with open_act() as ctx:
        assert issued(ctx).number == "意〔2026〕1号"
    with open_act("231202") as ctx:
        assert issued(ctx).number == "意〔2026〕1号"
    with open_act(now=NOON + timedelta(days=365)) as ctx:
        assert issued(ctx).number == "意〔2027〕1号"


@pytest.mark.usefixtures("committed")
def test_papers_issued_at_once_have_numbers_without_gap_or_double() -> None:
    gate, errors = threading.Barrier(4), []

    def run() -> None:
        try:
            gate.wait()
            for _ in range(3):
                with open_act() as ctx:
                    issued(ctx, blocks=[para("x")])
        except Exception as error:  # noqa: BLE001  a thread's failure must reach the test
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert errors == []
    with scope("231200"):
        numbers = sorted(int(re.findall(r"〕(\d+)号", n)[0]) for n in Paper.objects.values_list("number", flat=True))
        assert numbers == list(range(1, 13)) and PaperNumber.objects.get().last == 12


@pytest.mark.django_db
def test_the_scan_is_bound_by_its_code_once() -> None:
    with open_act() as ctx:
        paper = issued(ctx)
    typed = paper.code.lower().replace("-", " ")
    done = sign(
        ctx=context(), paper_id=paper.id, scan_name="签章.pdf", scan=SCAN, signed_on=date(2026, 3, 2), code=typed
    )
    assert (
        done.signed_on == date(2026, 3, 2)
        and store.read(done.scan) == SCAN
        and plain_code(typed) == plain_code(paper.code)
    )
    with pytest.raises(Refused, match="已于 2026-03-02 回传签章件，不能再换"):
        sign(ctx=context(), paper_id=paper.id, scan_name="签章.pdf", scan=SCAN, signed_on=date(2026, 3, 2))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "error", "word"),
    [
        ({"code": "AAAA-AAAA-AAAA"}, Refused, "文书码与《存量商品房收购意向书》意〔2026〕1号 不符"),
        ({"signed_on": date(2026, 3, 1)}, Refused, "应在出具日 2026-03-02 与今天 2026-03-02 之间"),
        ({"signed_on": date(2026, 3, 3)}, Refused, "应在出具日"),
        ({"scan": b"<html>"}, BadFile, "网页或脚本"),
        ({"scan": b"MZ\x90\x00"}, BadFile, "不是可以识别的文件"),
        ({"scan_name": "签章.docx"}, BadFile, "扩展名是 .docx"),
        ({"paper_id": UUID(int=9)}, InvalidInput, "没有这份文书"),
    ],
)
def test_a_scan_that_does_not_fit_is_refused(change: dict[str, Any], error: type[Refused], word: str) -> None:
    with open_act() as ctx:
        paper = issued(ctx)
    values = {"paper_id": paper.id, "scan_name": "签章.pdf", "scan": SCAN, "signed_on": date(2026, 3, 2), **change}
    with pytest.raises(error, match=word):
        sign(ctx=context(), **values)
    with scope("231200"):
        assert Paper.objects.get(pk=paper.pk).scan_id is None


@pytest.mark.django_db
def test_a_county_cannot_sign_another_countys_paper() -> None:
    with open_act("231202") as ctx:
        paper = issued(ctx)
    with pytest.raises(InvalidInput, match="不属于本区划"):
        sign(
            ctx=context(region="231221"), paper_id=paper.id, scan_name="签章.pdf", scan=SCAN, signed_on=date(2026, 3, 2)
        )


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("signed_on = '2026-03-02'", "a_signed_paper_has_its_scan"),
        ("scan_id = pdf_id", "a_signed_paper_has_its_scan"),
        ("number = '意〔2026〕1号'", "paper_number_is_one"),
        ("code = (SELECT min(code) FROM base_paper)", "paper_code_is_one"),
    ],
)
def test_the_database_refuses_a_paper_that_cannot_be(change: str, constraint: str) -> None:
    with open_act() as ctx:
        papers = sorted([issued(ctx, blocks=[para("x")]), issued(ctx, blocks=[para("x")])], key=lambda p: p.code)
        target = papers[1] if "code" in change else max(papers, key=lambda p: p.number)
    with raw("admin") as attack:
        attack.execute("SET session_replication_role = replica")  # past the guard, not past the constraint
        with pytest.raises(Exception, match=constraint):
            attack.execute(f"UPDATE base_paper SET {change} WHERE id = %s", [target.id])


@pytest.mark.usefixtures("committed")
def test_what_was_issued_is_never_rewritten_not_even_by_the_owner() -> None:
    with open_act() as ctx:
        paper = issued(ctx, blocks=[para("x")])
    for change in ("data = '{}'", "number = '意〔2026〕9号'", "pdf_id = docx_id", "issued_at = now()"):
        with raw("owner") as attack, pytest.raises(Exception, match=r"AJ005|never changed|outside an act|policy"):
            attack.execute(f"UPDATE base_paper SET {change} WHERE id = %s", [paper.id])
    with pytest.raises(Exception, match="an issued paper is never changed"), open_act():
        Paper.objects.filter(pk=paper.pk).update(title="另一份")
    with pytest.raises(Exception, match="an issued paper is never changed"), open_act():
        Paper.objects.filter(pk=paper.pk).delete()


def test_a_character_without_a_shape_is_named() -> None:
    assert missing_glyphs(["王小明㐂䶮𠮷", "〔2026〕㎡"]) == []
    assert missing_glyphs(["\U0002ebf0 x", "한"]) == sorted(["\U0002ebf0", "한"])


@pytest.mark.django_db
def test_a_paper_says_which_characters_its_pdf_cannot_show() -> None:
    with open_act() as ctx:
        paper = issued(ctx, blocks=[para("王\U0002ebf0")])
    assert not_drawn(paper) == ["\U0002ebf0"]


@pytest.mark.parametrize(
    "wrong", [lambda: table(["a", "b"], [["1"]]), lambda: table(["a"], [], widths=[1, 2]), lambda: para("x" * 20_001)]
)
def test_a_block_that_cannot_be_drawn_is_a_fault(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"table|at most"):
        wrong()


def test_an_unknown_value_is_a_dash_never_zero() -> None:
    assert table(["a"], [[None]])["rows"] == [["—"]] and facts([("价", None)])["rows"] == [["价", "—"]]
