#!/usr/bin/env python3
"""run.py [words]: seeds each fault of table.py (whose name holds the words) into a copy of the tree, builds the tests that should tell and
runs them. Goes on where it was stopped: build/mutants/results.txt has what was found. Ends with the survivors."""
import os
import re
import shutil
import signal
import subprocess
import sys

sys.dont_write_bytecode = True
from table import TABLE

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
SCRATCH = os.path.join(ROOT, "build", "mutants")
RESULTS = os.path.join(SCRATCH, "results.txt")
BUILD = os.path.join(SCRATCH, "build", "release")
os.environ |= {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_mpi_yield_when_idle": "1", "OMP_NUM_THREADS": "1"}


def copy_of_the_tree():
    os.makedirs(SCRATCH, exist_ok=True)
    tracked = subprocess.check_output(["git", "-C", ROOT, "ls-files", "-z"], text=True).split("\0")
    for name in filter(None, tracked):
        there = os.path.join(SCRATCH, name)
        os.makedirs(os.path.dirname(there), exist_ok=True)
        source = os.path.join(ROOT, name)
        if not os.path.exists(there) or open(there, "rb").read() != open(source, "rb").read():
            shutil.copy(source, there)
    subprocess.run(["cmake", "--preset", "release"], cwd=SCRATCH, check=True, stdout=subprocess.DEVNULL)


def test_of(name):
    ranks, _, executable = name.rpartition(":")
    if name.endswith(".sh"):
        return ["bash", os.path.join(SCRATCH, "tests", name), os.path.join(BUILD, "hypofp")]
    return (["mpirun", "-n", ranks, "--oversubscribe"] if ranks else []) + [os.path.join(BUILD, "tests", executable)]


def verdict(tests):
    targets = {"hypofp" if t.endswith(".sh") else t.rpartition(":")[2] for t in tests}
    built = subprocess.run(["cmake", "--build", BUILD, "-j2", "--target", *targets], capture_output=True, text=True)
    if built.returncode:
        return "DOES NOT COMPILE " + " ".join(re.findall("error: .*", built.stdout)[:1])
    for test in tests:
        try:
            alone = {} if ":" in test else {"GTEST_FAIL_FAST": "1"}  # ranks would wait for the one that left
            if subprocess.run(test_of(test), cwd=BUILD, capture_output=True, timeout=900, env=os.environ | alone).returncode:
                return "killed by " + test
        except subprocess.TimeoutExpired:
            return "killed by " + test + " (does not end)"
    return "SURVIVES"


def seed(name, file, before, after, tests):
    path = os.path.join(SCRATCH, file)
    text = open(os.path.join(ROOT, file)).read()
    if text.count(before) != 1:
        return f"STALE: {text.count(before)} places"
    try:
        open(path, "w").write(text.replace(before, after))
        return verdict(tests)
    finally:
        open(path, "w").write(text)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was seeded is taken out again
copy_of_the_tree()
known = dict(line.rstrip("\n").split("\t") for line in open(RESULTS)) if os.path.exists(RESULTS) else {}
for fault in TABLE:
    if fault[0] in known or not all(word in fault[0] for word in sys.argv[1:]):
        continue
    known[fault[0]] = seed(*fault)
    print(f"{known[fault[0]]:40} {fault[0]}", flush=True)
    with open(RESULTS, "a") as results:
        results.write(f"{fault[0]}\t{known[fault[0]]}\n")
left = [name for name, what in known.items() if not what.startswith("killed")]
print(f"{len(known)} faults, {len(left)} not told: {left}")
sys.exit(len(left) > 0)
