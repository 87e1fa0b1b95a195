package io.diffmm.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/// `serve`: options to configuration properties.
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        versionProvider = Commands.Version.class,
        description = "Answer recommendation requests over HTTP. This is what happens if no command is given.",
        footer = {
            "",
            "Every configuration property can be given too, as --key=value:",
            "  diffmm-server serve --diffmm.device=cpu --diffmm.cache.time-to-live=5m"
        })
final class ServeCommand implements Callable<Integer> {

    private final Server server;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--artifacts",
            paramLabel = "DIR|URL",
            description =
                    "Published models, one model, or one version (default: model-artifacts); or s3://BUCKET/PREFIX, of models or of one.")
    private @Nullable String artifacts;

    @Option(names = "--name", paramLabel = "NAME", description = "Which model, if there are several.")
    private @Nullable String name;

    @Option(names = "--port", paramLabel = "N", description = "Where to listen (default: 8080).")
    private @Nullable Integer port;

    @Unmatched
    private List<String> properties = new ArrayList<>();

    ServeCommand(Server server) {
        this.server = server;
    }

    @Override
    public Integer call() {
        List<String> all = new ArrayList<>();
        add(all, "diffmm.artifacts.directory", artifacts);
        add(all, "diffmm.artifacts.name", name);
        add(all, "server.port", checkedPort());
        properties.forEach(this::requireProperty);
        all.addAll(properties);
        return server.serve(List.copyOf(all));
    }

    private @Nullable Integer checkedPort() {
        if (port != null && (port < 0 || port > 65_535)) {
            throw usage("--port is %d, not between 0 and 65535".formatted(port));
        }
        return port;
    }

    private void requireProperty(String argument) {
        if (!argument.matches("--[A-Za-z][\\w.\\-\\[\\]]*=.*")) {
            throw usage("unknown argument '%s'; properties are given as --key=value".formatted(argument));
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
    }

    private static void add(List<String> properties, String key, @Nullable Object value) {
        if (value != null) {
            properties.add("--%s=%s".formatted(key, value));
        }
    }
}
