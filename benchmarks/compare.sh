#!/usr/bin/env bash
# Compares the answer paths of two builds: uncached requests under closed load and overload, in turns (A B B A ...), so
# that both meet the same machine. Prints each round, the medians, and the ratios of the medians (B : A).
#
#   benchmarks/compare.sh JAR_A JAR_B [MODEL_DIRECTORY]
#
# MODEL_DIRECTORY  one model or one version (default: model-artifacts/demo); ids must be fit for a URL as they are
# ROUNDS           number of measurements of each build (default 4)
# WARM_UP_SECONDS  load before each measurement (default 30), SECONDS_EACH the closed load (default 10),
# OVERLOAD_SECONDS the overload at three times the first build's closed rate (default 10)
#
# Needs wrk, curl, python3, a JDK 25 (JAVA_HOME), and the benchmark classes (./mvnw -Pbenchmark -DskipTests package).
set -euo pipefail
cd "$(dirname "$0")/.."

jars=("$1" "$2")
model=${3:-model-artifacts/demo}
rounds=${ROUNDS:-4}
source benchmarks/server.sh
list_users
generator_classes=target/test-classes
[[ -d $generator_classes/io/diffmm/benchmark ]] || { echo "no benchmark classes in $generator_classes" >&2; exit 1; }

uncached() { # connections, seconds: prints requests/s, p50, p99 in ms
  wrk -t1 -c"$1" -d"$2s" --latency -s benchmarks/distinct-users.lua "http://127.0.0.1:$port" |
    awk 'function ms(t) {return t ~ /us$/ ? t / 1000 : t ~ /ms$/ ? t + 0 : t * 1000}
      /50%/ {p50 = ms($2)} /99%/ {p99 = ms($2)} /Requests\/sec/ {rate = $2} END {print rate, p50, p99}'
}

triple=
measure() { # number of the build: prints its figures
  jar=${jars[$1]}
  start_server --diffmm.cache.maximum-size=1 --diffmm.cache.stale-while-revalidate=0
  uncached 32 "${WARM_UP_SECONDS:-30}" >/dev/null
  read -r rate p50 p99 < <(uncached 32 "${SECONDS_EACH:-10}")
  [[ -n $triple ]] || triple=$(awk "BEGIN {print $rate * 3}")
  overload=$("$java" -cp "$generator_classes" io.diffmm.benchmark.LoadGenerator overload "$port" "$USERS" "$triple" \
    "${OVERLOAD_SECONDS:-10}" "$(awk "BEGIN {print $triple * 0.3}")")
  stop_server
  echo "$rate $p50 $p99" >>"$work/figures.$1"
  printf '%s  %8.0f requests/s  p50 %6.2f ms  p99 %6.2f ms  overload: %s\n' \
    "$([[ $1 = 0 ]] && echo A || echo B)" "$rate" "$p50" "$p99" "$overload"
}

median() { # column, build
  awk -v c="$1" '{print $c}' "$work/figures.$2" | sort -n |
    awk '{v[NR] = $1} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'
}

for round in $(seq "$rounds"); do # each is first in every other round
  if ((round % 2)); then
    measure 0
    measure 1
  else
    measure 1
    measure 0
  fi
done
column=1
for name in "requests/s" "p50" "p99"; do
  a=$(median $column 0)
  b=$(median $column 1)
  printf '%-10s  median of A %s, of B %s, B : A %.3f\n' "$name" "$a" "$b" "$(awk "BEGIN {print $b / $a}")"
  column=$((column + 1))
done
