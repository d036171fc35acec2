"""The draw as data: exact bytes against published vectors, stability, and a verifier that finds every change."""

import hashlib
import hmac
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anju.offering import draw, verify_draw
from anju.offering.draw import BadList, Entrant, Frozen, Holder, Home, Source
from support.examples import many

pytestmark = pytest.mark.clause("3.5-2")
ENTRANTS = [Entrant("D003", 2, ("u7", "u3")), Entrant("D001", 1, ("u3", "u7")), Entrant("D002", 2, ("u3",))]
HOMES = [Home("u3", "231202001001GB00001F00010003"), Home("u7", "231202001001GB00001F00010007")]
ONE, TWO = b"\x01" * 32, b"\x02" * 32
SSQ = Source("双色球", "2026030", ((33, 1, 5, 9, 26, 17), (8,)))


def holder(name: str, secret: bytes, revealed: bool = True) -> Holder:
    return Holder(name, hashlib.sha256(secret).hexdigest(), secret.hex() if revealed else "")


def frozen(method: str = "draw", basis: str = "") -> Frozen:
    return Frozen("231200-1", 1, method, draw.entrants_file(ENTRANTS, HOMES), draw.homes_file(HOMES), basis)


def test_the_frozen_list_is_sorted_by_draw_number_with_tabs_and_a_line_feed_after_every_line() -> None:
    assert draw.entrants_file(ENTRANTS, HOMES) == "D001\t1\tu3,u7\nD002\t2\tu3\nD003\t2\tu7,u3\n"
    homes = [Home("u7", "B", 1), Home("u3", "A")]
    assert draw.homes_file(homes) == "u3\tA\t\nu7\tB\t1\n"
    assert draw.read_homes(draw.homes_file(homes)) == sorted(homes, key=lambda h: h.label)
    assert draw.read_entrants(draw.entrants_file(ENTRANTS, HOMES)) == sorted(ENTRANTS, key=lambda e: e.number)


def test_a_step_free_home_adds_a_column_to_both_files_and_the_second_version_of_the_rules() -> None:
    homes = [Home("u7", "B", 1), Home("u3", "A", step_free=True)]
    entrants = [Entrant("D2", 1, ("u3",), needs=True), Entrant("D1", 9, ("u7", "u3"))]
    assert draw.homes_file(homes) == "u3\tA\t\t1\nu7\tB\t1\t\n"
    assert draw.entrants_file(entrants, homes) == "D1\t9\tu7,u3\t\nD2\t1\tu3\t1\n"
    assert draw.read_homes(draw.homes_file(homes)) == homes[::-1]
    assert draw.read_entrants(draw.entrants_file(entrants, homes)) == entrants[::-1]
    assert draw.rule_of(draw.homes_file(homes)) == "anju-draw/2"
    assert draw.rule_of(draw.homes_file(HOMES)) == "anju-draw/1"


# Who needs step-free homes, which homes are → who gets which. The order is D001 (group 1), D003, D002, as drawn above.
STEP_FREE = [
    ("nobody needs one", set(), {"u3"}, {"D001": "u3", "D003": "u7"}),
    ("the last one does", {"D002"}, {"u3"}, {"D001": "u7", "D002": "u3"}),
    ("the first one does anyway", {"D001", "D002"}, {"u3"}, {"D001": "u3", "D003": "u7"}),
    ("the other home is", {"D002"}, {"u7"}, {"D001": "u3", "D003": "u7"}),
]


@pytest.mark.parametrize(("what", "needing", "free", "given_"), STEP_FREE, ids=[row[0] for row in STEP_FREE])
def test_a_step_free_home_goes_first_to_who_needs_it_and_else_by_the_order(
    what: str, needing: set[str], free: set[str], given_: dict[str, str]
) -> None:
    homes = [Home(h.label, h.unit, step_free=h.label in free) for h in HOMES]
    entrants = [Entrant(e.number, e.group, e.wishes, e.number in needing) for e in ENTRANTS]
    assert draw.allot(["D001", "D003", "D002"], entrants, homes) == given_, what
    basis = draw.basis_file({"D001": "1", "D002": "3", "D003": "2"})
    files = Frozen("b", 1, "waiting_list", draw.entrants_file(entrants, homes), draw.homes_file(homes), basis)
    told = json.loads(draw.run(files).transcript)
    assert told["allotment"] == given_ and all(ok for _, ok in verify_draw.checks(told)), what


