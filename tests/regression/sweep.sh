#!/usr/bin/env bash
# sweep end to end: a folder a point, what is done stays, shares, a failing point, what is refused. sweep.sh HYPOFP
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
cd "$work"
cat > case.toml <<'END'
title = "it's a `sweep`"
[sweep]
what = ["run", "spectrum"]
"model.gamma" = [0.5, 2.5, -1.0]
"grid.cells" = { from = 24, to = 28, points = 2 }
[model]
omega0 = 1.0
beta = 1.0
[grid]
order = 8
half_width = 8.0
[time]
end = 20.0
[witness]
degree = "off"
END
status=0; PATH=$undrawn "$hypofp" sweep case.toml --quiet --out all >said 2>err || status=$?
# the points with gamma = -1 fail and are told, the others are done
[ $status = 3 ] && grep -q "2 of 6 points failed" err && grep -q "gamma=-1,cells=28: --set model.gamma: model.gamma = -1.0: out of range" err
for point in gamma=0.5,cells=24 gamma=0.5,cells=28 gamma=2.5,cells=24 gamma=2.5,cells=28; do
  for what in run spectrum; do test -s all/$point/$what/summary.json; done
done
test -s all/sweep.csv && "$hypofp" plot all >said && test -s all/sweep.png
cat > check.py <<'END'
import csv, h5py, json, math, sys
rows = list(csv.DictReader(open(f"{sys.argv[1]}/sweep.csv")))
assert [r["point"] for r in rows] == [f"gamma={g},cells={n}" for g in ("0.5", "2.5", "-1") for n in (24, 28)], rows
h5 = h5py.File(f"{sys.argv[1]}/sweep.h5")
for i, r in enumerate(rows):
    gamma = float(r["model.gamma"])
    assert h5["axes/model.gamma"][i] == gamma and h5["axes/grid.cells"][i] == (24, 28)[i % 2]
    if gamma < 0:
        assert r["status"].startswith(tuple(sys.argv[2:])) and r["gap"] == "" and math.isnan(h5["columns/gap"][i]), r
        continue
    mu = gamma / 2 if gamma < 2 else (gamma - math.sqrt(gamma**2 - 4)) / 2
    assert r["status"] == "done"
    for name in ("gap", "rate_h", "rate_H", "mu"):
        assert abs(float(r[name]) - mu) < 2e-4 * mu, (name, r)
        assert h5["columns/" + name][i] == float(r[name])
    assert abs(float(r["mu_as_printed"]) - 2 * mu) < 1e-9
assert json.load(open(f"{sys.argv[1]}/summary.json"))["sweep"]["status"].count("done") == 4
END
/usr/bin/python3 check.py all failed
echo "== a sweep, a failing point, its table"
PATH=$undrawn
# what is done is not run again; what differs is
touch mark; sleep 0.05
status=0; "$hypofp" sweep case.toml --quiet --out all >said 2>err || status=$?
[ $status = 3 ] && [ -z "$(find all -path '*=*' -newer mark -type f)" ]
status=0; "$hypofp" sweep case.toml --quiet --out all --set time.end=21 >said 2>err || status=$?
[ $status = 3 ] && [ all/gamma=0.5,cells=24/run/summary.json -nt mark ] && /usr/bin/python3 check.py all failed
echo "== what is done stays"
# the points are of the text that was read first: a pipe, or a file edited meanwhile, is not read again
"$hypofp" sweep /dev/stdin --set 'sweep={what="run","grid.cells"=[24, 26]}' --set model.gamma=1.0 --quiet --out piped <case.toml >said
[ "$(grep -c ",done," piped/sweep.csv)" = 2 ]
echo "== a case from a pipe"
# shares make the same table
for share in 1/3 3/3; do "$hypofp" sweep case.toml --quiet --out shares --point $share >said 2>err || grep -q "1 of 2 points failed" err; done
grep -q "not done: run" shares/sweep.csv
"$hypofp" sweep case.toml --quiet --out shares --point 2/3 >said 2>err || true  # its two failing points
/usr/bin/python3 check.py shares failed "not done"
echo "== shares"
# stopped in order: what is done is kept
"$hypofp" sweep case.toml --set 'time.end=40000' --set 'sweep.what="run"' --quiet --out stopped >said 2>err & pid=$!
sleep 1.5; kill -TERM $pid; status=0; wait $pid || status=$?
[ $status = 3 ] && grep -q "stopped by SIGTERM" err && test -s stopped/sweep.csv
echo "== stopped in order"
for refused in "--point 0/2" "--point 3/2" "--point x" "--set sweep.what=\"bench\"" "--set sweep.\"model.gama\"=[1]" "--set sweep.\"model.gamma\"=[]" \
  "--set sweep.\"model.gamma\"=1.0" "--set sweep.\"grid.cells\"={from=1,to=2,points=1}" "--set sweep.\"model.beta\"={from=0.0,to=2,points=3,scale=\"log\"}"; do
  status=0; "$hypofp" sweep case.toml $refused --out none >said 2>&1 || status=$?
  [ $status = 2 ] && ! [ -e none ] || { echo "not refused: $refused ($status)"; cat said; exit 1; }
done
sed '/^.sweep/,/^"grid/d' case.toml > plain.toml
status=0; "$hypofp" sweep plain.toml --out none >said 2>&1 || status=$?
[ $status = 2 ] && grep -q "a table \[sweep\]" said
mkdir mine && echo notes > mine/sweep.csv
status=0; "$hypofp" sweep case.toml --quiet --out mine >said 2>&1 || status=$?
[ $status = 2 ] && [ "$(cat mine/sweep.csv)" = notes ] && [ "$(ls mine)" = sweep.csv ]
echo "== refused, and a user's file is kept"
# the sweeps that ship, with fewer points and degrees
"$hypofp" sweep "$root/cases/sweeps/friction.toml" --quiet --set 'sweep."model.gamma"={from=1.0,to=3.0,points=3}' --out friction >said
"$hypofp" sweep "$root/cases/sweeps/perturbation.toml" --quiet --set 'sweep."perturbation.scale"=[0.0, 0.1]' --set witness.degree=12 --set grid.cells=32 --out perturbation >said
/usr/bin/python3 - <<'END'
import csv
for r in csv.DictReader(open("friction/sweep.csv")):
    gamma, tolerance = float(r["model.gamma"]), 1e-9
    mu = {1: 0.5, 2: 0.95, 3: 0.3819660112501051}[gamma]
    assert abs(float(r["mu"]) - mu) < 1e-12 and r["status"] == "done"
    for name in ("gap", "rate_H"):
        assert gamma == 2 or abs(float(r[name]) - mu) < 1e-8, r
for r in csv.DictReader(open("perturbation/sweep.csv")):
    gap, cert, best, size = (float(r[n]) for n in ("gap", "mu_cert", "mu_cert_best", "perturbation.scale"))
    assert cert <= best + 1e-6 and best <= gap + 1e-6, r
    assert (abs(cert - float(r["mu"])) < 1e-8) == (size == 0) and (float(r["printed_rate"]) < 0) == (size > 0), r
END
echo "== the sweeps that ship"
