#!/usr/bin/env bash
# The witness, end to end: witness.sh HYPOFP. Every line is one property.
source "$(dirname "${BASH_SOURCE[0]}")/../faults/common.sh"
PATH=$undrawn
says() { /usr/bin/python3 -c "import json, sys; s = json.load(open('$1/summary.json')); sys.exit(not ($2))"; }
agree='[v for v in s["verdicts"] if v["claim"].startswith("grid and witness agree")]'

$hypofp run $perturbed --quiet --out along >/dev/null
says along "s['verdicts'][0]['claim'].startswith('grid and witness agree') and len($agree) == 4 and all(v['holds'] for v in $agree)"
verdict $? "the first claims of a run are that grid and witness agree, and they hold"
says along "s['measured']['parts_H']['grid'] > s['measured']['parts_H']['fit'] and abs(s['measured']['rate_H'] - 0.5001275983) < s['measured']['uncertainty_H']"
verdict $? "the uncertainty of a rate has fit, grid and witness, and holds the true rate"
/usr/bin/python3 -c "
import h5py, numpy as np
f = h5py.File('along/series.h5')
assert np.max(np.abs(f['witness_h_norm'][:] / f['h_norm'][:] - 1)) < 1e-4 and f['witness_H'].attrs['units'] == f['H'].attrs['units']"
verdict $? "its series stands beside the grid's"
$hypofp run $perturbed --quiet --out off --set 'witness.degree="off"' --set time.end=2 >/dev/null
says off "'silent' in s['witness'] and not $agree" && /usr/bin/python3 -c "import h5py; assert 'witness_H' not in h5py.File('off/series.h5')"
verdict $? "switched off, it leaves no column and no claim"

$hypofp run $perturbed --quiet --out coarse --set grid.order=2 --set grid.cells=30 --set time.end=10 >/dev/null
says coarse "any(v['holds'] is False and 'refine the grid' in v['why'] for v in $agree) and not any('refine the witness' in v.get('why', '') for v in $agree)"
verdict $? "a grid too coarse FAILS, with the hint that it is the grid that moves when refined"
$hypofp run $case --quiet --out box --set time.end=1 --set grid.cells=240 --set 'initial={kind="box",lower=[-1.0,-1.0],upper=[1.5,1.0]}' >said 2>&1
says box "'discontinuous' in s['witness']['silent']"
verdict $? "beside a box it is silent, and says why"
$hypofp run $case --by witness --out wide --set time.end=1 --set initial.covariance_scale=1.96 --set 'initial.mean=[0.2,0.0]' >said 2>&1
grep -q "twice M's covariance" said
verdict $? "that a Gaussian near twice M's covariance converges slowly is told"

d3="$hypofp run $root/cases/bump.toml --quiet --by witness"
$d3 --out alone >/dev/null
/usr/bin/python3 -c "
import h5py, numpy as np
f = h5py.File('alone/series.h5')
assert np.max(np.abs(f['h_norm'][[0, 1, 2, 4, 6]] - [0.854078, 0.766759, 0.693523, 0.553494, 0.416618])) < 2e-6
g = h5py.File('alone/fields/000000.h5')
assert {'g_x1_v1', 'g_x2_v2', 'g_x3_v3', 'g_x_space', 'g_theta_space'} <= set(g), list(g)"
verdict $? "alone, in six dimensions, it has the reference's values, and fields on a plot grid"
for ranks in 2 4; do
  mpirun -n $ranks --oversubscribe $d3 --out ranks$ranks >/dev/null && same alone ranks$ranks
  verdict $? "the same bits on $ranks ranks"
done
alone="$hypofp run $perturbed --quiet --by witness"
$alone --out whole --set time.end=6 >/dev/null
$alone --out part --set time.end=3 --set output.checkpoint_interval=1 >/dev/null && $alone --out part --set time.end=6 --resume >/dev/null && same whole part
verdict $? "alone it resumes to the bit"
$hypofp run $perturbed --quiet --out part --resume >said 2>&1
[ $? = 2 ] && grep -q "passed over" said
verdict $? "a grid's run does not go on from its checkpoint"
$alone --out none --set 'witness.degree="off"' >said 2>&1
[ $? = 2 ] && grep -q "witness.degree" said && [ ! -e none ]
verdict $? "alone and switched off is refused"
$alone --out none --set 'initial={kind="box",lower=[-1.0,-1.0],upper=[1.5,1.0]}' --set witness.degree=20 >said 2>&1
[ $? = 2 ] && grep -q "lies beyond degree 20" said && [ ! -e none ]
verdict $? "data that it can't hold are refused"
for bad in '"yes"' 1 -3 2.5 9999 true; do
  $hypofp check $perturbed --set "witness.degree=$bad" >said 2>&1
  [ $? = 2 ] && grep -q "witness.degree" said
  verdict $? "witness.degree = $bad is refused"
done
finish