VECTORS = [
    # what, secrets, prk, keys of D001, D002, D003
    ("both secrets", [ONE, TWO], "76024bd8", ["9d988e0e", "ad13e24d", "978de081"]),
    ("the first secret dropped", [TWO], "5ab56e82", []),
]


@pytest.mark.parametrize(("what", "secrets", "prk", "keys"), VECTORS, ids=[v[0] for v in VECTORS])
def test_our_own_vectors(what: str, secrets: list[bytes], prk: str, keys: list[str]) -> None:
    assert draw.encode([SSQ]) == "1.5.9.17.26.33./8./"
    seed = draw.prk(draw.sha256(frozen().entrants), secrets, draw.encode([SSQ]))
    assert seed.hex()[:8] == prk, what
    found = draw.draw_keys(seed, ["D001", "D002", "D003"])
    assert [found[n][:8] for n in ("D001", "D002", "D003")][: len(keys)] == keys


def test_the_vector_of_draft_thomson_elegy_vrs() -> None:
    """The draft's key for ``lavenderblush``: HMAC over the label and 01, under the extracted secret."""
    secret = b"totally not a bikeshed"
    for _ in range(9):
        secret = hashlib.sha256(secret).digest()
    assert secret.hex()[:8] == "5346f2ef"
    seed = hmac.digest(secret, ("1.2.3.4.5.6./" * 3).encode(), "sha256")
    assert draw.draw_keys(seed, ["lavenderblush"])["lavenderblush"][:8] == "002ed527"
    lotto = Source("x", "1", ((6, 5, 4, 3, 2, 1),))
    assert draw.encode([lotto] * 3) == "1.2.3.4.5.6./" * 3


def test_the_encoding_gives_the_selection_of_rfc_3797() -> None:
    """RFC 3797, section 6: the canonical string of three sources selects 17, 7, 2, 16, 25 of 25."""
    sources = [
        Source("a", "1", ((9319,),)),
        Source("b", "1", ((2, 5, 12, 8, 10),)),
        Source("c", "1", ((9, 18, 26, 34, 41, 45),)),
    ]
    text = draw.encode(sources)
    assert text == "9319./2.5.8.10.12./9.18.26.34.41.45./"
    pool, chosen = list(range(1, 26)), []
    for at in range(5):
        ends = at.to_bytes(2, "big")
        digest = hashlib.md5(ends + text.encode() + ends, usedforsecurity=False).digest()
        chosen.append(pool.pop(int.from_bytes(digest, "big") % len(pool)))
    assert chosen == [17, 7, 2, 16, 25]


def test_a_drawn_round_orders_by_group_then_all_32_bytes_and_gives_the_first_free_wish() -> None:
    result = draw.run(frozen(), [holder("公证处", ONE), holder("市民代表", TWO)], [SSQ])
    assert result.order == ["D001", "D003", "D002"], "group 1 first, then 978de081 before ad13e24d"
    assert result.allotment == {"D001": "u3", "D003": "u7"}
    assert all(len(key) == 64 for key in result.keys.values())
    assert json.loads(result.transcript)["prk"].startswith("76024bd8")


def test_a_missing_or_wrong_secret_is_dropped_and_the_draw_goes_on() -> None:
    for bad in (holder("公证处", ONE, revealed=False), Holder("公证处", hashlib.sha256(TWO).hexdigest(), ONE.hex())):
        result = draw.run(frozen(), [bad, holder("市民代表", TWO)], [SSQ])
        told = json.loads(result.transcript)
        assert told["prk"].startswith("5ab56e82")
        assert told["holders"][0] == {"holder": "公证处", "commitment": bad.commitment, "secret": ""}


def test_the_waiting_list_and_scores_give_the_same_kind_of_transcript() -> None:
    basis = draw.basis_file({"D001": "000003", "D002": "000001", "D003": "000002"})
    for method in ("waiting_list", "score"):
        result = draw.run(frozen(method, basis))
        assert result.order == ["D001", "D002", "D003"]
        assert result.allotment == {"D001": "u3", "D003": "u7"}, "D002 wished only for u3"
        told = json.loads(result.transcript)
        assert told["method"] == method and told["basis_sha256"] == draw.sha256(basis) and "prk" not in told


