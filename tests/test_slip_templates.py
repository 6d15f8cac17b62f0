"""The language of slip templates: what a store may write, what it is told of each wrong line, what it can never do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.ticket_records import TicketClass
from db.words import Names
from printer import samples, slip_faults
from printer.facts import Facts, Texts
from printer.slip import Align, Columns, Cut, Feed, Number, Qr, Slip, Text
from printer.slip_faults import BadSlip
from printer.slips import LANGUAGES, default_template
from printer.template import MOST_LINES, render
from printer.wrapping import wrap

STORE, SERVICE, TIER = Names("人民广场营业厅", "People's Square"), Names("账单", "Bills"), Names("金卡", "Gold")


def facts(ticket_class: TicketClass = TicketClass.ORDINARY, store: Names = STORE) -> Facts:
    return samples.facts(ticket_class, store, SERVICE, TIER, Texts())


def made(*lines: str, language: str = "zh", store: Names = STORE) -> Slip:
    return render("\n".join([*lines, "number", "cut"]), language, facts(store=store))


def refused(*lines: str) -> list[tuple[int, type[Exception]]]:
    with pytest.raises(BadSlip) as caught:
        render("\n".join(lines), "zh", facts())
    return [(fault.line, type(fault)) for fault in caught.value.faults if isinstance(fault, slip_faults.SlipFault)]


def test_each_line_is_a_block_with_its_options() -> None:
    slip = made(
        "# a note", "", "text bold size=3 right: 你好：{{ service }}", "columns bold: {{ date }} ｜ {{ time }}",
        "feed 2", "qr size=5: https://wechat.example", "qr",
    )  # fmt: skip
    assert slip.blocks == (
        Text("你好：账单", 3, bold=True, align=Align.RIGHT),
        Columns("2026-11-21", "09:05", bold=True),
        Feed(2),
        Qr("https://wechat.example", 5),
        Qr(facts().url),
        Number("B007"),
        Cut(),
    )


def test_a_colon_of_a_chinese_keyboard_works_too() -> None:
    assert made("text：你好").blocks[0] == Text("你好")


@pytest.mark.parametrize(("language", "said"), [("zh", "账单 Bills"), ("en", "Bills Bills")])
def test_a_name_is_in_the_templates_language_unless_one_is_asked_for(language: str, said: str) -> None:
    assert made("text: {{ service }} {{ service.en }}", language=language).blocks[0] == Text(said)


def test_a_condition_decides_about_whole_lines_or_within_one() -> None:
    lines = (
        "{% if tier %}", "text: vip", "{% elif people_ahead > 2 %}", "text: many", "{% else %}", "text: few",
        "{% endif %}",
        "text: {{ 'soon' if not wait else wait ~ ' min' }}",
    )  # fmt: skip
    assert made(*lines).blocks[:2] == (Text("many"), Text("8-17 min"))


def test_what_has_nothing_to_say_takes_no_paper() -> None:
    assert made("text bold: {{ tier }}", "columns: {{ tier }} | {{ slot }}", "logo").blocks == (Number("B007"), Cut())


@pytest.mark.parametrize("name", ["a\ncut\ntext: b", "a\x1e3\x1fb", "{{ url }}", "a|b", "{% if x %}", "a\u2028cut"])
def test_a_value_is_only_ever_text(name: str) -> None:
    slip = made("columns: {{ store }} | x", "text: {{ store }}", store=Names(name, name))
    assert [type(block) for block in slip.blocks] == [Columns, Text, Number, Cut]
    columns, text = slip.blocks[:2]
    assert isinstance(columns, Columns)
    assert isinstance(text, Text)
    assert columns.right == "x"
    assert not set(columns.left + text.text) & set("\n\x1e\x1f\u2028")


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        (("txet: a", "number", "cut"), [(1, slip_faults.UnknownBlock)]),
        (
            ("number", "text size=9: a", "feed 99", "cut"),
            [(2, slip_faults.UnknownOption), (3, slip_faults.UnknownOption)],
        ),
        (("number", "text 你好", "cut"), [(2, slip_faults.UnknownOption)]),
        (("number", "text bold", "cut"), [(2, slip_faults.ContentMissing)]),
        (("number", "line: a", "cut"), [(2, slip_faults.NoContentHere)]),
        (("number", "columns: a", "cut"), [(2, slip_faults.OneBarMissing)]),
        (("number", "text: {{ nmber }}", "cut"), [(2, slip_faults.UnknownValue)]),
        (("number", "text: {{ store.name }}", "cut"), [(2, slip_faults.UnknownValue)]),
        (("number", "", "text: {{ number", "cut"), [(3, slip_faults.NotUnderstood)]),
        (("number", "{% if tier %}", "cut"), [(2, slip_faults.NotUnderstood)]),
        (("number", "text: {% if tier %}", "text: {% endif %}", "cut"), [(2, slip_faults.NotUnderstood)] * 2),
        (("number", "text: {{ 1 if people_ahead > 'x' }}", "cut"), [(2, slip_faults.NotUnderstood)]),
        (("number", "{% if tier %}text: a{% endif %}", "cut"), [(2, slip_faults.NoLineOfItsOwn)]),
        (("number", f"qr: {'x' * 301}", "cut"), [(2, slip_faults.QrTooLong)]),
        (("text: a", "cut"), [(2, slip_faults.NumberMissing)]),
        (("{% if tier %}", "number", "{% endif %}", "cut"), [(4, slip_faults.NumberMissing)]),
        (("number", "text: a"), [(2, slip_faults.CutMissing)]),
        (("number",) * MOST_LINES + ("cut",), [(MOST_LINES, slip_faults.TooLong)]),
    ],
)
def test_each_fault_names_its_line(lines: tuple[str, ...], faults: list[tuple[int, type[Exception]]]) -> None:
    found = refused(*lines)
    assert found[: len(faults)] == faults or [kind for _, kind in found] == [kind for _, kind in faults]
    assert {kind for _, kind in found} == {kind for _, kind in faults}


@pytest.mark.parametrize(
    "evil",
    [
        "{{ ''.__class__.__mro__ }}", "{{ store.zh.format }}", "{{ 'a' * 999999999 }}", "{{ 9 ** 9 ** 9 }}",
        "{{ range(9) }}", "{{ store | replace('a', 'b') }}", "{{ [1] }}", "{{ store[0] }}", "{{ number.upper() }}",
    ],
)  # fmt: skip
def test_a_template_can_do_nothing_but_say_values(evil: str) -> None:
    assert {line for line, _ in refused("number", f"text: {evil}", "cut")} == {2}


@pytest.mark.parametrize(
    "evil", ["{% for x in number %}", "{% set x = 1 %}", "{% include '/etc/passwd' %}", "{% raw %}"]
)
def test_no_other_statement_is_taken(evil: str) -> None:
    assert (2, slip_faults.NotAllowed) in refused("number", evil, "cut")


@pytest.mark.parametrize("ticket_class", list(TicketClass))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_of_the_product_suits_every_ticket_of_its_class(
    language: str, ticket_class: TicketClass
) -> None:
    samples.check(default_template(language, ticket_class), language, facts(ticket_class))


def _cells(text: str) -> int:
    return sum(1 if letter.isascii() else 2 for letter in text)


@given(text=st.text(st.sampled_from("ab é国，。 -"), max_size=80), limit=st.integers(2, 48))
def test_no_line_is_wider_than_the_paper_and_no_letter_is_lost(text: str, limit: int) -> None:
    lines = wrap(text, _cells, limit)
    assert all(_cells(line) <= limit for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_a_line_does_not_begin_with_a_mark_that_ends_something() -> None:
    assert wrap("国国国，国", _cells, 6) == ["国国", "国，国"]
