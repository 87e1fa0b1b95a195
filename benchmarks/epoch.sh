#!/usr/bin/env bash
# Measures training epochs on this machine, relative to the time of their multiply-adds at the rate of a large matrix product.
#
#   benchmarks/epoch.sh DATA [CONFIG [EPOCHS]]
#
# DATA    folder of a dataset
# CONFIG  preset or settings file of the published form (default: paper)
# EPOCHS  number of epochs (default: 3)
#
# Needs a JDK 25 (JAVA_HOME). Run it on an idle machine.
set -euo pipefail

data=$(realpath "${1:?folder of a dataset}")
config=${2:-paper}
[[ -f $config ]] && config=$(realpath "$config")
cd "$(dirname "$0")/.."
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
classes=target/epoch-classes

./mvnw -q -B -Pbenchmark -DskipTests package
rm -rf "$classes"
mkdir -p "$classes/io/diffmm/training"
cp target/test-classes/io/diffmm/training/Epoch{Benchmark,Arithmetic}*.class "$classes/io/diffmm/training/"
"$java" -Dai.djl.offline=true --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
  -cp target/diffmm-server.jar -Dloader.path="$classes" -Dloader.main=io.diffmm.training.EpochBenchmark \
  org.springframework.boot.loader.launch.PropertiesLauncher "$data" "$config" "${3:-3}"
