package io.diffmm.interactions;

import io.diffmm.datasets.ItemCatalogue;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// History of a user, ordered by time: the interactions that a model was trained on, merged with live ones.
///
/// An item in both has the position of the user's latest interaction with it. Trained items without times precede all
/// live items. Trained items that the user has removed are left out, as are all trained items of an erased user.
public final class MergedHistory {

    private final int[] items;
    private final BitSet seen;
    private final int unknownItems;

    private MergedHistory(int[] items, BitSet seen, int unknownItems) {
        this.items = items;
        this.seen = seen;
        this.unknownItems = unknownItems;
    }

    /// Interactions of one user that a model was trained on. The arrays must not be modified.
    ///
    /// @param items rows, oldest first
    /// @param micros times of the items, in microseconds since 1970, if known
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Trained(int[] items, Optional<long[]> micros) {

        /// History of a user who is unknown to the model.
        public static final Trained NOTHING = new Trained(new int[0], Optional.empty());

        private long micros(int at) {
            return micros.map(times -> times[at]).orElse(Long.MIN_VALUE);
        }
    }

    /// Interaction with an item.
    private record Event(int item, long micros) {}

    /// Merges the trained and the live history of a user.
    ///
    /// @param activity the user's live activity
    /// @param catalogue items of the model
    /// @param maxItems maximum number of items that count, the newest ones
    public static MergedHistory of(Trained trained, Activity activity, ItemCatalogue catalogue, int maxItems) {
        List<Event> events = events(trained, item -> counts(catalogue.item(item).id(), activity));
        int before = events.size();
        for (Activity.Live live : activity.live().reversed()) {
            OptionalInt row = catalogue.row(live.itemId());
            if (row.isPresent()) {
                events.add(new Event(row.getAsInt(), micros(live.occurredAt())));
            }
        }
        int unknown = activity.live().size() - (events.size() - before);
        events.sort(Comparator.comparingLong(Event::micros)); // stable: at equal times trained items precede live ones
        return of(events, unknown, maxItems);
    }

    /// Returns the trained history of a user, without live interactions.
    public static MergedHistory of(Trained trained, int maxItems) {
        return of(events(trained, _ -> true), 0, maxItems);
    }

    private static List<Event> events(Trained trained, IntPredicate counts) {
        return IntStream.range(0, trained.items().length)
                .filter(at -> counts.test(trained.items()[at]))
                .mapToObj(at -> new Event(trained.items()[at], trained.micros(at)))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static boolean counts(String itemId, Activity activity) {
        return !activity.erased() && !activity.removed().contains(itemId);
    }

    private static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    private static MergedHistory of(List<Event> oldestFirst, int unknownItems, int maxItems) {
        int[] newestFirst =
                oldestFirst.reversed().stream().mapToInt(Event::item).distinct().toArray();
        var seen = new BitSet();
        IntStream.of(newestFirst).forEach(seen::set);
        int[] items = new int[Math.min(maxItems, newestFirst.length)];
        for (int at = 0; at < items.length; at++) {
            items[items.length - 1 - at] = newestFirst[at];
        }
        return new MergedHistory(items, seen, unknownItems);
    }

    /// Returns the rows of the items that count, oldest first; must not be modified.
    public int[] items() {
        return items;
    }

    /// Returns the rows of all items of the history, including those too old to count; must not be modified.
    public BitSet seen() {
        return seen;
    }

    /// Returns the number of live items that are unknown to the model.
    public int unknownItems() {
        return unknownItems;
    }
}
