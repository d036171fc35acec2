"""The blank template of a kind, with a note per column; what users fill and what the demonstration's generator fills."""

from anju.base.sheets.kinds import Column, SheetKind, kind_named
from anju.base.sheets.out import workbook

UNITS = {
    "area": "单位：平方米，最多两位小数", "yuan": "单位：元，最多两位小数", "wan": "单位：万元，最多六位小数",
    "percent": "单位：%，最多两位小数",
    "date": "日期，如 2026-03-02", "bool": "填“是”或“否”", "idnumber": "18 位，单元格设为文本格式", "phone": "11 位手机号",
    "uscc": "18 位统一社会信用代码", "unitcode": "28 位不动产单元号", "int": "整数", "code": "单元格设为文本格式",
}  # fmt: skip


def template_of(kind: SheetKind | str) -> bytes:
    """The blank xlsx that users get."""
    kind = kind_named(kind) if isinstance(kind, str) else kind
    notes = [f"* 为必填。{kind.note}".strip()]
    return workbook(kind.title, [header_of(column) for column in kind.columns], [], False, notes=notes)


def header_of(column: Column) -> tuple[str, str]:
    """A column's title as printed (with * where it must be filled) and the note on it."""
    words = [UNITS.get(column.kind, "")]
    if column.kind == "choice":
        words.append("只能填：" + "、".join(column.choices))
    words += [column.note, f"依据：方案第 {column.clause} 条" if column.clause else ""]
    return column.title + ("*" if column.required else ""), "；".join(word for word in words if word)
