package io.diffmm.report;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The new model beside the version that is current now.
///
/// @param version the current one's
/// @param sameData whether it was trained and measured on the same data
public record Comparison(String version, Instant created, boolean sameData, List<ComparedRanking> rankings) {

    public Comparison {
        rankings = List.copyOf(rankings);
    }

    /// What users got, beside what they would get; empty if it was not compared.
    public Optional<ComparedRanking> blend() {
        return rankings.stream().filter(ranking -> ranking.role() == Role.BLEND).findFirst();
    }
}
