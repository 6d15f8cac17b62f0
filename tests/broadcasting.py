"""Owns a process for tests that only broadcasts: whoever emits `go {times, text}` has it sent to everybody."""

import socket
import sys

import flask
import gevent
from flask_socketio import SocketIO
from gevent.socket import socket as gevent_socket

from lobby import line
from lobby.wire import Server


def main() -> None:
    """Serve on a free port, which is printed, until standard input ends."""
    listener = gevent_socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    app = flask.Flask("lobby")
    socketio = SocketIO(app, async_mode="gevent")
    line.install(socketio)
    socketio.on_event("go", lambda what: _broadcast(socketio, what["times"], what["text"]))
    Server(listener, app, log=None).start()
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    gevent.os.tp_read(sys.stdin.fileno(), 1)


def _broadcast(socketio: SocketIO, times: int, text: str) -> None:
    for n in range(times):
        socketio.emit("news", f"{n} {text}")
        gevent.sleep(0)


if __name__ == "__main__":
    main()
