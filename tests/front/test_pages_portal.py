"""The public portal reads publications and nothing else; a draw is looked up and recomputed; a paper is checked by its code."""

import hashlib
import json
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from anju.base.regions import uuid7
from support.db import open_act
from support.desk import signed_in, text
from support.publications import ANNOUNCED, published, transcript

pytestmark = pytest.mark.django_db
STATIC = Path(settings.ROOT) / "src" / "anju" / "web" / "static" / "web"


def test_a_visitor_sees_what_was_published_and_is_not_asked_to_sign_in() -> None:
    published("announcement", "2026-001", ANNOUNCED, title="枫林雅苑房源公告", until=date(2026, 3, 20))
    page = text(Client().get("/"))
    assert ("枫林雅苑房源公告" in page and "2 套" in page and "手机验证码" in page) or "摇号编号" in page


def test_an_announcement_shows_its_number_homes_prices_tables_and_the_end_of_its_window() -> None:
    published("announcement", "2026-001", ANNOUNCED)
    page = text(Client().get("/portal/news/announcement/231200/2026-001/"))
    for words in (
        "绥安居公告〔2026〕第 1 号", "枫林雅苑位于北林区", "89.32㎡", "293,505.52 元", "502.24 元/月", "1 号楼 1 单元 301 室", "时间表",
        "3 月 20 日（周五）", "10,000 元", "我要认购",
    ):  # fmt: skip
        assert words in page, words
    home = text(Client().get("/portal/homes/231200/2026-001/1-02/"))
    assert "月租" in home and "58.40㎡" in home and "<dt>朝向</dt><dd>南</dd>" in home


def batch_body(**changes: Any) -> dict[str, Any]:
    """What ``offering`` publishes of a batch."""
    return {"batch_id": "b-1", "region": "231200", "number": "231200-2026-01", "project": "枫林雅苑", **changes}


def test_the_data_that_a_room_publishes_are_said_in_words_and_linked_along_the_batch() -> None:
    published(
        "draw_list",
        "b-1-1",
        batch_body(entrants=168, homes=120, entrants_sha256="ab" * 32, method_title="摇号"),
        title="名单已封存",
    )
    published(
        "draw_plan", "b-1-1",
        batch_body(holders=[{"holder": "公证员", "commitment": "cd" * 32}], sources=[{"game": "快乐8", "issue": "2026055"}]),
        title="摇号安排",
    )  # fmt: skip
    published(
        "gate",
        "b-1",
        batch_body(taken=109, offered=120, needed=114, ratio=95, passed=False, next="定金全部原路退回"),
        title="锁定需求未达标",
    )
    client = Client()
    page = text(client.get("/portal/news/draw_list/231200/b-1-1/"))
    assert (
        "168 户" in page and "120 套" in page and "ab" * 32 in page and "锁定需求未达标" in page and "摇号安排" in page
    )
    page = text(client.get("/portal/news/draw_plan/231200/b-1-1/"))
    assert "公证员" in page and "第 2026055 期" in page
    page = text(client.get("/portal/news/gate/231200/b-1/"))
    assert "还差 5 套" in page and "定金全部原路退回" in page and "未达标" in page


def test_after_its_window_an_announcement_offers_no_subscription() -> None:
    published("announcement", "2026-001", {**ANNOUNCED, "apply_until": "2026-02-20"})
    page = text(Client().get("/portal/news/announcement/231200/2026-001/"))
    assert "已截止" in page and "我要认购" not in page
    assert "现在没有正在公告的房源" in text(Client().get("/portal/"))


@pytest.mark.parametrize(
    "path",
    [
        "/portal/news/announcement/231200/none/", "/portal/news/paper/231200/CODE1/", "/portal/homes/231200/2026-001/9-99/",
        "/portal/draws/231200/none/", "/portal/draws/231200/none/transcript.json", "/portal/news/nothing/231200/x/",
    ],
)  # fmt: skip
def test_what_is_not_there_or_not_for_this_page_is_404_in_words(path: str) -> None:
    published("announcement", "2026-001", ANNOUNCED)
    published("paper", "CODE1", {"facts": []})
    answer = Client().get(path)
    assert answer.status_code == 404 and "没有这一页" in answer.content.decode()


