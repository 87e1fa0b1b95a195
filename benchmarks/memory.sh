#!/usr/bin/env bash
# Runs the image at full load under the default limits of the chart, with a version swap every minute. The container must not
# be killed for lack of memory.
#
#   benchmarks/memory.sh IMAGE MODEL_DIRECTORY
#
# MODEL_DIRECTORY  directory of one model with two versions; its file `current` is overwritten
# MINUTES          duration (default 10)
# CONNECTIONS      HTTP connections (default 16)
# MEMORY, CPUS     limits of the container (default 2g, 2)
#
# Needs docker, wrk, curl and python3.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

image=$1
model=$(cd "$2" && pwd)
minutes=${MINUTES:-10}
memory=${MEMORY:-2g}
work=$(mktemp -d)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
mapfile -t versions < <(find "$model" -mindepth 2 -maxdepth 2 -name manifest.json -printf '%h\n' | xargs -n1 basename | sort)
export USERS=$work/users ITEM
tr ',' '\n' <"$model/${versions[0]}/users.json" | sed -n 's/.*"\(.*\)".*/\1/p' >"$USERS"
ITEM=$(grep -m1 -o '"id" *: *"[^"]*"' "$model/${versions[0]}/items.json" | sed 's/.*: *"\(.*\)"/\1/')

# As in the chart: a fixed limit, explicit processor counts for JVM and library, only /tmp and /data writable.
server=$(docker run --detach --read-only --tmpfs /tmp --cap-drop ALL --memory "$memory" --memory-swap "$memory" --cpus "${CPUS:-2}" \
  --env OMP_NUM_THREADS="${CPUS:-2}" --env JAVA_TOOL_OPTIONS="-XX:MaxRAMPercentage=40 -XX:ActiveProcessorCount=${CPUS:-2}" \
  --publish "127.0.0.1:$port:8080" --env DIFFMM_ARTIFACTS_DIRECTORY=/model --volume "$model:/model:ro" "$image")
trap 'docker rm --force --volumes "$server" >/dev/null; rm -rf "$work"' EXIT
for _ in $(seq 300); do
  curl -sf "http://127.0.0.1:$port/actuator/health/readiness" >/dev/null && break
  sleep 0.2
done

meter() { curl -sf "http://127.0.0.1:$port/actuator/prometheus" | awk -v name="$1" 'index($0, name) == 1 {sum += $NF} END {printf "%.0f", sum}'; }
# Memory that the kernel cannot reclaim, without file-backed pages, in MB.
anonymous() { docker exec "$server" cat /proc/1/status | awk '$1 == "RssAnon:" {print int($2 / 1024)}'; }

wrk -t1 -c"${CONNECTIONS:-16}" -d"$((minutes * 60))s" --timeout 10s --latency -s "$here/full-load.lua" "http://127.0.0.1:$port" >"$work/wrk" &
load=$!
most=0
for minute in $(seq "$minutes"); do
  for _ in $(seq 12); do
    sleep 4.8
    now=$(anonymous)
    if ((now > most)); then most=$now; fi
  done
  heap=$(($(meter 'jvm_memory_committed_bytes{area="heap"') / 1048576))
  echo "minute $minute: $now MB, including heap $heap MB; $(meter 'diffmm_artifact_swaps_total{outcome="succeeded"') swaps"
  version=${versions[minute % 2]}
  echo "$version" >"$model/.current.new" && mv "$model/.current.new" "$model/current"
done
wait "$load"

grep -E 'Requests/sec|50%|99%|Socket errors|Non-2xx|requests in' "$work/wrk" || true
echo "maximum anonymous memory: $most MB"
docker inspect --format 'killed for memory: {{.State.OOMKilled}}, running: {{.State.Running}}, restarts: {{.RestartCount}}' "$server"
