"""What leaves with a household and what its days end: papers on the disk, brought files, entries, accounts; messages to a wrong phone."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.urls import reverse

from anju.base.acts import Refused
from anju.base.files import store
from anju.base.files.models import Evidence
from anju.base.messages import delivery
from anju.base.messages.models import Message
from anju.base.papers.models import Paper
from anju.base.regions import scope
from anju.base.secrets import blind
from anju.base.sheets.models import Load
from anju.base.tickets.models import Ticket
from anju.needs import acts, copies, retention
from anju.needs.acts import employers, privacy
from anju.needs.models import (
    Application,
    Ban,
    BanPerson,
    Draft,
    EmployerEntry,
    Erasure,
    Letter,
    LockedFact,
    Member,
    Proxy,
    Verification,
)  # fmt: skip
from anju.parties.models import Account, Appointment, SignIn
from needs.helpers import COUNTY, NOON, book, ctx_of, id_number, later, qualified, submitted
from needs.test_needs_family import PDF, account, granted, phone_of
from needs.test_needs_households import imposed
from needs.test_needs_import import bring, row, take
from needs.test_needs_verification import answer, asked, by
from needs.test_needs_ways_in import employer, put_in
from needs.test_needs_ways_in import family_ctx as answering
from support.db import open_act
from support.desk import signed_in, text

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.clause("4.5")]
GONE = "已删除"


def kept(case: Any, data: bytes, kind: str = "attachment") -> Evidence:
    with open_act(COUNTY) as ctx:
        return store.keep(ctx=ctx, name="收入证明.pdf", data=data, kind=kind, case=case)


def withdrawn(serial: int = 1) -> Application:
    found = submitted(serial)
    acts.withdraw(ctx=ctx_of(), application_id=found.id, reason="不需要了")
    return found


def erased(found: Application, **changes: Any) -> Erasure:
    asked_for = privacy.ask_erasure(ctx=ctx_of(**changes), application_id=found.id, reason="请删除")
    return privacy.erase_case(ctx=ctx_of("reviewer", **changes), erasure_id=asked_for.id)


def test_papers_of_an_erased_case_leave_the_disk_unless_another_case_rests_on_the_same_bytes() -> None:
    mine, other = withdrawn(1), submitted(11)
    alone, shared = kept(mine.id, PDF + b"1"), kept(mine.id, PDF + b"2")
    kept(other.id, PDF + b"2")
    assert store.path_of(alone.sha256).exists()
    erased(mine)
    assert not store.path_of(alone.sha256).exists() and store.path_of(shared.sha256).exists()
    with scope(COUNTY):
        assert (
            not Evidence.objects.filter(case_id=mine.id).exists()
            and Evidence.objects.filter(case_id=other.id).count() == 1
        )


def test_what_a_decision_still_rests_on_is_kept_by_its_rule_and_goes_after_its_last_day() -> None:
    found, params = submitted(1), book(relook_days=60)
    acts.first_review(ctx=ctx_of(), application_id=found.id, outcome="refuse", reason="收入超过标准")
    paper = kept(found.id, PDF)
    done = erased(found, params=params)
    assert done.kept_rule == "不予通过的复核期" and done.kept_until == (NOON + timedelta(days=60)).date()
    with scope(COUNTY):
        assert Application.objects.get(id=found.id).applicant_name == GONE, (
            "the person goes at once, the papers by their rule"
        )
    assert store.path_of(paper.sha256).exists()
    with pytest.raises(Refused, match="留存到"):
        privacy.clear_kept(ctx=ctx_of("reviewer", now=later(60)), erasure_id=done.id)
    assert privacy.clear_kept(ctx=ctx_of("reviewer", now=later(61)), erasure_id=done.id).cleared_on == later(61).date()
    assert not store.path_of(paper.sha256).exists()
    with pytest.raises(Refused, match="没有这项待清除"):
        privacy.clear_kept(ctx=ctx_of("reviewer", now=later(62)), erasure_id=done.id)


def test_a_housed_household_is_not_forgotten_by_anybody() -> None:
    found = qualified(1)[0]
    acts.mark_housed(ctx=ctx_of("operator", now=later(20)), application_id=found.id)
    with pytest.raises(Refused, match="住房合同还在履行"):
        privacy.ask_erasure(ctx=ctx_of(), application_id=found.id, reason="请删除")
    late = ctx_of(
        "reviewer",
        now=later(9000),
        params=book(retention_withdrawn_years=2, retention_lapsed_years=2, retention_refused_years=2),
    )
    with pytest.raises(Refused, match="没有保存期满"):
        privacy.erase_due(ctx=late, ids=[found.id])
    with pytest.raises(DatabaseError, match="live or housed"), open_act(COUNTY), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO needs_erasure (id, region, application_id, way, reason, asked_on, asked_by, state, kept_rule) SELECT"
            " gen_random_uuid(), region, id, 'counter', 'x', now(), gen_random_uuid(), 'asked', '' FROM needs_application"
        )
        cursor.execute("UPDATE needs_erasure SET state = 'erased', decided_on = now(), decided_by = gen_random_uuid()")


def test_an_account_closes_with_its_last_case_and_not_before() -> None:
    who = account(phone_of(1))
    with open_act("231200"):
        Appointment.objects.create(account=who, post_id="family", region="231200", since=NOON.date())
    first = withdrawn(1)
    second = submitted(21, phone=phone_of(1))
    erased(first)
    with scope("231200"):
        assert Account.objects.get(pk=who.pk).is_active
    acts.withdraw(ctx=ctx_of(), application_id=second.id, reason="不需要了")
    erased(second)
    with scope("231200"):
        after = Account.objects.get(pk=who.pk)
        assert (after.is_active, after.phone_blind, after.name) == (False, None, GONE)
        assert not Appointment.objects.filter(account=who, until=None).exists()
        assert not Message.objects.filter(to_blind=blind("phone", phone_of(1))).exists()


def test_locks_proxies_letters_and_verification_of_an_erased_case_say_nothing_of_people() -> None:
    found, found_checks = asked(1)
    answer(found_checks["property"], "same")
    answer(found_checks["marriage"], "same")
    granted(found)
    acts.withdraw(ctx=by(), application_id=found.id, reason="不需要了")
    listed = qualified(11)[0]
    letter = acts.issue_letter(ctx=ctx_of(now=later(9)), application_id=listed.id)
    acts.withdraw(ctx=ctx_of(now=later(10)), application_id=listed.id, reason="不需要了")
    with scope(COUNTY):
        assert LockedFact.objects.filter(application=found).exclude(value="").exists()
        pdf = Evidence.objects.get(id=Paper.objects.get(id=letter.paper_id).pdf_id)
    erased(found)
    erased(listed, now=later(11))
    with scope(COUNTY):
        assert not LockedFact.objects.filter(application=found).exclude(value="").exists()
        assert not Verification.objects.filter(application=found).exclude(said="", value="", note="").exists()
        assert not Proxy.objects.filter(application=found).exists()
        assert Letter.objects.get(id=letter.id).masked_name == GONE and Paper.objects.get(id=letter.paper_id).data == {}
    assert not store.path_of(pdf.sha256).exists()


def test_a_ban_binds_its_people_to_its_end_and_is_blank_when_it_is_cleared() -> None:
    found = submitted(1)
    ban = imposed(found)
    done = erased(found, now=later(1))
    assert "限制申请" in done.kept_rule and done.kept_until == ban.until_on
    with scope(COUNTY):
        assert BanPerson.objects.filter(ban=ban, document_blind=blind("document", id_number(1))).exists()
    with pytest.raises(Refused, match="限制"):
        submitted(1)
    assert ban.until_on
    after = ctx_of("reviewer", now=NOON + timedelta(days=(ban.until_on - NOON.date()).days + 1))
    privacy.clear_kept(ctx=after, erasure_id=done.id)
    with scope(COUNTY):
        assert Ban.objects.get(id=ban.id).facts == GONE
        assert not BanPerson.objects.filter(document_blind=blind("document", id_number(1))).exists()


def dropping(days: int, **rules: int) -> Any:
    return ctx_of("upkeep", "231200", now=later(days), account=None, params=book(**rules))


def test_what_is_old_goes_by_its_own_rule_and_nothing_goes_without_one() -> None:
    with open_act("231200"):
        Draft.objects.create(region=COUNTY, account=account("19911112222").pk, body="{}", saved_at=NOON)
        SignIn.objects.create(
            region="231200", at=NOON, way="phone", outcome="ok", name_blind=blind("phone", "19911112222")
        )
    submitted(1)
    delivery.deliver_waiting(region="231200", now=NOON, clock=NOON)
    every = {"retention_draft_days": 90, "retention_message_days": 90, "retention_signin_months": 6}
    assert not any(privacy.drop_old(ctx=dropping(400)).values())
    assert not any(privacy.drop_old(ctx=dropping(80, **every)).values())
    gone = privacy.drop_old(ctx=dropping(400, **every))
    assert gone["drafts"] == 1 and gone["sign_ins"] == 1
    with scope("231200"):
        assert (
            not Draft.objects.exists()
            and not SignIn.objects.exists()
            and not Message.objects.exclude(state="queued").exists()
        )


def test_a_brought_file_goes_with_a_household_that_came_in_by_it_and_its_counts_stay() -> None:
    load = take(bring([row("1", 1), row("2", 11), row("3", 21, 身份证号码="1")]))
    with scope(COUNTY):
        mine = Application.objects.get(members__document_blind=blind("document", id_number(1)))
    acts.withdraw(ctx=ctx_of(), application_id=mine.id, reason="不需要了")
    assert store.path_of(load.sha256).exists() and load.errors
    erased(mine)
    assert not store.path_of(load.sha256).exists()
    with scope(COUNTY):
        after = Load.objects.select_related("evidence").get(id=load.id)
        assert (after.name, after.evidence.name, after.errors) == (GONE, GONE, [])
        assert (after.state, after.done, after.bad, after.sha256) == ("accepted", 2, 1, load.sha256)
        assert Member.objects.filter(document_blind=blind("document", id_number(11))).exists()
    clerk = signed_in("intake_clerk", COUNTY)
    assert GONE in text(clerk.get(reverse("front:load", args=[load.id])))
    for name in ("front:load_rows", "front:back"):
        assert clerk.get(reverse(name, args=[load.id])).status_code == 404
    assert clerk.get(reverse("front:file", args=[after.evidence_id])).status_code == 404


def test_brought_files_go_by_their_rule_also_those_that_nobody_took_in() -> None:
    never, taken = bring([row("1", 1)]), take(bring([row("1", 11)]))
    rule = {"retention_load_days": 60}
    assert privacy.drop_old(ctx=dropping(60, **rule))["loads"] == 0
    assert privacy.drop_old(ctx=dropping(62))["loads"] == 0, "no rule, nothing goes"
    assert retention.drop_each_hour("231200", later(62)) == 0
    assert privacy.drop_old(ctx=dropping(62, **rule))["loads"] == 2
    assert not store.path_of(never.sha256).exists() and not store.path_of(taken.sha256).exists()
    with scope(COUNTY):
        assert Load.objects.get(id=never.id).state == "rejected" and Application.objects.count() == 1
    assert privacy.drop_old(ctx=dropping(63, **rule))["loads"] == 0, "once"


def test_an_employers_entry_that_led_to_nothing_goes_and_one_that_waits_for_a_clerk_stays() -> None:
    _, ctx = employer()
    put_in(ctx, [row("1", 1, 授权书编号="授-1"), row("2", 11, 授权书编号="授-2", 手机号码=phone_of(11)),
                 row("3", 21, 授权书编号="授-3", 手机号码=phone_of(21))])  # fmt: skip
    with scope(COUNTY):
        entries = {bytes(one.phone_blind): one for one in EmployerEntry.objects.all()}
    waits, against = (entries[blind("phone", phone_of(serial))] for serial in (11, 21))
    employers.answer_entry(ctx=answering(phone_of(11)), entry_id=waits.id, agree=True)
    employers.answer_entry(ctx=answering(phone_of(21)), entry_id=against.id, agree=False)
    rule = {"retention_entry_days": 30}
    assert privacy.drop_old(ctx=dropping(29, **rule))["entries"] == 0
    assert privacy.drop_old(ctx=dropping(40, **rule))["entries"] == 2
    with scope(COUNTY):
        assert EmployerEntry.objects.get().id == waits.id
        assert Message.objects.filter(template="needs.employer_entry").count() == 1
        assert not Ticket.objects.filter(object_id=against.id).exclude(title="受理单位报送").exists()


DROPS = [
    "SELECT loads_drop(now() - interval '90 days', ARRAY['applications'])", "SELECT entries_drop(current_date - 90)",
    "SELECT load_blank(region, id) FROM base_load",
    "SELECT set_config('anju.tending', 'on', true), load_blank(region, id) FROM base_load",
    "SELECT messages_follow(gen_random_uuid(), '\\x00')",
]  # fmt: skip


@pytest.mark.parametrize("attack", DROPS)
def test_nothing_is_dropped_or_led_elsewhere_by_raw_sql(attack: str) -> None:
    bring([row("1", 1)])
    with pytest.raises(DatabaseError), open_act(COUNTY), connection.cursor() as cursor:
        cursor.execute(attack)


# --- messages to a phone that proved wrong -----------------------------------------------------------


def waiting(phone: str) -> list[tuple[str, str]]:
    with scope("231200"):
        rows = Message.objects.filter(to_blind=blind("phone", phone)).order_by("queued_at", "id")
        return [(one.template, one.state) for one in rows]


@pytest.mark.parametrize("way", ["correct", "bind"])
def test_what_waits_for_a_wrong_phone_goes_to_the_right_one_and_never_to_the_wrong(
    way: str, settings: Any, tmp_path: Any
) -> None:
    settings.VAR = tmp_path
    right, mine, other = "19922220002", qualified(1)[0], submitted(21, phone=phone_of(1))
    acts.issue_letter(ctx=ctx_of(now=later(9)), application_id=mine.id)
    granted(other)
    if way == "correct":
        acts.correct_application(
            ctx=ctx_of(now=later(9)), application_id=mine.id, facts={"phone": right}, reason="录错一位"
        )
    else:
        acts.bind_phone(ctx=ctx_of(now=later(9)), application_id=mine.id, phone=right, shown="identity", reason="换号")
    moved = [one for one in waiting(phone_of(1)) if one[0] == "letter"]
    assert moved == [("letter", "moved")] and ("letter", "queued") in waiting(right)
    delivery.deliver_waiting(region="231200", now=later(9), clock=later(9))
    out = (tmp_path / "outbox" / f"{later(9):%Y-%m-%d}.jsonl").read_text(encoding="utf-8").splitlines()
    letters = [line for line in out if '"letter"' in line]
    assert len(letters) == 1 and right in letters[0] and phone_of(1) not in letters[0]
    assert any(phone_of(1) in line for line in out), "what the phone's other household is told still goes there"
    with scope(COUNTY):
        said = copies.gather(Application.objects.get(id=mine.id))["发给您的短信"]
    assert {"已发", "已改发新号码"} <= {one["状态"] for one in said}


def test_a_message_that_failed_at_the_wrong_phone_is_not_tried_there_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker claims it, the clerk corrects the phone, then the gateway says no: it must not wait for the wrong phone anew."""
    mine = qualified(1)[0]
    acts.issue_letter(ctx=ctx_of(now=later(9)), application_id=mine.id)

    class Corrects:
        def send(self, **given: Any) -> None:
            monkeypatch.setattr(delivery, "gateway", lambda: None)
            acts.correct_application(
                ctx=ctx_of(), application_id=mine.id, facts={"phone": "19922220002"}, reason="录错"
            )
            raise delivery.NotSent("忙")

    monkeypatch.setattr(delivery, "gateway", Corrects)
    delivery.deliver_waiting(region="231200", now=NOON, clock=NOON)
    assert {state for _, state in waiting(phone_of(1))} <= {"moved"} and "queued" in {
        state for _, state in waiting("19922220002")
    }


