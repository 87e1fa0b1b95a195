package io.diffmm;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/// The packaged jar serving a model, with a client. Killed on close.
final class Server implements AutoCloseable {

    /// Argument for the served models, by default the demo model.
    static final String ARTIFACTS = "--artifacts=";

    /// JVM options for a fast start; these tests do not measure the speed of the model.
    private static final List<String> OPTIONS = List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final int port;
    private final Jar.Running process;
    private final HttpClient client;

    private Server(int port, Jar.Running process) {
        this.port = port;
        this.process = process;
        this.client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    /// Starts a server and waits until it is ready.
    ///
    /// @param directory directory of its output and, unless a property sets another, of its interactions
    /// @param properties as `--key=value`
    static Server start(Path directory, String... properties) throws Exception {
        return launch(OPTIONS, directory, properties);
    }

    /// Starts a server with the default compilers and garbage collector and a pre-touched heap of fixed size, so that
    /// changes of its resident memory are native arrays.
    static Server startWithWholeHeap(Path directory, String... properties) throws Exception {
        return launch(List.of("-Xmx512m", "-Xms512m", "-XX:+AlwaysPreTouch"), directory, properties);
    }

    /// Starts a server with further JVM options.
    static Server start(List<String> more, Path directory, String... properties) throws Exception {
        List<String> options = new ArrayList<>(OPTIONS);
        options.addAll(more);
        return launch(options, directory, properties);
    }

    private static Server launch(List<String> options, Path directory, String... properties) throws Exception {
        int port = Http.freePort();
        List<String> arguments = new ArrayList<>(List.of("serve", "--port", Integer.toString(port)));
        if (Stream.of(properties).noneMatch(property -> property.startsWith(ARTIFACTS))) {
            arguments.add(ARTIFACTS + Path.of("model-artifacts/demo").toAbsolutePath());
        }
        arguments.addAll(List.of(properties));
        var server = new Server(port, Jar.start(options, directory, arguments.toArray(String[]::new)));
        try {
            Http.awaitReady(server.client, port, server.process);
            return server;
        } catch (Throwable e) {
            server.close();
            throw e;
        }
    }

    int port() {
        return port;
    }

    Jar.Running process() {
        return process;
    }

    /// Recommendations for a user.
    ///
    /// @param tag entity tag of the response
    record Answer(String tag, JsonNode body) {

        String strategy() {
            return body.get("strategy").asString();
        }

        /// Returns the number of items of the user's history that the model uses.
        int history() {
            return body.at("/history/items").asInt();
        }

        boolean live() {
            return body.at("/history/live").asBoolean();
        }

        /// Returns the ids of the items, best first.
        List<String> items() {
            return StreamSupport.stream(body.get("items").spliterator(), false)
                    .map(item -> item.get("itemId").asString())
                    .toList();
        }
    }

    /// Requests the first 20 items for a user.
    Answer recommendations(String user) throws IOException, InterruptedException {
        return answer(get("/users/%s/recommendations".formatted(user)));
    }

    static Answer answer(HttpResponse<String> response) {
        return new Answer(response.headers().firstValue("ETag").orElseThrow(), Http.json(response, 200));
    }

    /// Returns all stored interactions of a user, newest first.
    List<JsonNode> interactions(String user) throws IOException, InterruptedException {
        List<JsonNode> all = new ArrayList<>();
        String path = "/users/%s/interactions?limit=100".formatted(user);
        JsonNode page = Http.json(get(path), 200);
        page.get("interactions").forEach(all::add);
        while (page.has("next")) {
            page = Http.json(get(path + "&after=" + page.get("next").asString()), 200);
            page.get("interactions").forEach(all::add);
        }
        return all;
    }

    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return send(request(path, headers).GET().build());
    }

    HttpResponse<String> delete(String path) throws IOException, InterruptedException {
        return send(request(path).DELETE().build());
    }

    /// Records interactions of a user, given as JSON.
    HttpResponse<String> record(String user, String json, String... headers) throws IOException, InterruptedException {
        return post(
                "/users/%s/interactions".formatted(user), "application/json", BodyPublishers.ofString(json), headers);
    }

    HttpResponse<String> post(String path, String type, BodyPublisher body, String... headers)
            throws IOException, InterruptedException {
        return send(
                request(path, headers).header("Content-Type", type).POST(body).build());
    }

    private HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(Http.uri(port, path)).timeout(LONGEST);
        return headers.length == 0 ? request : request.headers(headers);
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, BodyHandlers.ofString());
    }

    @Override
    public void close() {
        process.close();
        client.shutdownNow();
        client.close();
    }
}
