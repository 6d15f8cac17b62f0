"""What a slip says."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from printing_store import compose

from db.setting_records import Service, Settings, Tier
from db.ticket_records import Quote, Ticket, TicketClass, TicketState
from db.words import Names
from printer.slip import Cut, Number, Qr, Slip, Text

SHANGHAI = ZoneInfo("Asia/Shanghai")
ISSUED = datetime(2026, 11, 21, 9, 5, tzinfo=SHANGHAI)
BILLS = Service("bills", "B", Names("账单查询", "Bills"), "bill", 1, 300.0, 0.5)
STORE = Settings(Names("人民广场营业厅", "People's Square Store"), "Asia/Shanghai")
DIAMOND = Tier("diamond", 3, Names("钻石卡", "Diamond"), 300.0, 600.0)
URL = "https://lobby.example/t/AbCdEf"


def a_ticket(
    language: str = "zh", slot_at: float | None = None, ticket_class: TicketClass = TicketClass.ORDINARY
) -> Ticket:
    return Ticket(
        id=1,
        number="B007",
        token="AbCdEf",
        business_day="2026-11-21",
        service="bills",
        ticket_class=ticket_class,
        state=TicketState.WAITING,
        language=language,
        issued_at=ISSUED.timestamp(),
        slot_at=slot_at,
        member_no="M-4711",
        note="王小姐",
    )


def a_slip(ticket: Ticket | None = None, tier: Tier | None = None, quote: Quote | None = None) -> Slip:
    return compose(ticket or a_ticket(), BILLS, STORE, 3, quote, URL, ISSUED, tier)


def lines(slip: Slip) -> list[str]:
    return [block.text for block in slip.blocks if isinstance(block, Text)]


def test_a_chinese_holder_reads_chinese_first_and_english_below() -> None:
    assert lines(a_slip()) == [
        "人民广场营业厅",
        "People's Square Store",
        "账单查询",
        "Bills",
        "前面 3 位",
        "3 ahead",
        "扫码查看排队进度",
        "Scan to follow your place",
        "请在等候区就座，留意叫号",
        "Take a seat, watch the screen.",
        "过号请到服务台",
        "Missed your call? Ask the desk.",
        "分队叫号，不一定按号码顺序",
        "Not always in number order.",
        "2026-11-21 09:05",
    ]


@pytest.mark.parametrize(
    ("quote", "wait"),
    [(Quote(500, 700, 1000), "8-17"), (Quote(0, 10, 50), "1"), (Quote(61, 100, 119), "1-2")],
)
def test_the_wait_that_was_told_is_on_paper_in_whole_minutes(quote: Quote, wait: str) -> None:
    words = lines(a_slip(quote=quote))
    assert words[6:8] == [f"预计等候 {wait} 分钟", f"About {wait} min"]


def test_an_english_holder_reads_english_first_and_chinese_below() -> None:
    words = lines(a_slip(a_ticket(language="en")))
    assert words[:6] == ["People's Square Store", "人民广场营业厅", "Bills", "账单查询", "3 ahead", "前面 3 位"]


def test_the_service_in_the_holders_language_is_larger_than_its_translation() -> None:
    sizes = {block.text: block.size for block in a_slip().blocks if isinstance(block, Text)}
    assert sizes["账单查询"] > sizes["Bills"]


def test_the_number_stands_alone_and_once() -> None:
    assert [block for block in a_slip().blocks if isinstance(block, Number)] == [Number("B007")]


def test_the_qr_code_leads_to_the_ticket_page() -> None:
    assert [block for block in a_slip().blocks if isinstance(block, Qr)] == [Qr(URL)]


def test_a_vip_slip_names_the_tier() -> None:
    words = lines(a_slip(a_ticket(ticket_class=TicketClass.VIP), tier=DIAMOND))
    assert words[4:6] == ["贵宾 钻石卡", "VIP Diamond"]


def test_an_appointment_slip_shows_the_slot_in_the_stores_time_zone() -> None:
    slot = datetime(2026, 11, 21, 9, 30, tzinfo=SHANGHAI).timestamp()
    words = lines(a_slip(a_ticket(slot_at=slot, ticket_class=TicketClass.APPOINTMENT)))
    assert words[4:6] == ["预约 09:30", "Appointment 09:30"]


def test_no_personal_data_goes_on_paper() -> None:
    everything = repr(a_slip(a_ticket(ticket_class=TicketClass.VIP), tier=DIAMOND))
    assert "M-4711" not in everything
    assert "王小姐" not in everything


def test_the_slip_ends_with_a_cut() -> None:
    blocks = a_slip().blocks
    assert [index for index, block in enumerate(blocks) if isinstance(block, Cut)] == [len(blocks) - 1]
