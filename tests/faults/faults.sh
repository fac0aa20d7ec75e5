#!/usr/bin/env bash
# What goes wrong, end to end: faults.sh HYPOFP. Every line is one property; any FAIL fails the whole.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# refused CODE WORDS PROPERTY COMMAND...: that exit code, those words, nothing written, no hang
refused() {
  local code=$1 words=$2 property=$3
  shift 3
  local said status
  said=$(timeout 20 "$@" 2>&1)
  status=$?
  [ $status = "$code" ] && grep -qF -- "$words" <<<"$said" && [ ! -e out ]
  verdict $? "$property (exit $status)"
}
two="mpirun -n 2 --oversubscribe"

refused 2 "did you mean grid.cells?" "a misspelt key names the nearest" $hypofp run $case --out out --set grid.cels=24
refused 2 "(character 5)" "a wrong expression names its character" $hypofp run $case --out out --set 'perturbation.epsilon=["0.1*sine(theta1)"]'
refused 2 "not finite" "an expression with a pole on the box is refused" $hypofp run $case --out out --set 'perturbation.epsilon=["1/theta1"]'
refused 2 "inadmissible" "a growing eps is refused" $hypofp run $case --out out --set 'perturbation.epsilon=["0.08*theta1^3"]'
refused 2 "below 2 times" "a covariance of twice M's is refused" $hypofp run $case --out out --set initial.covariance_scale=2
refused 2 "lies outside the box" "data cut by the box are refused" $hypofp run $case --out out --set 'initial.mean=[5.0,0.0]'
refused 2 "the grid holds the initial data to 1;" "a Gaussian narrower than the cells is refused" $hypofp run $case --out out --set initial.covariance_scale=0.01
refused 2 "8 in truth" "a wave that the cells alias is refused" $hypofp run $case --out out --set 'initial={kind="deviation",h0="0.1*sin(40*x1)"}'
refused 2 "cells would hold them" "and by check" $hypofp check $case --set initial.covariance_scale=0.05
refused 2 "cells would hold them" "a box narrower than the cells is refused" $hypofp run $case --out out --set 'initial={kind="box",lower=[-0.1,-1.0],upper=[0.1,1.0]}'
refused 2 "model.omega0: missing" "physics left out is told" bash -c "printf '[grid]\ncells = 24\n' > bare.toml; $hypofp run bare.toml --out out"
refused 2 "unknowns" "more unknowns than the index type are refused" $hypofp run $root/cases/space.toml --out out --set grid.cells=40
refused 2 "GB are available" "more memory than there is is refused" $hypofp run $root/cases/space.toml --out out --set grid.cells=34
refused 2 "cannot be read" "a missing case is told" $hypofp run nowhere.toml --out out
refused 2 "not expected" "an unknown command is told" $hypofp frobnicate
refused 2 "no finished run" "a folder without results can't be plotted" $hypofp plot nowhere
refused 2 "no finished run" "and on two ranks" $two $hypofp plot nowhere
refused 2 "case.toml:2:" "a TOML error has its line" bash -c "printf 'title = \"a\"\n[model\n' > case.toml; $hypofp run case.toml --out out"
refused 2 "--set grid.cells:24" "a malformed --set shows its form" $hypofp run $case --out out --set grid.cells:24
for fault in "did you mean grid.cells?|grid.cels=24" "(character 5)|perturbation.epsilon=['0.1*sine(theta1)']" \
             "inadmissible|perturbation.epsilon=['0.08*theta1^3']" "below 2 times|initial.covariance_scale=2"; do
  refused 2 "${fault%%|*}" "two ranks leave together: ${fault%%|*}" $two $hypofp run $case --out out --set "${fault#*|}"
done
refused 2 "cannot be read" "two ranks leave together: no case" $two $hypofp run nowhere.toml --out out
refused 2 "unknowns" "two ranks leave together: too much memory" $two $hypofp run $root/cases/space.toml --out out --set grid.cells=40
refused 2 "can't share" "more ranks than x-cells is told" mpirun -n 11 --oversubscribe $hypofp run $case --out out --set grid.cells=10
refused 4 "can't be created" "a folder that can't be made is exit 4" $hypofp run $case --out /proc/nowhere
refused 4 "can't be created" "and on two ranks" $two $hypofp run $case --out /proc/nowhere
touch plain
refused 4 "can't be created" "a folder below a file is exit 4" $hypofp run $case --out plain/out