def test_what_was_taken_down_is_gone() -> None:
    published("qualified", "q1", {"paragraphs": ["名单"]}, visible=False)
    assert Client().get("/portal/news/qualified/231200/q1/").status_code == 404
    assert "关于q1的公告" not in text(Client().get("/portal/news/"))


def test_the_public_role_cannot_read_an_application_even_if_a_page_forgets() -> None:
    from django.db import DatabaseError, transaction

    from anju.base.regions import public_scope
    from anju.needs.models import Application

    with public_scope(), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Application.objects.count()


def test_news_are_listed_by_kind_and_papers_never() -> None:
    published("announcement", "a1", ANNOUNCED, title="甲公告")
    published("gate", "g1", {"paragraphs": ["达标"]}, title="乙锁定结果")
    published("paper", "P1", {"facts": []}, title="丙公文")
    page = text(Client().get("/portal/news/"))
    assert "甲公告" in page and "乙锁定结果" in page and "丙公文" not in page
    assert "甲公告" not in text(Client().get("/portal/news/?kind=gate"))
    assert "甲公告" in text(Client().get("/portal/news/?kind=paper")), "an unknown kind shows all"


@pytest.mark.parametrize("stored", ["text", "json"])
def test_the_transcript_is_served_byte_for_byte_as_it_was_hashed(stored: str) -> None:
    whole = transcript()
    published("draw", "d1", {"transcript": whole if stored == "text" else json.loads(whole)})
    answer = Client().get("/portal/draws/231200/d1/transcript.json")
    assert answer.content == whole.encode()
    assert hashlib.sha256(whole.encode()).hexdigest() in text(Client().get("/portal/draws/231200/d1/"))


@pytest.mark.clause("3.5-2")
def test_a_household_looks_up_its_place_by_its_draw_number() -> None:
    whole = json.loads(transcript())
    published("draw", "d1", {"transcript": whole})
    client = Client()
    winner, loser = whole["order"][0], next(n for n in whole["order"] if n not in whole["allotment"])
    page = text(client.get(f"/portal/draws/231200/d1/?no={int(winner)}"))
    assert "第 1 位" in page and "已配到房" in page and whole["allotment"][winner] in page and "优先组" in page
    assert "候补" in text(client.get(f"/portal/draws/231200/d1/?no={loser}"))
    assert "名单里没有这个编号" in text(client.get("/portal/draws/231200/d1/?no=9999"))


