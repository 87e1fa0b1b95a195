package io.diffmm.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/// Command `diffmm-server` with its subcommands; `serve` is the default one.
///
/// Exit codes: 0 success, 1 failure, 2 invalid usage.
@Command(
        name = "diffmm-server",
        description = "Trains, evaluates and serves recommendation models based on diffusion.",
        mixinStandardHelpOptions = true,
        versionProvider = Commands.Version.class,
        synopsisSubcommandLabel = "[COMMAND]")
public final class Commands {

    private static final Logger LOG = LoggerFactory.getLogger(Commands.class);
    private static final int FAILED = 1;
    private static final int INVALID_USAGE = 2;
    /// Passwords and user information in URLs.
    private static final Pattern SECRET = Pattern.compile("(?i)(?<=password=)(\\\\.|[^&;'\\s])+|(?<=//)[^/'\\s]+(?=@)");
    private static final Set<String> TOP_LEVEL_OPTIONS = Set.of("-h", "--help", "-V", "--version");

    private Commands() {}

    /// Runs the command in `arguments`, or `serve` if they name none.
    ///
    /// @param server HTTP service that `serve` starts
    /// @return the exit code
    public static int run(Server server, String... arguments) {
        String[] all = withCommand(arguments);
        CommandLine line = all[0].equals("serve")
                ? commandLine(List.of(new ServeCommand(server))) // picocli would load the classes of all others
                : commandLine(server);
        return line.execute(all);
    }

    static CommandLine commandLine(Server server) {
        return commandLine(
                List.of(new ServeCommand(server), new TrainCommand(), new EvaluateCommand(), new GenerateCommand()));
    }

    /// @param subcommands picocli takes their names from their annotations
    private static CommandLine commandLine(List<Object> subcommands) {
        CommandLine line = new CommandLine(new Commands());
        subcommands.forEach(line::addSubcommand);
        return line.setExecutionExceptionHandler((e, command, _) -> failed(e, command))
                .setParameterExceptionHandler((e, _) -> invalidUsage(e));
    }

    static String[] withCommand(String... arguments) {
        boolean named =
                arguments.length > 0 && (!arguments[0].startsWith("-") || TOP_LEVEL_OPTIONS.contains(arguments[0]));
        if (named) {
            return arguments;
        }
        List<String> all = new ArrayList<>(List.of("serve"));
        all.addAll(List.of(arguments));
        return all.toArray(String[]::new);
    }

    private static int failed(Exception e, CommandLine command) {
        LOG.debug("Command failed", e);
        String message = Optional.ofNullable(e.getMessage()).orElse(e.toString());
        command.getErr()
                .println("error: "
                        + withoutSecrets(message.lines()
                                .map(String::strip)
                                .reduce((a, b) -> a + ' ' + b)
                                .orElse("")));
        return FAILED;
    }

    /// Masks secrets, because messages quote arguments.
    private static String withoutSecrets(String message) {
        return SECRET.matcher(message).replaceAll("***");
    }

    private static int invalidUsage(ParameterException e) {
        PrintWriter err = e.getCommandLine().getErr();
        err.println("error: " + withoutSecrets(String.valueOf(e.getMessage())));
        err.println(
                "Try '%s --help'.".formatted(e.getCommandLine().getCommandSpec().qualifiedName()));
        return INVALID_USAGE;
    }

    /// Provides the version from the manifest of the jar.
    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            return new String[] {
                "diffmm-server "
                        + Optional.ofNullable(Commands.class.getPackage().getImplementationVersion())
                                .orElse("development")
            };
        }
    }

    /// HTTP service that the `serve` command starts.
    @FunctionalInterface
    public interface Server {

        /// Serves until the process receives a signal to stop.
        ///
        /// @param properties configuration as `--key=value`
        /// @return exit code; failures have been reported
        int serve(List<String> properties);
    }

    /// Subcommand `serve`: maps options to configuration properties.
    @Command(
            name = "serve",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            description = "Serves recommendations over HTTP. This is the default command.",
            footer = {
                "",
                "Configuration properties can be passed as --key=value:",
                "  diffmm-server serve --diffmm.device=cpu --diffmm.cache.time-to-live=5m"
            })
    static final class ServeCommand implements Callable<Integer> {

        private static final int MAX_PORT = 65_535;

        private final Server server;

        @Spec
        private @Nullable CommandSpec spec;

        @Option(
                names = "--artifacts",
                paramLabel = "DIR|URL",
                description =
                        "Directory of published models, of one model or of one version (default: model-artifacts); "
                                + "or s3://BUCKET/PREFIX of published models or of one model.")
        private @Nullable String artifacts;

        @Option(
                names = "--name",
                paramLabel = "NAME",
                description = "Name of the model to serve; required if the directory contains several models.")
        private @Nullable String name;

        @Option(names = "--port", paramLabel = "N", description = "TCP port to listen on (default: 8080).")
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
            if (port != null && (port < 0 || port > MAX_PORT)) {
                throw usage("--port must be between 0 and %d, but is %d".formatted(MAX_PORT, port));
            }
            return port;
        }

        private void requireProperty(String argument) {
            if (!argument.matches("--[A-Za-z][\\w.\\-\\[\\]]*=.*")) {
                throw usage("unknown argument '%s'; pass properties as --key=value".formatted(argument));
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
}
