#!/usr/bin/env bash
# Measures live interactions over HTTP on this machine: imports into PostgreSQL, durable writes, the cost of a live history for
# an uncached answer, and a read load in which every tenth request is a write. Starts and stops the server and PostgreSQL.
#
#   benchmarks/interactions.sh [MODEL_DIRECTORY]
#
# MODEL_DIRECTORY  one model or one version (default: model-artifacts/demo)
# LINES            lines per import (default 200000)
# IMPORTS          measured imports, after one for warm-up (default 5)
# SECONDS_EACH     duration of one measurement of writes (default 10)
# ROUNDS           rounds over all users of the model, for answers (default 10)
# MIXED_ROUNDS     rounds of reads alone and reads with writes, alternating (default 3)
# POSTGRES_IMAGE   image of PostgreSQL (default: postgres:17-alpine)
#
# Needs Docker, wrk, curl, python3 and a JDK 25 (JAVA_HOME).
set -euo pipefail
cd "$(dirname "$0")/.."

model=${1:-model-artifacts/demo}
lines=${LINES:-200000}
imports=${IMPORTS:-5}
seconds=${SECONDS_EACH:-10}
rounds=${ROUNDS:-10}
source benchmarks/server.sh

postgres=
finish_all() {
  finish
  [[ -z $postgres ]] || docker rm -f "$postgres" >/dev/null
}
trap finish_all EXIT

start_postgres() {
  local port
  port=$(free_port)
  postgres=$(docker run -d -p "127.0.0.1:$port:5432" -e POSTGRES_USER=diffmm -e POSTGRES_PASSWORD=diffmm \
    -e POSTGRES_DB=diffmm "${POSTGRES_IMAGE:-postgres:17-alpine}")
  shared=("--spring.datasource.url=jdbc:postgresql://127.0.0.1:$port/diffmm"
    --spring.datasource.username=diffmm --spring.datasource.password=diffmm)
}

# Starts a server with PostgreSQL and waits until it uses it.
start_shared() {
  start_server "${shared[@]}"
  for _ in $(seq 100); do
    curl -sf "http://127.0.0.1:$port/users/unknown/interactions" >/dev/null && return
    sleep 0.2
  done
  echo "PostgreSQL cannot be reached" >&2
  exit 1
}

# Interactions of 20,000 users in chronological order, one millisecond apart; different numbers give disjoint interactions.
interactions() {
  awk -v lines="$lines" -v number="$1" 'BEGIN {
    for (at = 0; at < lines; at++) {
      ms = at % 1000; s = int(at / 1000)
      printf "{\"userId\":\"u%d\",\"itemId\":\"v%d\",\"timestamp\":\"2026-10-%02dT00:%02d:%02d.%03dZ\"}\n",
        at * 7919 % 20000, at * 31 % 5000, number + 1, int(s / 60), s % 60, ms
    }
  }'
}

import() { # number: prints interactions/s
  interactions "$1" >"$work/lines"
  local took
  took=$(curl -sf -o "$work/answer" -w '%{time_total}' -H 'Content-Type: application/x-ndjson' \
    --data-binary "@$work/lines" "http://127.0.0.1:$port/interactions")
  grep -q "\"recorded\":$lines," "$work/answer"
  awk "BEGIN {print $lines / $took}"
}

run() { # class, arguments
  "$java" -cp target/diffmm-server.jar -Dloader.path="$classes" -Dloader.main="io.diffmm.benchmark.$1" \
    org.springframework.boot.loader.launch.PropertiesLauncher "${@:2}"
}

# Alternates a read load by a Zipf distribution with one in which a tenth of the requests are writes; prints requests/s of both.
reads_and_writes() {
  local round writes
  for round in $(seq 0 "${MIXED_ROUNDS:-3}"); do # the first for warm-up
    for writes in 0 0.1; do
      WRITES=$writes wrk -t1 -c16 -d"${seconds}s" -s benchmarks/zipf.lua "http://127.0.0.1:$port" |
        awk -v round="$round" 'round && /Requests\/sec/ {print $2}' >>"$work/$1.$writes"
    done
  done
  awk "BEGIN {a = $(median <"$work/$1.0"); b = $(median <"$work/$1.0.1"); printf \"%.0f and %.0f requests/s, ratio %.2f\", a, b, b / a}"
}

median() {
  sort -n | awk '{v[NR] = $1} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'
}

row() { printf '| %-52s | %s |\n' "$1" "$2"; }

prepare
start_postgres

start_shared
import 0 >/dev/null
for number in $(seq "$imports"); do
  import "$number" >>"$work/imports"
done
shared_one=$(run DurableWrites "$port" 1 "$seconds")
shared_many=$(run DurableWrites "$port" 16 "$seconds")
shared_mixed=$(reads_and_writes shared)
stop_server

start_server
embedded_one=$(run DurableWrites "$port" 1 "$seconds")
embedded_many=$(run DurableWrites "$port" 16 "$seconds")
embedded_mixed=$(reads_and_writes embedded)
stop_server

start_server --diffmm.cache.maximum-size=1 --diffmm.cache.stale-while-revalidate=0
turns=$(run LiveHistoryTurns "$port" "$model" "$rounds")
stop_server

echo
row "measurement ($model, $(nproc) cores)" "result"
row "---" "---"
row "import into PostgreSQL, interactions/s, median of $imports" "$(median <"$work/imports") ($(sort -n "$work/imports" | paste -sd' '))"
row "durable writes, PostgreSQL, 1 client" "$shared_one"
row "durable writes, PostgreSQL, 16 clients" "$shared_many"
row "durable writes, embedded, 1 client" "$embedded_one"
row "durable writes, embedded, 16 clients" "$embedded_many"
row "reads, and reads with a tenth of writes, PostgreSQL" "$shared_mixed"
row "reads, and reads with a tenth of writes, embedded" "$embedded_mixed"
row "uncached answers, alternating, one client" "$turns"
