package io.diffmm.datasets;

import java.util.List;
import java.util.SplittableRandom;

/// All that is true of a demo dataset, computed from its seed whenever asked for; nothing is held per user.
final class DemoWorld {

    private static final int FEWEST_ITEMS = 12; // a user's: at least 8 of them train
    private static final int EXTRA_ITEMS = 16; // the mean of what comes on top
    private static final long STREAM = 0x9E3779B97F4A7C15L; // keeps the users' seeds apart
    private static final double HELD_OUT = 0.1; // of a user's items, for valid and for test each

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

    DemoTaste taste(int user) {
        return new DemoTaste(random(user).split());
    }

    /// What a user watched, oldest first.
    DemoHistory history(int user) {
        SplittableRandom random = random(user);
        DemoTaste taste = new DemoTaste(random.split());
        int most = Math.max(FEWEST_ITEMS, settings.items() / 4);
        int wanted = Math.min(most, FEWEST_ITEMS + (int) (EXTRA_ITEMS * random.nextExponential()));
        List<Integer> drawn = taste.draw(items, wanted, random);
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
}
