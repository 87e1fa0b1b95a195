package io.diffmm;

import io.diffmm.artifacts.BucketSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/// S3-compatible object store with one bucket, `models`, in a separate process whose class path the build writes to a
/// file. Closing stops the process and deletes all objects.
public final class BucketServer implements AutoCloseable {

    public static final String BUCKET = "models";

    private static final Path CLASS_PATH = Path.of("target/bucket.classpath");
    private static final String KEY = "test-key";
    private static final String SECRET = "test-secret";

    private final Process process;
    private final URI endpoint;
    private final S3Client client;

    private BucketServer(Process process, URI endpoint) {
        this.process = process;
        this.endpoint = endpoint;
        System.setProperty("aws.accessKeyId", KEY);
        System.setProperty("aws.secretAccessKey", SECRET);
        this.client = S3Client.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED) // the store supports no other
                .build();
    }

    /// Starts a store and waits until it accepts connections.
    ///
    /// @param directory directory of its configuration and output
    public static BucketServer start(Path directory) throws Exception {
        URI endpoint = URI.create("http://127.0.0.1:" + freePort());
        Path properties =
                Files.writeString(directory.resolve("bucket.properties"), """
                s3proxy.endpoint=%s
                s3proxy.authorization=aws-v2-or-v4
                s3proxy.identity=%s
                s3proxy.credential=%s
                jclouds.provider=transient
                jclouds.identity=none
                jclouds.credential=none
                """.formatted(endpoint, KEY, SECRET));
        Path output = directory.resolve("bucket.txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-DLOG_LEVEL=warn",
                        "-cp",
                        Files.readString(CLASS_PATH),
                        "org.gaul.s3proxy.Main",
                        "--properties",
                        properties.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            awaitListening(process, endpoint, output);
            var server = new BucketServer(process, endpoint);
            server.client.createBucket(request -> request.bucket(BUCKET));
            return server;
        } catch (Throwable e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private static void awaitListening(Process process, URI endpoint, Path output) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (!isListening(endpoint)) {
            if (System.nanoTime() > deadline || process.waitFor(100, TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(
                        "object store does not accept connections: " + Files.readString(output));
            }
        }
    }

    private static boolean isListening(URI endpoint) {
        try (var _ = new Socket(endpoint.getHost(), endpoint.getPort())) {
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    public URI endpoint() {
        return endpoint;
    }

    /// Returns the settings that a server or training job needs to access the store.
    public BucketSettings settings(Path cache) {
        return new BucketSettings(Optional.of(endpoint), Optional.empty(), true, cache);
    }

    /// Returns JVM options with credentials to read and write.
    List<String> credentials() {
        return List.of("-Daws.accessKeyId=" + KEY, "-Daws.secretAccessKey=" + SECRET);
    }

    public void put(String key, byte[] content) {
        client.putObject(request -> request.bucket(BUCKET).key(key), RequestBody.fromBytes(content));
    }

    /// Uploads all files below a directory.
    public void putAll(Path directory, String prefix) throws IOException {
        try (var tree = Files.walk(directory)) {
            for (Path file : tree.filter(Files::isRegularFile).toList()) {
                put(prefix + directory.relativize(file), Files.readAllBytes(file));
            }
        }
    }

    public byte[] bytes(String key) {
        return client.getObjectAsBytes(request -> request.bucket(BUCKET).key(key))
                .asByteArray();
    }

    public String text(String key) {
        return new String(bytes(key), StandardCharsets.UTF_8);
    }

    public void delete(String key) {
        client.deleteObject(request -> request.bucket(BUCKET).key(key));
    }

    /// Returns the keys of all objects with a prefix.
    public List<String> keys(String prefix) {
        return client.listObjectsV2Paginator(request -> request.bucket(BUCKET).prefix(prefix)).contents().stream()
                .map(S3Object::key)
                .toList();
    }

    /// Kills the process, as in a failure.
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() {
        client.close();
        kill();
    }
}
