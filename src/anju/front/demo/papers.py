"""What the run leaves under ``out/``: every official paper drawn, and an index of all files."""

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from anju.base.files import store
from anju.base.papers.models import Paper
from anju.base.regions import scope

if TYPE_CHECKING:
    from anju.front.demo.core import Demo

PER_KIND = 3
STYLE = (
    "body{font:16px/1.7 system-ui,'Noto Sans CJK SC',sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#16202e}"
    "h1{font-size:1.5rem}table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #dde3ea;padding:.4rem;text-align:left}"
    ".s{background:#fff4d6;border:1px dashed #8a4b00;padding:.3rem .6rem}"
)


def write_papers(demo: "Demo") -> None:
    """The first papers of each kind, as docx and PDF."""
    folder = demo.out / "papers"
    folder.mkdir(parents=True, exist_ok=True)
    with scope(demo.city):
        for kind in sorted(set(Paper.objects.values_list("kind", flat=True))):
            for paper in Paper.objects.filter(kind=kind).select_related("docx", "pdf").order_by("id")[:PER_KIND]:
                for evidence in (paper.docx, paper.pdf):
                    if evidence is not None:
                        path = folder / f"{kind}-{paper.code}.{evidence.media}"
                        path.write_bytes(store.read(evidence))
                        demo.paper(path, f"{paper.title} {paper.number}")


def index(demo: "Demo") -> None:
    """``index.html``: every file with what it is."""
    listed = {path for path, _, _ in demo.papers}
    others = [p for p in sorted(demo.out.rglob("*")) if p.is_file() and str(p.relative_to(demo.out)) not in listed]
    rows = [
        *demo.papers,
        *((str(p.relative_to(demo.out)), _title(p), "") for p in others if p.name not in ("index.html",)),
    ]
    body = "".join(
        f'<tr><td><a href="{escape(path)}">{escape(path)}</a></td><td>{escape(title)}</td><td>{escape(clause)}</td></tr>'
        for path, title, clause in rows
        if "log/tile" not in path
    )
    html = (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>安居演示城市的文件</title><style>{STYLE}</style><h1>安居演示城市的文件</h1>"
        f'<p class="s">合成：人、房、价、款都是编造的，不代表真实情况。</p>'
        f"<table><tr><th>文件</th><th>内容</th><th>条款</th></tr>{body}</table></html>"
    )
    (demo.out / "index.html").write_text(html, encoding="utf-8")


def _title(path: Path) -> str:
    return {
        ".xlsx": "导入文件或台账（合成）",
        ".csv": "数据文件（合成）",
        ".json": "数据",
        ".py": "独立验证程序",
        ".txt": "说明",
        ".beancount": "项目账（合成）",
    }.get(path.suffix, "")
