#!/usr/bin/env bash
# Measures the service over HTTP on this machine: cached answers against an empty handler in the same JVM, uncached
# answers under closed and open load, and overload. Starts a server on a free loopback port and stops it.
#
#   benchmarks/load.sh [MODEL_DIRECTORY]
#
# MODEL_DIRECTORY  one model or one version (default: model-artifacts/demo); ids must be valid in a URL without encoding
# SECONDS_EACH     duration of one measurement (default 5)
# ROUNDS           rounds of the comparison, 2 s each (default 12)
# OVERLOAD_SECONDS duration of the overload at three times the sustainable rate (default 10)
# SERVER_OPTIONS   further options of the server, for example --diffmm.inference.precision=float32
#
# Needs wrk, python3 and a JDK 25 (JAVA_HOME).
set -euo pipefail
cd "$(dirname "$0")/.."

model=${1:-model-artifacts/demo}
seconds=${SECONDS_EACH:-5}
rounds=${ROUNDS:-12}
overload_seconds=${OVERLOAD_SECONDS:-10}
source benchmarks/server.sh

closed() { # path, connections: prints requests/s
  wrk -t1 -c"$2" -d"${3:-$seconds}s" "http://127.0.0.1:$port$1" | awk '/Requests\/sec/ {print $2}'
}

uncached() { # connections, seconds: prints requests/s, p50, p99
  wrk -t1 -c"$1" -d"$2s" --latency -s benchmarks/distinct-users.lua "http://127.0.0.1:$port" |
    awk '/50%/ {p50 = $2} /99%/ {p99 = $2} /Requests\/sec/ {rate = $2} END {print rate, p50, p99}'
}

median() {
  sort -n | awk '{v[NR] = $1} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'
}

row() { printf '| %-52s | %s |\n' "$1" "$2"; }

prepare

start_server
for _ in 1 2; do # warm-up: both are compiled before the measurement
  closed "/users/$user/recommendations" 32 >/dev/null
  closed /empty 32 >/dev/null
done
for round in $(seq "$rounds"); do # alternating order
  if ((round % 2)); then
    cached=$(closed "/users/$user/recommendations" 32 2)
    empty=$(closed /empty 32 2)
  else
    empty=$(closed /empty 32 2)
    cached=$(closed "/users/$user/recommendations" 32 2)
  fi
  echo "$cached $empty" >>"$work/rounds"
done
stop_server

start_server --diffmm.cache.maximum-size=1 --diffmm.cache.stale-while-revalidate=0
uncached 32 60 >/dev/null # warm-up: hot code is compiled
read -r one_rate one_p50 _ < <(uncached 1 "$seconds")
read -r rate p50 p99 < <(uncached 32 "$seconds")
generator=("$java" -cp "$classes" io.diffmm.benchmark.LoadGenerator)
half=$(awk "BEGIN {print $rate / 2}")
triple=$(awk "BEGIN {print $rate * 3}")
full=$(awk "BEGIN {print $rate * 0.9}")
open=$("${generator[@]}" open "$port" "$USERS" "$half" "$seconds")
overload=$("${generator[@]}" overload "$port" "$USERS" "$triple" "$overload_seconds" "$full")
stop_server

echo
row "measurement ($model, $(nproc) cores)" "result"
row "---" "---"
row "cached, closed, 32 connections, requests/s" "$(cut -d' ' -f1 "$work/rounds" | median)"
row "empty handler, same bytes, same JVM, requests/s" "$(cut -d' ' -f2 "$work/rounds" | median)"
row "cached : empty, median of $rounds rounds" "$(awk '{print $1 / $2}' "$work/rounds" | median)"
row "uncached, closed, 1 connection" "$one_rate requests/s, p50 $one_p50"
row "uncached, closed, 32 connections" "$rate requests/s, p50 $p50, p99 $p99"
row "uncached, open, half of that" "$open"
row "overload, three times that for $overload_seconds s, then 32 clients" "$overload"
