#!/usr/bin/env bash
# Compares the answer paths of two builds: uncached requests under closed load and under overload, in turns (A B B A
# ...) on two servers that run at the same time, so that both meet the same machine. Prints each measurement, then the
# medians and their ratios (B : A). The processor time of a request depends least on other work of the machine.
#
#   benchmarks/compare.sh JAR_A JAR_B [MODEL_DIRECTORY]
#
# MODEL_DIRECTORY   one model or one version (default: model-artifacts/demo); ids must be fit for a URL as they are
# ROUNDS            number of measurements of each build (default 6)
# WARM_UP_SECONDS   load on each server before the first measurement (default 60)
# SECONDS_EACH      length of a closed load with 32 connections (default 10)
# OVERLOAD_SECONDS  length of an overload at three times the first closed rate of A (default 10)
#
# Needs wrk, curl, python3, a JDK 25 (JAVA_HOME), and the benchmark classes (./mvnw -Pbenchmark -DskipTests package).
set -euo pipefail
cd "$(dirname "$0")/.."

jars=("$1" "$2")
model=${3:-model-artifacts/demo}
source benchmarks/server.sh
list_users
generator=("$java" -cp target/test-classes io.diffmm.benchmark.LoadGenerator)
servers=()
ports=()

stop_both() {
  for server in "${servers[@]}"; do
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  done
  server=
  finish
}
trap stop_both EXIT

uncached() { # port, seconds: prints requests/s, p50 and p99 in ms, number of requests
  wrk -t1 -c32 -d"$2s" --latency -s benchmarks/distinct-users.lua "http://127.0.0.1:$1" |
    awk 'function ms(t) {return t ~ /us$/ ? t / 1000 : t ~ /ms$/ ? t + 0 : t * 1000}
      /50%/ {p50 = ms($2)} /99%/ {p99 = ms($2)} /Requests\/sec/ {rate = $2} / requests in / {n = $1}
      END {print rate, p50, p99, n}'
}

processor_ticks() { awk '{print $14 + $15}' "/proc/$1/stat"; }

triple=
measure() { # number of the build
  before=$(processor_ticks "${servers[$1]}")
  read -r rate p50 p99 requests < <(uncached "${ports[$1]}" "${SECONDS_EACH:-10}")
  after=$(processor_ticks "${servers[$1]}")
  micros=$(awk "BEGIN {print ($after - $before) * 1e6 / $(getconf CLK_TCK) / $requests}")
  [[ -n $triple ]] || triple=$(awk "BEGIN {print $rate * 3}")
  overload=$("${generator[@]}" overload "${ports[$1]}" "$USERS" "$triple" "${OVERLOAD_SECONDS:-10}" \
    "$(awk "BEGIN {print $triple * 0.3}")")
  read -r accepted refused late < <(sed -E 's|^([0-9]+) accepted/s, ([0-9]+) refused.* p99 ([0-9.]+) ms.*|\1 \2 \3|' <<<"$overload")
  echo "$rate $p50 $p99 $micros $accepted $refused $late" >>"$work/figures.$1"
  printf '%s  %6.0f requests/s, p50 %.2f ms, p99 %.2f ms, %.0f us of processor each; overload: %s\n' \
    "$([[ $1 = 0 ]] && echo A || echo B)" "$rate" "$p50" "$p99" "$micros" "$overload"
}

median() { # column, build
  awk -v c="$1" '{print $c}' "$work/figures.$2" | sort -g |
    awk '{v[NR] = $1} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'
}

for jar in "${jars[@]}"; do
  interactions=interactions-${#servers[@]}
  start_server --diffmm.cache.maximum-size=1 --diffmm.cache.stale-while-revalidate=0
  servers+=("$server")
  ports+=("$port")
done
for port in "${ports[@]}"; do
  uncached "$port" "${WARM_UP_SECONDS:-60}" >/dev/null
done
for round in $(seq "${ROUNDS:-6}"); do # each is first in every other round
  if ((round % 2)); then
    measure 0
    measure 1
  else
    measure 1
    measure 0
  fi
done
column=1
for name in "requests/s" "p50, ms" "p99, ms" "processor, us" "accepted/s" "refused/s" "p99 overload"; do
  a=$(median $column 0)
  b=$(median $column 1)
  printf '%-14s A %10.2f  B %10.2f  B : A %.3f\n' "$name" "$a" "$b" "$(awk "BEGIN {print $b / ($a > 0 ? $a : 1)}")"
  column=$((column + 1))
done
