#!/usr/bin/env bash
# The kernel's table of operators/README.md: kernel.sh HYPOFP. One line a setting: cells/s alone, share of the memory limit, speedup over AIJ,
# cells/s on two ranks and the ratio of the two.
set -euo pipefail
hypofp=$1
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
for setting in "2 48 4" "2 64 4" "2 48 6" "2 64 6" "3 16 4" "3 16 6" "1 2048 6" "2 48 4 eps" "3 16 4 eps"; do
  read -r d n order eps <<<"$setting"
  case=$(mktemp --suffix .toml)
  printf '[model]\ndimension = %d\nomega0 = 1\ngamma = 1\nbeta = 1\n[grid]\ncells = %d\norder = %d\n[time]\nend = 1e-4\ninterval = 1e-4\n' $d $n $order >"$case"
  if [ "${eps:-}" ]; then
    components=('"0.1*theta1*exp(-theta1^2/4)"' '"0.1*theta2*exp(-theta2^2/4)"' '"0.1*theta3*exp(-theta3^2/4)"')
    printf '[perturbation]\nepsilon = [%s]\n' "$(IFS=,; echo "${components[*]:0:$d}")" >>"$case"
  fi
  one=$("$hypofp" bench "$case")
  two=$(mpirun -n 2 "$hypofp" bench "$case")
  /usr/bin/python3 - "$setting" "$one" "$two" <<'P'
import json, sys
one, two = json.loads(sys.argv[2]), json.loads(sys.argv[3])
aij = "-" if one["speedup_over_aij"] is None else f'{one["speedup_over_aij"]:.1f}'
print(f'| {sys.argv[1]} | {one["apply_cells_per_s"]/1e6:.0f} | {one["memory_limit_cells_per_s"]/1e6:.0f} | {one["fraction_of_limit"]:.2f} | '
      f'{one["fraction_of_own_limit"]:.2f} | {aij} | {two["apply_cells_per_s"]/1e6:.0f} | {two["apply_cells_per_s"]/one["apply_cells_per_s"]:.2f} |')
P
  rm -f "$case"
done
