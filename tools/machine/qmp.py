"""A client of QMP, QEMU's machine protocol, over a socket that QEMU was started with."""

import json
import select
import socket
import time
from typing import Any


class QmpClosed(Exception):
    """QEMU has gone, and with it the answer."""


class Qmp:
    """One connection. Not for several threads."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = b""
        self._events: list[dict[str, Any]] = []

    def negotiate(self) -> None:
        """Takes QEMU's greeting and enters command mode."""
        self._next_message()
        self.execute("qmp_capabilities")

    def execute(self, command: str, **arguments: Any) -> Any:
        """Runs `command` and returns its answer; QmpClosed when QEMU ends first."""
        request = {"execute": command, "arguments": arguments}
        try:
            self._connection.sendall(json.dumps(request).encode() + b"\n")
        except OSError as error:
            raise QmpClosed from error
        while True:
            message = self._next_message()
            if "return" in message:
                return message["return"]
            if "error" in message:
                raise RuntimeError(f"QMP {command}: {message['error']['desc']}")
            self._events.append(message)

    def monitor(self, command: str) -> str:
        """Runs a command of the human monitor and returns what it prints."""
        return self.execute("human-monitor-command", **{"command-line": command})

    def wait_event(self, timeout: float) -> dict[str, Any] | None:
        """The next event, or None after `timeout` seconds; QmpClosed when QEMU has ended."""
        deadline = time.monotonic() + timeout
        while not self._events:
            left = deadline - time.monotonic()
            if b"\n" not in self._buffer:
                ready, _, _ = select.select([self._connection], [], [], max(0.0, left))
                if not ready:
                    return None
                self._receive()
            else:
                self._events.append(self._next_message())
        return self._events.pop(0)

    def _next_message(self) -> dict[str, Any]:
        while b"\n" not in self._buffer:
            self._receive()
        line, self._buffer = self._buffer.split(b"\n", 1)
        return json.loads(line)

    def _receive(self) -> None:
        try:
            data = self._connection.recv(1 << 16)
        except OSError as error:
            raise QmpClosed from error
        if not data:
            raise QmpClosed
        self._buffer += data
