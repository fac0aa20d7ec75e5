"""Arrows between the rooms, held over the #include lines: arrows.py ROOT. A CMake include path does not hold them."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
# what a folder may include, the most particular first
allowed = {
    "grids": ["grids"],
    "operators/epsilon": ["grids", "operators/epsilon"],
    "operators": ["grids", "operators"],
    "io": ["grids", "io"],
    "solver/flow": ["grids", "operators", "solver/flow"],
    "solver/modes": ["grids", "operators", "solver/flow", "solver/modes"],
    "solver/judgement": ["grids", "operators", "solver/judgement"],
    "solver/ensembles": ["grids", "operators/epsilon", "solver/ensembles"],
    "solver/commands": ["grids", "operators", "io", "solver"],
    "solver": ["grids", "operators", "io", "solver"],
}
# the root of solver is the wiring that commands stand on: it does not look up to them, main but for
forbidden = [("solver/[^/]*", "solver/commands", "solver/main.cpp")]


def below(path, folder):
    return path == folder or path.startswith(folder + "/")


seen, wrong = 0, []
for file in sorted(p for top in ("grids", "operators", "io", "solver") for p in (root / top).rglob("*.[ch]pp")):
    here = file.relative_to(root).as_posix()
    room = max((r for r in allowed if below(here, r)), key=len)
    for line in file.read_text().splitlines():
        match = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        if not match:
            continue
        seen += 1
        there = match.group(1)
        if not (root / there).exists():
            wrong.append(f"{here} includes {there}, which is not there: includes are written from the root")
        elif not any(below(there, a) for a in allowed[room]):
            wrong.append(f"{here} includes {there}: {room} may see {', '.join(allowed[room])}")
        for files, target, but in forbidden:
            if re.fullmatch(files, here) and below(there, target) and here != but:
                wrong.append(f"{here} includes {there}: only {but} may")
print("\n".join(wrong) or f"{seen} includes, every arrow as it should be")
sys.exit(bool(wrong) or seen < 100)
