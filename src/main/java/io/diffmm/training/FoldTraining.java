package io.diffmm.training;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.model.blend.ModelFiles;
import io.diffmm.training.LastRowFolds.Fold;
import io.diffmm.training.ModelAssembler.TrainedMember;
import io.diffmm.training.StopSignal.TrainingStoppedException;
import io.diffmm.training.search.CandidateCollector;
import io.diffmm.training.search.Candidates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Trains the models of a job anew on the data of a fold, and ranks the hidden interactions with them.
///
/// A model is trained with the seed of the job's model, for as many epochs as that one's best epoch, without
/// measurements in between. Memory and files of a fold are freed before the method returns.
final class FoldTraining {

    private final TrainingContext context;
    private final JobSettings settings;

    FoldTraining(TrainingContext context, JobSettings settings) {
        this.context = context;
        this.settings = settings;
    }

    /// Trains a fold.
    ///
    /// @param trained models of the job
    /// @param links file of the linear view that was fitted to the data of the fold
    /// @param label name of the fold in output
    /// @return the candidates of each hidden user
    List<Candidates> candidates(Fold fold, List<TrainedMember> trained, Path links, String label) throws IOException {
        List<ModelFiles.Member> members = new ArrayList<>();
        try (NDManager own = context.manager().newSubManager()) {
            for (int at = 0; at < trained.size(); at++) {
                Path file = context.checkpoint().fold(at + 1);
                train(fold, trained.get(at), file, label);
                members.add(new ModelFiles.Member(
                        context.request().family(),
                        settings.family(),
                        file,
                        Optional.of(trained.get(at).seed())));
            }
            try (BlendedRecommender model =
                    new ModelFiles(members, Optional.of(links), Optional.empty()).load(own)) {
                List<HeldOutUser> users = fold.hidden().users();
                return new CandidateCollector(
                                model, settings.views()::recency, fold.hidden().histories())
                        .collect(users);
            }
        } finally {
            for (ModelFiles.Member member : members) {
                Files.deleteIfExists(member.weights());
            }
        }
    }

    private void train(Fold fold, TrainedMember model, Path file, String label) throws IOException {
        try (NDManager own = context.manager().newSubManager();
                TrainingRun run = settings.open(fold.dataset(), model.seed(), own)) {
            DivergenceGuard guard = new DivergenceGuard(run, own);
            for (int epoch = 1; epoch <= model.epoch(); epoch++) {
                guard.train(epoch, (_, _) -> check(label));
            }
            run.write(file);
        }
    }

    private void check(String label) {
        if (context.stop().requested()) {
            throw new TrainingStoppedException(
                    "stopped in %s, after the last epoch; the checkpoint contains the epochs, and --resume continues from there"
                            .formatted(label));
        }
    }
}
