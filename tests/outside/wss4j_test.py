"""Lets WSS4J open what Parley writes, in every suite and family, and Parley open what WSS4J writes.

Left out where there is no Java or no Maven, or where Maven has not fetched WSS4J before: nothing is fetched here.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
LEFT_OUT = 77


def leave_out(why):
    print(f"left out: WSS4J: {why}")
    sys.exit(LEFT_OUT)


def classpath(names):
    """The jars, asked of Maven once for a build folder and list of them."""
    for tool in ("java", "javac", "mvn"):
        if shutil.which(tool) is None:
            leave_out(f"{tool} is not installed")
    is_current = names.exists() and names.stat().st_mtime > (HERE / "pom.xml").stat().st_mtime
    if is_current and all(pathlib.Path(jar).exists() for jar in names.read_text().split(os.pathsep)):
        return names.read_text()
    asked = ["mvn", "-o", "-q", "-f", str(HERE / "pom.xml"), "dependency:build-classpath", f"-Dmdep.outputFile={names}"]
    if subprocess.run(asked, capture_output=True, check=False).returncode != 0:
        leave_out("its jars are not here; mvn -f tests/outside/pom.xml dependency:build-classpath fetches them")
    return names.read_text()


def run(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    print(done.stdout + done.stderr, end="")
    if done.returncode not in (0, 1):
        sys.exit(f"{command[0]} failed")
    return done.stdout


def count(text, word):
    """The number behind the word in the closing line."""
    found = re.findall(word + r" (\d+)", text)
    if not found:
        sys.exit("no closing line")
    return int(found[-1])


def main():
    messages, names = sys.argv[1], pathlib.Path(sys.argv[2]).absolute()
    jars = classpath(names)
    with tempfile.TemporaryDirectory() as talk:
        run([messages, "write", talk])
        theirs = run(["java", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp", jars, str(HERE / "Wss4jSide.java"), talk,
                      str(HERE.parent / "data/keys")])
        ours = run([messages, "open", talk])
    failed = count(theirs, "failed") + count(ours, "failed")
    passed = count(theirs, "opened") + count(ours, "opened")
    if count(theirs, "written") != count(ours, "opened") + count(ours, "failed"):
        failed += 1
    print(f"tally: {passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
