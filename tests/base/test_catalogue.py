"""The database's own catalogue: every table has its policy, guard and keys, or stands in a list of exceptions by name."""

import re
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

from anju.base import schema
from anju.base.regions import Placed, Shared
from anju.policy import clauses
from support.db import raw

# Read before the region is known, or written by a library alone.
NO_POLICY = {
    "django_content_type", "django_migrations", "django_session", "auth_group", "auth_group_permissions", "auth_permission", "anju_schema",
    "base_installation", "base_workingday", "base_actqueue", "base_leaf", "base_node", "base_checkpoint", "base_claim",
    "base_partycase", "parties_region", "parties_censusfigure", "parties_post", "parties_postpower",
    "parties_phonecode", "parties_portalsession", "parties_signin", "parties_signintry", "ledger_flowrule", "ledger_purpose",
}  # fmt: skip
# Written by functions alone, or bookkeeping outside acts by name.
NO_GUARD = NO_POLICY - {
    "base_installation", "base_workingday", "parties_region", "parties_censusfigure", "parties_post", "parties_postpower",
} | {"base_actfacts", "base_actitem", "base_refusal"}  # fmt: skip
# Unique without the region in front, each with its reason.
NATIONAL_KEYS = {
    "base_act": "the id",
    "base_actfacts": "one row per act",
    "base_actitem": "one row per act and index",
}
# Definer functions that ask for no region: they read only what their caller's settings name, or end what it began in scope.
REGIONLESS = {
    "must_act", "act_must_close", "act_end", "log_sequence", "party_cases", "in_scope", "claim_holders", "paper_by_code", "bans_of",
    "application_glimpse",
    "letter_by_code", "complaint_by_receipt",
}  # fmt: skip


def rows(statement: str) -> list[tuple[str, ...]]:
    """What the owner reads from the catalogue."""
    with raw("owner") as connection:
        return connection.execute(statement).fetchall()


