package io.diffmm.api;

import io.diffmm.ranking.Ranking;
import io.diffmm.ranking.TopK;
import io.diffmm.recommendation.EncodedAnswer.AnswerEncoder;
import io.diffmm.recommendation.Recommendations;
import io.diffmm.recommendation.Recommendations.AnswerKind;
import io.diffmm.recommendation.Recommendations.HistorySummary;
import io.diffmm.recommendation.Recommendations.RecommendedItem;
import io.diffmm.recommendation.ServingProperties.CacheProperties;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import tools.jackson.databind.json.JsonMapper;

/// Cost of an answer besides the computation of scores: selection of the best items, and encoding.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class AnswerBenchmark {

    private static final int LIMIT = 20;

    @Param({"6710", "1000000"})
    private int items;

    private final AnswerEncoder encoder = new AnswerWriter(
            new CacheProperties(1, Duration.ofMinutes(1), Duration.ZERO, 1, Duration.ZERO), JsonMapper.shared());
    private final BitSet seen = new BitSet();
    private float[] scores = new float[0];
    private final Recommendations answer = answer();

    /// Draws scores.
    @Setup(Level.Trial)
    public void draw() {
        var random = new SplittableRandom(1);
        scores = new float[items];
        for (int item = 0; item < items; item++) {
            scores[item] = (float) random.nextGaussian();
        }
        IntStream.range(0, LIMIT).map(_ -> random.nextInt(items)).forEach(seen::set);
    }

    private static Recommendations answer() {
        List<RecommendedItem> items = IntStream.rangeClosed(1, LIMIT)
                .mapToObj(rank -> new RecommendedItem(rank, "item-" + rank, 1f / rank, Optional.of("Title " + rank)))
                .toList();
        String version = "20260101-000000-00000000";
        return new Recommendations(
                version + ".0123456789abcdef0123456789abcdef",
                "demo",
                version,
                AnswerKind.PERSONALIZED,
                new HistorySummary(LIMIT, 0, true),
                items);
    }

    /// Selects the 20 best of all items.
    @Benchmark
    public Ranking top20() {
        return TopK.ranking(scores, seen, LIMIT);
    }

    /// Encodes an answer of 20 items as JSON; its size does not depend on the number of items.
    @Benchmark
    public byte[] encode() {
        return encoder.encode("u1", answer);
    }
}
