package io.diffmm.demo;

import io.diffmm.datasets.FeatureMatrix;
import io.diffmm.datasets.InvalidDatasetException;
import io.diffmm.datasets.reading.NpyFile;
import io.diffmm.demo.DemoItems.DemoModality;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/// Writer of the demo dataset: invented micro-videos, and users with known preferences, so that the correct
/// recommendations are known, too.
///
/// Files: `train.csv`, `valid.csv` and `test.csv` (split by time), `items.csv`, features of three modalities (float16),
/// and `truth.csv` with the preferences of every user.
public final class DemoDataset {

    private static final long FIRST_DAY = 1_735_689_600; // 2025-01-01T00:00:00Z
    private static final long DAY = 86_400;

    private DemoDataset() {}

    /// Size and seed of a demo dataset.
    ///
    /// @param users number of users, at least 1
    /// @param items number of items, at least 60
    /// @param seed seed of all random numbers; the same settings give the same files
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

    /// Counts of a dataset that was written.
    ///
    /// @param train interactions of `train.csv`
    /// @param valid interactions of `valid.csv`
    /// @param test interactions of `test.csv`
    public record Summary(Path directory, int users, int items, long train, long valid, long test) {}

    /// Writes the dataset into `directory`, which is created.
    ///
    /// The same settings produce the same bytes. Memory grows with the number of items, not with that of users.
    ///
    /// @throws InvalidDatasetException if the directory exists and is not empty
    public static Summary generate(DemoSettings settings, Path directory) {
        requireNew(directory);
        var world = new DemoWorld(settings);
        try {
            Files.createDirectories(directory);
            writeItems(world, directory);
            for (DemoModality modality : DemoModality.values()) {
                FeatureMatrix features = world.items().features(modality);
                NpyFile.writeFloat16(directory.resolve(features.modality() + NpyFile.EXTENSION), features);
            }
            writeTruth(world, directory);
            return writeInteractions(world, directory);
        } catch (IOException e) {
            throw new UncheckedIOException("the demo dataset cannot be written to %s".formatted(directory), e);
        }
    }

    private static void requireNew(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        if (!Files.isDirectory(directory)) {
            throw InvalidDatasetException.of(directory, "is a file; name a directory that is new or empty");
        }
        try (Stream<Path> entries = Files.list(directory)) {
            if (entries.findAny().isPresent()) {
                throw InvalidDatasetException.of(directory, "is not empty; name a directory that is new or empty");
            }
        } catch (IOException e) {
            var refusal = InvalidDatasetException.of(directory, "cannot be read: %s".formatted(e.getMessage()));
            refusal.initCause(e);
            throw refusal;
        }
    }

    private static void writeItems(DemoWorld world, Path directory) throws IOException {
        int[] perCategory = new int[DemoTitles.CATEGORIES.size()];
        try (BufferedWriter writer = Files.newBufferedWriter(directory.resolve("items.csv"))) {
            writer.write("item_id,title,category\n");
            for (int item = 0; item < world.items().size(); item++) {
                int category = world.items().category(item);
                String title = DemoTitles.title(category, perCategory[category]++);
                String quoted = title.contains(",") ? '"' + title + '"' : title;
                writer.write(
                        "%s,%s,%s\n".formatted(DemoWorld.itemId(item), quoted, DemoTitles.CATEGORIES.get(category)));
            }
        }
    }

    /// Writes the most probable category of each user, its probability, and the weights of the modalities.
    private static void writeTruth(DemoWorld world, Path directory) throws IOException {
        try (BufferedWriter writer = Files.newBufferedWriter(directory.resolve("truth.csv"))) {
            writer.write("user_id,favourite_category,share,visual_weight,acoustic_weight,textual_weight\n");
            for (int user = 0; user < world.settings().users(); user++) {
                DemoTaste taste = world.taste(user);
                double[] shares = taste.categoryShares(world.items());
                int favourite = favourite(shares);
                writer.write(String.format(
                        Locale.ROOT,
                        "%s,%s,%.4f,%.4f,%.4f,%.4f\n",
                        DemoWorld.userId(user),
                        DemoTitles.CATEGORIES.get(favourite),
                        shares[favourite],
                        taste.weight(DemoModality.VISUAL),
                        taste.weight(DemoModality.ACOUSTIC),
                        taste.weight(DemoModality.TEXTUAL)));
            }
        }
    }

    private static int favourite(double[] shares) {
        int best = 0;
        for (int at = 1; at < shares.length; at++) {
            best = shares[at] > shares[best] ? at : best;
        }
        return best;
    }

    private static Summary writeInteractions(DemoWorld world, Path directory) throws IOException {
        long trained = 0;
        long validated = 0;
        long tested = 0;
        try (BufferedWriter train = interactions(directory, "train.csv");
                BufferedWriter valid = interactions(directory, "valid.csv");
                BufferedWriter test = interactions(directory, "test.csv")) {
            for (int user = 0; user < world.settings().users(); user++) {
                DemoHistory history = world.history(user);
                var clock = new Clock(history.seed());
                trained += write(train, user, history.train(), clock);
                validated += write(valid, user, history.valid(), clock);
                tested += write(test, user, history.test(), clock);
            }
        }
        return new Summary(directory, world.settings().users(), world.items().size(), trained, validated, tested);
    }

    private static BufferedWriter interactions(Path directory, String name) throws IOException {
        BufferedWriter writer = Files.newBufferedWriter(directory.resolve(name));
        writer.write("user_id,item_id,timestamp\n");
        return writer;
    }

    private static int write(BufferedWriter writer, int user, List<Integer> items, Clock clock) throws IOException {
        for (int item : items) {
            writer.write(DemoWorld.userId(user) + ',' + DemoWorld.itemId(item) + ',' + clock.next() + '\n');
        }
        return items.size();
    }

    /// Times of one user's interactions: a day apart on average, from a random day of the first quarter of 2025 on.
    private static final class Clock {

        private final SplittableRandom random;
        private long now;

        Clock(long seed) {
            this.random = new SplittableRandom(seed);
            this.now = FIRST_DAY + random.nextLong(90 * DAY);
        }

        long next() {
            now += 1 + (long) (DAY * random.nextExponential());
            return now;
        }
    }

    /// Content of a demo dataset: its items, and the taste and history of every user.
    ///
    /// Users are computed from the seed on every call, so memory does not grow with their number.
    static final class DemoWorld {

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
            int most = Math.max(MIN_HISTORY, settings.items() / 4);
            int wanted = Math.min(most, MIN_HISTORY + (int) (MEAN_EXTRA * random.nextExponential()));
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

    /// Items that one user watched, oldest first, split by time.
    ///
    /// @param seed seed of the times of day
    record DemoHistory(List<Integer> train, List<Integer> valid, List<Integer> test, long seed) {}
}
