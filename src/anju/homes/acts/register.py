"""The register goes out, and that it did is an entry of the log: it holds what concerns families."""

from anju.base.acts import ActContext, act
from anju.base.regions import scope
from anju.homes.register import file_of


@act(clause="4.4", title="导出统一台账")
def export_register(*, ctx: ActContext, name: str, lines: int, sha256: str) -> dict[str, object]:
    """Leave the entry: which file, how many homes, its digest. Use ``write_register``."""
    ctx.entry.facts.update(name=name, lines=lines, sha256=sha256)
    return {"name": name, "lines": lines, "sha256": sha256}


def write_register(ctx: ActContext) -> tuple[str, bytes]:
    """The register of the actor's region as xlsx, its export logged."""
    with scope(ctx.region):
        name, data, lines, digest = file_of(ctx.region, ctx.today, synthetic=ctx.demonstration)
    export_register(ctx=ctx, name=name, lines=lines, sha256=digest)
    return name, data
