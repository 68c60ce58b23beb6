"""Runs every cell that Parley speaks against other implementations, live, in both roles.

A peer folder holds one executable, `peer`, with the calls install, about, serve and call. Prints a matrix and the
closing line "N passed, M failed, K skipped"; a run is skipped only for a reason that is printed. When every cell of
every peer ran, in both roles and in every kind, the matrix becomes a page of documentation.
"""

import argparse
import collections
import concurrent.futures
import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

from matrix import KINDS, ROLES, Matrix
from peers import Peer, Relay, free_ports

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOUBLES = ("the peer delivers a message again when it comes again (not exactly once), so its network may lose requests "
           "only, and nobody may be killed in the middle of one")
NOT_RELIABLE = "nothing but reliable messaging carries a message over a loss"
INSIDE_TLS = "the bad network sees no message inside TLS that it could lose or repeat"
BY_ADDRESS = "a token service gives contexts for a service by its address, which the bad network changes"
NO_CONTEXT = "there is no context to renew"
RENEWS_ITSELF = "the peer renews a context when it sees fit, and cannot be told to"
NOT_DURABLE = "the peer does not say that it can go on after it was killed"
ECHO_COUNT = 10
NOTE_COUNT = 20
STREAM_COUNT = 5  # of each of eight streams
KILLED_COUNT = 40
KILL_TRIES = 8
# A race within a peer (CXF), which sees it when it talks to itself too: a reply comes to its listener, and no further.
LOST_REPLY = "did not contain proper response data"
LOST_TRIES = 5
# A peer (CXF) sends a message that carries nothing but reliable messaging once, and gives up when the network takes it.
LOST_LIFECYCLE = "Timed out waiting for response to operation"
NETWORKS = 4
# "mild" runs instead of "lossy", where a peer cannot take that.
USUAL_KINDS = [kind for kind in KINDS if kind != "mild"]


class Run:
    """One run of one cell: who serves, who calls, and what happens meanwhile."""

    def __init__(self, options, ours, theirs, cell, role, folder):
        self.ours, self.theirs = ours, theirs
        self.server, self.caller = (ours, theirs) if role == "serve" else (theirs, ours)
        self.cell, self.role, self.folder = cell, role, folder
        self.relay = [str(options.build / "tests/demo/relay")]
        self.mild_relay = [*self.relay, "--spare-answers", "--duplicate", "0", "--late", "0"]

    def reason_against(self, kind, durable):
        """Why this kind of run makes no sense in this cell; None = it does."""
        if kind in ("lossy", "mild", "killed", "restarted") and self.cell["rm"] == "none":
            return NOT_RELIABLE
        if kind in ("lossy", "mild") and self.cell["bootstrap"] == "issued":
            return BY_ADDRESS
        if kind in ("lossy", "mild") and self.cell["binding"] == "transport":
            return INSIDE_TLS
        if kind == "renewed" and self.cell["sc"] == "none":
            return NO_CONTEXT
        if kind == "renewed" and not self.caller.can_renew:
            return RENEWS_ITSELF
        if kind == "restarted" and ("call" if self.role == "serve" else "serve") not in durable:
            return NOT_DURABLE
        return None

    def execute(self, kind, service, log):
        """"ok", or what went wrong; or a reason to skip."""
        if kind in ("killed", "restarted"):
            return self._killed(self.ours if kind == "killed" else self.theirs, log)
        url = service.endpoints[self.cell["id"]]
        if kind == "lossy":
            ok, said = self._through(self.relay, url, log)
            # No sender can prevent that; what remains is a network that loses requests only.
            return "ok" if ok else DOUBLES if self.role == "call" and counted_too_many(said) else said
        if kind == "mild":
            ok, said = self._through(self.mild_relay, url, log)
            return "ok" if ok else said
        arguments = ["--renew"] if kind == "renewed" else []
        mode, _, streams = ("echo-8" if kind == "renewed" else kind).partition("-")
        count = STREAM_COUNT if streams else ECHO_COUNT if mode == "echo" else NOTE_COUNT
        for _ in range(LOST_TRIES):
            ok, said = self._call(url, mode, count, int(streams or 1), log, *arguments).outcome()
            if ok or not (self.role == "serve" and self.cell["reply"] != "anonymous" and LOST_REPLY in said):
                break
        return "ok" if ok else said

    def _call(self, url, mode, count, streams, log, *arguments):
        port = ["--port", str(free_ports())]
        return self.caller.call(self.cell["id"], url, mode, count, streams, [*port, *arguments], log)

    def _through(self, relay, url, log):
        for seed in range(1, NETWORKS + 1):
            with Relay(relay, url, seed, log) as bad:
                ok, said = self._call(bad.url, "note", NOTE_COUNT, 1, log).outcome()
            if ok or not (self.role == "serve" and LOST_LIFECYCLE in said):
                break
        return ok, said

    def _killed(self, victim, log):
        """Kills `victim` in the middle, and starts it again. How long the middle is off is tried."""
        pause = 1.0
        for attempt in range(KILL_TRIES):
            state = self.folder / f"state-{self.cell['id']}-{self.role}-{victim.name}-{attempt}"
            shutil.rmtree(state, ignore_errors=True)
            state.mkdir(parents=True)
            try:
                was_killed, ok, said = self._kill_once(victim, state, pause, log)
            finally:
                shutil.rmtree(state, ignore_errors=True)
            if ok and not was_killed:
                pause /= 2  # it had ended before
                continue
            if not ok and self.role == "call" and counted_too_many(said):
                said = DOUBLES
                continue
            return "ok" if ok else said
        return said if not ok else "it was never in the middle of its work"

    def _kill_once(self, victim, state, pause, log):
        serving = ["--state", str(state / "serve")] if victim is self.server else []
        calling = ["--state", str(state / "call")] if victim is self.caller else []
        sender = ["--sender", f"killed-{os.getpid()}-{time.monotonic_ns()}"]
        with self.server.serve([self.cell["id"]], free_ports(), serving, log) as service:
            url = service.endpoints[self.cell["id"]]
            port = ["--port", str(free_ports())]

            def call():
                return self.caller.call(self.cell["id"], url, "note", KILLED_COUNT, 1, [*port, *sender, *calling], log)

            one = call()
            if victim is self.caller:
                was_killed = one.kill_after(pause)
                if was_killed:
                    one = call()
                return was_killed, *one.outcome()
            with contextlib.suppress(subprocess.TimeoutExpired):
                one.process.wait(pause)
            was_killed = one.process.poll() is None
            if was_killed:
                service.kill_and_start_again()
            return was_killed, *one.outcome()


