"""A short run of interop.py for the test suite: Parley against itself in every kind of run, and against each peer of the
shared folder that is ready, in what both speak at heart. Closing line: "tally: N passed, M failed"."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CELL = "sc13-rm11-x509-s12"
POLLED = CELL + "-polled"
ISSUED = "sc13-rm11-issued-s12"


def ready_peers():
    shared = pathlib.Path(os.environ.get("PARLEY_SHARED", ROOT.parent / "shared"))
    for peer in sorted(shared.glob("peers/*/peer")):
        name = peer.parent.name
        if name == "cxf" and not shutil.which("java"):
            print(f"left out: no Java here, so nothing is said to {name}")
        # `about` of a peer that was not installed fails.
        elif subprocess.run([peer, "about"], capture_output=True, timeout=120, check=False).returncode != 0:
            print(f"left out: {name} is not installed here ('{peer} install' does that)")
        else:
            yield peer.parent


def main():
    build = sys.argv[1]
    passed = failed = 0
    ours = str(ROOT / "examples/exchange")
    runs = [["--cell", CELL, ours], ["--quick", "--cell", POLLED, "--cell", ISSUED, ours],
            *(["--quick", "--cell", CELL, str(peer)] for peer in ready_peers())]
    for run in runs:
        done = subprocess.run([sys.executable, str(ROOT / "tests/interop/interop.py"), "--build", build, *run],
                              stdout=subprocess.PIPE, text=True, check=False)
        print(done.stdout, flush=True)
        closing = re.search(r"^(\d+) passed, (\d+) failed, \d+ skipped$", done.stdout, re.MULTILINE)
        passed += int(closing.group(1)) if closing else 0
        failed += int(closing.group(2)) if closing else 1
    print(f"tally: {passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
