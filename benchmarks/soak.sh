#!/usr/bin/env bash
# Runs a mixed load for ten minutes, half of it cached, and prints the server's resident memory every ten seconds. The memory
# must be constant after the first minute.
#
#   benchmarks/soak.sh [MODEL_DIRECTORY]
#
# MINUTES  duration (default 10)
#
# Needs wrk, python3 and a JDK 25 (JAVA_HOME).
set -euo pipefail
cd "$(dirname "$0")/.."

model=${1:-model-artifacts/demo}
minutes=${MINUTES:-10}
source benchmarks/server.sh
# A heap of fixed size with all pages touched, so that any growth is outside the heap.
JVM_OPTIONS="-Xms1g -Xmx1g -XX:+AlwaysPreTouch"

prepare
start_server --diffmm.cache.maximum-size=500 --diffmm.cache.stale-while-revalidate=0
port_url="http://127.0.0.1:$port"
wrk -t1 -c8 -d"$((minutes * 60))s" -s benchmarks/distinct-users.lua "$port_url" >"$work/uncached" &
uncached=$!
wrk -t1 -c4 -d"$((minutes * 60))s" "$port_url/users/$user/recommendations" >"$work/cached" &
cached=$!

resident() { awk '/VmRSS/ {print $2}' "/proc/$server/status"; }

sleep 60
first=$(resident)
least=$first
most=$first
while kill -0 "$uncached" 2>/dev/null; do
  now=$(resident)
  echo "$(date +%T) $((now / 1024)) MB"
  if ((now < least)); then least=$now; fi
  if ((now > most)); then most=$now; fi
  sleep 10
done
wait "$uncached" "$cached"

grep Requests/sec "$work/uncached" "$work/cached" | sed "s|$work/||"
echo "after one minute $((first / 1024)) MB, then $((least / 1024)) to $((most / 1024)) MB," \
  "at the end $(($(resident) / 1024)) MB: maximum growth $(awk "BEGIN {print 100 * ($most - $first) / $first}") %"
