#!/usr/bin/env bash
# Counts the classes of the program that one uncached GET /users/{id}/recommendations enters, and prints its walk: the
# first entry of each class and its thread. Its last lines count the entered top-level types, and the entered types with
# nested ones counted; lambdas count as the type that contains them.
#
#   benchmarks/entered-classes.sh [JAR [MODEL_DIRECTORY]]
#
# JAR              the packaged program (default: target/diffmm-server.jar)
# MODEL_DIRECTORY  one model or one version (default: model-artifacts/demo); ids must be fit for a URL as they are
#
# Needs curl, python3 and a JDK 25 (JAVA_HOME).
set -euo pipefail
cd "$(dirname "$0")/.."

jar=${1:-target/diffmm-server.jar}
model=${2:-model-artifacts/demo}
source benchmarks/server.sh
list_users
debug_port=$(free_port)
# Nothing that the server does by itself may enter a class while the request is traced.
JVM_OPTIONS="-Xmx1g -agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:$debug_port" \
  start_server --diffmm.artifacts.interval=0
"$java" src/benchmark/java/io/diffmm/benchmark/EnteredClasses.java "$debug_port" "$port" \
  "/users/$user/recommendations" "/users/$(sed -n 2p "$USERS")/recommendations"
