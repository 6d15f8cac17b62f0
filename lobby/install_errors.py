"""Owns what an installation refuses, in words."""

from db.errors import LobbyError


class NotLinux(LobbyError):
    """Nothing here starts services."""

    code = "no_systemd"
    text = "This computer does not run systemd. Start “lobbyline serve” by its own means, as docs/operations.md says."


class NotRoot(LobbyError):
    """Started by somebody who may not change the system."""

    code = "not_root"
    text = "Only root may do this. Say it again with sudo in front."


class PackageMissing(LobbyError):
    """A program that the unit starts is not there."""

    code = "package_missing"
    text = "Install what the screen needs first: apt install {packages}"


class CommandFailed(LobbyError):
    """A step that the system refused."""

    code = "command_failed"
    text = "“{command}” failed: {why}"


class NotForTheService(LobbyError):
    """A certificate or key that the service's user cannot read."""

    code = "not_for_the_service"
    text = "The service runs as the user lobbyline, who cannot read {file}. Let it, then say this again: chgrp lobbyline {file} && chmod 640 {file} — and it has to be able to enter the folders above."


class NotALink(LobbyError):
    """What was given leads nowhere."""

    code, field = "not_a_link", "link"
    text = "“{given}” is no address. Give the whole link, such as http://192.168.1.10:8080/enrol/…"
