#!/usr/bin/env python3
"""核验一次排序（摇号、轮候或积分）：python3 verify_draw.py 记录.json [封存名单的 SHA-256]

只用 Python 标准库，不联网。逐项重算并与记录比对；一致则退出码为 0，否则为 1。各键的含义见 draw-transcript.md。
"""

import hashlib
import hmac
import json
import sys


def sha(data):
    return hashlib.sha256(data if isinstance(data, bytes) else data.encode()).hexdigest()


def rows(text):
    return [line.split("\t") for line in text.split("\n")[:-1]]


def last(row):
    return row[3:] == ["1"]  # 第二版规则多出的一列：住户有已核实的行动需要、房源无障碍


def rule_holds(t):
    """规则版本已知，且两份名单的列数与它相符。"""
    return {len(r) for r in rows(t["entrants"] + t["homes"])} == {{"anju-draw/1": 3, "anju-draw/2": 4}.get(t["rule"])}


def keys_of(t):
    """每个编号的排序键。摇号：由封存名单、密数、公共随机值算出；轮候、积分：公布的排序依据。"""
    if t["method"] != "draw":
        return dict(rows(t["basis"]))
    secrets = [bytes.fromhex(h["secret"]) for h in t["holders"] if h["secret"]]
    seed = hmac.digest(bytes.fromhex(t["entrants_sha256"]) + b"".join(secrets), t["values"].encode(), "sha256")
    return {r[0]: hmac.digest(seed, r[0].encode() + b"\x01", "sha256").hex() for r in rows(t["entrants"])}


def allot(order, group, wishes, needs, homes):
    """按次序每人取第一个仍可得的志愿；无障碍房先归有需要的，预留房先归其优先组，被让出的人接着取下一个志愿。"""
    place, tried = {n: i for i, n in enumerate(order)}, dict.fromkeys(order, 0)
    got: dict[str, str] = {}
    queue = list(reversed(order))
    while queue:
        n = queue.pop()
        if tried[n] == len(wishes[n]):
            continue
        home = wishes[n][tried[n]]
        tried[n] += 1
        rank = lambda m: (homes[home][1] and not needs[m], homes[home][0] not in ("", group[m]), place[m])  # noqa: B023, E731
        if home not in got or rank(n) < rank(got[home]):
            queue += [got[home]] if home in got else []
            got[home] = n
        else:
            queue.append(n)
    return {n: home for home, n in got.items()}


def checks(t, published=None):
    """每一项：（核验什么，是否一致）。"""
    yield "封存名单的摘要", sha(t["entrants"]) == t["entrants_sha256"] and published in (None, t["entrants_sha256"])
    yield "房源清单的摘要", sha(t["homes"]) == t["homes_sha256"]
    numbers = [r[0] for r in rows(t["entrants"])]
    yield "编号各不相同、按序排列", numbers == sorted(set(numbers), key=str.encode)
    if t["method"] == "draw":
        good = [h for h in t["holders"] if h["secret"]]
        match = [len(h["secret"]) == 64 and sha(bytes.fromhex(h["secret"])) == h["commitment"] for h in good]
        yield f"各密数与其承诺（{len(good)} 份）", all(match)
        drums = [sorted(d) for s in t["sources"] for d in s["drums"]]
        text = "".join("".join(f"{n}." for n in d) + "/" for d in drums)
        yield "公共随机值的编码", bool(drums) and all(drums) and text == t["values"]
        secrets = b"".join(bytes.fromhex(h["secret"]) for h in good)
        seed = hmac.digest(bytes.fromhex(t["entrants_sha256"]) + secrets, text.encode(), "sha256").hex()
        yield "种子", seed == t["prk"]
    else:
        yield "排序依据的摘要", sha(t["basis"]) == t["basis_sha256"]
        yield "排序依据与名单的编号", [r[0] for r in rows(t["basis"])] == numbers
    keys, group = keys_of(t), {r[0]: r[1] for r in rows(t["entrants"])}
    order = sorted(numbers, key=lambda n: (int(group[n]), keys[n].encode(), n.encode()))
    yield f"次序（{len(order)} 户）", order == t["order"]
    wishes, needs = ({r[0]: of(r) for r in rows(t["entrants"])} for of in (lambda r: r[2].split(","), last))
    result = allot(order, group, wishes, needs, {r[0]: (r[2], last(r)) for r in rows(t["homes"])})
    yield f"配房（{len(result)} 套）", result == t["allotment"]


def main(path, published=None):
    with open(path, "rb") as file:
        data = file.read()
    t = json.loads(data)
    print(f"批次 {t['batch']} 第 {t['round']} 轮，规则 {t['rule']}，方式 {t['method']}，记录 SHA-256 {sha(data)}")
    for absent in (h["holder"] for h in t.get("holders", []) if not h["secret"]):
        print(f"密数未按时揭开，已剔除：{absent}")
    results = [("规则版本", rule_holds(t)), *checks(t, published)]
    for what, ok in results:
        print("一致  " if ok else "不一致", what)
    return 0 if all(ok for _, ok in results) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]) if len(sys.argv) > 1 else __doc__)
