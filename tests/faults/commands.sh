#!/usr/bin/env bash
# Wrong command lines: commands.sh HYPOFP. A line of the table: exit code | words of the message | what stands behind `hypofp`.
# CASE, ASGD: cases that can be run. Nothing may be written, nothing hang.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
PATH=$undrawn
printf '\xff\xfe[\x00' > bytes.toml
printf 'model = 3\n' > wrong.toml
: > empty.toml
head -c 2000000 /dev/zero > huge.toml
mkdir folder none && echo '{"case": 3}' > none/summary.json
mkdir half && printf '{"case"' > half/summary.json
ln -s loop.toml loop.toml
before=$(find . | sort)
table='
2 | not expected: --nonsense | --nonsense
2 | not expected | CASE
2 | required | run
2 | required | check
2 | required | spectrum
2 | required | certify
2 | required | optimal
2 | required | asgd
2 | required | plot
2 | not expected | run CASE CASE
2 | not expected | run CASE --cells 24
2 | not expected | check CASE --out out
2 | not expected | check CASE --resume
2 | not expected | spectrum CASE --resume
2 | not expected | bench CASE --out out
2 | not expected | plot none --out out
2 | not expected | asgd ASGD --by witness
2 | --out: 1 required | run CASE --out
2 | --set: 1 required | run CASE --set
2 | --by: 1 required | run CASE --by
2 | not in {grid,witness} | run CASE --by both
2 | not in {grid,witness} | spectrum CASE --by Grid
2 | not in range 2 to 60 | spectrum CASE --count 1
2 | not in range 2 to 60 | spectrum CASE --count 61
2 | not in range 2 to 60 | spectrum CASE --count -4
2 | not in range 2 to 60 | spectrum CASE --count 1e99
2 | count | spectrum CASE --count many
2 | count | spectrum CASE --count 4.5
2 | count | spectrum CASE --count nan
2 | --time 0: allowed: above 0 and at most | optimal CASE --time 0
2 | --time -1: allowed: above 0 and at most | optimal CASE --time -1
2 | --time nan: allowed: above 0 and at most | optimal CASE --time nan
2 | --time inf: allowed: above 0 and at most | optimal CASE --time inf
2 | --time | optimal CASE --time 1e999
2 | --time | optimal CASE --time soon
2 | --time 1e+300: allowed: above 0 and at most | optimal CASE --time 1e300
2 | --set nokey: allowed: section.key=value | run CASE --set nokey
2 | --set grid.cells=: allowed | run CASE --set grid.cells=
2 | --set =3: allowed | run CASE --set =3
2 | did you mean grid.cells? | run CASE --set grid.clels=3
2 | model.gamma = nan: out of range | run CASE --set model.gamma=nan
2 | model.gamma = inf: out of range | check CASE --set model.gamma=inf
2 | grid.cells = 1: out of range | spectrum CASE --set grid.cells=1
2 | grid.cells = 1: out of range | certify CASE --set grid.cells=1
2 | grid.cells = 1: out of range | optimal CASE --set grid.cells=1
2 | grid.cells = 1: out of range | asgd ASGD --set grid.cells=1
2 | grid.cells = 1: out of range | bench CASE --set grid.cells=1
2 | grid.cells = 1: out of range | bench --set grid.cells=1
2 | witness.degree = "off": allowed with --by witness | run CASE --by witness --set witness.degree=off
2 | witness.degree = "off": allowed with --by witness | spectrum CASE --by witness --set witness.degree=off
2 | witness.degree = "off": allowed with --by witness | certify CASE --by witness --set witness.degree=off
2 | witness.degree = "off": allowed with --by witness | optimal CASE --by witness --set witness.degree=off
2 | asgd: missing; allowed: a case with [asgd] | asgd CASE
2 | allowed: above 0 | asgd ASGD --set asgd.staleness=0
2 | paths can'"'"'t be drawn from it | asgd ASGD --set initial={kind="deviation",h0="0.1*x1"}
2 | below 2 times | spectrum CASE --set initial.covariance_scale=2
2 | GB are available | run SPACE --set grid.cells=34
2 | unknowns | certify SPACE --set grid.cells=40
2 | no decay to follow | run CASE --set initial.covariance_scale=1 --set initial.mean=[0,0]
2 | bytes.toml:1:1 | run bytes.toml
2 | bytes.toml:1:1 | check bytes.toml
2 | model = 3: is an integer; allowed: a table | spectrum wrong.toml
2 | model.omega0: missing | certify empty.toml
2 | model.omega0: missing | bench empty.toml
2 | larger than 1 MiB | optimal huge.toml
2 | folder: is a folder; allowed: a TOML case file | asgd folder
2 | folder: is a folder; allowed: a TOML case file | run folder
2 | nowhere.toml: cannot be read | bench nowhere.toml
2 | loop.toml: cannot be read | check loop.toml
2 | no finished run | plot folder
2 | no finished run | plot empty.toml
2 | none/summary.json: is not the summary of a run | plot none
2 | half/summary.json: is no summary | plot half
'
while IFS= read -r line; do
  [ -n "$line" ] || continue
  code=${line%% | *} rest=${line#* | }
  words=${rest%% | *} arguments=${rest#* | }
  set -f
  set -- ${arguments//CASE/$case}
  set -- "${@//ASGD/$root/cases/asgd/quadratic.toml}"
  set -- "${@//SPACE/$root/cases/space.toml}"
  set +f
  timeout 20 $hypofp "$@" >said 2>&1
  status=$?
  [ $status = "$code" ] && grep -qF -- "$words" said && rm said && [ "$(find . | sort)" = "$before" ]
  verdict $? "$line (exit $status)"
done <<<"$table"
finish
