"""The rows that stayed out, back as the same sheet with the reasons: to be put right and brought again."""

from anju.base.files import store
from anju.base.sheets.kinds import kind_named
from anju.base.sheets.loads import left_out
from anju.base.sheets.models import Load
from anju.base.sheets.out import workbook
from anju.base.sheets.read import read_table
from anju.base.sheets.template import header_of

NOTE = "只含没有收下的行。改正后可直接重新导入；“原行号”“没有收下的原因”两列不会被读。"


def rows_left_out(load: Load) -> bytes:
    """An xlsx with the cells as they stood in the file, each row with its number there and why it is not in.

    It holds what the file held, personal values included: whoever hands it out leaves an entry, as for the file itself.
    """
    kind = kind_named(load.kind)
    table = read_table(kind, load.evidence.media, store.read(load.evidence))
    why = left_out(load)
    columns = [c for c in kind.columns if c.field in table.places]
    places = [table.places[c.field] for c in columns]
    rows = [
        [number, "；".join(why[number]), *(cells[at] for at in places)] for number, cells in table.rows if number in why
    ]
    head = [("原行号", ""), ("没有收下的原因", ""), *(header_of(c) for c in columns)]
    return workbook(kind.title, head, rows, load.synthetic, notes=[NOTE])
