package io.diffmm.datasets.reading;

import io.diffmm.datasets.reading.PrimitiveLists.IntList;
import io.diffmm.datasets.reading.PrimitiveLists.LongList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Times of the rows of several sources; rows are numbered source after source, in the order of each source.
///
/// Rows of one source compare by its timestamps, if it has any. Rows of two sources compare by timestamps if those of
/// every source are points in time; otherwise the rows of the earlier source come first.
final class RowTimes {

    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final int NANOS_PER_MICRO = 1_000;
    private static final long MAX_SECONDS = Long.MAX_VALUE / MICROS_PER_SECOND - 1;

    private final List<Source> sources = new ArrayList<>();
    private boolean comparable;

    /// Timestamps of one source.
    ///
    /// @param first number of its first row
    /// @param timestamps parser of its timestamps; empty without timestamps, then the lists stay empty
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

    /// Adds the time of the current source's next row: the timestamp that was parsed last.
    void add() {
        Source source = sources.getLast();
        source.timestamps().ifPresent(timestamp -> {
            source.wholes().add(timestamp.whole());
            source.billionths().add(timestamp.billionths());
        });
    }

    /// Ends the current source; a source without rows has no effect.
    ///
    /// @param end number of its last row plus 1
    void end(int end) {
        if (sources.getLast().first() == end) {
            sources.removeLast();
        }
        comparable = sources.size() == 1 ? sources.getFirst().timestamps().isPresent() : pointsInTime();
    }

    /// Returns whether any two rows compare by their timestamps.
    boolean comparable() {
        return comparable;
    }

    /// Returns whether the timestamp of every row is a point in time.
    boolean pointsInTime() {
        return sources.stream().allMatch(Source::pointsInTime);
    }

    /// Returns the time of a row in microseconds since 1970, limited to the range of `long`; meaningful if rows have
    /// points in time.
    long micros(int row) {
        Source source = sources.get(source(row));
        int at = row - source.first();
        long seconds = Math.clamp(source.wholes().get(at), -MAX_SECONDS, MAX_SECONDS);
        return seconds * MICROS_PER_SECOND + source.billionths().get(at) / NANOS_PER_MICRO;
    }

    /// Compares two rows by time, then by source; 0 if neither decides.
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
