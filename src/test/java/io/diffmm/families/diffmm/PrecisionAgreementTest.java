package io.diffmm.families.diffmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.diffmm.artifacts.Artifact;
import io.diffmm.artifacts.ArtifactLocator;
import io.diffmm.artifacts.ArtifactReader;
import io.diffmm.artifacts.Manifest;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.evaluation.Evaluator;
import io.diffmm.model.Recommender;
import io.diffmm.model.Recommender.RankingQuery;
import io.diffmm.model.StageTimes;
import io.diffmm.model.UserHistory;
import io.diffmm.model.blend.ModelFiles;
import io.diffmm.ranking.Ranking;
import io.diffmm.retrieval.Precision;
import io.diffmm.retrieval.SearchSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Every user's list in every precision and in batches of any size, for a trained model: the one of this repository,
/// or another by `-Ddiffmm.artifact=DIR`.
class PrecisionAgreementTest {

    private final Artifact artifact = ArtifactReader.open(ArtifactLocator.resolve(
            Path.of(System.getProperty("diffmm.artifact", "model-artifacts/demo")), Optional.empty()));

    @Test
    void recommend_everyUser_isTheSameInAnyPrecisionAndBatch() throws IOException {
        List<Ranking> expected = rankings(Precision.FLOAT32, 1);

        assertSame(rankings(Precision.FLOAT32, 32), expected);
        assertSame(rankings(Precision.BFLOAT16, 7), expected);
        assertSame(rankings(Precision.BFLOAT16, 64), expected);
        assertSame(rankings(Precision.INT8, 1), expected);
        assertSame(rankings(Precision.INT8, 64), expected);
    }

    /// Requires the same lists; scores may differ by the rounding of float32 in a denoiser.
    private static void assertSame(List<Ranking> rankings, List<Ranking> expected) {
        for (int user = 0; user < expected.size(); user++) {
            assertThat(rankings.get(user).rows()).isEqualTo(expected.get(user).rows());
            assertThat(rankings.get(user).scores())
                    .containsExactly(expected.get(user).scores(), within(1e-4f));
        }
    }

    private List<Ranking> rankings(Precision precision, int batch) throws IOException {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                Recommender model = files().load(manager, SearchSettings.scans(Optional.of(precision)))) {
            List<RankingQuery> queries = queries();
            List<Ranking> rankings = new ArrayList<>(queries.size());
            for (int from = 0; from < queries.size(); from += batch) {
                int to = Math.min(from + batch, queries.size());
                rankings.addAll(model.recommend(queries.subList(from, to), new StageTimes()));
            }
            return rankings;
        }
    }

    private ModelFiles files() {
        Manifest manifest = artifact.manifest();
        return ModelFiles.of(
                List.of(new ModelFiles.Member(manifest.family(), manifest.settings(), artifact.weights())),
                artifact.links(),
                manifest.blend());
    }

    private List<RankingQuery> queries() {
        InteractionMatrix histories = artifact.contents().histories();
        return IntStream.range(0, histories.rows())
                .filter(user -> histories.rowLength(user) > 0)
                .mapToObj(user -> new RankingQuery(
                        new UserHistory(OptionalInt.of(user), histories.row(user)),
                        Evaluator.bits(histories.row(user)),
                        20))
                .toList();
    }
}
