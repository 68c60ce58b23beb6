"""Generates a client from the description that a service gives of itself, with CXF's own generator, and calls the
service with it. Left out where there is no Java, no Maven, or no shared test keys, and where Maven does not have CXF's
libraries at hand (PARLEY_FETCH=1 lets it fetch them). Closing line: "tally: N passed, M failed"."""

import argparse
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
JAVA = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "--add-opens", "java.base/java.lang=ALL-UNNAMED"]
CLASSPATH_GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:build-classpath"
STEP_WAIT_S = 240


class LeftOut(Exception):
    pass


def keys():
    shared = pathlib.Path(os.environ.get("PARLEY_SHARED", HERE.parents[2] / "shared"))
    folder = pathlib.Path(os.environ.get("PEER_KEYS", shared / "peers/keys"))
    if not (folder / "client.p12").is_file():
        raise LeftOut("no shared test keys for Java")
    return folder


def classpath(folder):
    for tool in ("java", "javac", "mvn"):
        if not shutil.which(tool):
            raise LeftOut(f"no {tool} here, so no client is generated from a service description")
    out = folder / "classpath"
    command = ["mvn", "-q", "-B", "-f", str(HERE / "wsdl_client/pom.xml"), CLASSPATH_GOAL, "-DincludeScope=runtime",
               f"-Dmdep.outputFile={out}"]
    if os.environ.get("PARLEY_FETCH") != "1":
        command.insert(1, "-o")
    done = subprocess.run(command, capture_output=True, text=True, timeout=STEP_WAIT_S, check=False)
    if done.returncode != 0 or not out.is_file():
        raise LeftOut("Maven does not have CXF's client generator at hand (PARLEY_FETCH=1 fetches it)")
    return out.read_text().strip()


def run(what, command):
    """The output; ends the test with what the step said."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=STEP_WAIT_S,
                          check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{what}: exit status {done.returncode}\n{done.stdout[-4000:]}")
    return done.stdout


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def call(peer, cell, libraries, folder):
    sources, classes = folder / "sources", folder / "classes"
    sources.mkdir()
    classes.mkdir()
    service = subprocess.Popen([peer, "serve", "--port", str(free_port()), "--cell", cell], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)
    try:
        wsdl = json.loads(service.stdout.readline())["endpoints"][cell] + "?wsdl"
        run("the generator", [*JAVA, "-cp", libraries, "org.apache.cxf.tools.wsdlto.WSDLToJava", "-validate", "-d",
                              str(sources), "-p", "exchange.generated", wsdl])
        run("the compiler", ["javac", "-nowarn", "-cp", libraries, "-d", str(classes),
                             *map(str, sources.rglob("*.java")), str(HERE / "wsdl_client/CallExchange.java")])
        said = run("the client", [*JAVA, "-cp", f"{classes}:{libraries}", "CallExchange", wsdl])
        if said.splitlines()[-1] != "answered":
            raise RuntimeError(f"the client said: {said[-2000:]}")
    finally:
        service.terminate()
        service.wait(20)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peer", help="the exchange peer")
    parser.add_argument("cells", nargs="+", metavar="CELL")
    options = parser.parse_args()
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="parley-wsdl-") as name:
        folder = pathlib.Path(name)
        try:
            os.environ["PEER_KEYS"] = str(keys())
            libraries = classpath(folder)
        except LeftOut as why:
            print(f"left out: {why}")
            print("tally: 0 passed, 0 failed")
            return 0
        for cell in options.cells:
            place = folder / cell
            place.mkdir()
            try:
                call(options.peer, cell, libraries, place)
                passed += 1
            except (RuntimeError, OSError, subprocess.TimeoutExpired, KeyError, json.JSONDecodeError) as problem:
                print(f"{cell}: {problem}")
                failed += 1
    print(f"tally: {passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
