"""Owns putting the command line together."""

from lobby import printer_cli
from lobby.cli import main

__all__ = ["main", "printer_cli"]
