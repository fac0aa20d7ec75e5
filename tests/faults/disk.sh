#!/usr/bin/env bash
# Disks that fill up, are read-only or vanish, and too little memory: disk.sh HYPOFP [sizes]. Skips (77) where nothing can be mounted.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
sizes=${2:-4}
mkdir full && mount -t tmpfs -o size=64m tmpfs full 2>/dev/null || { echo "SKIP no tmpfs can be mounted here"; exit 77; }
trap 'cd /; umount "$work/full"; rm -rf "$work"' EXIT
settings="$perturbed --set grid.cells=32 --set time.end=4 --set time.interval=0.2 --set output.checkpoint_interval=0.4 --set output.fields_interval=0.4 --set witness.degree=off"
run() { # ranks folder more...
  local start=()
  [ $1 = 1 ] || start=(mpirun -n $1 --oversubscribe)
  timeout 60 "${start[@]}" $hypofp run $settings --out "${@:2}"
}
newest() { # the time of the newest whole checkpoint of a folder; 0 where there is none
  /usr/bin/python3 - "$1" <<'P'
import glob, sys, h5py
print(max([0.0] + [f.attrs["time"][0] for f in map(h5py.File, glob.glob(sys.argv[1] + "/checkpoint-?.h5")) if "complete" in f.attrs]))
P
}

for ranks in 1 2; do
  run $ranks whole-$ranks >said 2>&1 || cat said
  need=$(du -k --apparent-size -s --exclude='*.png' --exclude='report.*' whole-$ranks | cut -f1)  # pictures and report come after the summary
  for ((k = 1; k <= sizes; ++k)); do
    kilobytes=$(((need * 9 / 10 * k / sizes + 3) / 4 * 4))
    mount -o remount,size=${kilobytes}k full
    run $ranks full/out >said 2>&1
    status=$?
    [ $status = 4 ] && grep -q "full/out" said && grep -qiE "no space left|disk full|write failed|unable to flush" said && ! grep -q "no reason" said && [ ! -e full/out/summary.json ]
    verdict $? "$ranks rank(s), $kilobytes of $need KiB: exit 4 with path and reason, no summary (exit $status)"
    kept=$(newest full/out)
    mount -o remount,size=64m full
    run $ranks full/out --resume >said 2>&1 && same whole-$ranks full/out
    good=$?
    [ "$kept" = 0.0 ] || grep -q "resumed at t = $(printf %.6g $kept)" said || good=1
    verdict $good "with room again it is resumed from t = $kept to the bit"
    rm -rf full/out full/out.* full/.[a-z]*
  done
done

mkdir full/out && mount -o remount,ro full
for ranks in 1 2; do
  run $ranks full/out >said 2>&1
  status=$?
  [ $status = 4 ] && grep -q "full/out" said && grep -q "Read-only file system" said
  verdict $? "a read-only folder on $ranks rank(s) is exit 4 with path and reason (exit $status)"
done
mount -o remount,rw full

for ranks in 1 2; do
  rm -rf gone lost
  run $ranks gone --set time.end=4000 --set output.checkpoint_interval=1 --set time.interval=1 --set output.fields_interval=0 >said 2>&1 &
  pid=$!
  await gone/checkpoint-1.h5
  mv gone lost
  wait $pid
  status=$?
  [ $status = 4 ] && grep -qi "gone/.*no such file" said && ! grep -q "no reason" said && [ ! -e gone ]
  verdict $? "a folder that vanishes under a run on $ranks rank(s) is exit 4 with path and reason (exit $status)"
done

if "$hypofp" --version | grep -q -- -fsanitize; then
  echo "SKIP half of the memory: a sanitizer takes more addresses than any bound"
  finish
fi
# half of the memory that a run needs beyond what the program does: its address space is bounded. One arena: malloc's others are 64 MB of
# addresses each, and MPI starts threads
export MALLOC_ARENA_MAX=1
large="$root/cases/plane.toml --set grid.cells=40 --set time.end=0.1 --set witness.degree=off"
limited() { (ulimit -v $1 && exec "${@:2}"); }
vectors=$(($($hypofp check $large | sed -n 's/.*peak memory about 0\.\([0-9]*\) GB.*/\1/p') * 1000 - 57000))  # 57 MB are the program itself
limit=$((200000 + vectors / 2))                                                                        # 200 MB, as addresses
limited $limit timeout 120 $hypofp run $large --out memory >said 2>&1
status=$?
[ $status = 3 ] && grep -q "out of memory" said && [ ! -e memory/summary.json ]
verdict $? "half of the memory: exit 3, and it is told (limit $limit KiB, exit $status)"
rm -rf memory
begin=$(date +%s)
timeout 120 mpirun --oversubscribe -n 1 $hypofp run $large --out memory : -n 1 bash -c "ulimit -v $((limit - vectors / 4)); $hypofp run $large --out memory; echo \$? \$(date +%s) >ended" >said 2>&1
status=$?
read -r code at <ended
[ $status = 3 ] && grep -q "out of memory" said && [ $(($(date +%s) - ${at:-0})) -le 5 ]
verdict $? "a rank that throws ends the job within 5 s ($(($(date +%s) - ${at:-0})) s after it, exit $status)"
finish
