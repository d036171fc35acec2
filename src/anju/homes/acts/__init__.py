"""What happens between a family and its home: contracts, payments, filing, the end; and the register."""

from .contracts import sign_lease, sign_sale_contract
from .handover import hand_over
from .later import end_lease, receive_payment, received_fen, record_filing
from .register import export_register, write_register

__all__ = [
    "end_lease",
    "export_register",
    "hand_over",
    "receive_payment",
    "received_fen",
    "record_filing",
    "sign_lease",
    "sign_sale_contract",
    "write_register",
]
