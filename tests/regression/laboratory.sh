#!/usr/bin/env bash
# spectrum, certify and optimal end to end: results, folders, what is refused. laboratory.sh HYPOFP
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
cd "$work"
cat > case.toml <<'END'
title = "it's `a` \"title\""
[model]
dimension = 1
omega0 = 1.0
gamma = 1.0
beta = 1.0
[perturbation]
epsilon = ["0.1*sin(2*theta1)*exp(-theta1^2/8)"]
[grid]
cells = 48
half_width = 8.0
order = 8
[initial]
kind = "gaussian"
mean = [0.5, 0.0]
covariance_scale = 0.8
[time]
end = 2.0
interval = 0.1
[witness]
degree = 24
END
for command in spectrum certify optimal; do
  settings=()
  [ $command = optimal ] && settings=(--set witness.degree=12)  # it is dense there
  "$hypofp" $command case.toml --quiet "${settings[@]}" --out $command >said
  for file in summary.json case.toml; do test -s $command/$file; done
  test "$(ls $command/*.png | wc -l)" = 1
  rm $command/*.png && "$hypofp" plot $command >said && test -s $command/*.png
  PATH=$undrawn "$hypofp" $command case.toml --quiet "${settings[@]}" --by witness --out alone >said
  /usr/bin/python3 - $command <<'END'
import json, sys
command = sys.argv[1]
both, alone = (json.load(open(f"{folder}/summary.json")) for folder in (command, "alone"))
if command == "spectrum":
    pairs = zip(both["witness"]["spectrum"]["eigenvalues"], alone["spectrum"]["eigenvalues"], strict=True)
    assert max(abs(x - y) for z, w in pairs for x, y in zip(z, w)) < 1e-10
    assert max(both["spectrum"]["residuals"]) < 1e-11
else:  # what the witness says is the same with a grid beside it
    part = {"certify": "certificate", "optimal": "growth"}[command]
    assert {key: value for key, value in both[part].items() if not key.startswith("grid")} == alone[part]
END
  echo "== $command"
done
PATH=$undrawn
# at gamma = 2 omega0 no pair is best: where the search ends is no limit; nor is a grid that is not refined
sed -e '/^.perturbation/d' -e '/^epsilon/d' -e 's/^gamma = 1.0/gamma = 2.0/' case.toml > critical.toml
"$hypofp" certify critical.toml --quiet --set grid.cells=32 --out critical >said
/usr/bin/python3 - <<'END'
import json
c = json.load(open("critical/summary.json"))["certificate"]
assert abs(c["mu_cert"] - 0.95) < 1e-9 and c["limit"]["claimed"], c
assert not c["limit_best"]["claimed"] and not c["limit_best"]["attained"] and not c["grid"]["claimed"], c
END
echo "== what no pair attains is not claimed"
# an h0 that is optimal decays as little as was said
sed -e '/^mean/d' -e '/^covariance/d' -e 's|"gaussian"|"file"\npath = "optimal/optimal.h5"|' case.toml > start.toml
"$hypofp" run start.toml --quiet --out started >said
/usr/bin/python3 - <<'END'
import h5py, json
growth, h = json.load(open("optimal/summary.json"))["growth"], h5py.File("started/series.h5")["h_norm"][:]
said = growth["grid"]["norm"][growth["grid"]["times"].index(growth["time"])]
assert abs(h[20] / h[0] - said) < 1e-8, (h[20] / h[0], said)
END
# a run has the gap at its eps, and the ledger; resumed, the same to the bit
long="--set time.end=20 --set witness.degree=30 --set output.checkpoint_interval=4"
"$hypofp" run case.toml --quiet $long --out whole >said
"$hypofp" run case.toml --quiet $long --set time.end=10 --out part >said
"$hypofp" run case.toml --quiet $long --resume --out part >said
/usr/bin/python3 - <<'END'
import h5py, json, numpy as np
s = json.load(open("whole/summary.json"))
assert abs(s["spectrum"]["gap"] - 0.5001275983) < 1e-7 and s["spectrum"]["gap_doubt"] < 1e-6, s["spectrum"]
gap = [v for v in s["verdicts"] if "true gap at this eps" in v["claim"]]
assert len(gap) == 1 and gap[0]["holds"] and abs(gap[0]["bound"] - s["spectrum"]["gap"]) < 1e-12, gap
whole, part = [h5py.File(f"{d}/ledger.h5") for d in ("whole", "part")]
names = []
whole.visititems(lambda name, what: names.append(name) if isinstance(what, h5py.Dataset) else None)
assert len(names) > 100 and len(whole["time"]) == len(h5py.File("whole/series.h5")["time"]) == 201
for name in names:
    assert whole[name][:].tobytes() == part[name][:].tobytes(), name
assert np.allclose(whole["quantities/H"][:], h5py.File("whole/series.h5")["H"][:], rtol=1e-13)
judged = {q["name"]: q for q in s["ledger"]["inequalities"]}
assert judged["eq_4_7"]["derived"]["holds"] and judged["eq_4_7"]["as_printed"]["holds"] is False, judged["eq_4_7"]
END
echo "== run: the true gap and the ledger"
# what can't be done is refused before anything is written
for refused in "spectrum --count 1" "spectrum --count x" "optimal --time 0" "certify --by witness --set witness.degree=\"off\"" "certify --set lyapunov.C=0.1"; do
  status=0
  "$hypofp" ${refused%% *} case.toml ${refused#* } --out none >said 2>&1 || status=$?
  [ $status = 2 ] && ! [ -e none ] || { echo "not refused: $refused ($status)"; exit 1; }
done
mkdir mine && echo notes > mine/summary.json
status=0; "$hypofp" spectrum case.toml --quiet --out mine >said 2>&1 || status=$?
[ $status = 2 ] && [ "$(cat mine/summary.json)" = notes ]
echo "== refused, and a user's file is kept"
