"""Runs every cell that Parley claims against other implementations, live, in both roles.

A peer folder holds one executable, `peer`, with the calls install, about, serve and call. Prints a
matrix and the closing line "N passed, M failed, K skipped"; a cell is skipped only for a reason that
is printed with it.
"""

import argparse
import json
import os
import pathlib
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time

# What makes two cells the same combination; the rest of a cell is its name and its status.
AXES = ("soap", "wsa", "rm", "assurance", "ordered", "sc", "bootstrap", "binding", "protect", "order",
        "encrypt_signature", "suite", "derived", "reply")
DOUBLES = "the peer delivers a message again when it comes again (not exactly once), so its network may lose requests only"
READY_WAIT_S = 60
CALL_WAIT_S = 180
ECHO_COUNT = 10
NOTE_COUNT = 20


class Peer:
    """One implementation behind the contract's calls."""

    def __init__(self, command, name):
        self.command = [str(part) for part in command]
        self.name = name

    def about(self):
        done = subprocess.run([*self.command, "about"], check=True, capture_output=True, text=True, timeout=120)
        return json.loads(done.stdout)

    def serve(self, cell, port, extra, log):
        return Service([*self.command, "serve", "--port", str(port), "--cell", cell, *extra], log)

    def call(self, cell, url, mode, count, extra, log):
        """(ok, the JSON line that it printed or the reason why there is none)"""
        command = [*self.command, "call", "--cell", cell, "--url", url, "--mode", mode, "--count", str(count), *extra]
        try:
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=log, text=True, timeout=CALL_WAIT_S)
        except subprocess.TimeoutExpired:
            return False, f"no end within {CALL_WAIT_S} s"
        lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
        line = lines[-1] if lines else ""
        if done.returncode != 0:
            return False, line or f"exit status {done.returncode}"
        try:
            said = json.loads(line)
        except json.JSONDecodeError:
            return False, "printed no JSON"
        # An exit status alone is not believed: the counts have to agree.
        ok = said.get("answered") == said.get("sent") == count and not said.get("faults")
        return ok and (mode == "echo" or said.get("total_ok") is True), line


class Service:
    """A serving peer; a context manager that ends it."""

    def __init__(self, command, log):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
        self.endpoints = {}

    def __enter__(self):
        end = time.monotonic() + READY_WAIT_S
        while time.monotonic() < end:
            readable, _, _ = select.select([self.process.stdout], [], [], 1)
            line = self.process.stdout.readline() if readable else ""
            if line.startswith("{"):
                self.endpoints = json.loads(line)["endpoints"]
                return self
            if self.process.poll() is not None:
                break
        self.__exit__()
        raise RuntimeError("the service did not get ready")

    def __exit__(self, *unused):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def free_ports(count=10):
    """The first of `count` neighbouring ports that are free now."""
    for first in range(21000 + os.getpid() % 2000, 60000, count):
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


class Relay:
    """The bad network, in front of one URL."""

    def __init__(self, command, url, log):
        host_port = url.split("/")[2]
        host, _, port = host_port.partition(":")
        self.port = free_ports(1)
        self.url = url.replace(host_port, f"localhost:{self.port}")
        self.process = subprocess.Popen([*command, "--listen", str(self.port), "--to", f"{host}:{port or 80}",
                                         "--seed", "1"], stdin=subprocess.PIPE, stdout=log, stderr=log)

    def __enter__(self):
        for _ in range(100):
            try:
                socket.create_connection(("localhost", self.port), 1).close()
                return self
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the relay did not get ready")

    def __exit__(self, *unused):
        self.process.terminate()
        self.process.wait()


def run_one(server, caller, cell, mode, relay_command, log, extra):
    count = ECHO_COUNT if mode == "echo" else NOTE_COUNT
    try:
        with server.serve(cell, free_ports(), extra[server.name], log) as service:
            url = service.endpoints[cell]
            caller_extra = ["--port", str(free_ports()), *extra[caller.name]]
            if not relay_command:
                return caller.call(cell, url, mode, count, caller_extra, log)
            with Relay(relay_command, url, log) as relay:
                return caller.call(cell, relay.url, mode, count, caller_extra, log)
    except (RuntimeError, KeyError, OSError) as problem:
        return False, str(problem)


def counted_too_many(said):
    """Whether the service delivered more notes than there were: a copy that the network made, or one that
    was sent again because its answer was lost."""
    found = re.search(r"the service counted (\d+) notes of (\d+)", said)
    return bool(found) and int(found.group(1)) > int(found.group(2))