# a run that is given a later end goes on as one that had it from the start, whatever the propagator and the density of its rows
for setting in "time.propagator=ts" "time.propagator=mfn" "time.interval=0.01"; do
  run="env PATH=$undrawn $hypofp run $case --quiet --set $setting --set output.checkpoint_interval=1"
  $run --out whole --set time.end=4 >/dev/null 2>&1
  $run --out parts --set time.end=2 >/dev/null 2>&1 && $run --out parts --set time.end=4 --resume >/dev/null 2>&1 &&
    /usr/bin/python3 $root/tests/regression/same_series.py whole parts
  verdict $? "resumed to a later end with $setting, the series is the same to the bit"
  rm -rf whole parts
done
PATH=$undrawn $hypofp run $perturbed --quiet --out out --set output.checkpoint_interval=5 --set time.end=5 >/dev/null 2>&1
sums=$(sha256sum out/*.* out/fields/*)
for change in "grid.cells=32|another grid" "model.gamma=1.1|another case"; do
  timeout 30 $hypofp run $perturbed --quiet --out out --resume --set "${change%%|*}" >said 2>&1
  [ $? = 2 ] && grep -q "${change#*|}" said
  verdict $? "a checkpoint of ${change#*|} is not taken"
  [ "$(sha256sum out/*.* out/fields/*)" = "$sums" ]
  verdict $? "and the folder stays as it was"
done

# a folder used again holds the new run alone
rm -rf out
$hypofp run $root/cases/plane.toml --quiet --out out --set grid.cells=10 --set grid.half_width=5 --set time.end=0.2 >/dev/null 2>&1
$hypofp run $case --quiet --out out --set time.end=1 >/dev/null 2>&1
[ "$(cd out && echo *.xdmf)" = "fields-theta-y.xdmf fields.xdmf" ]
verdict $? "no file of an earlier run of another dimension is left"

# what a coarse grid of low order can't decide is open
$hypofp run $root/cases/overdamped.toml --quiet --out out --set grid.order=2 --set grid.cells=14 >said 2>&1 &&
  grep -q "OPEN   Theorem 3.2, derived mu" said && ! grep -q "FAILS  .*derived" said
verdict $? "a grid error is no refutation"

# pictures
title='title="`touch ran` \" $(touch ran)"'
timeout 60 $hypofp run $case --quiet --out "it's \`touch ran\`" --set time.end=1 --set "$title" >said 2>&1 && [ -s "it's \`touch ran\`/fields.png" ] && ! [ -e ran ]
verdict $? "nothing of a title or of a folder's name is run"
env PATH=/nowhere $hypofp run $case --quiet --out out --set time.end=1 >said 2>&1 && grep -q "not drawn: decay.png: gnuplot is not installed" said && ! [ -e out/decay.png ]
verdict $? "a run without gnuplot ends well and tells what is not drawn"
env PATH=/nowhere $hypofp plot out >said 2>&1
[ $? = 4 ] && grep -q "gnuplot is not installed" said
verdict $? "and plot without gnuplot is exit 4"
$hypofp plot out >said 2>&1 && [ -s out/decay.png ] && [ -s out/fields.png ] && [ "$(cat said)" = $'out/decay.png\nout/theta.png\nout/fields.png' ]
verdict $? "plot draws them later and says which"
sed -i '/theta.png/d' out/.hypofp && echo mine > out/theta.png
$hypofp plot out >said 2>&1
[ $? = 2 ] && grep -q "no run wrote it" said && [ "$(cat out/theta.png)" = mine ]
verdict $? "plot does not replace a user's file"
[ "$(cat out/theta.png)" = mine ] && rm out/theta.png && $hypofp plot out >said 2>&1 && $hypofp run $case --quiet --out out --set time.end=1 >said 2>&1
verdict $? "what plot drew anew is listed, and a later run may replace it"

finish
