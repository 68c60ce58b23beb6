"""What came of the runs: lines on the screen while they go on, and a page of documentation at the end."""

import collections
import sys
import threading

# In the order in which they run, with what stands in the head of a table.
KINDS = {
    "echo": "Echo",
    "note": "Note",
    "echo-8": "Echo, 8 streams",
    "note-8": "Note, 8 streams",
    "lossy": "Note, bad network",
    "mild": "Note, lost requests",
    "renewed": "Echo, 8 streams, contexts renewed",
    "killed": "Note, Parley killed",
    "restarted": "Note, peer restarted",
}
ROLES = {"serve": "serves", "call": "calls"}
AXES = ("soap", "wsa", "rm", "sc", "bootstrap", "binding", "protect", "order", "suite", "reply")


class Matrix:
    """Outcomes by peer, cell, role and kind of run."""

    def __init__(self):
        self.lock = threading.Lock()
        self.counts = collections.Counter()
        self.reasons = collections.Counter()
        self.peers = []  # (about, {(cell id, role): {kind: outcome}}, {(cell id, role): reason})

    def begin(self, about, rows):
        """`rows`: (cell, role), in their order; they are told as they end."""
        self.peers.append((about, {(cell["id"], role): {} for cell, role in rows}, {}))
        print(f"{about['name']} {about['version']}", flush=True)

    def note(self, cell, role, kind, outcome):
        """`outcome`: "ok", "FAILED", or the reason of a skip."""
        _, outcomes, reasons = self.peers[-1]
        row = outcomes[(cell["id"], role)]
        with self.lock:
            if outcome in ("ok", "FAILED"):
                self.counts["passed" if outcome == "ok" else "failed"] += 1
                row[kind] = outcome
                return
            self.counts["skipped"] += 1
            self.reasons[outcome] += 1
            row[kind] = "skipped"
            reasons.setdefault((cell["id"], role), []).append(outcome)

    def tell(self, cell, role):
        _, outcomes, _ = self.peers[-1]
        row = outcomes.get((cell["id"], role), {})
        words = ", ".join(f"{kind} {outcome}" for kind, outcome in row.items())
        print(f"  {cell['id']:34} Parley {ROLES[role]:7} {words}", flush=True)

    def conclude(self):
        """Prints the reasons and the closing line. Whether nothing failed."""
        for why, number in sorted(self.reasons.items()):
            print(f"skipped {number}: {why}")
        print(f"{self.counts['passed']} passed, {self.counts['failed']} failed, {self.counts['skipped']} skipped")
        sys.stdout.flush()
        return self.counts["failed"] == 0

    def write(self, path):
        text = ["# Interoperation", "",
                "Written by `./x interop`, never by hand: what Parley and other implementations said to each other in "
                "the last run; its kinds are the columns.", "Each combination runs in both roles; *Echo* is a request with its answer, *Note* "
                "a series of one-way messages that the service counts and digests", "in the order of their delivery. The "
                "bad network loses 15 % of what passes; a killed side is started again and goes on from its store."]
        for about, outcomes, reasons in self.peers:
            text += self._section(about, outcomes, reasons)
        path.write_text("\n".join(text) + "\n", encoding="utf-8")

    @staticmethod
    def _section(about, outcomes, reasons):
        kinds = [kind for kind in KINDS if any(kind in row for row in outcomes.values())]
        text = ["", f"## {about['name']} {about['version']}", "",
                "| combination | Parley | " + " | ".join(KINDS[kind] for kind in kinds) + " |",
                "|---|---|" + "---|" * len(kinds)]
        notes = {}
        for (cell, role), row in outcomes.items():
            if all(outcome == "skipped" for outcome in row.values()):
                continue
            cells = []
            for kind in kinds:
                cells.append(row.get(kind, ""))
            marks = "".join(f"[{notes.setdefault(why, len(notes) + 1)}]"
                            for why in dict.fromkeys(reasons.get((cell, role), [])))
            text.append(f"| {cell} | {ROLES[role]}{' ' + marks if marks else ''} | " + " | ".join(cells) + " |")
        left_out = {}
        for (cell, role), row in outcomes.items():
            if all(outcome == "skipped" for outcome in row.values()):
                for why in dict.fromkeys(reasons.get((cell, role), [])):
                    left_out.setdefault(why, dict())[cell] = None
        if notes:
            text.append("")
            text += [f"{number}. {why}" for why, number in notes.items()]
        if left_out:
            text += ["", "Left out:", ""]
            text += [f"* {', '.join(f'`{cell}`' for cell in cells)}: {why}" for why, cells in left_out.items()]
        text += ["", "What the combinations are:", "", "| combination | " + " | ".join(AXES) + " |",
                 "|---|" + "---|" * len(AXES)]
        for cell in about["cells"]:
            text.append(f"| {cell['id']} | " + " | ".join(str(cell.get(axis, "")) for axis in AXES) + " |")
        return text
