#!/usr/bin/env bash
# kill -9 at random moments: kill.sh HYPOFP [count]. Each run is killed, resumed, and held against one that was left alone: the same rows
# and snapshots to the bit, none twice or missing; no more lost than one checkpoint interval and a step. d = 1 and 2, 1 and 2 ranks, eps on.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
PATH=$undrawn
count=${2:-4}
RANDOM=1  # the same moments in every run of this script, as far as a machine is as fast
declare -A settings=([1]="$perturbed --set grid.cells=32 --set time.end=8" [2]="$root/cases/plane.toml --set grid.cells=10 --set grid.half_width=5 --set time.end=4")
lost=([1]=0.75 [2]=2.5)  # the interval of the checkpoints, and a step: they stand where steps end
common="--set time.interval=0.05 --set output.checkpoint_interval=0.5 --set output.fields_interval=1 --set witness.degree=off"
started() { # ranks d folder: the command
  [ $1 = 1 ] || echo -n "mpirun -n $1 --oversubscribe "
  echo "$hypofp run ${settings[$2]} $common --out $3"
}
now() { date +%s%3N; }

for d in 1 2; do
  for ranks in 1 2; do
    begin=$(now)
    $(started $ranks $d whole-$d-$ranks) >said 2>&1 || cat said
    took[2 * d + ranks]=$(($(now) - begin))
  done
done
unfinished=0
exec 2>/dev/null  # the shell tells of what it killed
for ((k = 0; k < count; ++k)); do
  d=$((k / 2 % 2 + 1)) ranks=$((k % 2 + 1)) again=$((k % 4 / 2 + k / 4 % 2 == 1 ? 3 - ranks : ranks))
  rm -rf killed
  delay=$((RANDOM * (took[2 * d + ranks] + 50) / 32768))
  setsid $(started $ranks $d killed) >said 2>&1 &
  leader=$!
  sleep $((delay / 1000)).$(printf %03d $((delay % 1000)))
  if [ $ranks = 2 ] && ((RANDOM % 2)); then
    pkill -KILL -n -P $leader  # one rank; mpirun ends the other
  else
    pkill -KILL -s $leader
  fi
  wait $leader
  [ -e killed/summary.json ] || unfinished=$((unfinished + 1))
  cp -r killed before 2>/dev/null || mkdir before
  $(started $again $d killed) --resume >said 2>&1 &&
    /usr/bin/python3 "$root/tests/faults/same_results.py" whole-$d-$ranks killed before said ${lost[$d]} $([ $again = $ranks ] || echo 1e-12) >compared 2>&1
  good=$?
  [ $good = 0 ] || tail -3 said compared
  verdict $good "d = $d: killed after $delay ms on $ranks, resumed on $again ranks: $(tail -1 compared)"
  rm -rf before
done
echo "$unfinished of $count were killed before they had ended"
finish
