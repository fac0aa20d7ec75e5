#!/usr/bin/env bash
# `hypofp asgd` on its cases with fewer paths: results open, say what is exact, and what is refused. asgd.sh HYPOFP
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
for case in "$root"/cases/asgd/*.toml; do
  name=$(basename "$case" .toml)
  echo "== $name"
  small=(--set ensemble.paths=20000)
  [ "$name" = workers ] && small=(--set ensemble.paths=20000 --set workers.paths=1000 --set 'workers.count=[4, 16]' --set workers.updates=600)
  [ "$name" = table ] && small=(--set ensemble.paths=2000 --set ensemble.steps=100)
  "$hypofp" check "$case" | tail -1
  "$hypofp" asgd "$case" --quiet "${small[@]}" --out "$work/$name" | grep "results:"
  /usr/bin/python3 "$root/tests/regression/read_ensemble.py" "$work/$name"
  pictures=(ensemble rates limit)
  [ "$name" = workers ] && pictures+=(speedup)
  for picture in "${pictures[@]}"; do rm "$work/$name/$picture.png"; done
  "$hypofp" plot "$work/$name"
  for picture in "${pictures[@]}"; do test -s "$work/$name/$picture.png"; done
done

# refused CASE WORDS SETTING...: exit code 2 with these words, and no folder
refused() {
  local case=$1 words=$2 said code=0
  shift 2
  said=$("$hypofp" asgd "$root/cases/$case.toml" "$@" --out "$work/refused" 2>&1) || code=$?
  [ $code = 2 ] && [[ $said == *"$words"* ]] && [ ! -e "$work/refused" ] || { echo "not refused so: $case $* ($code): $said"; exit 1; }
}
refused asgd/quadratic "asgd.staleness = 0: without delay y is" --set asgd.staleness=0 --set grid.half_width=12
refused asgd "paths can't be drawn from it; allowed: gaussian, mixture, box"
refused underdamped "allowed: a case with [asgd]"
refused asgd/workers "workers.start: is the minimum of f" --set 'workers.start=[0.0]'
refused asgd/workers "is no gradient that is known" --set 'perturbation={epsilon="0.01*sin(theta1)"}'
refused asgd/table "table.predictors" --set 'table.predictors=["1", "1"]'
mkdir "$work/refused" && echo mine > "$work/refused/ensemble.h5"
if "$hypofp" asgd "$root/cases/asgd/quadratic.toml" --quiet --set ensemble.paths=100 --out "$work/refused" 2>/dev/null; then exit 1; fi
[ "$(cat "$work/refused/ensemble.h5")" = mine ]

# beyond the mean-square limit the mean contracts and a few paths carry everything else: told before and after
"$hypofp" check "$root/cases/asgd/quadratic.toml" --set asgd.learning_rate=0.8 | grep -q "warning: second moments of the algorithm grow without bound"
"$hypofp" asgd "$root/cases/asgd/quadratic.toml" --quiet --set asgd.learning_rate=1.25 --set asgd.staleness=0.5 --set ensemble.steps=200 \
  --set ensemble.paths=20000 --out "$work/diverging" | grep -q "warning: [0-9]* of 20000 paths of the algorithm have run off"
echo "asgd says what it promises"