def combination(cell):
    return tuple(cell.get(axis) for axis in AXES)


def main():
    parser = argparse.ArgumentParser(prog="./x interop", description=__doc__)
    parser.add_argument("peers", nargs="+", type=pathlib.Path, metavar="PEER_DIR")
    parser.add_argument("--cell", action="append", metavar="ID", help="only this cell (may be repeated)")
    parser.add_argument("--role", choices=("serve", "call"), help="only this role of Parley")
    parser.add_argument("--build", type=pathlib.Path, required=True, help="the build folder")
    parser.add_argument("--logs", type=pathlib.Path, help="keep the programs' logs here")
    options = parser.parse_args()

    here = pathlib.Path(__file__).resolve().parents[2]
    os.environ["PARLEY_BUILD"] = str(options.build.resolve())
    ours = Peer([here / "examples/exchange/peer"], "parley")
    relay_command = [str(options.build / "tests/demo/relay")]
    logs = options.logs or pathlib.Path(tempfile.mkdtemp(prefix="parley-interop-"))
    logs.mkdir(parents=True, exist_ok=True)

    mild_relay = [*relay_command, "--spare-answers", "--duplicate", "0", "--late", "0"]
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    skips = {}

    def skip(why):
        counts["skipped"] += 1
        skips[why] = skips.get(why, 0) + 1

    for folder in options.peers:
        theirs = Peer([folder.resolve() / "peer"], folder.resolve().name)
        if "PEER_KEYS" not in os.environ and (folder.resolve().parent / "keys").is_dir():
            os.environ["PEER_KEYS"] = str(folder.resolve().parent / "keys")
        subprocess.run([*theirs.command, "install"], check=True, stdout=sys.stderr)
        about = theirs.about()
        claimed = {combination(cell) for cell in ours.about()["cells"] if cell.get("status") == "works"}
        cells_file = logs / f"{theirs.name}-cells.json"
        cells_file.write_text(json.dumps(about))
        extra = {"parley": ["--cells", str(cells_file)], theirs.name: []}
        print(f"{about['name']} {about['version']}")
        print(f"  {'cell':34} {'Parley serves':>34} {'Parley calls':>34}")
        for cell in about["cells"]:
            if options.cell and cell["id"] not in options.cell:
                continue
            reason = None
            if cell["status"] != "works":
                reason = f"the peer itself says: {cell['status']}"
            elif combination(cell) not in claimed:
                reason = "a combination that Parley does not claim yet"
            row = {}
            for role in ("serve", "call"):
                if options.role and role != options.role:
                    continue
                their_role = "call" if role == "serve" else "serve"
                why = reason or (None if their_role in cell["roles"] else f"the peer cannot {their_role} in this cell")
                if why:
                    skip(why)
                    row[role] = "skipped"
                    continue
                server, caller = (ours, theirs) if role == "serve" else (theirs, ours)
                runs = [("echo", None), ("note", None)]
                # Through the bad network only what the peer's own reliability can carry: one-way messages,
                # sent by Parley or acknowledged by it.
                if cell["rm"] != "none" and cell["sc"] != "none":
                    runs.append(("note", relay_command))
                words = []
                while runs:
                    mode, relay = runs.pop(0)
                    label = mode if relay is None else f"{mode}/{'lossy' if relay == relay_command else 'mild'}"
                    name = f"{theirs.name}-{cell['id']}-{role}-{label.replace('/', '-')}"
                    with open(logs / f"{name}.log", "w", encoding="utf-8") as log:
                        ok, said = run_one(server, caller, cell["id"], mode, relay, log, extra)
                    if not ok and relay == relay_command and role == "call" and counted_too_many(said):
                        # No sender can prevent that; what remains is a network that loses requests only.
                        skip(DOUBLES)
                        runs.append((mode, mild_relay))
                        continue
                    counts["passed" if ok else "failed"] += 1
                    words.append(f"{label} {'ok' if ok else 'FAILED'}")
                    if not ok:
                        print(f"    {name}: {said}  (log: {logs / (name + '.log')})", file=sys.stderr, flush=True)
                row[role] = ", ".join(words)
            if not reason:
                print(f"  {cell['id']:34} {row.get('serve', '-'):>34} {row.get('call', '-'):>34}", flush=True)
    for why, number in sorted(skips.items()):
        print(f"skipped {number}: {why}")
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
