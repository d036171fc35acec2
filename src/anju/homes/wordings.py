"""Fixed paragraphs of the contracts that the city may word itself."""

from anju.base.wordings.kinds import PAPER, WordingKind, register

CLOSED = register(WordingKind(
    "homes.closed", "配售合同：封闭管理", PAPER,
    "本房屋实行封闭管理，不得上市交易，不动产登记已注记。需要退出的，由甲方按规定回购。", {}, "3.6-2",
))  # fmt: skip
USE = register(WordingKind(
    "homes.use", "租赁合同：使用", PAPER, "本房屋只供乙方家庭自住，不得转租、转借或改变用途；查实不符的，合同解除。", {}, "3.6-2",
))  # fmt: skip
