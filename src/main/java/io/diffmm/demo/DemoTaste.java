package io.diffmm.demo;

import io.diffmm.demo.DemoItems.DemoModality;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Preferences of one user of the demo dataset: a distribution over the kinds of each modality, and weights of the
/// modalities.
///
/// The affinity of user `u` to item `i` is `sum over m of weight(u, m) * mixture(u, m, kind(i, m))`; the next item is
/// drawn with probability proportional to `popularity(i) * exp(SHARPNESS * affinity(u, i))`. All items of a cell have
/// the same affinity, so a draw takes a cell first and then an item of it.
final class DemoTaste {

    private static final double SHARPNESS = 12;
    private static final double CONCENTRATION = 3; // exponent; higher values concentrate preferences on fewer kinds
    private static final int MAX_ATTEMPTS = 20; // draws per item

    private final double[] weights; // [modalities], sum 1
    private final List<double[]> mixtures; // of each modality: [kinds], sum 1

    DemoTaste(SplittableRandom random) {
        this.weights = mixture(DemoModality.values().length, 1, random);
        this.mixtures = new ArrayList<>();
        for (DemoModality modality : DemoModality.values()) {
            mixtures.add(mixture(modality.kinds(), CONCENTRATION, random));
        }
    }

    private static double[] mixture(int parts, double power, SplittableRandom random) {
        double[] shares = new double[parts];
        Arrays.setAll(shares, part -> Math.pow(random.nextExponential(), power));
        double sum = Arrays.stream(shares).sum();
        return Arrays.stream(shares).map(share -> share / sum).toArray();
    }

    /// Returns the weight of a modality; the weights sum to 1.
    double weight(DemoModality modality) {
        return weights[modality.index()];
    }

    private double share(DemoModality modality, int kind) {
        return mixtures.get(modality.index())[kind];
    }

    /// Returns the affinity of the user to the items of a cell, in [0, 1].
    private double cellAffinity(int cell) {
        double affinity = 0;
        for (DemoModality modality : DemoModality.values()) {
            affinity += weight(modality) * share(modality, DemoItems.kindOfCell(modality, cell));
        }
        return affinity;
    }

    /// Returns the affinity of the user to an item, in [0, 1].
    double affinity(DemoItems items, int item) {
        double affinity = 0;
        for (DemoModality modality : DemoModality.values()) {
            affinity += weight(modality) * share(modality, items.kind(modality, item));
        }
        return affinity;
    }

    /// Returns the prefix sums of the cells' unnormalised probabilities, `[cells + 1]`.
    private double[] cellSums(DemoItems items) {
        double[] sums = new double[DemoItems.cells() + 1];
        for (int cell = 0; cell < DemoItems.cells(); cell++) {
            double mass = items.cellPopularity(cell);
            sums[cell + 1] = sums[cell] + (mass > 0 ? mass * Math.exp(SHARPNESS * cellAffinity(cell)) : 0);
        }
        return sums;
    }

    /// Draws `count` different items, in the order of the user's history.
    List<Integer> draw(DemoItems items, int count, SplittableRandom random) {
        double[] sums = cellSums(items);
        Set<Integer> drawn = new LinkedHashSet<>();
        for (int attempt = 0; attempt < MAX_ATTEMPTS * count && drawn.size() < count; attempt++) {
            double point = random.nextDouble() * sums[sums.length - 1];
            int found = Arrays.binarySearch(sums, point);
            int cell = found >= 0 ? firstWithMass(sums, found) : -found - 2;
            drawn.add(items.draw(cell, random));
        }
        drawn.addAll(drawRest(items, count - drawn.size(), drawn, random));
        return List.copyOf(drawn);
    }

    /// Draws without replacement from the items not drawn yet, by the same probabilities (Gumbel trick: items sorted by
    /// log weight plus Gumbel noise are such a sequence of draws).
    private List<Integer> drawRest(DemoItems items, int count, Set<Integer> drawn, SplittableRandom random) {
        if (count == 0) {
            return List.of();
        }
        double[] keys = new double[items.size()];
        Arrays.setAll(
                keys,
                item -> Math.log(items.popularity(item))
                        + SHARPNESS * affinity(items, item)
                        - Math.log(random.nextExponential()));
        return IntStream.range(0, items.size())
                .boxed()
                .filter(item -> !drawn.contains(item))
                .sorted(Comparator.comparingDouble(item -> -keys[item]))
                .limit(count)
                .toList();
    }

    private static int firstWithMass(double[] sums, int at) {
        int cell = at;
        while (cell > 0 && sums[cell] == sums[cell + 1]) {
            cell--;
        }
        while (sums[cell] == sums[cell + 1]) {
            cell++;
        }
        return cell;
    }

    /// Returns the probability of each category in a draw; sums to 1.
    double[] categoryShares(DemoItems items) {
        double[] sums = cellSums(items);
        double[] shares = new double[DemoModality.TEXTUAL.kinds()];
        for (int cell = 0; cell < DemoItems.cells(); cell++) {
            shares[DemoItems.kindOfCell(DemoModality.TEXTUAL, cell)] +=
                    (sums[cell + 1] - sums[cell]) / sums[sums.length - 1];
        }
        return shares;
    }
}
