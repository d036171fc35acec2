"""The posts (岗位) of the house, and the table of what each may do: read from every room's ``powers.yaml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from django.apps import apps

SYSTEM_ADMIN, SECURITY_ADMIN, AUDIT_ADMIN, FAMILY = "system_admin", "security_admin", "audit_admin", "family"
# Three people hold them: the trigger ``admins_apart`` refuses an account with two.
ADMINS = (SYSTEM_ADMIN, SECURITY_ADMIN, AUDIT_ADMIN)


class BadPowers(ValueError):
    """A room's ``powers.yaml`` cannot be used: a fault of the installation, never of a user."""


@dataclass(frozen=True)
class PostDef:
    """One post. ``organisation_kinds``: those whose people may hold it; ``party``: it sees its own cases only."""

    code: str
    title: str
    organisation_kinds: tuple[str, ...]
    party: bool = False


POSTS = (
    PostDef(SYSTEM_ADMIN, "系统管理员", ()),
    PostDef(SECURITY_ADMIN, "安全管理员", ()),
    PostDef(AUDIT_ADMIN, "审计管理员", ()),
    PostDef("office_clerk", "专班办公室经办", ("task_force",)),
    PostDef("office_head", "专班办公室负责人", ("task_force",)),
    PostDef("leader", "专班领导", ("task_force",)),
    PostDef("intake_clerk", "受理窗口经办", ("intake", "task_force")),
    PostDef("village_worker", "村（社区）协理员", ("intake",)),
    PostDef("reviewer", "资格复审", ("task_force", "department", "intake")),
    PostDef("acquirer_clerk", "收购主体经办", ("acquirer",)),
    PostDef("acquirer_head", "收购主体负责人", ("acquirer",)),
    PostDef("acquirer_finance", "收购主体财务", ("acquirer",)),
    PostDef("acquirer_finance_head", "收购主体财务负责人", ("acquirer",)),
    PostDef("operator", "运营管理", ("acquirer", "manager")),
    PostDef("department_clerk", "职能部门经办", ("department",)),
    PostDef("developer_agent", "开发企业代理人", ("developer",), party=True),
    PostDef("appraiser", "估价师", ("appraisal_agency",), party=True),
    PostDef("bank_officer", "银行经办", ("bank",), party=True),
    PostDef("bank_checker", "银行复核", ("bank",), party=True),
    PostDef("notary", "公证员", ("notary",)),
    PostDef("auditor", "纪检审计", ("auditor",)),
    PostDef("employer_agent", "用人单位经办", ("employer",), party=True),
    PostDef(FAMILY, "申请家庭", (), party=True),
)
BY_CODE: Mapping[str, PostDef] = {post.code: post for post in POSTS}
PARTY_POSTS = frozenset(post.code for post in POSTS if post.party)


def powers_files() -> list[Path]:
    """Each room's ``powers.yaml``, in the order of the rooms."""
    found = [Path(config.path) / "powers.yaml" for config in apps.get_app_configs() if config.name.startswith("anju.")]
    return [path for path in found if path.exists()]


def read_powers() -> dict[str, tuple[str, ...]]:
    """Power → posts, of all rooms. Raises BadPowers for an unknown post, a power named twice or a file of another
    form."""
    found: dict[str, tuple[str, ...]] = {}
    for path in powers_files():
        rows = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for power, posts in rows.items():
            where = f"{path.parent.name}/powers.yaml: {power}"
            if not isinstance(power, str) or not power.startswith(f"{path.parent.name}.") or power in found:
                raise BadPowers(f"{where}: a power begins with its room's name and stands once")
            if not isinstance(posts, list) or any(post not in BY_CODE for post in posts):
                raise BadPowers(f"{where}: expected a list of posts, got {posts}")
            found[power] = tuple(posts)
    return found
