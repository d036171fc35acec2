"""A change of the key of personal data: everything is sealed again, in acts, while others work; nothing is lost."""

from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import connection
from django.db.models import BinaryField

from anju.base.acts import Forbidden
from anju.base.messages.models import Message
from anju.base.regions import scope
from anju.base.secrets import keys, reseal, seal
from anju.base.secrets.fields import SealedText
from support.db import context, open_act, raw

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.clause("4.5")]
CITY, ROWS = "231200", 7


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> None:
    settings.KEYS = tmp_path / "keys"
    keys.make_keys()


def messages() -> None:
    with open_act(CITY) as ctx:
        for at in range(ROWS):
            Message.objects.create(
                region=CITY, to_phone=f"1380000000{at}", to_blind=b"", template="test", text=f"第 {at} 件", once_key=f"k{at}",
                queued_at=ctx.now,
            )  # fmt: skip


def versions() -> set[int]:
    with scope(CITY), connection.cursor() as cursor:
        cursor.execute("SELECT get_byte(to_phone, 1), get_byte(text, 1) FROM base_message")
        return {version for row in cursor.fetchall() for version in row}


def test_after_a_change_every_value_is_sealed_by_the_new_key_and_reads_the_same() -> None:
    messages()
    by = context("security_admin")
    assert reseal.change_key(ctx=by) == 2
    assert versions() == {1}
    with scope(CITY):
        assert reseal.left() == 2 * ROWS
    counts, last = [], None
    for _ in range(3):
        count, last = reseal.reseal(ctx=by, table="base_message", column="to_phone", after=last, rows=4)
        counts.append(count)
    assert (counts, last) == ([4, 3, 0], None), "in small acts, until nothing is left"
    reseal.reseal(ctx=by, table="base_message", column="text")
    assert versions() == {2}
    with scope(CITY):
        assert reseal.left() == 0
        assert sorted(m.to_phone for m in Message.objects.all()) == [f"1380000000{at}" for at in range(ROWS)]


def test_a_running_process_seals_by_the_new_key_without_a_restart() -> None:
    assert keys.current(keys.COLUMN) == 1
    keys._write("column-2")  # as another process would
    assert keys.current(keys.COLUMN) == 2


def test_a_row_that_somebody_works_on_is_left_for_the_next_round() -> None:
    messages()
    by = context("security_admin")
    reseal.change_key(ctx=by)
    with raw("admin") as other:
        other.execute("SELECT FROM base_message ORDER BY id LIMIT 1 FOR UPDATE")
        assert reseal.reseal(ctx=by, table="base_message", column="text")[0] == ROWS - 1
    assert reseal.reseal(ctx=by, table="base_message", column="text")[0] == 1


def test_only_the_security_administrator_changes_the_key() -> None:
    with pytest.raises(Forbidden):
        reseal.change_key(ctx=context("office_head", powers=frozenset()))
    assert keys.current(keys.COLUMN) == 1


def test_every_sealed_column_of_the_house_is_known() -> None:
    known = {(model._meta.db_table, column) for model, columns in reseal.sealed_columns() for column in columns}
    said = {
        (m._meta.db_table, f.attname)
        for m in apps.get_models()
        for f in m._meta.local_fields
        if isinstance(f, BinaryField) and (isinstance(f, SealedText) or f.help_text.startswith("sealed"))
    }
    assert said == known and ("needs_formermember", "document") in known


def old_and_new() -> tuple[bytes, bytes]:
    """The same phone sealed by the key before and by the one after."""
    before = keys.current(keys.COLUMN), seal("13800000000")
    keys.rotate(keys.COLUMN)
    assert before[0] == 1
    return before[1], seal("13800000000")


@pytest.mark.parametrize(
    ("column", "act", "code"),
    [
        ("to_blind", "base.reseal", "42501"),
        ("template", "base.reseal", "42501"),
        ("to_phone", "needs.withdraw", "AJ003"),
        ("to_phone", "base.reseal", None),
    ],
)
def test_the_database_seals_again_sealed_columns_alone_in_their_act_and_never_back(
    column: str, act: str, code: str | None
) -> None:
    messages()
    old, new = old_and_new()
    with raw("app", region=CITY) as connection_:
        connection_.execute(
            "SELECT act_begin(gen_random_uuid(), %s, NULL, '', %s, '1', NULL, 'x', NULL, NULL, now(), '2026-03-02')",
            [CITY, act],
        )
        [key] = connection_.execute("SELECT id FROM base_message ORDER BY id LIMIT 1").fetchone()  # type: ignore[misc]
        call = "SELECT reseal_values('base_message', %s, ARRAY[%s]::uuid[], ARRAY[%s]::bytea[])"
        if code:
            with pytest.raises(psycopg.DatabaseError) as caught:
                connection_.execute(call, [column, key, new])
            assert caught.value.sqlstate == code
        else:
            assert connection_.execute(call, [column, key, new]).fetchone() == (1,)
            assert connection_.execute(call, [column, key, old]).fetchone() == (0,), "an older version never comes back"
        connection_.rollback()


def test_a_column_that_is_not_sealed_is_never_touched() -> None:
    with pytest.raises(KeyError):
        reseal.reseal(ctx=context("security_admin"), table="base_message", column="to_blind")
