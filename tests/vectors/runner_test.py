"""Tests of the runners themselves: odd indexes give failure lines and never a crash, entries are run by
their own kinds, and an expectation that is turned round fails. Closing line: "tally: N passed, M failed".

usage: runner_test.py VECTORS HOSTILE DATA"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

VECTORS, HOSTILE, DATA = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
results = []


def check(claim, holds, told=""):
    results.append(bool(holds))
    if not holds:
        print(f"FAILED: {claim}\n{told}")


def run(runner, folder, *options):
    """The exit status, the numbers of the closing line, and all that was printed."""
    done = subprocess.run([runner, *options, str(folder)], capture_output=True, text=True, timeout=120,
                          errors="replace")
    last = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""
    match = re.fullmatch(r"(\d+) passed, (\d+) failed, (\d+) skipped", last)
    numbers = tuple(int(n) for n in match.groups()) if match else None
    return done.returncode, numbers, done.stdout + done.stderr


def write_index(folder, index):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.json").write_text(index if isinstance(index, str) else json.dumps(index))


def odd_indexes(runner, scratch, extra):
    good = {"id": "one", "kind": "c14n", "class": "xml", "file": "a.xml", **extra}
    cases = {
        "no JSON": "{",
        "no object": "[]",
        "no entries": {"suite": "x"},
        "entries that are no list": {"entries": {"a": 1}},
        "an empty list": {"entries": []},
        "an entry that is no object": {"entries": [1, "x", None, []]},
        "an entry without anything": {"entries": [{}]},
        "a file that is not there": {"entries": [good | {"file": "none.xml"}]},
        "a file that is a folder": {"entries": [good | {"file": "."}]},
        "a kind that nobody knows": {"entries": [good | {"kind": "riddle", "expected": {"outcome": "maybe"}}]},
        "numbers for texts": {"entries": [{k: 7 for k in good} | {"kind": 5, "class": 6}]},
        "an expectation that is a number": {"entries": [good | {"kind": "xmldsig", "expected": 5}]},
        "a key that is no hexadecimal text": {"entries": [good | {
            "kind": "soap-message", "context": {"identifier": "u", "secret_hex": "xyz"},
            "expected": {"result": "accepted", "outcome": "accepted"}}]},
        "a list of files that is none": {"entries": [good | {"kind": "json"}]},
    }
    for name, index in cases.items():
        folder = scratch / name.replace(" ", "-")
        write_index(folder, index)
        (folder / "a.xml").write_text("<a/>")
        status, numbers, told = run(runner, folder, "--keys", str(DATA / "vectors/keys"))
        check(f"{pathlib.Path(runner).name}: {name}",
              status == 1 and numbers is not None and numbers[0] == 0 and numbers[1] >= 1, told)
    status, numbers, told = run(runner, scratch / "nowhere")
    check("a folder that is not there", status != 0 and numbers is None, told)


TURNED = {"valid": "invalid", "invalid": "valid", "accepted": "rejected", "rejected": "accepted",
          "decrypts": "rejected"}


def turn(entry):
    """The entry with an expectation that is wrong; None where there is no simple one."""
    expected = entry.get("expected")
    if entry.get("kind") == "c14n":
        return entry | {"expected_file": entry["file"]} if entry["expected_file"] != entry["file"] else None
    if isinstance(expected, dict) and expected.get("result") in TURNED:
        return entry | {"expected": expected | {"result": TURNED[expected["result"]]}}
    if isinstance(expected, dict) and expected.get("outcome") in TURNED:
        return entry | {"expected": expected | {"outcome": TURNED[expected["outcome"]], "faults_any_of": []}}
    return None


def turned_round(runner, source, scratch, *options):
    for index in sorted(source.rglob("index.json")):
        turned = [t for e in json.loads(index.read_text())["entries"] if (t := turn(e)) is not None]
        # A canonical document is its own canonical form.
        turned = [t for t in turned if t.get("kind") != "c14n" or (index.parent / t["file"]).read_bytes() !=
                  (index.parent / next(e["expected_file"] for e in json.loads(index.read_text())["entries"]
                                       if e["id"] == t["id"])).read_bytes()]
        if not turned:
            continue
        folder = scratch / "turned" / index.parent.name
        shutil.copytree(index.parent, folder)
        write_index(folder, {"entries": turned})
        status, numbers, told = run(runner, scratch / "turned", *options)
        check(f"every expectation of {index.parent.name} that is turned round fails",
              status == 1 and numbers[0] == 0 and numbers[1] > 0, told)
        shutil.rmtree(scratch / "turned")


def mixed(scratch):
    """One suite with entries of many kinds."""
    folder = scratch / "mixed"
    entries = []
    for suite in ("c14n-libxml2", "key-derivation", "xmldsig-merlin-23", "xmlenc-nist-aesgcm", "rm-messages"):
        source = DATA / "vectors" / suite
        entry = json.loads((source / "index.json").read_text())["entries"][0]
        for key, value in entry.items():
            if isinstance(value, str) and (source / value).is_file():
                target = folder / value
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source / value, target)
        for value in entry.get("expected", {}).values() if isinstance(entry.get("expected"), dict) else ():
            if isinstance(value, str) and (source / value).is_file():
                target = folder / value
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source / value, target)
        entries.append(entry)
    write_index(folder, {"entries": entries})
    status, numbers, told = run(VECTORS, folder)
    check("entries are run by their own kinds", status == 0 and numbers[0] >= 5 and numbers[1:] == (0, 0), told)


with tempfile.TemporaryDirectory() as name:
    place = pathlib.Path(name)
    odd_indexes(VECTORS, place / "odd-vectors", {})
    odd_indexes(HOSTILE, place / "odd-hostile", {})
    mixed(place)
    # Keys lie beside the suites.
    shutil.copytree(DATA / "vectors/keys", place / "keys")
    turned_round(VECTORS, DATA / "vectors", place)
    turned_round(HOSTILE, DATA / "hostile", place, "--keys", str(DATA / "vectors/keys"))

print(f"tally: {sum(results)} passed, {len(results) - sum(results)} failed")
sys.exit(0 if all(results) else 1)
