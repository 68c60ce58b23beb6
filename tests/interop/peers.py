"""Implementations behind the four calls of a peer folder, and the bad network before one of them. Every step has an end."""

import json
import os
import select
import signal
import socket
import subprocess
import threading
import time

INSTALL_WAIT_S = 900
ABOUT_WAIT_S = 120
READY_WAIT_S = 180
CALL_WAIT_S = 240
END_WAIT_S = 20
DID_NOT_END = "the conversation did not end"  # as Parley's own caller notes it


class Peer:
    """One implementation."""

    def __init__(self, command, name):
        self.command = [str(part) for part in command]
        self.name = name
        self.extra = []  # arguments of serve and call
        self.can_renew = False  # whether `call` takes --renew, which no peer has to

    def install(self, log):
        subprocess.run([*self.command, "install"], check=True, stdout=log, stderr=log, timeout=INSTALL_WAIT_S)

    def about(self, *arguments):
        done = subprocess.run([*self.command, "about", *arguments], check=True, capture_output=True, text=True,
                              timeout=ABOUT_WAIT_S)
        return json.loads(done.stdout)

    def serve(self, cells, port, arguments, log):
        named = [part for cell in cells for part in ("--cell", cell)]
        return Service([*self.command, "serve", "--port", str(port), *named, *self.extra, *arguments], log)

    def call(self, cell, url, mode, count, streams, arguments, log):
        command = [*self.command, "call", "--cell", cell, "--url", url, "--mode", mode, "--count", str(count)]
        if streams != 1:
            command += ["--streams", str(streams)]
        return Call([*command, *self.extra, *arguments], mode, count * streams, log)


class Call:
    """A call under way, whose outcome is what it printed and how it ended."""

    def __init__(self, command, mode, wanted, log):
        self.mode = mode
        self.wanted = wanted
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)

    def kill_after(self, seconds):
        """False when it had ended before."""
        try:
            self.process.wait(seconds)
            return False
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            return True

    def outcome(self):
        """(ok, the JSON line that it printed or the reason why there is none)"""
        try:
            output, _ = self.process.communicate(timeout=CALL_WAIT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            return False, f"no end within {CALL_WAIT_S} s"
        lines = [line for line in output.splitlines() if line.startswith("{")]
        line = lines[-1] if lines else ""
        if self.process.returncode != 0:
            return False, line or f"exit status {self.process.returncode}"
        try:
            said = json.loads(line)
        except json.JSONDecodeError:
            return False, "printed no JSON"
        # An exit status alone is not believed: the counts have to agree. Some peers count a stream, some all of them.
        sent, answered = said.get("sent"), said.get("answered")
        ok = answered == sent == self.wanted and not said.get("faults") and DID_NOT_END not in said.get("notes", "")
        return ok and (self.mode == "echo" or said.get("total_ok") is True), line


class Service:
    """A serving peer; a context manager that ends it."""

    def __init__(self, command, log):
        self.command = command
        self.log = log
        self.endpoints = {}
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log,
                                        text=True)

    def wait_ready(self):
        end = time.monotonic() + READY_WAIT_S
        while time.monotonic() < end:
            readable, _, _ = select.select([self.process.stdout], [], [], 1)
            line = self.process.stdout.readline() if readable else ""
            if line.startswith("{"):
                self.endpoints = json.loads(line)["endpoints"]
                return
            if self.process.poll() is not None:
                break
        self.end()
        raise RuntimeError("the service did not get ready")

    def kill_and_start_again(self):
        self.process.kill()
        self.process.wait()
        self.start()
        self.wait_ready()

    def is_alive(self):
        return self.process.poll() is None

    def end(self):
        if self.is_alive():
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(END_WAIT_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def __enter__(self):
        self.wait_ready()
        return self

    def __exit__(self, *unused):
        self.end()


class Relay:
    """The bad network, in front of one URL."""

    def __init__(self, command, url, seed, log):
        host_port = url.split("/")[2]
        host, _, port = host_port.partition(":")
        self.port = free_ports(1)
        self.url = url.replace(host_port, f"localhost:{self.port}")
        self.process = subprocess.Popen([*command, "--listen", str(self.port), "--to", f"{host}:{port or 80}",
                                         "--seed", str(seed)], stdin=subprocess.PIPE, stdout=log, stderr=log)

    def __enter__(self):
        for _ in range(100):
            try:
                socket.create_connection(("localhost", self.port), 1).close()
                return self
            except OSError:
                time.sleep(0.1)
        self.__exit__()
        raise RuntimeError("the relay did not get ready")

    def __exit__(self, *unused):
        self.process.terminate()
        self.process.wait()
        self.process.stdin.close()


_ports_lock = threading.Lock()
_last_port = 21000 + os.getpid() % 2000 * 10


def free_ports(count=10):
    """The first of `count` neighbouring ports that are free now, and were not given out before."""
    with _ports_lock:
        return _free_ports(count)


def _free_ports(count):
    global _last_port
    for _ in range(4000):
        first = _last_port if _last_port + count < 60000 else 21000
        _last_port = first + count
        sockets = []
        try:
            for port in range(first, first + count):
                one = socket.socket()
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                sockets.append(one)
                one.bind(("127.0.0.1", port))
            return first
        except OSError:
            continue
        finally:
            for one in sockets:
                one.close()
    raise RuntimeError("no free ports")
