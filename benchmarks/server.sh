# Starts and stops a server for measurements. Sourced by the other scripts, which set `model` and, for another program, `jar`.

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
jar=${jar:-target/diffmm-server.jar}
classes=target/benchmark-classes
work=$(mktemp -d)
server=

stop_server() {
  if [[ -n $server ]]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=
  fi
}

finish() {
  stop_server
  rm -rf "$work"
}
trap finish EXIT

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Starts the packaged jar with the benchmark classes on its class path; arguments are properties.
start_server() {
  port=$(free_port)
  "$java" ${JVM_OPTIONS:--Xmx2g} -Dai.djl.offline=true --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -cp "$jar" -Dloader.path="$classes" -Dloader.main=io.diffmm.DiffMmServer \
    org.springframework.boot.loader.launch.PropertiesLauncher serve --artifacts "$model" --port "$port" \
    --server.address=127.0.0.1 --diffmm.interactions.directory="$work/${interactions:-interactions}" --benchmark.user="$user" \
    "$@" ${SERVER_OPTIONS:-} >"$work/server.log" 2>&1 &
  server=$!
  for _ in $(seq 300); do
    if curl -sf "http://127.0.0.1:$port/actuator/health/readiness" >/dev/null; then
      return
    fi
    kill -0 "$server" 2>/dev/null || break
    sleep 0.2
  done
  cat "$work/server.log" >&2
  exit 1
}

prepare() { # packages the application, writes the model's user ids to $USERS
  ./mvnw -q -B -Pbenchmark -DskipTests package
  rm -rf "$classes"
  mkdir -p "$classes/io/diffmm"
  cp -r target/test-classes/io/diffmm/benchmark "$classes/io/diffmm/"
  list_users
}

list_users() { # the model's users in $USERS, the first in $user
  version=$model
  [[ -f $model/current ]] && version=$model/$(cat "$model/current")
  export USERS=$work/users
  tr ',' '\n' <"$version/users.json" | sed -n 's/.*"\(.*\)".*/\1/p' >"$USERS"
  user=$(head -1 "$USERS")
}
