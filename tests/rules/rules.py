"""Checks the rules of docs/architecture.md that a compiler does not: which room may include which, and
where clocks, threads and randomness may be used. Closing line: "tally: N passed, M failed"."""

import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1]).resolve()

# Rooms from the lowest floor up. A room may include itself and what is named here.
BELOW_ENGINE = {"base", "crypto", "kdf", "sequences", "contexts", "store"}
ALLOWED = {
    "base": set(),
    "crypto": {"base"},
    "kdf": {"base", "crypto"},
    "sequences": {"base"},
    "contexts": {"base", "crypto", "kdf"},
    "store": {"base", "crypto", "sequences", "contexts"},
    "store/leveldb": BELOW_ENGINE,
    "engine": BELOW_ENGINE,
    "bindings/soap": {"base", "crypto", "kdf", "engine", "contexts", "sequences"},
    "host": BELOW_ENGINE | {"store/leveldb", "engine", "bindings/soap", "bindings/http"},
    "bindings/http": BELOW_ENGINE | {"engine"},
    "cli": None,  # anything
}
# Third-party headers that only some rooms may see.
THIRD_PARTY = {
    r"openssl/": {"crypto"},
    r"sodium": {"crypto"},
    r"leveldb/": {"store/leveldb"},
    r"google/protobuf": {"store/leveldb"},
    r"rapidxml": {"bindings/soap"},
    r"boost/asio": {"host", "bindings/http", "cli"},
    r"boost/beast": {"bindings/http"},
    r"CLI/": {"cli"},
    r"catch2/": set(),
    r"nlohmann/": {"cli"},
}
# Clocks, threads, locks and randomness live at the edge only.
EDGE = {"host", "bindings/http", "cli"}
EDGE_ONLY = re.compile(r"#include <(thread|mutex|shared_mutex|condition_variable|future|random)>|"
                       r"\b(steady_clock|system_clock|high_resolution_clock)::now|\bthread_local\b|\bsleep_for\b")


def room_of(path):
    for room in sorted(ALLOWED, key=len, reverse=True):
        if path.startswith(room + "/"):
            return room
    return None


def main():
    passed, problems = 0, []
    for room, allowed in ALLOWED.items():
        before = len(problems)
        for file in sorted((ROOT / room).rglob("*")):
            name = file.relative_to(ROOT).as_posix()
            if file.suffix not in (".h", ".cc") or room_of(name) != room:
                continue
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                place = f"{name}:{number}"
                if room not in EDGE and EDGE_ONLY.search(line):
                    problems.append(f"{place}: clocks, threads and randomness belong to {', '.join(sorted(EDGE))}")
                included = re.match(r'#include "([^"]+)"', line)
                if included:
                    other = room_of(included.group(1))
                    if other is None and not included.group(1).endswith(".pb.h") and allowed is not None:
                        problems.append(f"{place}: {included.group(1)} is not below a room")
                    elif other not in (room, None) and allowed is not None and other not in allowed:
                        problems.append(f"{place}: {room} may not include {other}")
                outside = re.match(r"#include <([^>]+)>", line)
                if outside:
                    for pattern, rooms in THIRD_PARTY.items():
                        if re.match(pattern, outside.group(1)) and room not in rooms:
                            problems.append(f"{place}: {room} may not include <{outside.group(1)}>")
        passed += len(problems) == before
    failed = len(ALLOWED) - passed
    print("\n".join(problems))
    print(f"tally: {passed} passed, {failed} failed", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
