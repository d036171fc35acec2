"""What set-up lays: regions, census, calendar, rates, posts and powers; a clock that only a demonstration moves, forward."""

from datetime import date, datetime, timedelta

import pytest

from anju.base.acts import REGISTRY, Conflict, InvalidInput, Refused
from anju.base.acts.context import SHANGHAI
from anju.base.calendar.days import add_working_days
from anju.base.calendar.models import Installation, WorkingDay
from anju.base.regions import scope
from anju.base.tickets.desk import open_ticket
from anju.parties import acts, reads, setup, suihua
from anju.parties.models import CensusFigure, Organisation, Post, PostPower, Rate, Region
from anju.parties.posts import ADMINS, POSTS, powers_files, read_powers
from anju.parties.suihua import RateRow
from parties.cast import CITY, COUNTY, MONDAY, attack
from support.db import context, open_act

pytestmark = pytest.mark.django_db


@pytest.mark.clause("3.2-1")
def test_the_city_has_ten_counties_and_247_towns() -> None:
    assert [r.code for r in reads.counties(CITY)] == sorted(suihua_counties())
    assert Region.objects.filter(level="town").count() == 247
    assert {t.parent for t in Region.objects.filter(level="town")} == set(suihua_counties())
    assert reads.towns("231202").first().name == "紫来街道"
    assert reads.region_names()[CITY] == "绥化市"


def suihua_counties() -> list[str]:
    return ["231202", *[f"23122{n}" for n in range(1, 7)], *[f"23128{n}" for n in range(1, 4)]]


@pytest.mark.clause("3.2-1")
def test_the_counties_add_up_to_the_city() -> None:
    for name, year in (("pop", 2010), ("pop", 2020), ("households", 2020)):
        parts = [reads.census(county, name, year) for county in suihua_counties()]
        assert sum(parts) == reads.census(CITY, name, year)
    with pytest.raises(reads.NotEntered, match="人口普查"):
        reads.census(CITY, "income", 2020)


def test_a_census_figure_of_an_unknown_place_is_refused() -> None:
    stray = suihua.FigureRow("999999", 2020, "pop", suihua.Decimal(1), "某处")
    with pytest.raises(InvalidInput, match="区划表没有 999999"):
        acts.import_census(ctx=context(), rows=[stray])


def test_laying_the_same_figures_again_changes_nothing() -> None:
    before = CensusFigure.objects.count(), Region.objects.count(), Rate.objects.count()
    acts.import_regions(ctx=context(), rows=suihua.regions(CITY))
    acts.import_census(ctx=context(), rows=suihua.figures(CITY))
    assert acts.load_rates(ctx=context(), rows=suihua.rates()) == 0
    assert (CensusFigure.objects.count(), Region.objects.count(), Rate.objects.count()) == before


LPR = [
    (date(2026, 3, 2), "2026-02-24", "the holiday ended on the 23rd"),
    (date(2019, 8, 25), "2019-08-20", None),
    (date(2026, 6, 21), "2026-05-20", "the 20th was a Saturday: published on Monday the 22nd"),
    (date(2026, 6, 22), "2026-06-22", None),
    (date(2026, 9, 19), "2026-08-20", "the last one that ships, until the 20th of September"),
]


@pytest.mark.clause("4.2-2")
@pytest.mark.parametrize(("on", "published", "why"), LPR)
def test_the_loan_prime_rate_of_a_day_is_the_latest_published(on: date, published: str, why: str | None) -> None:
    acts.publish_calendar(ctx=context(), year=2019)
    assert reads.lpr("lpr_5y", on).valid_from.isoformat() == published, why


@pytest.mark.clause("4.2-2")
@pytest.mark.parametrize("on", [date(2026, 9, 21), date(2026, 12, 1), date(2019, 8, 1)])
def test_a_month_that_was_never_entered_has_no_rate(on: date) -> None:
    acts.publish_calendar(ctx=context(), year=2019)
    with pytest.raises(reads.NotEntered, match="不能用前月的代替"):
        reads.lpr("lpr_1y", on)


def test_a_rate_that_was_entered_otherwise_is_a_conflict_and_an_odd_one_refused() -> None:
    row = Rate.objects.filter(name="lpr_1y").latest("valid_from")
    with pytest.raises(Conflict, match="已登记为"):
        acts.load_rates(ctx=context(), rows=[RateRow("lpr_1y", row.valid_from, row.basis_points + 5, "某页")])
    with pytest.raises(InvalidInput, match="应为 345"):
        acts.load_rates(ctx=context(), rows=[RateRow("lpr_1y", date(2026, 9, 21), 0, "某页")])


