"""What the interface and the commands answer to what they cannot do: a sentence, never a fault of the program."""

import socket
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from anju.base.sheets import kinds, loads
from anju.front.commands.serve_ import said_taken
from support import laid
from support.desk import signed_in, text
from support.sheets import xlsx

pytestmark = pytest.mark.usefixtures("committed")


@pytest.mark.parametrize("path", ["/api/parties/regions?level=a%00b", "/api/parties/regions?parent=%00"])
def test_an_invisible_character_is_a_bad_question_not_a_fault(path: str) -> None:
    answer = signed_in("office_clerk").get(path)
    assert answer.status_code == 400 and "看不见的空字符" in answer.json()["sentence"]


@pytest.mark.parametrize("amount", [True, "100", 1.5, None])
def test_an_amount_is_a_whole_number_and_nothing_that_only_looks_like_one(amount: Any) -> None:
    answer = signed_in("acquirer_finance").post(
        f"/api/homes/contracts/{laid.project().id}/payments",
        {"amount_fen": amount, "kind": "rent", "received_on": "2026-03-02", "reference": "1"}, content_type="application/json",
    )  # fmt: skip
    assert answer.status_code == 422 and "「amount_fen」" in answer.json()["sentence"]


def test_cells_that_nobody_froze_are_not_given_and_the_page_says_what_to_do() -> None:
    answer = signed_in("reviewer", "231202").get("/loads/export/demand_cells/")
    assert answer.status_code == 422 and "还没有冻结的需求快照" in answer.content.decode()


@pytest.mark.parametrize(("later", "said"), [(100, "正在校验"), (10**6, "必填，不能为空")])
def test_a_developer_sees_the_report_of_the_file_it_brought(
    later: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = (kinds.Column("名称", "name", required=True), kinds.Column("备注", "note"))
    made = kinds.SheetKind(
        name="test", title="测试表", power="base.bring_file", columns=columns, take=lambda ctx, rows, load: []
    )
    monkeypatch.setitem(kinds.KINDS, "test", made)
    monkeypatch.setattr(loads, "LATER_BYTES", later)
    agent = signed_in("developer_agent", organisation=laid.organisation("developer", f"合成开发{later}"))
    file = SimpleUploadedFile("表.xlsx", xlsx([["甲", ""], ["", "乙"]], head=("名称", "备注")))
    here = agent.post("/loads/bring/test/", {"file": file, "key": "a"}).headers["Location"]
    assert said in text(agent.get(here))
    assert agent.get(f"{here}job/?checking").status_code == 200


def test_a_port_in_use_is_not_shared(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        assert said_taken("127.0.0.1", other.getsockname()[1])
    assert "已有程序在用" in capsys.readouterr().err
    assert not said_taken("127.0.0.1", 0)
