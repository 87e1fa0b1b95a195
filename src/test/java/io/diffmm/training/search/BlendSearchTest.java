package io.diffmm.training.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.evaluation.Estimate;
import io.diffmm.evaluation.Metric;
import io.diffmm.model.Recency;
import io.diffmm.model.blend.Blend;
import io.diffmm.training.search.BlendSearch.OutOfFold;
import io.diffmm.training.search.BlendSearch.Result;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BlendSearchTest {

    private static final int CANDIDATES = 60;

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void search_twoHalvesOfTruthAndNoise_weightsHalvesEquallyAndExcludesNoise(long seed) {
        var random = new SplittableRandom(seed);
        List<Candidates> users = users(400, random, BlendSearchTest::halvesAndNoise);

        Blend blend = search(List.of("one", "other", "noise"), users, Optional.empty())
                .blend();

        assertThat(blend.views()).containsOnlyKeys("one", "other");
        assertThat(ratio(blend)).isBetween(0.4, 2.5); // the other half is ten times as large
    }

    /// Returns the scores of two independent halves of the truth, and of noise.
    private static double[][] halvesAndNoise(SplittableRandom random) {
        double[][] scores = new double[4][CANDIDATES];
        for (int at = 0; at < CANDIDATES; at++) {
            scores[0][at] = random.nextGaussian();
            scores[1][at] = 10 * random.nextGaussian();
            scores[2][at] = random.nextGaussian();
            scores[3][at] = scores[0][at] + scores[1][at] / 10;
        }
        return scores;
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void search_validIsIndifferent_followsTheFolds(long seed) {
        var random = new SplittableRandom(seed);
        List<String> views = List.of("one", "other");
        List<Candidates> indifferent = List.of(
                new Candidates(new float[2][30], new int[] {4}, 1), new Candidates(new float[2][30], new int[] {7}, 1));
        List<Candidates> hidden = users(2_000, random, BlendSearchTest::onlyFirst);

        Blend with = search(views, indifferent, Optional.of(HeldOutScores.of(strangers(hidden.size()), hidden)))
                .blend();
        Blend without = search(views, indifferent, Optional.empty()).blend();

        assertThat(with.views()).containsOnlyKeys("one");
        assertThat(without.views()).containsOnlyKeys("one", "other");
    }

    private static double ratio(Blend blend) {
        return weight(blend, "one") / (10 * weight(blend, "other"));
    }

    private static double[][] onlyFirst(SplittableRandom random) {
        double[][] scores = halvesAndNoise(random);
        scores[3] = scores[0];
        return scores;
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void search_equalViewsAndFewUsers_staysNearTheUniformBlend(long seed) {
        var random = new SplittableRandom(seed);
        List<Candidates> users = users(60, random, BlendSearchTest::halvesAndNoise);

        Blend blend = search(List.of("one", "other"), users, Optional.empty()).blend();

        assertThat(ratio(blend)).isBetween(0.2, 5.0);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void search_outOfFold_dividesUsersAndFitsWithoutThem(long seed) {
        var random = new SplittableRandom(seed);
        List<Candidates> candidates = users(103, random, BlendSearchTest::halvesAndNoise);
        List<HeldOutUser> all = heldOut(110); // seven are not in the sample

        Result result = outOfFold(all, candidates, candidates, seed);

        assertThat(result.outOfFold().stream().flatMap(part -> part.users().stream()))
                .containsExactlyInAnyOrderElementsOf(all);
        for (OutOfFold part : result.outOfFold()) {
            List<Integer> rest = IntStream.range(0, 103)
                    .filter(at -> !part.users().contains(all.get(at)))
                    .boxed()
                    .toList();
            assertThat(rest).hasSizeBetween(82, 83);
        }
        OutOfFold first = result.outOfFold().getFirst();
        List<Candidates> changed = new ArrayList<>(candidates);
        for (int at = 0; at < 103; at++) {
            if (first.users().contains(all.get(at))) {
                changed.set(at, reversed(candidates.get(at)));
            }
        }
        Result other = outOfFold(all, changed, changed, seed);
        assertThat(other.outOfFold().getFirst().blend())
                .as("nothing of these users is known to it")
                .isEqualTo(first.blend());
    }

    /// Searches a blend for users who are both in `valid` and in the folds.
    ///
    /// @param all users, more than the candidates
    private static Result outOfFold(List<HeldOutUser> all, List<Candidates> valid, List<Candidates> hidden, long seed) {
        List<HeldOutUser> sampled = all.subList(0, valid.size());
        return new BlendSearch(
                        List.of("one", "other", "noise"),
                        false,
                        HeldOutScores.of(sampled, valid),
                        Optional.of(HeldOutScores.of(sampled, hidden)),
                        _ -> Recency.NONE,
                        seed)
                .search(sampled, all);
    }

    /// Returns the same scores with another held-out item.
    private static Candidates reversed(Candidates user) {
        float[][] scores = {user.scores(0), user.scores(1), user.scores(2)};
        return new Candidates(scores, new int[] {CANDIDATES - 1 - user.hits()[0]}, 1);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void search_seeds_areOneViewAndJoinedOnlyIfBetter(long seed) {
        var random = new SplittableRandom(seed);
        List<String> views = List.of("e", "e#2");
        Function<SplittableRandom, double[][]> twice = BlendSearchTest::halvesAndNoise;
        List<Candidates> good = users(300, random, source -> scaled(twice.apply(source)));
        List<Candidates> bad = users(300, random, BlendSearchTest::onlyFirst);

        Result joined = search(views, good, Optional.empty());
        Result first = search(views, bad, Optional.empty());

        assertThat(joined.joined()).isTrue();
        assertThat(weight(joined.blend(), "e")).isEqualTo(weight(joined.blend(), "e#2"));
        assertThat(joined.selection().removals()).isEmpty();
        assertThat(first.joined()).isFalse();
        assertThat(first.blend().views()).containsOnlyKeys("e");
    }

    private static double[][] scaled(double[][] scores) {
        scores[1] = Arrays.stream(scores[1]).map(score -> score / 10).toArray();
        return scores;
    }

    @Test
    void search_linearViewWithLongTail_choosesTheLogForm() {
        var random = new SplittableRandom(3);
        List<Candidates> users = users(800, random, BlendSearchTest::logarithmOfFirst);

        Result log = search(List.of("linear", "other"), true, users);
        Result raw = search(List.of("linear", "other"), false, users);

        assertThat(part(log.blend(), "linear").logOffset()).isPresent();
        assertThat(part(raw.blend(), "linear").logOffset()).isEmpty();
        assertThat(log.selection().valid()).isGreaterThan(raw.selection().valid());
    }

    /// Returns scores of which the first one's logarithm and the second one add up to the truth.
    private static double[][] logarithmOfFirst(SplittableRandom random) {
        double[][] scores = new double[3][CANDIDATES];
        for (int at = 0; at < CANDIDATES; at++) {
            double logarithm = 2 * random.nextGaussian() - 4;
            scores[0][at] = Math.exp(logarithm);
            scores[1][at] = random.nextGaussian();
            scores[2][at] = logarithm + 2 * scores[1][at];
        }
        return scores;
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void selection_equalsFiguresOfAPlainComputation(long seed) {
        var random = new SplittableRandom(seed);
        List<Candidates> users = users(120, random, BlendSearchTest::halvesAndNoise);
        List<Candidates> hidden = users(90, random, BlendSearchTest::halvesAndNoise);
        double[] weights = random.doubles(90, 0.2, 1.8).toArray();
        double mean = Arrays.stream(weights).average().orElseThrow();
        Arrays.setAll(weights, at -> weights[at] / mean);

        Result result = search(
                List.of("one", "other", "noise"),
                users,
                Optional.of(new HeldOutScores(strangers(90), hidden, weights)));

        double[] full = {weight(result.blend(), "one"), weight(result.blend(), "other"), noise(result.blend())};
        assertThat(result.selection().valid()).isCloseTo(mean(users, ones(120), full), within(1e-6));
        assertThat(result.selection().folds().orElseThrow()).isCloseTo(mean(hidden, weights, full), within(1e-6));
        assertThat(result.selection().regret().orElseThrow().mean()).isBetween(0.0, 0.2);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void removals_costOfAViewThatOthersReplace_isNearZero(long seed) {
        var random = new SplittableRandom(seed);
        List<Candidates> users = users(600, random, BlendSearchTest::twiceOne);
        List<Candidates> hidden = users(600, random, BlendSearchTest::twiceOne);

        Result result =
                search(List.of("one", "copy", "other"), users, Optional.of(HeldOutScores.of(strangers(600), hidden)));

        double[] weights = {
            weight(result.blend(), "one"),
            weight(result.blend(), "copy"),
            part(result.blend(), "other").weight()
        };
        double[] rest = {0, weights[1], weights[2]};
        double unfitted = mean(users, ones(600), weights) - mean(users, ones(600), rest);
        assertThat(cost(result, "one").value()).isLessThan(unfitted / 2).isBetween(-0.02, 0.02);
        assertThat(cost(result, "other").low()).isGreaterThan(0.05);
    }

    private static Estimate cost(Result result, String view) {
        return result.selection().removals().stream()
                .filter(removal -> removal.view().equals(view))
                .flatMap(removal -> Optional.ofNullable(removal.valid().get("ndcg@20")).stream())
                .findFirst()
                .orElseThrow();
    }

    /// Returns a view, its copy and another view; twice the first one and the other one add up to the
    /// truth.
    private static double[][] twiceOne(SplittableRandom random) {
        double[][] scores = new double[4][CANDIDATES];
        for (int at = 0; at < CANDIDATES; at++) {
            scores[0][at] = random.nextGaussian();
            scores[1][at] = scores[0][at];
            scores[2][at] = random.nextGaussian();
            scores[3][at] = 2 * scores[0][at] + scores[2][at];
        }
        return scores;
    }

    private static double noise(Blend blend) {
        return blend.views().containsKey("noise") ? weight(blend, "noise") : 0;
    }

    private static double[] ones(int users) {
        return IntStream.range(0, users).mapToDouble(_ -> 1).toArray();
    }

    /// Returns the weighted mean NDCG@20 by sorting all candidates.
    private static double mean(List<Candidates> users, double[] userWeights, double[] viewWeights) {
        double sum = 0;
        for (int user = 0; user < users.size(); user++) {
            Candidates own = users.get(user);
            List<Integer> order =
                    new ArrayList<>(IntStream.range(0, own.size()).boxed().toList());
            order.sort(Comparator.comparingDouble(at -> -(viewWeights[0] * own.scores(0)[at]
                    + viewWeights[1] * own.scores(1)[at]
                    + viewWeights[2] * own.scores(2)[at])));
            boolean[] found = new boolean[20];
            IntStream.range(0, 20).forEach(rank -> found[rank] = order.get(rank) == own.hits()[0]);
            sum += userWeights[user] * new Metric(Metric.Measure.NDCG, 20).of(found, own.heldOut());
        }
        return sum / users.size();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void search_oneUserOfValidBesideFolds_followsTheFolds(long seed) {
        var random = new SplittableRandom(seed);
        List<Candidates> one = users(1, random, BlendSearchTest::halvesAndNoise);
        List<Candidates> hidden = users(1_000, random, BlendSearchTest::halvesAndNoise);
        List<String> views = List.of("one", "other", "noise");

        Blend blend = search(views, one, Optional.of(HeldOutScores.of(strangers(1_000), hidden)))
                .blend();
        Blend alone = search(views, one, Optional.empty()).blend();

        assertThat(blend.views()).containsOnlyKeys("one", "other");
        assertThat(alone.views()).containsOnlyKeys("one", "other", "noise");
    }

    @Test
    void search_constantViewsAndOneUser_selectsTheUniformBlend() {
        Candidates user = new Candidates(new float[2][30], new int[] {4}, 1);

        Result result = search(List.of("one", "other"), List.of(user), Optional.empty());

        assertThat(weight(result.blend(), "one")).isEqualTo(weight(result.blend(), "other"));
        assertThat(result.selection().regret()).isEmpty();
        assertThat(result.outOfFold()).hasSize(1);
    }

    @Test
    void selection_countsHeldOutItemsThatAreNotCandidates() {
        Candidates user = new Candidates(new float[][] {{3, 2, 1}}, new int[] {1}, 2);

        double ndcg = search(List.of("one"), List.of(user, user), Optional.empty())
                .selection()
                .valid();

        double second = Math.log(2) / Math.log(3);
        assertThat(ndcg).isCloseTo(second / (1 + second), within(1e-7));
    }

    private static Blend.Part part(Blend blend, String view) {
        return Objects.requireNonNull(blend.views().get(view));
    }

    private static double weight(Blend blend, String view) {
        return part(blend, view).weight();
    }

    private static Result search(List<String> views, List<Candidates> users, Optional<HeldOutScores> folds) {
        List<HeldOutUser> all = heldOut(users.size());
        return new BlendSearch(views, false, HeldOutScores.of(all, users), folds, _ -> Recency.NONE, 1)
                .search(all, all);
    }

    private static Result search(List<String> views, boolean logForm, List<Candidates> users) {
        List<HeldOutUser> all = heldOut(users.size());
        return new BlendSearch(views, logForm, HeldOutScores.of(all, users), Optional.empty(), _ -> Recency.NONE, 1)
                .search(all, all);
    }

    private static List<HeldOutUser> heldOut(int users) {
        return heldOut("u", users);
    }

    /// Returns users who are not in `valid`.
    private static List<HeldOutUser> strangers(int users) {
        return heldOut("stranger", users);
    }

    private static List<HeldOutUser> heldOut(String prefix, int users) {
        return IntStream.range(0, users)
                .mapToObj(user -> new HeldOutUser(OptionalInt.of(user), prefix + user, new int[] {1}))
                .toList();
    }

    /// Creates users whose held-out item maximises the last row of the scores.
    private static List<Candidates> users(
            int count, SplittableRandom random, Function<SplittableRandom, double[][]> scores) {
        List<Candidates> users = new ArrayList<>();
        for (int user = 0; user < count; user++) {
            double[][] drawn = scores.apply(random);
            double[] truth = drawn[drawn.length - 1];
            int best = IntStream.range(0, CANDIDATES)
                    .reduce((a, b) -> truth[a] >= truth[b] ? a : b)
                    .orElseThrow();
            float[][] views = new float[drawn.length - 1][CANDIDATES];
            for (int view = 0; view < views.length; view++) {
                for (int at = 0; at < CANDIDATES; at++) {
                    views[view][at] = (float) drawn[view][at];
                }
            }
            users.add(new Candidates(views, new int[] {best}, 1));
        }
        return users;
    }
}
