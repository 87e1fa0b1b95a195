package io.diffmm.retrieval;

/// How the graph of a large catalogue is built.
///
/// @param axes how many directions of the queries it is built for; a search sees items by these only, until it
///     multiplies the candidates exactly
/// @param neighbours links that an item gets when it enters the graph; it has at most twice as many in the end
/// @param buildWidth candidates that are looked at to find an item's neighbours: more takes longer and finds better
/// ones
/// @param threads that build; with one the same input gives the same file, with more the links depend on who was faster
public record GraphSettings(int axes, int neighbours, int buildWidth, int threads) {

    /// What the measurements of decision 6 recommend, on one thread.
    public static final GraphSettings DEFAULT = new GraphSettings(63, 16, 100, 1);

    static final int MOST_AXES = 1023;
    static final int MOST_NEIGHBOURS = 256;

    public GraphSettings {
        within(1, MOST_AXES, axes, "axes");
        within(2, MOST_NEIGHBOURS, neighbours, "neighbours");
        within(1, 10_000, buildWidth, "build width");
        within(1, 1024, threads, "threads");
    }

    /// The same with another number of threads.
    public GraphSettings withThreads(int count) {
        return new GraphSettings(axes, neighbours, buildWidth, count);
    }

    private static void within(int least, int most, int value, String name) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("%s: %d is not from %d to %d".formatted(name, value, least, most));
        }
    }
}