BAD = [
    ("a wish for no home of the batch", [Entrant("D1", 1, ("u9",))], HOMES, "不在本批房源内"),
    ("a wish twice", [Entrant("D1", 1, ("u3", "u3"))], HOMES, "重复"),
    ("no wish", [Entrant("D1", 1, ())], HOMES, "为空"),
    ("a number twice", [Entrant("D1", 1, ("u3",)), Entrant("D1", 1, ("u7",))], HOMES, "编号有重复"),
    ("a number with a tab", [Entrant("D\t1", 1, ("u3",))], HOMES, "编号"),
    ("a label with a comma", [Entrant("D1", 1, ("a,b",))], [Home("a,b", "A")], "标签"),
    ("one home under two labels", [], [Home("u3", "A"), Home("u7", "A")], "重复"),
]


@pytest.mark.parametrize(("what", "entrants", "homes", "says"), BAD, ids=[b[0] for b in BAD])
def test_a_list_that_cannot_be_read_back_is_not_frozen(
    what: str, entrants: list[Entrant], homes: list[Home], says: str
) -> None:
    with pytest.raises(BadList, match=says):
        draw.homes_file(homes)
        draw.entrants_file(entrants, homes)


def test_an_order_without_its_ground_is_refused() -> None:
    with pytest.raises(BadList, match="公共随机值"):
        draw.run(frozen(), [holder("公证处", ONE)], [])
    with pytest.raises(BadList, match="排序依据"):
        draw.run(frozen("waiting_list", "D001\t1\n"))


@st.composite
def rounds(made: st.DrawFn) -> tuple[list[Entrant], list[Home]]:
    labels = [f"u{i}" for i in range(made(st.integers(1, 6)))]
    homes = [
        Home(label, f"C{label}", made(st.sampled_from([None, None, 1, 2])), made(st.booleans())) for label in labels
    ]
    entrants = []
    for i in range(made(st.integers(1, 10))):
        wishes = made(st.permutations(labels))[: made(st.integers(1, len(labels)))]
        # A file of three columns has nowhere to say a need.
        needs = any(home.step_free for home in homes) and made(st.booleans())
        entrants.append(Entrant(f"{i:03d}", made(st.integers(1, 3)), tuple(wishes), needs))
    return entrants, homes


def drawn(entrants: list[Entrant], homes: list[Home]) -> draw.Result:
    files = Frozen("b", 1, "draw", draw.entrants_file(entrants, homes), draw.homes_file(homes))
    return draw.run(files, [holder("公证处", ONE)], [SSQ])


@settings(max_examples=many(200), deadline=None)
@given(rounds())
def test_the_choice_is_stable_nobody_prefers_a_home_that_went_to_one_with_a_lesser_right(
    case: tuple[list[Entrant], list[Home]],
) -> None:
    entrants, homes = case
    result = drawn(entrants, homes)
    place = {number: at for at, number in enumerate(result.order)}
    group, needs = {e.number: e.group for e in entrants}, {e.number: e.needs for e in entrants}
    of_home = {label: number for number, label in result.allotment.items()}
    assert len(of_home) == len(result.allotment), "one household a home"
    for one in entrants:
        got = result.allotment.get(one.number)
        better = one.wishes[: one.wishes.index(got)] if got else one.wishes
        for label in better:
            holds = of_home.get(label)
            assert holds is not None, "a wished home stays free beside one who has none better"
            home = next(h for h in homes if h.label == label)
            right = {
                n: (home.step_free and not needs[n], home.reserved not in (None, group[n]), place[n])
                for n in (one.number, holds)
            }
            assert right[holds] < right[one.number]


@settings(max_examples=many(100), deadline=None)
@given(rounds())
def test_without_reserved_homes_it_is_one_by_one_choice_in_the_order(case: tuple[list[Entrant], list[Home]]) -> None:
    entrants, homes = case[0], [Home(h.label, h.unit) for h in case[1]]
    result = drawn(entrants, homes)
    free, expected = {h.label for h in homes}, {}
    rows = {e.number: e for e in entrants}
    for number in result.order:
        label = next((w for w in rows[number].wishes if w in free), None)
        if label:
            free.remove(label)
            expected[number] = label
    assert result.allotment == expected


