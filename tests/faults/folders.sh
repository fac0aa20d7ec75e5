#!/usr/bin/env bash
# Folders, resuming, signals and streams, end to end: folders.sh HYPOFP. Every line is one property.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
PATH=$undrawn
short="--quiet --set time.end=1"

# --- a user's files are theirs
mkdir mine && cp $case mine/case.toml && echo notes > mine/report.md && mkdir mine/fields && echo data > mine/fields/000000.h5
before=$(state mine)
for out in mine mine/../mine; do
  $hypofp run mine/case.toml $short --out $out >said 2>&1
  [ $? = 2 ] && grep -q "a result would replace it" said && [ "$(state mine)" = "$before" ]
  verdict $? "a run into the folder of its own case is refused ($out)"
done
(cd mine && $hypofp run case.toml $short --out . >../said 2>&1)
[ $? = 2 ] && [ "$(state mine)" = "$before" ]
verdict $? "and as --out ."
for name in report.md fields/000000.h5 fields.xdmf decay.png checkpoint-1.h5 series.h5; do
  rm -rf theirs && mkdir -p theirs/fields && echo mine > theirs/$name
  $hypofp run $case $short --out theirs >said 2>&1
  [ $? = 2 ] && grep -q "no run wrote it" said && [ "$(cat theirs/$name)" = mine ] && ! [ -e theirs/summary.json ]
  verdict $? "a user's $name is not replaced"
done
rm -rf theirs && mkdir -p theirs/fields
for name in notes.md fields/notes.txt fields-of-mine.xdmf series.h5.tmp decay.png.gp fields/000099.h5; do echo mine > theirs/$name; done
$hypofp run $case $short --out theirs >said 2>&1 && $hypofp run $case $short --out theirs --set output.fields_interval=0 >said 2>&1 &&
  [ "$(cat theirs/notes.md theirs/fields/notes.txt theirs/fields-of-mine.xdmf theirs/series.h5.tmp theirs/decay.png.gp theirs/fields/000099.h5 | uniq -c | xargs)" = "6 mine" ] &&
  [ -e theirs/summary.json ] && ! [ -e theirs/fields/000000.h5 ] && ! [ -e theirs/fields.xdmf ]
verdict $? "a second run removes what the first wrote, and nothing else"
ln -s theirs/case.toml link.toml
$hypofp run link.toml $short --out theirs >said 2>&1
[ $? = 2 ] && grep -q "a result would replace it" said
verdict $? "a case that is a link into the folder is not replaced"

# --- two runs, one folder
long="$hypofp run $perturbed --quiet --set grid.cells=64 --set time.end=4000 --set time.interval=1 --set output.checkpoint_interval=1 --set witness.degree=off"
$long --out busy >/dev/null 2>&1 &
first=$!
await busy/checkpoint-1.h5
$hypofp run $case $short --out busy >said 2>&1
[ $? = 2 ] && grep -q "another run" said && kill -0 $first
verdict $? "a second run in the same folder is refused, the first goes on"
kill -9 $first 2>/dev/null; wait $first 2>/dev/null
$hypofp run $case $short --out busy >said 2>&1
verdict $? "a killed run leaves no lock"

# --- stops in order
for signal in INT TERM USR1; do
  rm -rf stopped
  $long --out stopped >said 2>&1 &
  run=$!
  await stopped/checkpoint-1.h5
  kill -$signal $run; wait $run
  status=$?
  rows=$(grep -o "[0-9]* rows" said | cut -d' ' -f1)
  [ $status = 3 ] && grep -q "stopped by SIG$signal" said && [ -e stopped/checkpoint-0.h5 ] &&
    /usr/bin/python3 -c "import h5py, sys; sys.exit(len(h5py.File('stopped/series.h5')['time']) != $rows)"
  verdict $? "SIG$signal: exit 3, and the rows and the checkpoint it speaks of are there (exit $status)"
