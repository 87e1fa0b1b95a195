package io.diffmm.datasets;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// When the rows of several sources happened; rows are numbered source after source, in the order of
/// each.
///
/// Rows of one source compare by its timestamps, if it has any. Rows of two sources compare by them
/// where every source gives points in time; else those of the earlier source come first.
final class RowTimes {

    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final int NANOS_PER_MICRO = 1_000;

    private final List<Source> sources = new ArrayList<>();
    private boolean comparable;

    /// The timestamps of one source.
    ///
    /// @param first number of its first row
    /// @param timestamps what reads them; absent if it has none, and then the lists stay empty
    private record Source(int first, Optional<Timestamps> timestamps, LongList wholes, IntList billionths) {

        boolean pointsInTime() {
            return timestamps.map(Timestamps::pointsInTime).orElse(false);
        }

        static int compare(Source one, int left, Source other, int right) {
            int at = left - one.first;
            int otherAt = right - other.first;
            int byWhole = Long.compare(one.wholes.get(at), other.wholes.get(otherAt));
            return byWhole != 0 ? byWhole : Integer.compare(one.billionths.get(at), other.billionths.get(otherAt));
        }
    }

    /// Begins a source.
    ///
    /// @param first number of its first row
    void begin(int first, Optional<Timestamps> timestamps) {
        sources.add(new Source(first, timestamps, new LongList(), new IntList()));
    }

    /// Takes down when the next row of the source at hand happened: what its timestamps have read last.
    void add() {
        Source source = sources.getLast();
        source.timestamps().ifPresent(timestamp -> {
            source.wholes().add(timestamp.whole());
            source.billionths().add(timestamp.billionths());
        });
    }

    /// Ends the source at hand; one without rows is as if it had not been.
    ///
    /// @param end number of the row after its last
    void end(int end) {
        if (sources.getLast().first() == end) {
            sources.removeLast();
        }
        comparable = sources.size() == 1 ? sources.getFirst().timestamps().isPresent() : pointsInTime();
    }

    /// Whether any two rows compare by their timestamps.
    boolean comparable() {
        return comparable;
    }

    /// Whether every row is dated by a point in time.
    boolean pointsInTime() {
        return sources.stream().allMatch(Source::pointsInTime);
    }

    /// When a row happened, in microseconds since 1970, if rows are dated by points in time; the nearest that a long
    /// holds.
    long micros(int row) {
        Source source = sources.get(source(row));
        int at = row - source.first();
        long most = Long.MAX_VALUE / MICROS_PER_SECOND - 1;
        long seconds = Math.clamp(source.wholes().get(at), -most, most);
        return seconds * MICROS_PER_SECOND + source.billionths().get(at) / NANOS_PER_MICRO;
    }

    /// Which of two rows comes first; 0 if nothing tells.
    int compare(int left, int right) {
        int one = source(left);
        int other = source(right);
        boolean byTime = one == other ? sources.get(one).timestamps().isPresent() : comparable;
        return byTime ? Source.compare(sources.get(one), left, sources.get(other), right) : Integer.compare(one, other);
    }

    private int source(int row) {
        int at = sources.size() - 1;
        while (row < sources.get(at).first()) {
            at--;
        }
        return at;
    }
}