@pytest.mark.clause("3.6-1")
def test_a_year_not_yet_published_counts_weekdays_and_its_deadlines_are_computed_again_when_it_is() -> None:
    assert WorkingDay.objects.filter(day__year=2027, provisional=False).count() == 0
    assert not WorkingDay.objects.filter(day__year=2026, provisional=True).exists()
    body = acts.open_organisation(ctx=context(), kind="bank", name="甲银行")
    with open_act(now=datetime(2026, 12, 30, 9, tzinfo=SHANGHAI)) as ctx:
        ticket = open_ticket(ctx=ctx, kind="t", title="t", post="office_clerk", obj=body, url="/", limit_days=5)
    assert ticket.due_on == date(2027, 1, 6)
    off = [date(2027, 1, n) for n in (1, 4, 5)]
    assert (
        acts.publish_calendar(ctx=context(), year=2027, source="国办发明电〔2026〕8号", off=off, on=[date(2027, 1, 9)])
        == 1
    )
    with scope(CITY):
        ticket.refresh_from_db()
    assert ticket.due_on == date(2027, 1, 9)
    assert add_working_days(date(2027, 1, 8), 1) == date(2027, 1, 9), "a make-up day on Saturday"
    with pytest.raises(Refused, match="已按「国办发明电"):
        acts.publish_calendar(ctx=context(), year=2027, source="另一文件")


@pytest.mark.clause("2-2")
def test_an_installation_is_founded_once_and_stays_what_it_is() -> None:
    with pytest.raises(Conflict, match="已建立安装"):
        setup.init_city(kind="real")
    for statement in (
        "UPDATE base_installation SET kind = 'real'",
        "UPDATE base_installation SET city = '230100'",
        "UPDATE base_installation SET clock = clock - interval '1 day'",
        "UPDATE base_installation SET clock = NULL",
        "DELETE FROM base_installation",
    ):
        attack(statement, held_by="only moves forward")


def test_the_clock_of_a_demonstration_moves_forward_only() -> None:
    clock = Installation.objects.get().clock
    assert clock is not None
    with pytest.raises(Refused, match="只能向前拨"):
        acts.move_clock(ctx=context(), to=clock - timedelta(hours=1))
    acts.move_clock(ctx=context(), to=clock + timedelta(days=3))
    assert Installation.objects.get().clock == clock + timedelta(days=3)


def test_the_installer_can_do_what_set_up_needs_and_nothing_else() -> None:
    ctx = setup.installer("demonstration", CITY, datetime(2026, 3, 2, tzinfo=SHANGHAI))
    assert ctx.account is None
    assert {name for name in ctx.powers if name in REGISTRY} == setup.INSTALLER_POWERS
    with pytest.raises(Refused, match="没有"):
        acts.propose_setting(ctx=ctx, name="apply_window_days", value=10, valid_from=MONDAY, document="x")
    for power in ("found_installation", "load_powers", "open_family"):
        assert not PostPower.objects.filter(power=f"parties.{power}").exists()


def test_every_act_of_this_room_has_its_line_in_the_table_of_powers() -> None:
    listed = read_powers()
    mine = {d.power for name, d in REGISTRY.items() if name.startswith("parties.")}
    assert mine <= listed.keys()
    assert not PostPower.objects.exclude(power__in=listed).exists()


def test_posts_and_powers_in_the_database_are_those_of_the_files() -> None:
    assert list(Post.objects.order_by("order").values_list("code", flat=True)) == [p.code for p in POSTS]
    assert reads.powers_table() == {k: frozenset(v) for k, v in sorted(read_powers().items()) if v}
    assert powers_files()


def test_loading_powers_takes_away_what_the_files_no_longer_say() -> None:
    with open_act():
        PostPower.objects.create(post_id="family", power="parties.appoint")
    acts.load_powers(ctx=context())
    assert not PostPower.objects.filter(post_id="family", power="parties.appoint").exists()


@pytest.mark.clause("4.5")
def test_no_power_of_an_administrator_reaches_the_programme_itself() -> None:
    acts_of_the_programme = {
        d.power for n, d in REGISTRY.items() if n.split(".")[0] not in ("parties", "oversight", "base")
    }
    held = {power for power, posts in read_powers().items() if set(posts) & set(ADMINS)}
    assert not held & acts_of_the_programme


def test_the_parties_own_cases_only_posts_are_marked() -> None:
    assert set(Post.objects.filter(party=True).values_list("code", flat=True)) == {
        "developer_agent", "appraiser", "bank_officer", "bank_checker", "family", "employer_agent",
    }  # fmt: skip
    assert Organisation.objects.count() == 0, "set-up opens no organisation"
    assert COUNTY in reads.region_names()


@pytest.mark.usefixtures("committed")
def test_a_city_that_runs_gets_the_powers_of_new_code_with_its_schema() -> None:
    from anju.parties.models import PostPower
    from anju.parties.setup import renew_powers
    from support.db import open_act

    with open_act():
        PostPower.objects.filter(power="parties.propose_setting").delete()
        PostPower.objects.create(post_id="leader", power="gone.power")
    renew_powers()
    assert PostPower.objects.filter(power="parties.propose_setting").exists()
    assert not PostPower.objects.filter(power="gone.power").exists()
