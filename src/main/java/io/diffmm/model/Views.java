package io.diffmm.model;

import io.diffmm.ranking.Ranking;
import io.diffmm.retrieval.ItemSearch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SequencedMap;

/// A trained model of any family as views of users, all of them from histories alone.
///
/// May be used by several threads at once; owns native arrays until it is closed.
public interface Views extends AutoCloseable {

    /// I, how many items are scored.
    int itemCount();

    /// The views, the one that ranks unless a blend says otherwise first.
    List<View> all();

    /// Users in some of the views.
    ///
    /// @param wanted how each wanted view weighs a history, by the view's name
    /// @param times hears how long each stage took
    /// @param cores do what may be done at the same time
    /// @return B lists, each with the user in each wanted view, in their order
    List<List<UserVector>> vectors(
            List<UserHistory> histories, SequencedMap<String, Recency> wanted, StageTimes times, Cores cores);

    /// The items most like those asked for, by the cosine of what the model knows of them.
    ///
    /// @return a ranking for each query
    List<Ranking> similar(List<SimilarityQuery> queries, StageTimes times);

    /// The searches that [#vectors] makes.
    List<ItemSearch> searches();

    /// Builds the index of each of those searches.
    ///
    /// @param weights the file that the indexes are written beside
    /// @param sample histories of some users; they tell what will be asked
    /// @throws IOException if a file cannot be written
    void index(Path weights, List<UserHistory> sample) throws IOException;

    /// Frees the native arrays.
    @Override
    void close();
}