done
rm -rf stopped twice
run="$hypofp run $perturbed --quiet --set grid.cells=60 --set time.end=60 --set time.interval=0.02"
$run --out twice >/dev/null 2>&1
$run --out stopped >/dev/null 2>&1 &
pid=$!
await stopped/case.toml
sleep 0.2; kill -USR1 $pid; wait $pid
[ $? = 3 ] && $run --out stopped --resume >/dev/null 2>&1 && same twice stopped
verdict $? "stopped at any place and resumed, without checkpoints asked for, the series is the same to the bit"
rm -rf stopped
setsid mpirun -n 2 --oversubscribe $long --out stopped >said 2>&1 &
await stopped/checkpoint-1.h5
pkill -USR1 -n -P $!; wait $!  # a rank of this mpirun
status=$?
[ $status = 3 ] && [ "$(grep -c "stopped by SIGUSR1" said)" = 1 ]
verdict $? "two ranks stop together (exit $status)"

# --- what goes wrong on the way keeps the rows
for option in "-ts_max_steps 3" "-ts_exact_final_time stepover"; do
  rm -rf out
  timeout 60 $hypofp run $case --quiet --out out --set time.propagator=ts -- $option >said 2>&1
  [ $? = 3 ] && grep -qE "TS (stopped|took)" said && grep -q "kept in out: [0-9]* rows" said && [ -e out/series.h5 ] && ! [ -e out/summary.json ]
  verdict $? "TS with $option is not taken for the answer, and the rows before are kept"
done
rm -rf out
$hypofp run $case --quiet --out out --set time.propagator=mfn -- -mfn_max_it 1 -mfn_ncv 3 >said 2>&1
[ $? = 3 ] && grep -q "MFN did not converge" said
verdict $? "nor MFN that did not converge"

# --- resuming
base="$hypofp run $case --quiet"
$base --out whole --set time.end=8 >/dev/null 2>&1
resumed() { # property, first settings, second settings
  rm -rf parts
  $base --out parts $2 >/dev/null 2>&1 && $base --out parts --resume $3 >said 2>&1 && same whole parts
  verdict $? "resumed to the bit: $1"
}
resumed "checkpoint and fields intervals equal to the old end" "--set time.end=4 --set output.checkpoint_interval=4 --set output.fields_interval=4" "--set time.end=8 --set output.checkpoint_interval=8 --set output.fields_interval=8"
resumed "a checkpoint interval that does not divide the end" "--set time.end=5 --set output.checkpoint_interval=2" "--set time.end=8 --set output.checkpoint_interval=2"
resumed "an end that the interval does not divide" "--set time.end=3.97 --set output.checkpoint_interval=1" "--set time.end=8"
resumed "output intervals that change" "--set time.end=4 --set output.checkpoint_interval=1 --set output.fields_interval=0.5" "--set time.end=8 --set output.checkpoint_interval=3 --set output.fields_interval=0"
resumed "other constants of H in between" "--set time.end=4 --set output.checkpoint_interval=1 --set lyapunov.C=2" "--set time.end=8"
rm -rf parts
$base --out parts --set time.end=4 --set output.checkpoint_interval=1 >/dev/null 2>&1 && mv parts moved && $hypofp run moved/case.toml --quiet --out moved --resume --set time.end=8 >said 2>&1 && same whole moved
verdict $? "resumed to the bit: a moved folder, from its resolved case"
before=$(state moved)
$base --out moved --resume --set time.end=12 --set time.interval=0.03 >said 2>&1
[ $? = 2 ] && [ "$(state moved)" = "$before" ]
verdict $? "an interval that the old rows don't have is refused, and the folder stays as it was"
rm -rf parts copied && $base --out parts --set time.end=4 --set output.checkpoint_interval=1 --set output.fields_interval=1 >/dev/null 2>&1
mkdir copied && cp -r parts/* copied && before=$(sha256sum < copied/fields/000001.h5) && $base --out copied --resume --set time.end=8 --set output.fields_interval=1 >said 2>&1 &&
  same whole copied && [ "$(sha256sum < copied/fields/000001.h5)" = "$before" ] && [ -e copied/fields/000008.h5 ]
verdict $? "resumed to the bit: a folder copied without its list, its snapshots kept"
rm -rf parts && $base --out parts --set time.end=4 --set output.checkpoint_interval=1 --set output.fields_interval=1 >/dev/null 2>&1
cp parts/fields/000003.h5 parts/fields/000099.h5 && before=$(sha256sum < parts/fields/000099.h5)
$base --out parts --resume --set time.end=8 --set output.fields_interval=2 >said 2>&1 && same whole parts &&
  [ "$(sha256sum < parts/fields/000099.h5)" = "$before" ] && [ "$(cd parts/fields && echo *)" = "000000.h5 000001.h5 000002.h5 000003.h5 000004.h5 000099.h5" ]
verdict $? "resumed to the bit: a user's copy of a snapshot stays among those that are numbered anew"
mkdir -p table/out && printf 'x,y\n1,0\n1,1\n2,1\n2,0\n2,1\n' > table/labels.csv
sed 's/^cells.*/cells = 24/; s/^dimension.*/dimension = 1/; s/^file.*/file = "labels.csv"/; s/^response.*/response = "y"/; s/^predictors.*/predictors = "x"/' $root/cases/asgd/table.toml > table/table.toml
cp -r table elsewhere
$hypofp run table/table.toml $short --set time.end=3 --out together >said 2>&1 && $hypofp run table/table.toml $short --set time.end=2 --set output.checkpoint_interval=1 --out parted >said 2>&1 &&
  $hypofp run elsewhere/table.toml --set time.end=3 --set workers.count=[4] --out parted --resume >said 2>&1 && grep -q "resumed at t" said && same together parted
