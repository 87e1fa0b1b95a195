# Image of DiffMM Server. docs/images.md describes how to build, run and size it.
#
#     docker build -t diffmm-server .                                             builds the jar with Maven
#     docker build -t diffmm-server --build-arg JAR=target/diffmm-server.jar .    uses an existing jar
#     docker build -t diffmm-server:gpu --target gpu .                            builds the image for NVIDIA GPUs
ARG JDK_IMAGE=eclipse-temurin:25-jdk-noble
ARG BASE_IMAGE=debian:13-slim
ARG GPU_IMAGE=pytorch/pytorch:2.7.1-cuda12.8-cudnn9-runtime

# Application jar.
FROM ${JDK_IMAGE} AS jar
WORKDIR /build
COPY . .
ARG JAR=""
ARG REVISION=unknown
RUN if [ -n "$JAR" ]; then cp "$JAR" /diffmm-server.jar; else \
        ./mvnw --batch-mode --no-transfer-progress -Dmaven.test.skip=true -Dbuild.revision="$REVISION" package && \
        cp target/diffmm-server.jar /; \
    fi

# Parts of the images: a directory for each layer, and a Java runtime with the required modules.
FROM ${JDK_IMAGE} AS parts
WORKDIR /parts
RUN command -v strip >/dev/null || { apt-get update && apt-get install -y --no-install-recommends binutils; }
COPY deploy/image/unpack /
COPY --from=jar /diffmm-server.jar /
RUN /unpack /diffmm-server.jar
# JAVA_TOOL_OPTIONS takes precedence over the options of the runtime, which are defaults.
RUN jlink --output java/opt/java --compress zip-6 --no-header-files --no-man-pages \
        --add-modules java.compiler,java.desktop,java.instrument,java.net.http,java.prefs,java.scripting,java.security.jgss,java.sql.rowset,jdk.jcmd,jdk.jfr,jdk.management,jdk.net,jdk.unsupported \
        --add-options="-XX:MaxRAMPercentage=40 -XX:+ExitOnOutOfMemoryError --sun-misc-unsafe-memory-access=allow"

# Image without the AOT cache. The GPU image below repeats these lines.
FROM ${BASE_IMAGE} AS app
COPY --from=parts /parts/java /
COPY --from=parts /parts/libtorch /
COPY --from=parts /parts/dependencies /
COPY --from=parts /parts/application /
COPY deploy/image/prepare deploy/image/healthcheck /app/bin/
RUN /app/bin/prepare
COPY --chown=10001:10001 model-artifacts/demo /artifacts/demo
ENV PATH=/opt/java/bin:/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 \
    DJL_CACHE_DIR=/app/engine PYTORCH_LIBRARY_PATH=/app/libtorch PYTORCH_VERSION=2.7.1 PYTORCH_FLAVOR=cpu \
    DIFFMM_ARTIFACTS_DIRECTORY=/artifacts DIFFMM_INTERACTIONS_DIRECTORY=/data \
    SPRING_CONFIG_ADDITIONAL_LOCATION=optional:file:/config/
WORKDIR /app
USER 10001:10001
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD ["/app/bin/healthcheck"]
ENTRYPOINT ["java", "-XX:AOTCache=/app/diffmm-server.aot", "-jar", "/app/diffmm-server.jar"]
CMD ["serve"]

# Records the AOT cache: classes loaded and linked, and method profiles, during a short run of the server.
FROM app AS recorded
COPY deploy/image/record /app/bin/
RUN /app/bin/record /tmp/diffmm-server.aot

# Image for CPUs.
FROM app AS cpu
COPY --from=recorded /tmp/diffmm-server.aot /app/

# Image for NVIDIA GPUs, with the PyTorch library of the base image.
FROM ${GPU_IMAGE} AS gpu
USER root
RUN mkdir /app && ln -s "$(python -c 'import torch; print(torch.__path__[0])')/lib" /app/libtorch
COPY --from=parts /parts/java /
COPY --from=parts /parts/dependencies /
COPY --from=parts /parts/application /
COPY deploy/image/prepare deploy/image/healthcheck /app/bin/
RUN /app/bin/prepare
COPY --chown=10001:10001 model-artifacts/demo /artifacts/demo
COPY --from=recorded /tmp/diffmm-server.aot /app/
ENV PATH=/opt/java/bin:/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 \
    DJL_CACHE_DIR=/app/engine PYTORCH_LIBRARY_PATH=/app/libtorch PYTORCH_VERSION=2.7.1 PYTORCH_FLAVOR=cu128 \
    DIFFMM_ARTIFACTS_DIRECTORY=/artifacts DIFFMM_INTERACTIONS_DIRECTORY=/data \
    SPRING_CONFIG_ADDITIONAL_LOCATION=optional:file:/config/
WORKDIR /app
USER 10001:10001
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD ["/app/bin/healthcheck"]
ENTRYPOINT ["java", "-XX:AOTCache=/app/diffmm-server.aot", "-jar", "/app/diffmm-server.jar"]
CMD ["serve"]

# Default target.
FROM cpu
