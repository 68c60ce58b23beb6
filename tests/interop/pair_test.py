"""Two of our own peers talk in every way that answers can take, and both are killed in the middle.

    pair_test.py PROGRAM KEYS [--cell ID…]

The caller sends Notes while it and the service die by SIGKILL, in turn, and start again from their
state; then Echo is called. At the end the service must have counted every Note once, in order.
Closing line: "tally: P passed, F failed".
"""

import argparse
import json
import os
import pathlib
import random
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time

CELLS = ("rm11-s12", "rm11-s12-addressable", "rm11-s12-addressable-replies", "rm11-s12-addressable-acks",
         "rm11-s12-polled", "rm11-s12-polled-replies", "sc13-rm11-x509-s12-addressable", "sc13-rm11-x509-s12-polled")
NOTES = 3000
ECHOES = 40
KILLS = 4
READY_WAIT_S = 60
CALL_WAIT_S = 240


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def serve(program, cell, port, state, log):
    process = subprocess.Popen([program, "serve", "--cell", cell, "--port", str(port), "--state", state],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
    end = time.monotonic() + READY_WAIT_S
    while time.monotonic() < end:
        readable, _, _ = select.select([process.stdout], [], [], 1)
        line = process.stdout.readline() if readable else ""
        if line.startswith("{"):
            return process, json.loads(line)["endpoints"][cell]
        if process.poll() is not None:
            break
    process.kill()
    raise RuntimeError("the service did not get ready")


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.wait()


def run(program, cell, mode, count, kills, folder, rng):
    """Nothing if all is well, else what is not."""
    port, reply_port = free_port(), free_port()
    with open(folder / f"{cell}-{mode}.log", "w", encoding="utf-8") as log:
        states = [str(folder / f"{cell}-{mode}-{who}") for who in ("service", "client")]
        service, url = serve(program, cell, port, states[0], log)
        command = [program, "call", "--cell", cell, "--url", url, "--mode", mode, "--count", str(count),
                   "--sender", "pair", "--port", str(reply_port), "--state", states[1]]
        caller = None
        try:
            for turn in range(kills + 1):
                if caller is None:
                    caller = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
                if turn == kills:
                    break
                time.sleep(rng.uniform(0.2, 1.2))
                if turn % 2 == 0:
                    kill(service)
                    service, _ = serve(program, cell, port, states[0], log)
                else:
                    kill(caller)
                    caller = None
            try:
                out, _ = caller.communicate(timeout=CALL_WAIT_S)
            except subprocess.TimeoutExpired:
                return f"no end within {CALL_WAIT_S} s"
            said = json.loads(out.splitlines()[-1]) if out.strip() else {}
            if caller.returncode != 0:
                return f"exit status {caller.returncode}: {said}"
            if mode == "note" and said.get("total_ok") is not True:
                return f"the totals differ: {said}"
            return None
        finally:
            for process in (caller, service):
                if process is not None and process.poll() is None:
                    kill(process)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("keys")
    parser.add_argument("--cell", action="append")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    os.environ["PEER_KEYS"] = options.keys
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="parley-pair-") as name:
        for cell in options.cell or CELLS:
            for mode, count in (("note", NOTES), ("echo", ECHOES)):
                try:
                    problem = run(options.program, cell, mode, count, KILLS, pathlib.Path(name),
                                  random.Random(f"{options.seed} {cell} {mode}"))
                except (RuntimeError, ValueError, OSError) as error:
                    problem = str(error)
                passed += problem is None
                failed += problem is not None
                print(f"{cell:34} {mode}: {problem or 'ok'}", flush=True)
                if problem:
                    print((pathlib.Path(name) / f"{cell}-{mode}.log").read_text(encoding="utf-8")[-2000:],
                          file=sys.stderr)
    print(f"tally: {passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
