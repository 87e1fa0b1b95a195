package io.diffmm.training;

import io.diffmm.report.TrainingReport.Verdict;
import java.nio.file.Path;

/// Thrown when a model was trained and measured, and was not good enough to be published. What is current stays so.
///
/// The model lies in [#candidate] with its report, and the checkpoint stays.
public final class UnpublishedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient Path candidate;

    UnpublishedException(Verdict verdict, Path candidate) {
        super(
                "not published: %s It lies in %s with its report; train on with --resume and more --epochs, or publish it with --resume --force"
                        .formatted(String.join(" ", verdict.reasons()), candidate));
        this.candidate = candidate;
    }

    /// The directory of the model that was not published.
    public Path candidate() {
        return candidate;
    }
}
