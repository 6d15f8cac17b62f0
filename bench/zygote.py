"""Owns the loaded program that servers of tests and benches are forked from; `bench.forking` gives its orders.

Orders come over the socket that is its standard input: `["module:function", [argument, …], {variable: value, …}]`, with
the two files to write to. Into the first goes what the server says; into the second its process id, and once it has
ended its exit code, a line each.
"""

import json
import os
import socket
import sys
import traceback
from importlib import import_module
from typing import Any

MOST_BYTES = 65_536

if __name__ == "__main__":
    orders = socket.socket(fileno=0)
    fork, waitpid, close, take = os.fork, os.waitpid, os.close, socket.recv_fds  # nothing else happens in this process

    from gevent import monkey

    monkey.patch_all()

    import lobby.headoffice
    import lobby.program
    import lobby.server  # noqa: F401 — what costs time

    def follow_orders() -> None:
        while True:
            words, files, *_ = take(orders, MOST_BYTES, 2)
            if not words:
                return
            if fork() == 0:
                _mind(json.loads(words), *files)
            for file in files:
                close(file)
            _reap()

    def _mind(order: Any, say: int, tell: int) -> None:
        """Wait for one server, which only its parent may."""
        server = fork()
        if server == 0:
            close(tell)
            _become(order, say)
        close(say)
        os.write(tell, f"{server}\n".encode())
        _, status = waitpid(server, 0)
        os.write(tell, f"{os.waitstatus_to_exitcode(status)}\n".encode())
        os._exit(0)

    def _become(order: Any, say: int) -> None:
        orders.detach()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(say, 1)
        os.dup2(say, 2)
        close(say)
        code: Any = 0
        try:
            call, arguments, environment = order
            os.environ.clear()
            os.environ.update(environment)
            module, _, name = call.partition(":")
            getattr(import_module(module), name)(*arguments)
        except SystemExit as end:
            code = end.code
        except BaseException:  # noqa: BLE001 — as the interpreter does at the end of a program
            traceback.print_exc()
            code = 1
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code or 0)

    def _reap() -> None:
        """Minders that are done."""
        try:
            while waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return

    follow_orders()
