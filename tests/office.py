"""Owns lists as a carrier's office sends them, for tests: small, in every form, and as long as wanted."""

import base64
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence

import openpyxl

SHEET = "xl/worksheets/sheet1.xml"
HEADING = [
    *("会员编号", "姓名", "手机号码", "客户等级", "生效日期", "失效日期"),
    *("合约到期", "生日", "客户经理A", "客户经理B", "语言", "状态"),
]

# line of the file, our column, value, English reason
FAULTS = [
    (5, "phone", "139001366", "not an 11-digit mobile number"),
    (6, "tier", "铂金卡", "not one of: 银卡 silver, 金卡 gold, 钻石卡 diamond"),
    (7, "valid_until", "2027/2/30", "there is no such day in the calendar"),
    (8, "valid_until", "2026/1/1", "before the first day, 2026-09-01"),
    (9, "phone", "１３９００１３６６３５", "the same as in line 8"),
    (10, "name", "", "empty"),
    (10, "status", "不详", "not one of: 在网 active, 离网 churned"),
]
ROWS = [
    "V1,王秀英,１３９００１３６６３１,银卡,2026/9/1,2027/8/31,,1951/2/27,M05,M01,中文,在网",
    "V2,陈静,139 0013 6632,金卡会员,2026年9月1日,2027.8.31,2028-4-3,,,,英文,",
    "V3,李建国,+86-13900136633,钻石卡,20260901,2027/8/31,,,,,,离网",
    "V4,赵敏,139001366,金卡,2026/9/1,2027/8/31,,,,,,",
    "V5,孙伟,13900136634,铂金卡,2026/9/1,2027/8/31,,,,,,",
    "V6,周芳,13900136639,银卡,2026/9/1,2027/2/30,,,,,,",
    "V7,吴磊,13900136635,银卡,2026/9/1,2026/1/1,,,,,,",
    "V8,郑洁,１３９００１３６６３５,银卡,2026/9/1,2027/8/31,,,,,,",
    "V9,,13900136637,银卡,2026/9/1,2027/8/31,,,,,,不详",
    ",,,,,,,,,,,",
]

OLD_WORKBOOK = zlib.decompress(
    base64.b85decode(
        "c-rk)T}V_x6#nM!-9OpY)mFg`RD`TdLFvH=bWNx=BD0jTA4s=dmNYfCeAt5g%cls6o{C-!BZ9Dk=!XpKt%tzMhaf22qNkpu!X9*QXU^U$s};"
        "CV!p8kBbLRZa%$b=pGk5NNHI+LvdfykvGStC>gyw`TMJFgZ4Z#DlYno(@+(Ah*kx_6uD3CTQp1NP!WejD!<4|x<eNGhkNa+YpqN%qhT(XL2;"
        "68K+*@s%90@q2CjY95K9@Aq?*D$@yB`28Hv*sexS}Hpu4q?jQRK7)D#cfI{+p;0seZ+O%v8EdNcp+DD|0R(uYsI$c@s1N2W++l!7y|_~5bg;"
        "_rJRGC$O2-7%I@yUP-q5T3icSjYbC%pV^>d>nEKV#3y}WDQoa2TdItq@x&Dfx0t3+6d6SI5g@7t8itz1eYn?|sAK5agU{yi?TniPQKIm?>K<"
        "o-`jm))>>Bixj;LfwR&JkPO*BJgBE{+iEj5HGSb&%@sud1n%sHR#MPEE#Uhp3g;mpfXrWcz%Kc$OR^Zr)xlq9NokpUa!fL*tmgJ^N;Nu-Si<"
        "H3R(WNWNg!$?-tLpsYcav)Q7+XtkXAO-zTl)wRs~n0jdkP+r!YuQNM_xy*UCmXV*$jA{S+6n+EoBVYDDE*kmd-$?v;Ab!R>{?<Q=QkuCC)tA"
        "pODny02c2(ku-^hi27`<m&_{+iMP&|6yHT^A`g9W)23As#@lAIl}C@K0}B_#_<mPJV=NnMnzBw2Mo;x~Q-`?2Ze1^ba9ve3*5_5-vpbUtu4B"
        "<<3djK(t>mmoiR_;5!d+S#X)pE@NE4>=h1DHnq*m@r|&gb5QSOqj?J2>o(x;fp2sDk(3EcKyH30;Poco8-U6KJ?Oanm#JGqlfY+Vri|P0$7F"
        "7mRMmO<A0&V0rDP27lPc6uC&)LeSC@3@vOL_=kINybp0pN>E}Q8{}bdZ?7j"
    )
)
"""An .xls file of one line, V07000001, with a number for a phone and real dates."""


def sample() -> list[list[str]]:
    """A heading and ten lines, the last one blank: three are right, one of them of somebody who has left."""
    return [HEADING, *(row.split(",") for row in ROWS)]


def text(rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    """Lines as a spreadsheet program saves them."""
    return "".join(delimiter.join(row) + "\r\n" for row in rows)


def workbook(rows: Sequence[Sequence[object]]) -> bytes:
    """An .xlsx file."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("会员名单")
    for row in rows:
        sheet.append(list(row))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def far_cell() -> bytes:
    """An .xlsx file of five kilobytes, whose table is as large as a sheet can be: its first and its last cell."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.cell(1, 1, HEADING[0])
    sheet.cell(1_048_576, 16_384, "x")
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def bomb(megabytes: int, said: int | None = None) -> bytes:
    """An .xlsx file of little size that holds so much text; `said`: the sheet's bytes, if it lies.

    The field is at 24 of the entry's header, the name at 46 (PKWARE APPNOTE 4.3.12).
    """
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook([HEADING]))) as whole,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in whole.infolist():
            if part.filename != SHEET:
                new.writestr(part, whole.read(part))
        with new.open(SHEET, "w") as sheet:
            head, _, tail = whole.read(SHEET).partition(HEADING[0].encode())
            sheet.write(head)
            for _ in range(megabytes):
                sheet.write(b" " * 1_000_000)
            sheet.write(tail)
    data = bytearray(target.getvalue())
    if said is not None:
        struct.pack_into("<I", data, data.rindex(SHEET.encode()) - 46 + 24, said)
    return bytes(data)


def many(count: int, tier: str = "") -> Iterator[list[str]]:
    """A heading and so many right lines; the same every time."""
    chance = random.Random(count)
    yield HEADING[:11]
    for n in range(count):
        month = chance.randint(1, 12)
        given = chance.choice("王李张刘陈杨赵黄") + chance.choice("伟芳娜敏静强磊军洋勇")
        level = tier or chance.choice(["银卡", "金卡", "钻石卡"])
        birthday = f"{chance.randint(1950, 2005)}/{chance.randint(1, 12)}/{chance.randint(1, 28)}"
        span = [f"2026/{month}/1", f"2027/{month}/28"]
        yield [
            f"V{n:08d}",
            given,
            f"1{chance.choice('35789')}{n:09d}",
            level,
            *span,
            "",
            birthday,
            "M01",
            "M02",
            "中文",
        ]
