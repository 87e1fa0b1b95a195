package io.diffmm.benchmark;

import io.diffmm.artifacts.Artifact;
import io.diffmm.artifacts.Artifact.ArtifactContents;
import io.diffmm.artifacts.ArtifactLocator;
import io.diffmm.artifacts.ArtifactReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.stream.LongStream;

/// Alternates between trained users with and without live interactions, and prints the median latency of both.
///
/// `PORT MODEL ROUNDS`. The live interactions are with the newest 20 items of the user's history in the artifact, so
/// that both groups have histories of the same length and the difference is the cost of the store.
public final class LiveHistoryTurns {

    private static final int LIVE = 20;
    private static final int WARM_UP_ROUNDS = 5;
    private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");

    private final BenchmarkClient client;
    private final ArtifactContents contents;

    private LiveHistoryTurns(BenchmarkClient client, ArtifactContents contents) {
        this.client = client;
        this.contents = contents;
    }

    /// Runs the benchmark.
    public static void main(String[] args) throws Exception {
        Artifact artifact = ArtifactReader.open(ArtifactLocator.resolve(Path.of(args[1]), Optional.empty()));
        try (var client = new BenchmarkClient(Integer.parseInt(args[0]))) {
            var turns = new LiveHistoryTurns(client, artifact.contents());
            turns.store();
            turns.run(Integer.parseInt(args[2]));
        }
    }

    private void store() throws Exception {
        var lines = new StringJoiner("\n");
        for (int user = 0; user < contents.users().size(); user += 2) {
            int[] items = contents.histories().row(user);
            for (int at = Math.max(0, items.length - LIVE); at < items.length; at++) {
                lines.add("{\"userId\":\"%s\",\"itemId\":\"%s\",\"timestamp\":\"%s\"}"
                        .formatted(
                                contents.users().id(user),
                                contents.items().item(items[at]).id(),
                                START.plusSeconds(at)));
            }
        }
        String answer = client.post("/interactions", "application/x-ndjson", lines.toString());
        if (!answer.contains("\"rejected\":0")) {
            throw new IOException(answer);
        }
    }

    private void run(int rounds) throws Exception {
        ask(WARM_UP_ROUNDS);
        Answers answers = ask(rounds);
        System.out.printf(
                Locale.ROOT,
                "with %d live interactions p50 %.2f ms, without p50 %.2f ms%n",
                LIVE,
                BenchmarkClient.percentile(0.5, answers.live()),
                BenchmarkClient.percentile(0.5, answers.trained()));
    }

    /// Durations of requests, in nanoseconds.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Answers(long[] live, long[] trained) {}

    private Answers ask(int rounds) throws Exception {
        LongStream.Builder live = LongStream.builder();
        LongStream.Builder trained = LongStream.builder();
        for (int round = 0; round < rounds; round++) {
            for (int user = 0; user + 1 < contents.users().size(); user += 2) {
                live.add(ask(contents.users().id(user)));
                trained.add(ask(contents.users().id(user + 1)));
            }
        }
        return new Answers(live.build().toArray(), trained.build().toArray());
    }

    private long ask(String user) throws Exception {
        long start = System.nanoTime();
        client.get("/users/%s/recommendations".formatted(user));
        return System.nanoTime() - start;
    }
}
