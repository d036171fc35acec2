"""``act.ratio``: a page that acts (checks, row-level security, log) against a plain Django view that writes the same rows.

The act is 补充准入核查结果: lock the admission, judge it by the rules of 3.1, save it, close its ticket, open the next. The plain view
loads, saves and opens the same rows in copies of the two tables that have neither guard nor policy, in one transaction. Both run the
whole request: sessions, sign-in, CSRF, the same form, a message, a redirect. Eight threads, each on its own connection and its own
admission; the log's sequencer runs beside the acts as it does beside ``serve``.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bench.core import Figure, database, middle

THREADS, ROUNDS, REQUESTS = 8, 5, 30
GOAL = 0.5
# Besides the eight, the sequencer's.
os.environ.setdefault("ANJU_POOL", str(THREADS + 2))


def run() -> list[Figure]:
    """Requests a second of each, and their ratio."""
    with database("act"):
        return _measure()


def _measure() -> list[Figure]:
    from bench.plain.act import lay_tables

    people = _people()
    lay_tables([key for _, key in people])
    acts = [_Caller(session, f"/parties/admissions/{key}/check/") for session, key in people]
    plain = [_Caller(session, f"/plain/{key}/", plain=True) for session, key in people]
    for callers in (acts, plain):
        _round(callers, 3)
    found: dict[str, list[float]] = {"act": [], "plain": []}
    for _ in range(ROUNDS):
        with _sequencer():
            found["act"].append(_round(acts, REQUESTS))
        found["plain"].append(_round(plain, REQUESTS))
    act, bare = middle(found["act"]), middle(found["plain"])
    ratio = act / bare
    against = f"plain view {bare:.0f}/s; {THREADS} connections"
    return [
        Figure("act.per_second", act, "1/s", against, ratio),
        Figure("act.ratio", ratio, "ratio", against, ratio, f"≥ {GOAL}"),
    ]


def _people() -> list[tuple[str, Any]]:
    """Eight clerks signed in, each with an admitted acquirer of its county whose checks are open."""
    from django.contrib.auth.hashers import make_password

    from anju.parties import acts
    from anju.parties.context import actor_named

    hashed, found = make_password(os.urandom(8).hex()), []
    sys, sec = (actor_named(name) for name in ("sys", "sec"))
    for number in range(THREADS):
        region = f"23122{number + 1}" if number < 6 else f"23128{number - 5}"
        body = acts.open_organisation(ctx=sys.context(region=region), kind="task_force", name=f"专班{number}")
        buyer = acts.open_organisation(ctx=sys.context(region=region), kind="acquirer", name=f"主体{number}")
        name = f"clerk{number}"
        account = acts.open_account(
            ctx=sys.context(),
            username=name,
            name=name,
            organisation_id=body.pk,
            password_hash=hashed,
            must_change=False,
        )
        acts.appoint(ctx=sec.context(region=region), account_id=account.pk, post="office_clerk", region=region)
        row = acts.propose_admission(
            ctx=actor_named(name).context(),
            acquirer_id=buyer.pk,
            document="文件",
            valid_from=sys.now.date(),
            facts=_facts(number),
        )
        head = actor_named(_head(sys, sec, number, region, body.pk, hashed)).context()
        acts.decide_admission(ctx=head, admission_id=row.pk)
        found.append((_session(account), row.pk))
    return found


def _facts(number: int) -> dict[str, Any]:
    """A candidate that meets every criterion; the bench then answers one of them otherwise, again and again."""
    from anju.policy.rules.acquirer import CRITERIA

    return {
        "criteria": {key: {"answer": True, "evidence": "证明"} for key in CRITERIA},
        "group": [{"name": f"主体{number}", "financing_platform": False, "evidence": "核查函"}],
        "group_complete": True,
        "hidden_debt_fen": 0,
    }


def _head(sys: Any, sec: Any, number: int, region: str, body: Any, hashed: str) -> str:
    """The second person, who admits."""
    from anju.parties import acts

    name = f"head{number}"
    account = acts.open_account(
        ctx=sys.context(), username=name, name=name, organisation_id=body, password_hash=hashed, must_change=False
    )
    acts.appoint(ctx=sec.context(region=region), account_id=account.pk, post="office_head", region=region)
    return name


def _session(account: Any) -> str:
    """The session key of somebody signed in."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore()
    store[SESSION_KEY] = str(account.pk)
    store[BACKEND_SESSION_KEY] = "anju.parties.signin.PasswordBackend"
    store[HASH_SESSION_KEY] = account.get_session_auth_hash()
    store.create()
    return str(store.session_key)


class _Caller:
    """One browser: posts the same form with another answer each time, through the WSGI handler."""

    def __init__(self, session: str, path: str, *, plain: bool = False) -> None:
        from django.core.wsgi import get_wsgi_application

        from bench.plain.act import plain_handler

        self.handler: Callable[..., Any] = plain_handler() if plain else get_wsgi_application()
        self.cookie = f"sessionid={session}; csrftoken={'a' * 32}"
        self.path, self.count = path, 0

    def post(self) -> None:
        """One request; anything but a redirect is a fault of the bench."""
        from django.test import RequestFactory

        self.count += 1
        data = {
            "csrfmiddlewaretoken": "a" * 32, "check": "state_owned", "answer": "否",
            "evidence": f"证明{self.count}",
        }  # fmt: skip
        environ = RequestFactory().post(self.path, data).environ
        environ["HTTP_COOKIE"] = self.cookie
        status: list[str] = []
        body = self.handler(environ, lambda line, headers: status.append(line))
        text = b"".join(body)
        body.close()
        if not status[0].startswith("302"):
            raise RuntimeError(f"{self.path}: {status[0]} {text[:2000].decode(errors='replace')}")


def _round(callers: list[_Caller], requests: int) -> float:
    """Requests a second, all threads together."""
    start = threading.Barrier(len(callers) + 1)
    faults: list[BaseException] = []

    def work(caller: _Caller) -> None:
        from django.db import connections

        start.wait()
        try:
            for _ in range(requests):
                caller.post()
        except RuntimeError as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(c,)) for c in callers]
    for thread in threads:
        thread.start()
    start.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    if faults:
        raise faults[0]
    return len(callers) * requests / seconds


@contextmanager
def _sequencer() -> Iterator[None]:
    """The log's sequencer, every 0.2 s, as the worker of ``serve`` runs it."""
    from django.db import connections

    from anju.base.log.sequencer import sequence

    ended = threading.Event()

    def work() -> None:
        while not ended.wait(0.2):
            sequence()
        connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