@settings(max_examples=many(100), deadline=None)
@given(rounds(), st.data())
def test_striking_out_one_entrant_moves_nobody_else(
    case: tuple[list[Entrant], list[Home]], pick: st.DataObject
) -> None:
    """The seed stands (the frozen list does); the struck one's key is of that one alone."""
    entrants, homes = case
    result = drawn(entrants, homes)
    out = pick.draw(st.sampled_from(entrants))
    rest = [e for e in entrants if e is not out]
    assert draw.order(rest, result.keys) == [n for n in result.order if n != out.number]


@settings(max_examples=many(100), deadline=None)
@given(rounds(), st.sampled_from(["draw", "waiting_list"]))
def test_the_stand_alone_verifier_agrees_with_every_round(case: tuple[list[Entrant], list[Home]], method: str) -> None:
    entrants, homes = case
    basis = "" if method == "draw" else draw.basis_file({e.number: f"{int(e.number) * 61 % 97:06d}" for e in entrants})
    files = Frozen("b", 1, method, draw.entrants_file(entrants, homes), draw.homes_file(homes), basis)
    result = draw.run(files, [holder("公证处", ONE), holder("市民", TWO, revealed=False)], [SSQ])
    assert all(ok for _, ok in verify_draw.checks(json.loads(result.transcript)))


def changed(transcript: str, what: str) -> dict[str, object]:
    told = json.loads(transcript)
    if what == "wish":
        told["entrants"] = told["entrants"].replace("u7,u3", "u3,u7")
    elif what == "wish, with its digest":
        told["entrants"] = told["entrants"].replace("u7,u3", "u3,u7")
        told["entrants_sha256"] = draw.sha256(told["entrants"])
    elif what == "home":
        told["homes"] = told["homes"].replace("0003", "0004")
    elif what == "secret":
        told["holders"][0]["secret"] = "03" * 32
    elif what == "number drawn":
        told["sources"][0]["drums"][1] = [9]
    elif what == "order":
        told["order"][1:] = told["order"][:0:-1]
    elif what == "home given":
        told["allotment"]["D003"], told["allotment"]["D001"] = "u3", "u7"
    elif what == "rule":
        told["rule"] = "anju-draw/2"
    elif what == "a need put in, with its digest and the second rules":
        told["rule"] = "anju-draw/2"
        for name, yes in (("entrants", "D002"), ("homes", "u3")):
            lines = told[name].splitlines()
            told[name] = "".join(f"{line}\t{'1' if line.startswith(yes) else ''}\n" for line in lines)
            told[f"{name}_sha256"] = draw.sha256(told[name])
    return told


CHANGES = [
    "wish",
    "wish, with its digest",
    "home",
    "secret",
    "number drawn",
    "order",
    "home given",
    "rule",
    "a need put in, with its digest and the second rules",
]


@pytest.mark.parametrize("what", CHANGES)
def test_the_script_alone_finds_a_changed(what: str, tmp_path: Path) -> None:
    """Run as the public runs it: one file, another folder, isolated from this project."""
    result = draw.run(frozen(), [holder("公证处", ONE), holder("市民代表", TWO)], [SSQ])
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(result.transcript)
    bad.write_text(json.dumps(changed(result.transcript, what)))
    script = tmp_path / "verify_draw.py"
    script.write_bytes(Path(verify_draw.__file__).read_bytes())
    announced = draw.sha256(frozen().entrants)
    outcome = {
        name: subprocess.run(
            [sys.executable, "-I", script, path, announced], capture_output=True, text=True, check=False
        )
        for name, path in (("good", good), ("bad", bad))
    }
    assert outcome["good"].returncode == 0 and "不一致" not in outcome["good"].stdout, outcome["good"]
    assert outcome["bad"].returncode == 1 and "不一致" in outcome["bad"].stdout, outcome["bad"]


def test_the_script_is_one_page_of_the_standard_library() -> None:
    text = Path(verify_draw.__file__).read_text()
    imported = {line.split()[1] for line in text.splitlines() if line.startswith(("import ", "from "))}
    assert imported <= set(sys.stdlib_module_names)
    assert len(text.splitlines()) <= 100
