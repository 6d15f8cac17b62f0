"""Owns the heading of a list: which column is which, whatever the carrier's office calls it. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from kiosk.errors import HeadingLacks
from kiosk.tables import Line

_SEARCHED_LINES = 10
"""A title may stand above the heading."""

_ASIDE = re.compile(r"\([^)]*\)")
_FILLING = re.compile(r"[\W_]+")

WORDS: Mapping[str, str] = {
    "member_no": "会员编号 会员号 会员号码 会员卡号 贵宾卡号 VIP卡号 卡号 客户编号 用户编号 会员ID"
    " card_no card_number member_number member_id membership_no",
    "name": "姓名 客户姓名 会员姓名 用户姓名 客户名称 名字 customer_name member_name full_name",
    "phone": "手机号码 手机号 手机 移动电话 联系电话 联系手机 电话 电话号码 用户号码 号码"
    " mobile mobile_no mobile_number phone_no phone_number",
    "tier": "客户等级 会员等级 会员级别 客户级别 等级 级别 卡级别 卡类型 卡种 贵宾等级 VIP等级"
    " level member_level vip_level",
    "valid_from": "生效日期 生效日 生效时间 有效期起 有效期开始 开始日期 起始日期 起始日"
    " valid_since start_date effective_date",
    "valid_until": "失效日期 失效日 失效时间 到期日期 到期日 有效期止 有效期至 截止日期 结束日期"
    " valid_to end_date expiry_date expires",
    "assessed": "评定日期 评定日 评级日期 评级日 评定时间 assessed_on assessment_date",
    "contract_until": "合约到期 合约到期日 合约到期日期 合约截止日期 合同到期 合同到期日 合同到期日期"
    " contract_end contract_end_date contract_to",
    "birthday": "生日 出生日期 出生年月日 birth_date date_of_birth",
    "manager_a": "客户经理A 客户经理 A角 A角经理 account_manager account_manager_a",
    "manager_b": "客户经理B B角 B角经理 备份经理 backup_manager account_manager_b",
    "language": "语言 语种 服务语言 lang",
    "status": "状态 客户状态 用户状态 会员状态 号码状态 在网状态 state customer_status",
    "code": "预约编号 预约号 预约码 预约单号 booking_code booking_no appointment_code",
    "service": "业务 办理业务 业务类型 预约业务 服务 service_code",
    "date": "日期 预约日期 到店日期 day",
    "time": "时间 预约时间 时段 预约时段 到店时间 slot",
    "channel": "渠道 预约渠道 来源 source",
}


@dataclass(frozen=True, slots=True)
class Columns:
    """What a list must and may have. `instead`: a column that makes others unnecessary."""

    required: tuple[str, ...]
    optional: tuple[str, ...]
    instead: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def missing(self, found: Mapping[str, "Column"]) -> list[str]:
        """The columns that are needed and not there."""
        spared = {column for other, columns in self.instead.items() if other in found for column in columns}
        return [column for column in self.required if column not in found and column not in spared]


@dataclass(frozen=True, slots=True)
class Column:
    """Where a column stands in a line (from 0), and what the file calls it."""

    at: int
    heading: str


@lru_cache(4096)
def normal(text: str) -> str:
    """A word as it is compared: no case, no width, no spaces or signs, nothing in brackets."""
    return _FILLING.sub("", _ASIDE.sub("", unicodedata.normalize("NFKC", text).casefold()))


_MEANT = {normal(word): column for column, words in WORDS.items() for word in (column, *words.split())}


def find(lines: Iterator[Line], columns: Columns) -> dict[str, Column]:
    """Walk to the end of the heading; where each column stands. Raises `HeadingLacks`."""
    best: dict[str, Column] = {}
    for _, cells in islice(lines, _SEARCHED_LINES):
        found = _recognised(cells, columns)
        if found and not columns.missing(found):
            return found
        best = max(best, found, key=len)
    raise HeadingLacks(columns=", ".join(f"{name} ({WORDS[name].split()[0]})" for name in columns.missing(best)))


def _recognised(cells: Sequence[str], columns: Columns) -> dict[str, Column]:
    found: dict[str, Column] = {}
    for at, cell in enumerate(cells):
        column = _MEANT.get(normal(cell))
        if column in columns.required or column in columns.optional:
            found.setdefault(str(column), Column(at, cell.strip()))
    return found
