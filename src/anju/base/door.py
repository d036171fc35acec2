"""What the portal's own process may touch: its database role holds just what the rooms' ``door.yaml`` name, and no more.

The role ``anju_door`` signs in for the process that families and the public reach. Outside a scope it knows accounts of families,
their sessions and sign-in codes; in one it becomes ``anju_party`` or ``anju_public``; within an act it is itself again, with the
tables that a family's acts write. Books, prices, negotiations, staff accounts and their sessions it cannot read at all.
"""

from pathlib import Path
from typing import Any

import yaml
from django.apps import apps

DOOR = "anju_door"
RIGHTS = {
    "read": "SELECT",
    "add": "SELECT, INSERT",
    "write": "SELECT, INSERT, UPDATE",
    "all": "SELECT, INSERT, UPDATE, DELETE",
}


def listed() -> tuple[dict[str, str], list[str]]:
    """(table → kind of right, functions) over all rooms. Raises KeyError for a right that does not exist."""
    tables: dict[str, str] = {}
    functions: list[str] = []
    for config in apps.get_app_configs():
        path = Path(config.path) / "door.yaml"
        if config.name.startswith("anju.") and path.exists():
            found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
            tables |= {table: RIGHTS[right] for table, right in found.get("tables", {}).items()}
            functions += found.get("functions", [])
    return tables, functions


def statements(in_range: str) -> list[str]:
    """Grants and policies of the door, replacing whatever it held before. ``in_range`` is the condition of a placed row."""
    tables, functions = listed()
    names = {model._meta.db_table: model for model in apps.get_models()}
    found = [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {DOOR}",
        f"REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM {DOOR}",
        f"GRANT USAGE ON SCHEMA public TO {DOOR}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {DOOR}",
        f"DO $$ BEGIN EXECUTE format('GRANT CONNECT ON DATABASE %I TO {DOOR}', current_database()); END $$",
    ]
    for table, rights in tables.items():
        found.append(f"GRANT {rights} ON {table} TO {DOOR}")
        found += _policies(table, names.get(table), in_range)
    # A function is named without its arguments: all of that name.
    named = ", ".join(f"'{name}'" for name in functions)
    found.append(
        "DO $$ DECLARE f record; BEGIN FOR f IN SELECT p.oid::regprocedure AS name FROM pg_proc p"
        f" WHERE p.pronamespace = 'public'::regnamespace AND p.proname IN ({named})"
        f" LOOP EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO {DOOR}', f.name); END LOOP; END $$"
    )
    return found


def _policies(table: str, model: Any, in_range: str) -> list[str]:
    """A placed row is the door's within an act of its region; a shared one it reads; on other tables their room says."""
    fields = {field.name for field in model._meta.local_fields} if model else set()
    if "owner_region" in fields:
        condition = "true"
    elif "region" in fields and table not in OWN_POLICY:
        condition = in_range
    else:
        return []
    return [f"DROP POLICY IF EXISTS door ON {table}", f"CREATE POLICY door ON {table} TO {DOOR} USING ({condition})"]


# Their policies stand in ``parties.sql``.
OWN_POLICY = frozenset({"parties_appointment"})
