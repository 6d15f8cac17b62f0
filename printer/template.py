"""Owns the language of slip templates: what a store may write, what is wrong with it, and the slip it makes of facts.

A template is lines of blocks (`printer.blocks`). What a block prints is Jinja in a sandbox: values, and conditions that
stand on lines of their own or within what is printed. Blocks and options are never Jinja, so no value can become one.
"""

import re
import traceback
from functools import lru_cache

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from printer import blocks, slip_faults
from printer.blocks import Line
from printer.facts import BILINGUAL, NAMES, Facts
from printer.slip import Slip
from printer.slip_faults import BadSlip, SlipFault

MOST_LINES = 100
MOST_LETTERS = 6000

_CONDITION = re.compile(r"\s*\{%-?\s*(if|elif|else|endif)\b[^%]*%\}\s*")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_BEGIN, _END = "\x1e", "\x1f"  # no text on paper has these: around a block's line number
_FILLED = re.compile(rf"{_BEGIN}(\d+){_END}([^{_BEGIN}]*)")
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.If, nodes.CondExpr, nodes.Const,
    nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Concat,
)  # fmt: skip


def _plain(value: object) -> object:
    """A value has no line of its own."""
    return _CONTROL.sub(" ", value).replace("\n", " ") if isinstance(value, str) else value


_jinja = ImmutableSandboxedEnvironment(undefined=StrictUndefined, finalize=_plain, autoescape=False)
_jinja.globals.clear()


def render(template: str, language: str, facts: Facts, logo: bytes | None = None) -> Slip:
    """The slip a template makes; `logo` is the store's PNG. Raises `BadSlip`."""
    lines, source = _checked(template)
    given = blocks.Given(facts.number, facts.url, logo)
    try:
        filled = _FILLED.findall(_compiled(source).render(facts.values(language)))
        made = (blocks.block_of(lines[int(number)], content, given) for number, content in filled)
        return Slip(tuple(block for block in made if block is not None))
    except SlipFault as fault:
        raise BadSlip(fault) from None
    except (TemplateError, TypeError) as error:
        raise BadSlip(slip_faults.NotUnderstood(_line_of(error), reason=str(error))) from None


_compiled = lru_cache(64)(_jinja.from_string)


def _line_of(error: Exception) -> int:
    """Jinja puts its own lines into the traceback."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<template>"]
    return frames[-1].lineno or 1 if frames else 1


@lru_cache(64)
def _checked(template: str) -> tuple[dict[int, Line], str]:
    """The block of each line, and the same lines as Jinja with each block's number before what it prints."""
    written = [_CONTROL.sub(" ", line) for line in template.replace("\r\n", "\n").split("\n")]
    if len(written) > MOST_LINES or len(template) > MOST_LETTERS:
        raise BadSlip(slip_faults.TooLong(min(len(written), MOST_LINES), lines=MOST_LINES, letters=MOST_LETTERS))
    reader = _Reader()
    source = "\n".join(reader.line(number, line) for number, line in enumerate(written, 1))
    reader.close(source, len(written))
    if reader.faults:
        raise BadSlip(*sorted(reader.faults, key=lambda fault: fault.line))
    return reader.lines, source


class _Reader:
    """Reads a template line by line and collects every fault of it."""

    def __init__(self) -> None:
        self.lines: dict[int, Line] = {}
        self.faults: list[SlipFault] = []
        self._depth = 0
        self._unconditional: list[str] = []

    def line(self, number: int, written: str) -> str:
        """A line as Jinja."""
        if not written.strip() or written.lstrip().startswith("#"):
            return ""
        if condition := _CONDITION.fullmatch(written):
            self._depth += {"if": 1, "endif": -1}.get(condition[1], 0)
            return written
        try:
            return self._block(number, written)
        except SlipFault as fault:
            self.faults.append(fault)
            return ""

    def _block(self, number: int, written: str) -> str:
        if written.lstrip().startswith("{%"):
            is_alone = written.count("{%") == 1 and written.rstrip().endswith("%}")
            raise slip_faults.NotAllowed(number) if is_alone else slip_faults.NoLineOfItsOwn(number)
        line = self.lines[number] = blocks.read(number, written)
        self._unconditional.append(line.word if self._depth == 0 else "")
        _parse(line.content, number)  # by itself, so that no condition spans what two blocks print
        return f"{_BEGIN}{number}{_END}{line.content}"

    def close(self, source: str, last: int) -> None:
        """Look at the whole."""
        try:
            self.faults += _beyond(_parse(source, 1))
        except SlipFault as fault:
            self.faults.append(fault)
        if self.faults:
            return
        if "number" not in self._unconditional:
            self.faults.append(slip_faults.NumberMissing(last))
        if self._unconditional[-1:] != ["cut"]:
            self.faults.append(slip_faults.CutMissing(max(self.lines, default=last)))


def _parse(source: str, first: int) -> nodes.Template:
    try:
        return _jinja.parse(source)
    except TemplateSyntaxError as error:
        raise slip_faults.NotUnderstood(first + error.lineno - 1, reason=error.message or "") from None


def _beyond(tree: nodes.Template) -> list[SlipFault]:
    """Whatever is more than values and conditions."""
    return [fault for node in _all_in(tree) if (fault := _fault_of(node))]


def _all_in(tree: nodes.Node) -> list[nodes.Node]:
    return [tree, *(inner for child in tree.iter_child_nodes() for inner in _all_in(child))]


def _fault_of(node: nodes.Node) -> SlipFault | None:
    if not isinstance(node, _ALLOWED):
        return slip_faults.NotAllowed(node.lineno)
    if isinstance(node, nodes.Name) and node.name not in NAMES:
        return slip_faults.UnknownValue(node.lineno, name=node.name, known=", ".join(NAMES))
    if isinstance(node, nodes.Getattr) and not _is_language_of_a_value(node):
        written = f"{node.node.name}.{node.attr}" if isinstance(node.node, nodes.Name) else node.attr
        known = ", ".join(f"{name}.zh, {name}.en" for name in NAMES if name in BILINGUAL)
        return slip_faults.UnknownValue(node.lineno, name=written, known=known)
    return None


def _is_language_of_a_value(node: nodes.Getattr) -> bool:
    return isinstance(node.node, nodes.Name) and node.node.name in BILINGUAL and node.attr in {"zh", "en"}
