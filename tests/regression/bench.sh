#!/usr/bin/env bash
# `hypofp bench` prints what it promises, alone and on two ranks; speeds themselves are no test. bench.sh HYPOFP
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
bench() { # case command...
  "${@:2}" bench "$root/cases/$1.toml" --set grid.cells=12 --set grid.half_width=5 --set time.end=0.5 | /usr/bin/python3 -c '
import json, sys
b = json.load(sys.stdin)
assert b["cells"] in (12**2, 12**4)
for key in ("apply_cells_per_s", "memory_limit_cells_per_s", "aij_cells_per_s", "fraction_of_limit", "speedup_over_aij"):
    assert b[key] > 0, key
assert abs(b["fraction_of_limit"] - b["apply_cells_per_s"] / b["memory_limit_cells_per_s"]) < 1e-12
for name in ("chebyshev", "ts", "mfn"):
    p = b["propagators"][name]
    assert p["applications"] > 0 and p["seconds"] > 0 and p["error"] < 1e-8, (name, p)
'
}
bench quickstart "$hypofp"
bench plane mpirun -n 2 --oversubscribe "$hypofp"
echo "bench prints what it promises"