def counted_too_many(said):
    """Whether the service delivered more notes than there were: a copy that the network made, or one that
    was sent again because its answer was lost."""
    found = re.search(r"the service counted (\d+) notes of (\d+)", said)
    return bool(found) and int(found.group(1)) > int(found.group(2))


class Serving:
    """One service for many runs, started when it is needed and again when it has died."""

    def __init__(self, peer, cells, log):
        self.peer, self.cells, self.log = peer, cells, log
        self.service = None

    def get(self):
        if self.service is None or not self.service.is_alive():
            self.drop()
            service = self.peer.serve(self.cells, free_ports(), [], self.log)
            service.wait_ready()
            self.service = service
        return self.service

    def drop(self):
        if self.service is not None:
            self.service.end()
            self.service = None


def run_role(options, run, kinds, durable, serving, matrix):
    waiting = list(kinds)
    while waiting:
        kind = waiting.pop(0)
        why = run.reason_against(kind, durable)
        if why:
            matrix.note(run.cell, run.role, kind, why)
            continue
        name = f"{run.theirs.name}-{run.cell['id']}-{run.role}-{kind}"
        path = options.logs / f"{name}.log"
        with open(path, "w", encoding="utf-8") as log:
            try:
                outcome = run.execute(kind, serving.get() if kind not in ("killed", "restarted") else None, log)
            except (RuntimeError, KeyError, OSError, subprocess.SubprocessError) as problem:
                outcome = str(problem) or type(problem).__name__
        if outcome in ("ok", DOUBLES):
            path.unlink()
            matrix.note(run.cell, run.role, kind, outcome)
            if kind == "lossy" and outcome == DOUBLES:
                waiting.insert(0, "mild")
            continue
        matrix.note(run.cell, run.role, kind, "FAILED")
        print(f"    {name}: {outcome}  (logs: {path}, {serving.log.name})", file=sys.stderr, flush=True)
        serving.drop()  # what it was left in says nothing about the next run