# --- the copy says it in words, and who printed or opened ---------------------------------------------


def test_every_column_of_a_copy_has_its_words() -> None:
    models = [Application, Member, *(getattr(Application, name).rel.related_model for name in copies.PARTS)]
    fields = {f.name for model in models for f in model._meta.local_fields} - copies.HIDDEN
    assert fields - set(copies.TITLES) == set()
    assert [
        title for title in copies.TITLES.values() if not any("\u4e00" <= letter <= "\u9fff" for letter in title)
    ] == []


def test_a_copy_holds_no_english_name_of_a_column_or_code() -> None:
    found, _ = asked(1)
    granted(found)
    acts.first_review(
        ctx=ctx_of(account=found.maker), application_id=found.id, outcome="supplement", reason="补工资证明"
    )
    with scope(COUNTY):
        lines = copies.lines(copies.gather(Application.objects.get(id=found.id)))
    words = {cell for line in lines for cell in line if re.fullmatch(r"[a-z][a-z_]{2,}", cell)}
    assert words == set()


def test_printing_a_case_or_its_paper_and_opening_its_file_leave_the_reason_for_the_household() -> None:
    mine = qualified(1)[0]
    letter = acts.issue_letter(ctx=ctx_of(now=later(9)), application_id=mine.id)
    paper = kept(mine.id, PDF)
    clerk = signed_in("intake_clerk", COUNTY)
    page = text(clerk.get(reverse("needs:thing", args=[mine.id])))
    for name in ("needs:print_case", "needs:copy"):
        assert reverse(name, args=[mine.id]) in page
    ways = {
        reverse("needs:print_case", args=[mine.id]): "打印归档", reverse("front:print_paper", args=[letter.paper_id]): "本人索取",
        reverse("front:file", args=[paper.id]): "复核收入",
    }  # fmt: skip
    for address, reason in ways.items():
        assert "事由" in text(clerk.get(address)) and clerk.post(address, {"reason": " "}).status_code == 422, address
        answer_ = clerk.post(address, {"reason": reason})
        assert answer_.content[:5] == b"%PDF-", address
    with scope(COUNTY):
        told = copies.gather(Application.objects.get(id=mine.id))["谁看过、导出或打印过您的个人信息"]
    assert [(one["办理"], one["事由"]) for one in told] == [
        ("打印申请", "打印归档"),
        ("打印文书", "本人索取"),
        ("查看材料", "复核收入"),
    ]
    assert all(one["岗位"] and one["姓名"] for one in told)
