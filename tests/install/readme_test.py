"""Installs Parley, builds the README's two programs against the installed tree, and runs them.

Arguments: the source folder, the build folder. Closing line: "tally: N passed, M failed".
"""

import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile

SOURCE, BUILD = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
KEYS = SOURCE / "tests/data/keys"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def example(name, port):
    """The code block of the README that follows the comment with this file name."""
    readme = (SOURCE / "README.md").read_text(encoding="utf-8")
    block = re.search(rf"<!-- {name} -->\n```cpp\n(.*?)```", readme, re.S)
    assert block, f"the README has no {name}"
    return block.group(1).replace("8080", str(port))


def run():
    with tempfile.TemporaryDirectory(prefix="parley-install-") as folder:
        place = pathlib.Path(folder)
        subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--quiet", "--destdir", place / "root"],
                       check=True, stdout=subprocess.DEVNULL)
        pc_file = next((place / "root").rglob("parley.pc"))
        environment = dict(os.environ, PKG_CONFIG_PATH=str(pc_file.parent))
        flags = subprocess.run(["pkg-config", f"--define-variable=prefix={place / 'root/usr/local'}", "--static", "--cflags", "--libs", "parley"], check=True,
                               env=environment, capture_output=True, text=True).stdout.split()
        compiler = os.environ.get("CXX", "c++").split()
        port = free_port()
        for name in ("receiver", "sender"):
            (place / f"{name}.cc").write_text(example(f"{name}.cc", port), encoding="utf-8")
            subprocess.run([*compiler, "-std=c++20", f"{name}.cc", "-o", name, *flags], check=True, cwd=place)
        for file in KEYS.iterdir():
            shutil.copy(file, place)
        program = next((place / "root").rglob("bin/parley"))
        subprocess.run([program, "--help"], check=True, stdout=subprocess.DEVNULL)
        receiver = subprocess.Popen(["./receiver"], cwd=place, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            subprocess.run(["./sender"], check=True, cwd=place, timeout=60)
            said = receiver.stdout.readline()
        finally:
            receiver.communicate("\n", timeout=60)
        assert "a chair" in said, f"the receiver said {said!r}"
        assert receiver.returncode == 0, f"the receiver ended with {receiver.returncode}"


try:
    run()
    print("tally: 1 passed, 0 failed")
except (AssertionError, StopIteration, OSError, subprocess.SubprocessError) as problem:
    print(f"the README's example failed: {problem}")
    print("tally: 0 passed, 1 failed")
    sys.exit(1)
