"""Oversight over the interface: anybody who may read the log rebuilds its tree and checks a receipt with nothing else."""

import pytest

from anju.base.calendar.days import installation
from anju.base.log import note, tree
from anju.base.log.publish import check_proof, publish
from anju.base.regions import scope
from anju.base.secrets import log_key, make_keys
from homes.test_homes_contracts import buy  # type: ignore[import-not-found]
from support.db import NOON
from support.desk import signed_in
from support.sold import CITY, sold

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.clause("4.5")]


def test_the_whole_log_is_read_in_order_and_gives_the_published_root() -> None:
    make_keys()
    buy(sold())
    client = signed_in("auditor")
    with scope(CITY):
        checkpoint = publish(key=log_key(), origin=installation().origin, now=NOON)
    rows = client.get("/api/oversight/log").json()
    assert [row["seq"] for row in rows] == list(range(checkpoint.size))
    leaves = [tree.leaf_hash(row["body"].encode()) for row in rows]
    assert [leaf.hex() for leaf in leaves] == [row["leaf"] for row in rows]
    assert tree.root_of(leaves) == checkpoint.root
    assert [row["seq"] for row in client.get("/api/oversight/log", {"after": 2}).json()] == list(
        range(3, checkpoint.size)
    )


def test_a_receipt_and_its_proof_hold_offline() -> None:
    make_keys()
    buy(sold())
    client = signed_in("auditor")
    with scope(CITY):
        publish(key=log_key(), origin=installation().origin, now=NOON)
    entry = client.get("/api/oversight/log").json()[-1]
    found = client.get(f"/api/oversight/log/{entry['act']}/receipt").json()
    assert (found["index"], found["leaf"]) == (entry["seq"], entry["leaf"])
    proof = client.get(f"/api/oversight/proofs/{entry['seq']}").json()["proof"]
    check_proof(proof, bytes.fromhex(entry["leaf"]), [note.verifier_of(installation().origin, log_key())])
    assert client.get("/api/oversight/proofs/999999").status_code == 404


def test_verification_runs_for_those_who_may_and_for_nobody_else() -> None:
    make_keys()
    report = signed_in("auditor").post("/api/oversight/verify").json()
    assert report["problems"] == [] and len(report["lines"]) == 3
    assert signed_in("operator").post("/api/oversight/verify").status_code == 403
