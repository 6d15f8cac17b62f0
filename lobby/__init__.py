"""The composition root: configuration, the application, the websocket hub, the command line; imported by nobody."""

__version__ = "0.1.0"