def test_the_stand_alone_verifier_is_served_and_accepts_the_served_transcript(tmp_path: Path) -> None:
    published("draw", "d1", {"transcript": transcript()})
    (tmp_path / "verify_draw.py").write_bytes(Client().get("/portal/draws/verify_draw.py").content)
    (tmp_path / "t.json").write_bytes(Client().get("/portal/draws/231200/d1/transcript.json").content)
    done = subprocess.run(
        ["python3", "-I", "verify_draw.py", "t.json"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("what", "failing"),
    [("nothing", ""), ("a home is swapped", "allotment"), ("a need is put in", "values"), ("the rules are the first ones", "lists")],
)  # fmt: skip
def test_the_browser_recomputes_step_free_homes_first(what: str, failing: str, tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text(tampered(transcript(step_free=True), what))
    found = dict(zip(["lists", "secrets", "values", "order", "allotment"], in_node(STEPS, str(path)), strict=True))
    assert all(found.values()) if not failing else not found[failing]


def in_node(code: str, *arguments: str) -> Any:
    """Run the page's own scripts outside a browser; the browser test drives the button."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the scripts are then tested in the browser alone")
    done = subprocess.run([node, "-e", code, *arguments], capture_output=True, text=True, check=True, cwd=STATIC)
    return json.loads(done.stdout)


STEPS = (
    "const d=require('./draw.js'),t=JSON.parse(require('fs').readFileSync(process.argv[1],'utf8'));"
    "console.log(JSON.stringify(d.steps.map(s=>d.step(s,t))))"
)


def tampered(whole: str, what: str) -> str:
    t = json.loads(whole)
    names = list(t["allotment"])
    match what:
        case "a home is swapped":
            t["allotment"][names[0]], t["allotment"][names[1]] = t["allotment"][names[1]], t["allotment"][names[0]]
        case "the order is changed":
            t["order"][5], t["order"][6] = t["order"][6], t["order"][5]
        case "an entrant is moved to a better group":
            t["entrants"] = t["entrants"].replace("0001\t9", "0001\t1")
        case "a secret is another":
            t["holders"][0]["secret"] = "ff" * 32
        case "a need is put in":
            t["entrants"] = t["entrants"].replace("\t\n", "\t1\n", 1)
            t["entrants_sha256"] = hashlib.sha256(t["entrants"].encode()).hexdigest()
        case "the rules are the first ones":
            t["rule"] = "anju-draw/1"
        case "a public value is another":
            t["values"] = t["values"].replace("44.", "45.")
    return json.dumps(t)


@pytest.mark.parametrize(
    ("what", "failing"),
    [
        ("nothing", ""), ("a home is swapped", "allotment"), ("the order is changed", "order"),
        ("an entrant is moved to a better group", "lists"), ("a secret is another", "secrets"), ("a public value is another", "values"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("missing", [False, True])
def test_the_browsers_verification_names_the_step_that_was_tampered_with(
    what: str, failing: str, missing: bool, tmp_path: Path
) -> None:
    path = tmp_path / "t.json"
    path.write_text(tampered(transcript(missing=missing), what))
    found = dict(zip(["lists", "secrets", "values", "order", "allotment"], in_node(STEPS, str(path)), strict=True))
    assert all(found.values()) if not failing else not found[failing]


def test_our_own_sha256_and_hmac_agree_with_pythons_on_every_length() -> None:
    import hmac

    code = (
        "const h=require('./sha256.js'),out=[];for(let n=0;n<200;n++){const b=Uint8Array.from({length:n},(_,i)=>(i*7+n)%256);"
        "out.push([h.hex(h.sha256(b)),h.hex(h.hmac(b,h.utf8('保障性住房')))])}console.log(JSON.stringify(out))"
    )
    for n, (plain, keyed) in enumerate(in_node(code)):
        data = bytes((i * 7 + n) % 256 for i in range(n))
        assert (
            plain == hashlib.sha256(data).hexdigest()
            and keyed == hmac.digest(data, "保障性住房".encode(), "sha256").hex()
        )


def issued() -> Any:
    from anju.base.papers import issue, para
    from anju.needs.models import Application

    with open_act("231202") as ctx:
        about = Application(region="231202", id=uuid7())
        return issue(ctx=ctx, kind="notice", title="受理通知书", blocks=[para("已受理。")], obj=about, prefix="受")


def test_a_paper_is_checked_by_its_whole_printed_code_and_shows_its_head_only() -> None:
    paper = issued()
    for code in (paper.code, paper.code.lower(), paper.code.replace("-", "")):
        page = text(Client().get("/portal/check/", {"code": code}))
        assert "是这里出具的" in page and paper.number in page and paper.data_sha256 in page
        assert "已受理。" not in page, "the content is not for everybody who finds a page"


@pytest.mark.parametrize("code", ["ABCD-EFGH-JKMN", "%", "' OR 1=1 --", "A" * 300, "一二三"])
def test_a_code_that_was_never_printed_is_not_found(code: str) -> None:
    issued()
    assert "没有查到" in text(Client().get("/portal/check/", {"code": code}))


def test_a_part_of_a_code_finds_nothing() -> None:
    paper = issued()
    assert "没有查到" in text(Client().get("/portal/check/", {"code": paper.code[:9]}))
    assert "没有查到" not in text(Client().get("/portal/check/"))


def test_a_clerk_may_read_the_portal_too() -> None:
    published("announcement", "a1", ANNOUNCED, region="231202", title="甲公告")
    assert "甲公告" in text(signed_in("reviewer", "231202").get("/portal/"))


@pytest.mark.parametrize("path", ["/portal/", "/portal/news/", "/portal/draws/", "/portal/check/", "/portal/how/"])
def test_an_empty_portal_says_what_is_missing(path: str) -> None:
    page = text(Client().get(path))
    assert "<h1" in page and "跳到正文" in page


def test_no_page_of_the_portal_is_cached_with_a_persons_data_or_sets_a_session() -> None:
    answer = Client().get("/portal/")
    assert "sessionid" not in answer.cookies
