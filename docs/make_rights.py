"""Writes the table of rights into docs/security.md, from `lobby/rights.py`. Run it after every change there."""

from pathlib import Path

from lobby import rights

DOCUMENT = Path(__file__).parent / "security.md"
BEGINS, ENDS = "<!-- the table of rights -->\n", "<!-- end of the table of rights -->\n"


def table() -> str:
    """The whole table in Markdown, between its marks."""
    lines = ["| Route | Who, at least |\n|---|---|\n"]
    lines += [f"| `{route}` | {right.name} |\n" for route, right in rights.ROUTES.items()]
    lines += ["\n| Socket event | Who, at least |\n|---|---|\n"]
    lines += [
        f"| `{space}` `{event}` | {right.name} |\n"
        for space, events in rights.EVENTS.items()
        for event, right in events.items()
    ]
    lines += [f"| `/` `watch` {screen} | {right.name} |\n" for screen, right in rights.SCREENS.items()]
    return BEGINS + "".join(lines) + ENDS


def write() -> None:
    """Put it into the document."""
    text = DOCUMENT.read_text()
    before, _, rest = text.partition(BEGINS)
    DOCUMENT.write_text(before + table() + rest.partition(ENDS)[2])


if __name__ == "__main__":
    write()
