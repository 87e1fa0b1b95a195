package io.diffmm.datasets;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// What one user of the demo dataset likes: a mixture over the kinds of each modality, and the modalities' weights.
///
/// The affinity of user `u` to item `i` is `sum over m of weight(u, m) * mixture(u, m, kind(i, m))`; the next item is
/// drawn with probability proportional to `popularity(i) * exp(SHARPNESS * affinity(u, i))`. All items of a cell have
/// the same affinity, so a draw takes a cell first and then an item of it.
final class DemoTaste {

    private static final double SHARPNESS = 12;
    private static final double CONCENTRATION = 3; // the power that makes a user's few favourites stand out
    private static final int ATTEMPTS = 20; // per wanted item, until the favourites are used up

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

    double weight(DemoModality modality) {
        return weights[modality.place()];
    }

    private double share(DemoModality modality, int kind) {
        return mixtures.get(modality.place())[kind];
    }

    /// How much the user likes the items of a cell, 0 to 1.
    private double cellAffinity(int cell) {
        double affinity = 0;
        for (DemoModality modality : DemoModality.values()) {
            affinity += weight(modality) * share(modality, DemoItems.kindOfCell(modality, cell));
        }
        return affinity;
    }

    /// How much the user likes an item, 0 to 1.
    double affinity(DemoItems items, int item) {
        double affinity = 0;
        for (DemoModality modality : DemoModality.values()) {
            affinity += weight(modality) * share(modality, items.kind(modality, item));
        }
        return affinity;
    }

    /// The probability of each cell, running: `[cells + 1]`, not normalised.
    private double[] cellSums(DemoItems items) {
        double[] sums = new double[DemoItems.cells() + 1];
        for (int cell = 0; cell < DemoItems.cells(); cell++) {
            double mass = items.cellPopularity(cell);
            sums[cell + 1] = sums[cell] + (mass > 0 ? mass * Math.exp(SHARPNESS * cellAffinity(cell)) : 0);
        }
        return sums;
    }

    /// Draws `wanted` different items, in the order in which the user meets them.
    List<Integer> draw(DemoItems items, int wanted, SplittableRandom random) {
        double[] sums = cellSums(items);
        Set<Integer> drawn = new LinkedHashSet<>();
        for (int attempt = 0; attempt < ATTEMPTS * wanted && drawn.size() < wanted; attempt++) {
            double point = random.nextDouble() * sums[sums.length - 1];
            int found = Arrays.binarySearch(sums, point);
            int cell = found >= 0 ? firstWithMass(sums, found) : -found - 2;
            drawn.add(items.draw(cell, random));
        }
        drawn.addAll(drawRest(items, wanted - drawn.size(), drawn, random));
        return List.copyOf(drawn);
    }

    /// Draws from the items not drawn yet, each in turn by the same probabilities (the Gumbel trick: the order of the
    /// items by log weight plus Gumbel noise is such a sequence of draws).
    private List<Integer> drawRest(DemoItems items, int wanted, Set<Integer> drawn, SplittableRandom random) {
        if (wanted == 0) {
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
                .limit(wanted)
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

    /// Each category's part of the draws; sums to 1.
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
