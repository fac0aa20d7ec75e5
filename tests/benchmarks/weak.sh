#!/usr/bin/env bash
# The weak-scaling table of the laboratory notes: weak.sh HYPOFP. As many cells a rank on 1, 2 and 4 ranks (more ranks than cores are oversubscribed: what
# they show is the cost of the ghosts alone).
set -euo pipefail
hypofp=$1
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
for setting in "2 32 4 1" "2 44 4 2" "2 64 4 4" "3 12 4 1" "3 16 4 2" "3 20 4 4"; do
  read -r d v order ranks <<<"$setting"
  x=$((d == 2 ? 48 : 16))
  case=$(mktemp --suffix .toml)
  printf '[model]\ndimension = %d\nomega0 = 1\ngamma = 1\nbeta = 1\n[grid]\ncells = [%d, %d]\norder = %d\n[time]\nend = 1e-4\ninterval = 1e-4\n' $d $x $v $order >"$case"
  mpirun -n $ranks --oversubscribe "$hypofp" bench "$case" | /usr/bin/python3 -c "
import json, os, sys
b = json.load(sys.stdin)
each = b['cells'] / b['ranks'] / 1e6
crowded = ', oversubscribed' if b['ranks'] > os.cpu_count() else ''
print(f'| $d | $x^$d x $v^$d | {b[\"ranks\"]}{crowded} | {each:.2f} | {b[\"apply_cells_per_s\"]/1e6:.0f} | {b[\"apply_cells_per_s_per_rank\"]/1e6:.0f} |')"
  rm -f "$case"
done
