"""Papers (公文、协议): a Word document to be signed and a PDF, drawn from the same frozen blocks; back as a scan."""

from .blocks import Block, clause, facts, heading, note, para, signatures, table
from .desk import issue, sign_paper
from .desk import sign_paper as sign

__all__ = ["Block", "clause", "facts", "heading", "issue", "note", "para", "sign", "sign_paper", "signatures", "table"]
