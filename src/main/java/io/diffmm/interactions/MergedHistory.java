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

/// One history of a user: what a model was trained on, and what the user has done since, merged by time.
///
/// An item that is both is where the user last did something with it. Where it is not known when the model's items
/// were,
/// they come before all live ones. Items that were taken back are left out of the model's, as is everything of somebody
/// who was erased.
public final class MergedHistory {

    private final int[] items;
    private final BitSet seen;
    private final int unknownItems;

    private MergedHistory(int[] items, BitSet seen, int unknownItems) {
        this.items = items;
        this.seen = seen;
        this.unknownItems = unknownItems;
    }

    /// What a model was trained on of one user.
    ///
    /// @param items rows, oldest first; not written to
    /// @param micros when they were, in microseconds since 1970, if that is known; not written to
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Trained(int[] items, Optional<long[]> micros) {

        /// Somebody whom the model does not know.
        public static final Trained NOTHING = new Trained(new int[0], Optional.empty());

        private long micros(int at) {
            return micros.map(times -> times[at]).orElse(Long.MIN_VALUE);
        }
    }

    /// Something done with an item.
    private record Event(int item, long micros) {}

    /// Merges.
    ///
    /// @param activity what the store knows of the user
    /// @param catalogue the items that the model knows
    /// @param most items that count, the newest
    public static MergedHistory of(Trained trained, Activity activity, ItemCatalogue catalogue, int most) {
        List<Event> events = events(trained, item -> counts(catalogue.item(item).id(), activity));
        int before = events.size();
        for (Activity.Live live : activity.live().reversed()) {
            OptionalInt row = catalogue.row(live.itemId());
            if (row.isPresent()) {
                events.add(new Event(row.getAsInt(), micros(live.occurredAt())));
            }
        }
        int unknown = activity.live().size() - (events.size() - before);
        events.sort(Comparator.comparingLong(Event::micros)); // of equal ones the model's first
        return of(events, unknown, most);
    }

    /// The history of a model alone.
    public static MergedHistory of(Trained trained, int most) {
        return of(events(trained, _ -> true), 0, most);
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

    private static MergedHistory of(List<Event> oldestFirst, int unknownItems, int most) {
        int[] newestFirst =
                oldestFirst.reversed().stream().mapToInt(Event::item).distinct().toArray();
        var seen = new BitSet();
        IntStream.of(newestFirst).forEach(seen::set);
        int[] items = new int[Math.min(most, newestFirst.length)];
        for (int at = 0; at < items.length; at++) {
            items[items.length - 1 - at] = newestFirst[at];
        }
        return new MergedHistory(items, seen, unknownItems);
    }

    /// Rows of the items that count, oldest first; not to be written to.
    public int[] items() {
        return items;
    }

    /// Rows of all items that the user knows, those too old to count among them; not to be written to.
    public BitSet seen() {
        return seen;
    }

    /// How many items the user did something with that the model does not know.
    public int unknownItems() {
        return unknownItems;
    }
}
