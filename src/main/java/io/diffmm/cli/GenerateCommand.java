package io.diffmm.cli;

import io.diffmm.artifacts.ArtifactNames.SafeName;
import io.diffmm.demo.DemoDataset;
import io.diffmm.demo.DemoDataset.DemoSettings;
import io.diffmm.demo.SyntheticArtifact;
import io.diffmm.demo.SyntheticSettings;
import io.diffmm.retrieval.SearchSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Subcommand `generate`: writes the demo dataset, or publishes a synthetic model.
@Command(
        name = "generate",
        versionProvider = Commands.Version.class,
        mixinStandardHelpOptions = true,
        description = "Generates a demo dataset of synthetic micro-videos and users with known preferences."
                + " With --artifact: publishes a synthetic, untrained model of any size for load tests of a server.")
public final class GenerateCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "Output directory, new or empty; with --artifact, directory of published models.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path out;

    @Option(names = "--users", paramLabel = "N", description = "Number of users (default: ${DEFAULT-VALUE}).")
    private int users = DemoSettings.DEFAULT.users();

    @Option(
            names = "--items",
            paramLabel = "N",
            description = "Number of items, at least 60 (default: ${DEFAULT-VALUE}).")
    private int items = DemoSettings.DEFAULT.items();

    @Option(
            names = "--seed",
            paramLabel = "N",
            description =
                    "Seed of the random number generator; equal seeds produce equal files (default: ${DEFAULT-VALUE}).")
    private long seed = DemoSettings.DEFAULT.seed();

    @Option(
            names = "--artifact",
            description = "Publish an untrained model to --out instead of a dataset. Its recommendations are random.")
    private boolean artifact;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "With --artifact: name of the model (default: ${DEFAULT-VALUE}).")
    private String name = "synthetic";

    @Option(
            names = "--hidden",
            paramLabel = "N",
            description = "With --artifact: width of the hidden layer (default: ${DEFAULT-VALUE}).")
    private int hidden = 256;

    @Option(
            names = "--modalities",
            paramLabel = "N",
            description = "With --artifact: number of modalities, 1 to 3 (default: ${DEFAULT-VALUE}).")
    private int modalities = 2;

    @Option(
            names = "--index-from",
            paramLabel = "N",
            description = "With --artifact: minimum number of items for which an approximate index is built"
                    + " (default: ${DEFAULT-VALUE}).")
    private int indexFrom = SearchSettings.INDEX_FROM;

    @Override
    public Integer call() {
        return artifact ? publish() : writeDataset();
    }

    private int publish() {
        Path published = SyntheticArtifact.publish(out, name, syntheticSettings(), indexFrom);
        PrintWriter printer = spec.commandLine().getOut();
        printer.printf("published %s: %,d users, %,d items, untrained%n", published, users, items);
        printer.flush();
        return 0;
    }

    private SyntheticSettings syntheticSettings() {
        try {
            SafeName.require("model name", name);
            return new SyntheticSettings(users, items, hidden, modalities, seed);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private int writeDataset() {
        DemoDataset.Summary summary = DemoDataset.generate(settings(), out);
        PrintWriter printer = spec.commandLine().getOut();
        printer.printf(
                "%s: %,d users, %,d items; %,d interactions for training, %,d for validation, %,d for test%n",
                summary.directory(),
                summary.users(),
                summary.items(),
                summary.train(),
                summary.valid(),
                summary.test());
        printer.flush();
        return 0;
    }

    private DemoSettings settings() {
        try {
            return new DemoSettings(users, items, seed);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
