"""What every table gets beyond its columns: policies, the act guard, composite keys, grants. Applied after every migration.

It is derived from the models (``Placed``, ``Shared``), so that no room can forget it; ``tests/base/test_catalogue.py`` reads the
database's catalogue and demands it of each table or a named exemption.
"""

import hashlib
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.db import connections, models, transaction

from anju.base import door
from anju.base.regions import Placed, PlacedKey, Shared
from anju.base.secrets.reseal import sealed_columns

OWNER = "owner"
# Tables without policy or guard, each by name: read before the region is known, or bookkeeping of a library.
LIBRARY_APPS = frozenset({"contenttypes", "auth", "sessions", "procrastinate"})
ACT_TABLES = frozenset({
    "base_act", "base_actfacts", "base_actitem", "base_refusal", "base_actqueue", "base_leaf", "base_node",
})  # fmt: skip
READ_BY_ALL = frozenset({"base_workingday", "base_installation", "parties_region"})
STAFF, PARTY, PUBLIC = "anju_app", "anju_party", "anju_public"


def migrate(verbosity: int = 0) -> None:
    """Bring the database to the code: Django's migrations as the owner, then everything below."""
    call_command("migrate", database=OWNER, verbosity=verbosity, interactive=False, run_syncdb=True)
    apply()


def sql_files() -> list[Path]:
    """Functions and triggers, each room's beside its code, in the order of the rooms; acts first, since all stand on them."""
    found: list[Path] = []
    for config in apps.get_app_configs():
        if config.name.startswith("anju."):
            found += sorted(Path(config.path).glob("**/sql/*.sql"), key=lambda p: (p.name != "acts.sql", str(p)))
    return found


def apply() -> None:
    """Lay functions, policies, guards, keys and grants; safe to repeat."""
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        for path in sql_files():
            cursor.execute(path.read_text(encoding="utf-8"))
        for statement in statements():
            cursor.execute(statement)
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS anju_schema (one boolean PRIMARY KEY DEFAULT true CHECK (one), version text)"
        )
        cursor.execute(
            "INSERT INTO anju_schema (version) VALUES (%s) ON CONFLICT (one) DO UPDATE SET version = excluded.version",
            [version()],
        )


def version() -> str:
    """A digest of all that lays the schema and the table of powers: models, migrations, SQL, posts, powers and this file."""
    house = Path(__file__).resolve().parents[1]
    files = [
        p
        for p in house.rglob("*")
        if p.suffix == ".sql" or p.name == "models.py" or p.parent.name in ("models", "migrations")
    ]
    files += [
        Path(__file__),
        Path(door.__file__),
        house / "base" / "regions" / "keys.py",
        house / "parties" / "posts.py",
    ]
    files += [*house.glob("*/door.yaml"), *house.glob("*/powers.yaml")]
    digest = hashlib.sha256()
    for path in sorted(p for p in files if p.is_file() and p.suffix in (".py", ".sql", ".yaml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def statements() -> list[str]:
    """Every statement, in order: unique keys before the foreign keys that point at them."""
    found: list[str] = []
    placed = [m for m in house_models() if issubclass(m, Placed)]
    for model in placed:
        found += _placed_key(model)
    for model in placed:
        found += _foreign_keys(model) + _policies(model) + _guard(model) + _grants(model)
    for other in house_models():
        if issubclass(other, Shared):
            found += _shared(other) + _guard(other)
        elif not issubclass(other, Placed):
            found += _other(other)
    found += [
        f"COMMENT ON COLUMN {model._meta.db_table}.{column} IS 'sealed'"
        for model, columns in sealed_columns()
        for column in columns
    ]
    return found + _libraries() + _functions() + door.statements(IN_RANGE)


def house_models() -> list[type[models.Model]]:
    """All concrete models of our rooms."""
    return [m for m in apps.get_models() if m.__module__.startswith("anju.")]


def _add_constraint(table: str, name: str, definition: str) -> str:
    name = name[:63]
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = '{name}' AND conrelid = '{table}'::regclass)"
        f" THEN ALTER TABLE {table} ADD CONSTRAINT {name} {definition}; END IF; END $$"
    )


def _placed_key(model: type[models.Model]) -> list[str]:
    table = model._meta.db_table
    return [
        _add_constraint(table, f"{table}_placed", "UNIQUE (region, id)"),
        _add_constraint(table, f"{table}_region", "CHECK (region ~ '^[0-9]{6}$')"),
    ]


def _foreign_keys(model: type[models.Model]) -> list[str]:
    table = model._meta.db_table
    return [
        _add_constraint(
            table,
            f"fk_{table}_{field.column}",
            f"FOREIGN KEY ({field.region_column}, {field.column}) REFERENCES {field.related_model._meta.db_table} (region, id)",
        )
        for field in model._meta.local_fields
        if isinstance(field, PlacedKey)
    ]


def _policy(table: str, name: str, role: str, definition: str) -> list[str]:
    return [
        f"DROP POLICY IF EXISTS {name} ON {table}",
        f"CREATE POLICY {name} ON {table} {definition.format(role=role)}",
    ]


def _secure(table: str) -> list[str]:
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        *_policy(table, "owner_all", "anju_owner", "TO {role} USING (true)"),
    ]


THE_PARTY = "nullif(current_setting('anju.party', true), '')::uuid"
IN_RANGE = "region BETWEEN current_setting('anju.lo', true) AND current_setting('anju.hi', true)"