def run_peer(options, folder, ours, matrix):
    theirs = Peer([folder / "peer"], folder.name)
    own = (ROOT / "examples/exchange").samefile(folder)
    theirs.can_renew = own
    with open(options.logs / f"{theirs.name}-install.log", "w", encoding="utf-8") as log:
        if not own:  # it has just been built
            theirs.install(log)
    about = theirs.about()
    cells_file = options.logs / f"{theirs.name}-cells.json"
    cells_file.write_text(json.dumps(about))
    if not own:
        ours.extra = ["--cells", str(cells_file)]
    # Parley itself says of each of their cells whether it speaks it, and why not.
    spoken = {cell["id"]: cell["status"] for cell in ours.about("--cells", str(cells_file))["cells"]}
    chosen = [cell for cell in about["cells"] if not options.cell or cell["id"] in options.cell]
    able = [cell["id"] for cell in chosen if cell["status"] == "works" and spoken[cell["id"]] == "works"]
    roles = [options.role] if options.role else list(ROLES)
    rows = [(cell, role) for role in roles for cell in chosen]
    matrix.begin(about, rows)
    waiting = collections.deque()
    for cell, role in rows:
        their_role = "call" if role == "serve" else "serve"
        why = None
        if cell["status"] != "works":
            why = f"the peer itself says: {cell['status']}"
        elif spoken[cell["id"]] != "works":
            why = f"not spoken: {spoken[cell['id']]}"
        elif their_role not in cell["roles"]:
            why = f"the peer cannot {their_role} in this cell"
        if why is None:
            waiting.append((cell, role))
        else:
            for kind in options.kind:
                matrix.note(cell, role, kind, why)

    def work(number):
        """Takes what waits; every worker has services of its own, one of each role."""
        with contextlib.ExitStack() as ends:
            serving = {}
            while waiting:
                try:
                    cell, role = waiting.popleft()
                except IndexError:
                    return
                if role not in serving:
                    path = options.logs / f"{theirs.name}-{role}-service-{number}.log"
                    log = ends.enter_context(open(path, "w", encoding="utf-8"))
                    their_role = "call" if role == "serve" else "serve"
                    served = [one["id"] for one in chosen if one["id"] in able and their_role in one["roles"]]
                    serving[role] = Serving(ours if role == "serve" else theirs, served, log)
                    ends.callback(serving[role].drop)
                run = Run(options, ours, theirs, cell, role, options.logs)
                run_role(options, run, options.kind, about.get("durable", []), serving[role], matrix)
                matrix.tell(cell, role)

    with concurrent.futures.ThreadPoolExecutor(options.side_by_side) as workers:
        for one in [workers.submit(work, number) for number in range(options.side_by_side)]:
            one.result()


def main():
    parser = argparse.ArgumentParser(prog="./x interop", description=__doc__)
    parser.add_argument("peers", nargs="+", type=pathlib.Path, metavar="PEER_DIR")
    parser.add_argument("--cell", action="append", metavar="ID", help="only this cell (may be repeated)")
    parser.add_argument("--role", choices=list(ROLES), help="only this role of Parley")
    parser.add_argument("--kind", action="append", choices=list(KINDS), help="only this kind of run (may be repeated)")
    parser.add_argument("--side-by-side", type=int, default=2, metavar="N", help="so many combinations at a time (2)")
    parser.add_argument("--quick", action="store_true", help="only the kinds echo and note")
    parser.add_argument("--build", type=pathlib.Path, required=True, help="the build folder")
    parser.add_argument("--logs", type=pathlib.Path, help="keep the programs' logs here")
    parser.add_argument("--write", type=pathlib.Path, metavar="FILE",
                        help="write the matrix here, whatever was left out (docs/interoperation.md when nothing was)")
    options = parser.parse_args()
    is_whole = not (options.cell or options.role or options.kind or options.quick)
    options.kind = options.kind or (["echo", "note"] if options.quick else USUAL_KINDS)
    options.build = options.build.resolve()
    keeps_logs = options.logs is not None
    options.logs = (options.logs or pathlib.Path(tempfile.mkdtemp(prefix="parley-interop-"))).resolve()
    options.logs.mkdir(parents=True, exist_ok=True)

    os.environ["PARLEY_BUILD"] = str(options.build)
    matrix = Matrix()
    ours = Peer([ROOT / "examples/exchange/peer"], "parley")
    ours.can_renew = True
    for folder in (one.resolve() for one in options.peers):
        if "PEER_KEYS" not in os.environ and (folder.parent / "keys").is_dir():
            os.environ["PEER_KEYS"] = str(folder.parent / "keys")
        run_peer(options, folder, ours, matrix)
    is_good = matrix.conclude()
    if options.write or is_whole:
        matrix.write(options.write or ROOT / "docs/interoperation.md")
    if is_good and not keeps_logs:
        shutil.rmtree(options.logs)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
