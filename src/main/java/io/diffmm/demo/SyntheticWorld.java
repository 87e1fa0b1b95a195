package io.diffmm.demo;

import io.diffmm.datasets.InteractionMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Invented items and histories: items belong to topics and differ in popularity; every user likes a few topics.
///
/// An item is a point in [#LATENT] dimensions near the centre of its topic. The variance falls with the dimension, as
/// in trained models.
final class SyntheticWorld {

    static final int LATENT = 32;

    private static final int ITEMS_PER_TOPIC = 100;
    private static final double CENTRE = 0.8; // weight of the topic's centre
    private static final double OWN = 0.6; // weight of the item's own part; 0.8^2 + 0.6^2 = 1
    private static final int MAX_TOPICS_OF_A_USER = 3;
    private static final int MIN_HISTORY = 3;
    private static final int MAX_HISTORY = 30;

    private final float[][] tastes; // [I, LATENT]
    private final float[] popularities; // [I], exponential, mean 1
    private final InteractionMatrix histories;

    SyntheticWorld(SyntheticSettings settings) {
        var random = new SplittableRandom(settings.seed());
        int topics = Math.max(4, settings.items() / ITEMS_PER_TOPIC);
        int[] topicOf = new int[settings.items()];
        this.tastes = new float[settings.items()][];
        this.popularities = new float[settings.items()];
        double[][] centres = new double[topics][];
        Arrays.setAll(centres, _ -> point(random));
        for (int item = 0; item < tastes.length; item++) {
            topicOf[item] = topic(topics, random);
            tastes[item] = near(centres[topicOf[item]], random);
            popularities[item] = (float) -Math.log(1 - random.nextDouble());
        }
        this.histories = histories(settings, items(topicOf, topics), random);
    }

    /// Returns the standard deviation of the items along a latent dimension.
    static double deviation(int direction) {
        return Math.sqrt(1.0 / (1 + direction));
    }

    /// Returns the point of an item, `[LATENT]`; must not be modified.
    float[] taste(int item) {
        return tastes[item];
    }

    float popularity(int item) {
        return popularities[item];
    }

    /// Histories, `[users, items]`.
    InteractionMatrix histories() {
        return histories;
    }

    private static double[] point(SplittableRandom random) {
        double[] point = new double[LATENT];
        Arrays.setAll(point, direction -> deviation(direction) * random.nextGaussian());
        return point;
    }

    private static float[] near(double[] centre, SplittableRandom random) {
        float[] point = new float[LATENT];
        for (int direction = 0; direction < LATENT; direction++) {
            point[direction] =
                    (float) (CENTRE * centre[direction] + OWN * deviation(direction) * random.nextGaussian());
        }
        return point;
    }

    /// Draws a topic; those with low numbers are larger and liked by more users.
    private static int topic(int topics, SplittableRandom random) {
        double share = random.nextDouble();
        return (int) (topics * share * share);
    }

    /// Returns the items of each topic, without empty topics.
    private static List<int[]> items(int[] topicOf, int topics) {
        List<List<Integer>> members = new ArrayList<>();
        for (int topic = 0; topic < topics; topic++) {
            members.add(new ArrayList<>());
        }
        for (int item = 0; item < topicOf.length; item++) {
            members.get(topicOf[item]).add(item);
        }
        return members.stream()
                .filter(topic -> !topic.isEmpty())
                .map(topic -> topic.stream().mapToInt(Integer::intValue).toArray())
                .toList();
    }

    private InteractionMatrix histories(SyntheticSettings settings, List<int[]> topics, SplittableRandom random) {
        List<int[]> rows = new ArrayList<>(settings.users());
        for (int user = 0; user < settings.users(); user++) {
            rows.add(history(topics, random));
        }
        return InteractionMatrix.of(settings.items(), rows);
    }

    private int[] history(List<int[]> topics, SplittableRandom random) {
        int[][] liked = new int[1 + random.nextInt(MAX_TOPICS_OF_A_USER)][];
        Arrays.setAll(liked, _ -> topics.get(topic(topics.size(), random)));
        int length = random.nextInt(MIN_HISTORY, MAX_HISTORY + 1);
        return random.ints()
                .map(_ -> popularOne(liked[random.nextInt(liked.length)], random))
                .limit(length)
                .distinct()
                .toArray();
    }

    /// Draws two items of a topic and returns the more popular one.
    private int popularOne(int[] topic, SplittableRandom random) {
        int one = topic[random.nextInt(topic.length)];
        int other = topic[random.nextInt(topic.length)];
        return popularities[one] >= popularities[other] ? one : other;
    }
}
