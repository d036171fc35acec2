"""What happens between a family and its home: contracts, payments, filing, the end; and the register."""

from .contracts import sign_lease, sign_sale_contract
from .later import end_lease, receive_payment, received_fen, record_filing
from .register import export_register, write_register

__all__ = [
    "end_lease",
    "export_register",
    "receive_payment",
    "received_fen",
    "record_filing",
    "sign_lease",
    "sign_sale_contract",
    "write_register",
]
