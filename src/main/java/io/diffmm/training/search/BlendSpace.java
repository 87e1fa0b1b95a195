package io.diffmm.training.search;

import io.diffmm.model.Recency;
import io.diffmm.model.ScoringModel.Scorer;
import io.diffmm.model.blend.Blend;
import io.diffmm.model.blend.BlendedRecommender;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Blends that a search chooses from: shares of the views, whose scores are divided by their mean
/// standard deviation over the candidates of a user.
///
/// The views of several models of one family that differ in their seed only count as one view, the sum of
/// their scores. The linear view enters with its scores, or in log form with one of several offsets.
final class BlendSpace {

    /// Offsets of the log form. Scores of a walk are between 0 and about 1.
    private static final List<Optional<Double>> OFFSETS =
            List.of(Optional.empty(), Optional.of(1e-4), Optional.of(3e-4), Optional.of(1e-3), Optional.of(3e-3));

    private final List<String> views;
    private final Map<String, List<Integer>> groups = new LinkedHashMap<>(); // rows of the views of each name
    private final boolean logForm;
    private final Map<Column, Double> scales = new LinkedHashMap<>();

    /// @param views names of the views, in the order of the candidates' scores
    /// @param logForm whether the linear view has a log form
    /// @param users users that scales are computed from
    BlendSpace(List<String> views, boolean logForm, List<Candidates> users) {
        this.views = List.copyOf(views);
        this.logForm = logForm;
        for (int view = 0; view < views.size(); view++) {
            groups.computeIfAbsent(Scorer.base(views.get(view)), _ -> new ArrayList<>())
                    .add(view);
        }
        columns().forEach(column -> scales.put(column, scale(column, users)));
    }

    /// Blend by shares.
    ///
    /// @param shares share of each view, in the order of [#names]; at least one is positive
    /// @param offset offset of the linear view's log form; empty for its scores
    /// @param joined whether views are sums over seeds; otherwise only the first model's views have a
    ///     weight
    record Mix(List<Double> shares, Optional<Double> offset, boolean joined) {

        Mix {
            shares = List.copyOf(shares);
        }

        /// Returns the mix with another share of a view.
        Mix with(int view, double share) {
            List<Double> changed = new ArrayList<>(shares);
            changed.set(view, share);
            return new Mix(changed, offset, joined);
        }

        /// Returns the mix with the same ranking whose greatest share is 1.
        Mix scaled() {
            double greatest = Collections.max(shares);
            return new Mix(shares.stream().map(share -> share / greatest).toList(), offset, joined);
        }

        /// Returns whether all shares are zero.
        boolean isEmpty() {
            return Collections.max(shares) == 0;
        }
    }

    /// Scores of one view in one form.
    record Column(String name, Optional<Double> offset, boolean joined) {}

    /// Returns the names of the views without their seeds.
    List<String> names() {
        return List.copyOf(groups.keySet());
    }

    /// Returns whether there are several models that differ in their seed.
    boolean hasSeeds() {
        return groups.size() < views.size();
    }

    /// Returns the blends with equal shares of the views, one for each form of the linear view.
    ///
    /// @param removed positions of views without a share
    List<Mix> uniform(boolean joined, Set<Integer> removed) {
        List<Double> shares = new ArrayList<>(Collections.nCopies(groups.size(), 1.0));
        removed.forEach(view -> shares.set(view, 0.0));
        boolean linear = !removed.contains(names().indexOf(BlendedRecommender.LINEAR));
        return (linear ? offsets() : OFFSETS.subList(0, 1))
                .stream().map(offset -> new Mix(shares, offset, joined)).toList();
    }

    private List<Optional<Double>> offsets() {
        return logForm && groups.containsKey(BlendedRecommender.LINEAR) ? OFFSETS : OFFSETS.subList(0, 1);
    }

    private List<Column> columns() {
        List<Column> columns = new ArrayList<>();
        for (String name : groups.keySet()) {
            for (boolean joined : hasSeeds() ? new boolean[] {true, false} : new boolean[] {true}) {
                (name.equals(BlendedRecommender.LINEAR) ? offsets() : OFFSETS.subList(0, 1))
                        .forEach(offset -> columns.add(new Column(name, offset, joined)));
            }
        }
        return columns;
    }

    private double scale(Column column, List<Candidates> users) {
        double deviation = users.stream()
                .mapToDouble(user -> deviation(scores(column, user)))
                .average()
                .orElseThrow();
        return deviation > 0 ? 1 / deviation : 1;
    }

    private List<Integer> rows(Column column) {
        List<Integer> rows = groups.getOrDefault(column.name(), List.of());
        return column.joined() ? rows : rows.subList(0, 1);
    }

    private double[] scores(Column column, Candidates user) {
        double[] sum = new double[user.size()];
        for (int row : rows(column)) {
            float[] scores = user.scores(row);
            for (int at = 0; at < sum.length; at++) {
                sum[at] += scores[at];
            }
        }
        column.offset().ifPresent(offset -> Arrays.setAll(sum, at -> Math.log1p(sum[at] / offset)));
        return sum;
    }

    private static double deviation(double[] values) {
        double mean = Arrays.stream(values).average().orElse(0);
        double squares = Arrays.stream(values)
                .map(value -> (value - mean) * (value - mean))
                .sum();
        return values.length == 0 ? 0 : Math.sqrt(squares / values.length);
    }

    /// Returns the scores of a user's candidates in each column, divided by their mean standard deviation.
    Map<Column, float[]> standardised(Candidates user) {
        Map<Column, float[]> columns = new HashMap<>();
        scales.forEach((column, scale) -> {
            double[] scores = scores(column, user);
            float[] standardised = new float[scores.length];
            for (int at = 0; at < scores.length; at++) {
                standardised[at] = (float) (scale * scores[at]);
            }
            columns.put(column, standardised);
        });
        return columns;
    }

    /// Returns the columns of a mix with their shares, without those of share zero.
    Map<Column, Double> shares(Mix mix) {
        Map<Column, Double> shares = new LinkedHashMap<>();
        List<String> names = names();
        for (int at = 0; at < names.size(); at++) {
            if (mix.shares().get(at) > 0) {
                shares.put(column(names.get(at), mix), mix.shares().get(at));
            }
        }
        return shares;
    }

    private static Column column(String name, Mix mix) {
        boolean linear = name.equals(BlendedRecommender.LINEAR);
        return new Column(name, linear ? mix.offset() : Optional.empty(), mix.joined());
    }

    /// Converts a mix to weights of the views' scores.
    Blend blend(Mix mix, Function<String, Recency> recency) {
        Map<String, Blend.Part> parts = new LinkedHashMap<>();
        shares(mix).forEach((column, share) -> {
            double weight = rounded(share * scales.getOrDefault(column, 1.0));
            for (int row : rows(column)) {
                String view = views.get(row);
                parts.put(view, new Blend.Part(weight, recency.apply(view), column.offset()));
            }
        });
        return new Blend(parts);
    }

    /// Rounds a weight to float32, which is still more precise than the search.
    private static double rounded(double weight) {
        return Double.parseDouble(Float.toString((float) weight));
    }
}
