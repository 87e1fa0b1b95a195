package io.diffmm.demo;

import java.util.List;
import java.util.SplittableRandom;

/// Content of a demo dataset: its items, and the taste and history of every user.
///
/// Users are computed from the seed on every call, so memory does not grow with their number.
public final class DemoWorld {

    private static final int MIN_HISTORY = 12; // items of a user, at least 8 of them for training
    private static final int MEAN_EXTRA = 16; // mean number of further items
    private static final long STREAM = 0x9E3779B97F4A7C15L; // makes the users' seeds distinct
    private static final double HELD_OUT = 0.1; // share of a user's items for valid, and again for test

    private final DemoSettings settings;
    private final DemoItems items;

    DemoWorld(DemoSettings settings) {
        this.settings = settings;
        this.items = new DemoItems(settings.items(), new SplittableRandom(settings.seed()));
    }

    DemoSettings settings() {
        return settings;
    }

    DemoItems items() {
        return items;
    }

    static String userId(int user) {
        return "u" + (user + 1);
    }

    static String itemId(int item) {
        return "v" + (item + 1);
    }

    /// Draws the taste of a user.
    DemoTaste taste(int user) {
        return new DemoTaste(random(user).split());
    }

    /// Draws the history of a user.
    DemoHistory history(int user) {
        SplittableRandom random = random(user);
        DemoTaste taste = new DemoTaste(random.split());
        int max = Math.max(MIN_HISTORY, settings.items() / 4);
        int count = Math.min(max, MIN_HISTORY + (int) (MEAN_EXTRA * random.nextExponential()));
        List<Integer> drawn = taste.draw(items, count, random);
        int heldOut = (int) Math.max(1, Math.round(HELD_OUT * drawn.size()));
        int train = drawn.size() - 2 * heldOut;
        return new DemoHistory(
                drawn.subList(0, train),
                drawn.subList(train, train + heldOut),
                drawn.subList(train + heldOut, drawn.size()),
                random.nextLong());
    }

    private SplittableRandom random(int user) {
        return new SplittableRandom((settings.seed() + 1) * STREAM ^ (user + 1) * ~STREAM);
    }

    /// Size and seed of a demo dataset.
    ///
    /// @param users number of users, at least 1
    /// @param items number of items, at least 60
    /// @param seed seed of all random numbers; the same settings produce the same files
    public record DemoSettings(int users, int items, long seed) {

        /// 1,000 users and 300 items.
        public static final DemoSettings DEFAULT = new DemoSettings(1_000, 300, 42);

        private static final int MIN_ITEMS = 60;

        public DemoSettings {
            if (users < 1) {
                throw new IllegalArgumentException("users is %d; at least 1 is needed".formatted(users));
            }
            if (items < MIN_ITEMS) {
                throw new IllegalArgumentException(
                        "items is %d; at least %d are needed for every user's history".formatted(items, MIN_ITEMS));
            }
        }
    }

    /// Items that one user watched, oldest first, split by time.
    ///
    /// @param seed seed of the times of day
    record DemoHistory(List<Integer> train, List<Integer> valid, List<Integer> test, long seed) {}
}
