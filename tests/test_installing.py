"""Tests making a computer start its part by itself: what is said, what is written, what is refused."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from lobby import installing
from lobby.install_errors import NotForTheService, NotLinux
from lobby.program import main
from lobby.where_cli import Where

LINK = "http://192.168.1.10:8080/enrol/abc%20def"


def _install(*arguments: str, answer: str | None = None) -> str:
    outcome = CliRunner().invoke(main, ["install", *arguments], input=answer)
    return outcome.output + (outcome.stderr if outcome.exit_code else "")


def test_a_server_is_told_first_then_written_and_kept_the_second_time(tmp_path: Path) -> None:
    unit = tmp_path / "etc/systemd/system/lobbyline.service"
    asked = _install("--server", "--port", "8081", "--root", str(tmp_path), answer="n\n")
    assert f"write   {unit}" in asked
    assert not unit.exists()
    _install("--server", "--port", "8081", "--root", str(tmp_path), answer="y\n")
    start = f"{installing._program()} serve --data /var/lib/lobbyline --host 0.0.0.0 --port 8081"
    assert f"ExecStart={start}\n" in unit.read_text()
    assert f"keep    {unit}" in _install("--server", "--port", "8081", "--root", str(tmp_path), "--yes")
    assert f"replace {unit}" in _install("--server", "--port", "8082", "--root", str(tmp_path), "--yes")
    assert "--port 8082" in unit.read_text()


def test_a_server_speaks_tls_on_the_usual_port_or_stands_behind_a_proxy(tmp_path: Path) -> None:
    unit = tmp_path / "etc/systemd/system/lobbyline.service"

    def written(*arguments: str) -> str:
        _install("--server", *arguments, "--root", str(tmp_path), "--yes")
        return unit.read_text()

    tls = written("--port", "443", "--cert", "/etc/lobbyline/cert.pem", "--key", "key of 2026.pem")
    key = str(Path.cwd() / "key of 2026.pem").replace(" ", "\\x20")
    assert f" --host 0.0.0.0 --port 443 --cert /etc/lobbyline/cert.pem --key {key}\n" in tls
    assert "\nAmbientCapabilities=CAP_NET_BIND_SERVICE\n" in tls
    proxied = written("--behind-proxy", "2")
    assert " --host 127.0.0.1 --port 8080 --behind-proxy 2\nAmbientCapabilities=\n" in proxied
    assert " --host 10.0.0.2 --port 8080 --behind-proxy 1\n" in written("--behind-proxy", "--host", "10.0.0.2")
    assert "go together" in _install("--server", "--cert", "cert.pem")
    assert "at every start" in _install("--server", "--port", "0")


def test_a_key_that_the_service_cannot_read_is_told_before_it_is_started(tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    plan = installing.server(tmp_path, Where("0.0.0.0", 443, key, key, 0))
    order = [command[0] for command in plan.commands]
    assert order.index("systemd-sysusers") < order.index("runuser") < order.index("systemctl")
    with pytest.raises(NotForTheService, match="chgrp lobbyline"):
        installing._run(next(command for command in plan.commands if command[0] == "runuser"))


def test_a_screen_starts_with_its_link_word_for_word(tmp_path: Path) -> None:
    _install("--kiosk", LINK, "--root", str(tmp_path), "--yes")
    text = (tmp_path / "etc/systemd/system/lobbyline-screen.service").read_text()
    [start] = [line for line in text.splitlines() if line.startswith("ExecStart=")]
    assert start.endswith(" http://192.168.1.10:8080/enrol/abc%%20def")
    assert (tmp_path / "etc/pam.d/lobbyline-screen").exists()


def test_an_agents_token_is_for_root_alone_and_on_no_command_line(tmp_path: Path) -> None:
    _install("--agent", "http://192.168.1.10:8080", "--token", "printer-secret", "--root", str(tmp_path), "--yes")
    secret = tmp_path / "etc/lobbyline/agent.env"
    assert secret.read_text() == "LOBBYLINE_AGENT_TOKEN=printer-secret\n"
    assert secret.stat().st_mode & 0o777 == 0o600
    assert "printer-secret" not in (tmp_path / "etc/systemd/system/lobbyline-agent.service").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "say what this computer is"),
        (("--server", "--kiosk", LINK), "say what this computer is"),
        (("--kiosk", "somewhere"), "is no address"),
        (("--kiosk", "http://store/x\nExecStartPre=/bin/rm"), "is no address"),
        (("--agent", "http://192.168.1.10:8080"), "printer's token"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    assert said in _install(*arguments, "--root", str(tmp_path), "--yes")
    assert list(tmp_path.iterdir()) == []


def test_a_machine_without_systemd_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "is_dir", lambda _: False)
    with pytest.raises(NotLinux):
        installing.carry_out(installing.screen(LINK), Path("/"))