def _policies(model: type[models.Model]) -> list[str]:
    table = model._meta.db_table
    found = _secure(table) + _policy(table, "in_scope", STAFF, f"TO {{role}} USING ({IN_RANGE})")
    itself, owner = getattr(model, "party_itself", None), getattr(model, "party_owner", None)
    column = itself or getattr(model, "party_column", None) or owner
    if owner:
        key, of, whose = owner
        own = f"(region, {key}) IN (SELECT region, id FROM {of} WHERE {whose} = {THE_PARTY})"
    elif itself or column == "organisation":
        own = f"{column} = {THE_PARTY}"
    else:
        own = f"{column} IN (SELECT party_cases())"
    if column:
        found += _policy(table, "own_case", PARTY, f"FOR SELECT TO {{role}} USING ({own})")
    else:
        found.append(f"DROP POLICY IF EXISTS own_case ON {table}")
    if table == "base_publication":
        found += _policy(table, "published", PUBLIC, "FOR SELECT TO {role} USING (visible)")
        found += _policy(table, "published_party", PARTY, "FOR SELECT TO {role} USING (visible)")
    return found


def _grants(model: type[models.Model]) -> list[str]:
    table = model._meta.db_table
    rights = "SELECT" if model.functions_only else "SELECT, INSERT, UPDATE, DELETE"  # type: ignore[attr-defined]
    found = [f"REVOKE ALL ON {table} FROM {STAFF}, {PARTY}, {PUBLIC}", f"GRANT {rights} ON {table} TO {STAFF}"]
    # A table of cases closed to parties is readable and empty for them, so that a shared page need not ask who looks.
    seen = ("party_column", "party_itself", "party_owner", "closed_to_parties")
    if table == "base_publication" or any(getattr(model, name, None) for name in seen):
        found.append(f"GRANT SELECT ON {table} TO {PARTY}")
    if table == "base_publication":
        found.append(f"GRANT SELECT ON {table} TO {PUBLIC}")
    return found


def _guard(model: type[models.Model]) -> list[str]:
    table = model._meta.db_table
    if table in ACT_TABLES or getattr(model, "unguarded", False) or getattr(model, "functions_only", False):
        return []
    return [
        f"CREATE OR REPLACE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION must_act()"
    ]


def _shared(model: type[models.Model]) -> list[str]:
    table = model._meta.db_table
    write = IN_RANGE.replace("region", "owner_region", 1)
    found = [
        *_secure(table),
        *_policy(table, "read_all", STAFF, "FOR SELECT TO {role} USING (true)"),
        *_policy(table, "write_own_ins", STAFF, f"FOR INSERT TO {{role}} WITH CHECK ({write})"),
        *_policy(table, "write_own_upd", STAFF, f"FOR UPDATE TO {{role}} USING ({write})"),
        *_policy(table, "write_own_del", STAFF, f"FOR DELETE TO {{role}} USING ({write})"),
        f"REVOKE ALL ON {table} FROM {STAFF}, {PARTY}, {PUBLIC}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {STAFF}",
    ]
    if model.party_reads:  # type: ignore[attr-defined]
        found += [
            *_policy(table, "party_reads", PARTY, "FOR SELECT TO {role} USING (true)"),
            f"GRANT SELECT ON {table} TO {PARTY}",
        ]
    return found


def _other(model: type[models.Model]) -> list[str]:
    """Tables that are neither placed nor shared: the log, the claims, the installation, accounts."""
    table = model._meta.db_table
    if table in ("base_actfacts", "base_actitem", "base_refusal"):
        return [
            *_secure(table),
            *_policy(table, "in_scope", STAFF, f"FOR SELECT TO {{role}} USING ({IN_RANGE})"),
            f"REVOKE ALL ON {table} FROM {STAFF}, {PARTY}, {PUBLIC}",
            f"GRANT SELECT ON {table} TO {STAFF}",
        ]
    if table in ("base_claim", "base_partycase", "base_actqueue"):
        return [f"REVOKE ALL ON {table} FROM {STAFF}, {PARTY}, {PUBLIC}"]
    if table in ("base_leaf", "base_node"):
        return [f"REVOKE ALL ON {table} FROM {STAFF}, {PARTY}, {PUBLIC}", f"GRANT SELECT ON {table} TO {STAFF}"]
    rights = "SELECT" if getattr(model, "functions_only", False) else "SELECT, INSERT, UPDATE, DELETE"
    found = [f"REVOKE ALL ON {table} FROM {STAFF}", f"GRANT {rights} ON {table} TO {STAFF}"]
    if table in READ_BY_ALL:
        found.append(f"GRANT SELECT ON {table} TO {PARTY}, {PUBLIC}")
    if table != "base_checkpoint":
        found += _guard(model)
    return found


def _libraries() -> list[str]:
    found = [
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {m._meta.db_table} TO {STAFF}"
        for m in apps.get_models()
        if m._meta.app_label in LIBRARY_APPS and m._meta.managed
    ]
    queue = (
        "DO $$ DECLARE t record; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        f" AND tablename LIKE 'procrastinate%' LOOP EXECUTE 'GRANT ALL ON ' || t.tablename || ' TO {STAFF}'; END LOOP; END $$"
    )
    history = f"GRANT SELECT ON django_migrations TO {STAFF}"
    return [*found, queue, history, f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {STAFF}"]


def _functions() -> list[str]:
    """Definer functions are for staff acts alone."""
    return [
        "REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC",
        f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {STAFF}",
        f"GRANT EXECUTE ON FUNCTION party_cases() TO {PARTY}",
        f"GRANT EXECUTE ON FUNCTION in_scope(text) TO {PARTY}, {PUBLIC}",
    ]
