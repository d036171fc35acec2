"""Fixed paragraphs of the letter of intent that the city may word itself."""

from anju.base.wordings.kinds import PAPER, WordingKind, register

RISK = register(WordingKind(
    "negotiation.risk", "收购意向书：风险防范", PAPER,
    "本意向书不构成付款承诺，不得据此融资或提供担保，甲方不因此新增地方政府隐性债务。", {}, "3.5-1",
))  # fmt: skip