def tables() -> set[str]:
    """Our tables, without the templates' copies and the job queue's."""
    found = {r[0] for r in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    return {t for t in found if not t.startswith(("standing_", "procrastinate_"))}


@pytest.mark.django_db
def test_every_table_has_a_forced_policy_or_is_excepted_by_name() -> None:
    forced = {r[0] for r in rows("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")}
    policed = {r[0] for r in rows("SELECT tablename FROM pg_policies")}
    assert tables() - NO_POLICY - (forced & policed) == set()
    assert NO_POLICY & forced == set(), "an exception that is no longer one"


@pytest.mark.django_db
def test_every_table_is_guarded_against_changes_outside_an_act() -> None:
    guarded = {
        r[0] for r in rows("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'guard' AND tgenabled = 'O'")
    }
    written_by_functions = {
        m._meta.db_table
        for m in schema.house_models()
        if getattr(m, "functions_only", False) or getattr(m, "unguarded", False)
    }
    assert tables() - NO_GUARD - written_by_functions - guarded == set()


@pytest.mark.django_db
def test_tables_written_by_functions_alone_give_the_application_no_right_to_write() -> None:
    for model in schema.house_models():
        if getattr(model, "functions_only", False):
            found = rows(
                "SELECT privilege_type FROM information_schema.role_table_grants WHERE grantee IN ('anju_app', 'anju_party', 'anju_public')"
                f" AND table_name = '{model._meta.db_table}' AND privilege_type <> 'SELECT'"
            )
            assert found == [], model


@pytest.mark.django_db
def test_every_reference_between_placed_rows_carries_the_region() -> None:
    placed = {m._meta.db_table for m in schema.house_models() if issubclass(m, Placed)}
    composite = {
        (table, column)
        for table, column, first in rows(
            "SELECT c.conrelid::regclass::text, a.attname, f.attname FROM pg_constraint c"
            " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[2]"
            " JOIN pg_attribute f ON f.attrelid = c.confrelid AND f.attnum = c.confkey[1]"
            " WHERE c.contype = 'f' AND f.attname = 'region'"
        )
    }
    for model in schema.house_models():
        for field in model._meta.local_fields:
            target = getattr(field, "related_model", None)
            if target is not None and target._meta.db_table in placed and not getattr(model, "functions_only", False):
                assert (model._meta.db_table, field.column) in composite, f"{model._meta.label}.{field.name}"


@pytest.mark.django_db
def test_every_business_key_begins_with_the_region() -> None:
    found = rows(
        "SELECT i.indrelid::regclass::text, a.attname FROM pg_index i"
        " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
        " WHERE i.indisunique AND NOT i.indisprimary"
    )
    placed = {m._meta.db_table for m in schema.house_models() if issubclass(m, Placed)}
    bad = [(t, c) for t, c in found if t in placed and c not in ("region",) and t not in NATIONAL_KEYS]
    assert bad == []


@pytest.mark.django_db
def test_no_view_leaks_and_every_definer_function_asks_for_the_scope() -> None:
    views = rows("SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace")
    assert views == []
    definers = rows(
        "SELECT proname, prosrc FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
        " AND proname NOT LIKE 'procrastinate%'"
    )
    bodies = dict(definers)
    asking = {name for name, body in bodies.items() if "in_scope(" in body}
    for _ in bodies:  # through another that asks, however many calls deep
        asking |= {name for name, body in bodies.items() if any(f"{other}(" in body for other in asking)}
    triggers = {name for name, body in bodies.items() if "RETURN NEW" in body or "RETURN NULL" in body}
    assert set(bodies) - asking - triggers - REGIONLESS == set()


@pytest.mark.django_db
def test_definer_functions_fix_their_search_path_and_are_closed_to_the_public() -> None:
    loose = rows(
        "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
        " AND proname NOT LIKE 'procrastinate%' AND NOT coalesce(proconfig::text, '') LIKE '%search_path%'"
    )
    assert loose == []
    open_to_all = rows(
        "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
        " AND has_function_privilege('public', oid, 'EXECUTE')"
    )
    assert open_to_all == []


@pytest.mark.django_db
def test_the_application_owns_nothing_and_bypasses_nothing() -> None:
    assert (
        rows("SELECT relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = 'anju_app'") == []
    )
    assert rows("SELECT rolname FROM pg_roles WHERE rolname LIKE 'anju%' AND (rolbypassrls OR rolsuper)") == []


@pytest.mark.django_db
def test_the_public_reads_publications_alone() -> None:
    found = {
        r[0]
        for r in rows("SELECT table_name FROM information_schema.role_table_grants WHERE grantee = 'anju_public'")
        if not r[0].startswith("standing_")
    }
    assert found <= {"base_publication", *schema.READ_BY_ALL}


# Enough of each type to make a comparison go both ways.
SAMPLES = {
    "uuid": ["'00000000-0000-7000-8000-000000000001'", "'00000000-0000-7000-8000-000000000002'"],
    "date": ["'2026-01-01'", "'2026-01-02'"],
    "timestamp with time zone": ["'2026-01-01 00:00Z'", "'2026-01-02 00:00Z'"],
    "boolean": ["true", "false"],
    "jsonb": ["'[]'", "'{}'"],
    "inet": ["'10.0.0.1'", "'10.0.0.2'"],
    "bytea": ["''", "'x'"],
    "text": ["''", "'x'"],
    "number": ["0", "1"],
}


def answers_null(expression: str, columns: list[tuple[str, str, bool]]) -> bool:
    """Whether a CHECK answers NULL, which passes, for some row: every mix of its own literals, samples and NULL is tried."""
    words = [f"'{word}'" for word in re.findall(r"'([^']*)'::", expression)]
    axes = []
    for name, kind, required in columns:
        texts = kind in ("text", "character varying", "character")
        values = [*SAMPLES["text"], *words] if texts else SAMPLES.get(kind, SAMPLES["number"])
        values = [*dict.fromkeys(values), *([] if required else ["NULL"])]
        axes.append(
            f'(SELECT v::{kind} FROM (VALUES {", ".join(f"({v})" for v in values)}) AS o(v)) AS {name}_("{name}")'
        )
    [(found,)] = rows(f"SELECT EXISTS (SELECT FROM {' CROSS JOIN '.join(axes)} WHERE ({expression}) IS NULL)")
    return bool(found)


@pytest.mark.django_db
def test_no_check_of_ours_lets_a_row_through_by_answering_null() -> None:
    found = rows(
        "SELECT c.conrelid::regclass::text, c.conname, pg_get_expr(c.conbin, c.conrelid),"
        " (SELECT json_agg(json_build_array(a.attname, format_type(a.atttypid, NULL), a.attnotnull) ORDER BY a.attnum)"
        "    FROM pg_attribute a WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey))"
        " FROM pg_constraint c WHERE c.contype = 'c' AND c.conrelid <> 0 AND c.connamespace = 'public'::regnamespace"
    )
    ours = [row for row in found if row[0] in tables()]
    assert len(ours) > 100
    assert [name for _, name, expression, columns in ours if answers_null(expression, columns)] == []
    assert answers_null("b IS NULL OR a >= c", [("a", "date", False), ("b", "date", False), ("c", "date", True)])


@pytest.mark.django_db
def test_constraints_that_carry_a_clause_exist_and_cite_one_that_exists() -> None:
    names = {
        r[0]
        for r in rows(
            "SELECT conname FROM pg_constraint UNION SELECT indexname FROM pg_indexes UNION SELECT tgname FROM pg_trigger"
            " UNION SELECT proname FROM pg_proc"
        )
    }
    for room in settings.ROOMS:
        if not apps.is_installed(f"anju.{room}"):
            continue
        try:
            models = import_module(f"anju.{room}.models")
        except ModuleNotFoundError:
            continue
        for constraint, clause in getattr(models, "CARRIES", {}).items():
            clauses.get(clause)
            assert constraint[:63] in names, f"{room}: {constraint}"


def test_every_model_is_placed_shared_or_excepted() -> None:
    other = {m._meta.db_table for m in schema.house_models() if not issubclass(m, Placed | Shared)}
    assert other <= NO_POLICY | {
        "base_actfacts",
        "base_actitem",
        "base_refusal",
        "parties_account",
        "parties_appointment",
    }


@pytest.mark.django_db
def test_the_migrations_say_what_the_models_say() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