verdict $? "resumed to the bit: a case whose table has moved, with workers that it had not"
cp table/labels.csv table/out/ensemble.h5 && before=$(state table)
$hypofp run table/table.toml $short --set 'table.file="out/ensemble.h5"' --out table/out >said 2>&1
[ $? = 2 ] && grep -q "a result would replace it" said && [ "$(state table)" = "$before" ]
verdict $? "a table where a result would stand is not replaced"
rm -rf parts && $base --out parts --set time.end=4 --set output.checkpoint_interval=1 --set output.fields_interval=0 >/dev/null 2>&1
echo mine > parts/fields.xdmf && before=$(state parts)
$base --out parts --resume --set time.end=8 --set output.fields_interval=1 >said 2>&1
[ $? = 2 ] && grep -q "no run wrote it" said && [ "$(state parts)" = "$before" ]
verdict $? "a resumed run does not replace a user's file either"
rm -rf other && $hypofp run $perturbed --quiet --out other --set time.end=1 >/dev/null 2>&1
before=$(state other)
$base --out other --resume >said 2>&1
[ $? = 2 ] && grep -q "holds results" said && [ "$(state other)" = "$before" ]
verdict $? "--resume where another case's results stand, and no checkpoint, is refused"
$base --out new --resume --set time.end=1 >/dev/null 2>&1
verdict $? "--resume into a new folder starts"

# --- streams
for stream in "2>/dev/full" "2>&-" "2> >(true)"; do
  rm -rf out
  bash -c "$hypofp run $case --out out --set time.end=1 $stream >said" && [ -e out/summary.json ] && grep -q "results: out" said
  verdict $? "a stderr that can't be written costs nothing: $stream"
done
for stream in ">/dev/full" ">&-"; do
  rm -rf out
  bash -c "$hypofp run $case $short --out out $stream" 2>said
  [ $? = 4 ] && grep -q "stdout can't be written" said && [ -e out/summary.json ] && [ -e out/report.md ]
  verdict $? "a stdout that can't be written is exit 4, results kept: $stream"
  for command in "check $case" "--help" "--version"; do
    bash -c "$hypofp $command $stream" 2>/dev/null
    [ $? = 4 ]
    verdict $? "and of $command: $stream"
  done
done
timeout 60 mpirun -n 2 --oversubscribe $hypofp run /dev/stdin $short --out out < $case >said 2>&1 && grep -q "results: out" said
verdict $? "two ranks read the case from a pipe"
finish
