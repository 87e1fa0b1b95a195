package io.diffmm.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;

/// The command `diffmm-server` and its exit codes: 0 done, 1 failed, 2 wrong usage.
@Command(
        name = "diffmm-server",
        description = "Recommendations from diffusion models: train, measure, serve.",
        mixinStandardHelpOptions = true,
        versionProvider = Commands.Version.class,
        synopsisSubcommandLabel = "[COMMAND]")
public final class Commands {

    private static final Logger LOG = LoggerFactory.getLogger(Commands.class);
    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;
    private static final Pattern SECRET =
            Pattern.compile("(?i)(?<=password=)(\\\\.|[^&;'\\s])+|(?<=//)[^/'\\s]+(?=@)"); // in a URL
    private static final Set<String> TOP_LEVEL_OPTIONS = Set.of("-h", "--help", "-V", "--version");

    private Commands() {}

    /// Runs the command in `arguments`; none means `serve`.
    ///
    /// @param server what `serve` starts
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
                .setParameterExceptionHandler((e, _) -> wrongUsage(e));
    }

    static String[] withCommand(String... arguments) {
        boolean given =
                arguments.length > 0 && (!arguments[0].startsWith("-") || TOP_LEVEL_OPTIONS.contains(arguments[0]));
        if (given) {
            return arguments;
        }
        List<String> all = new ArrayList<>(List.of("serve"));
        all.addAll(List.of(arguments));
        return all.toArray(String[]::new);
    }

    private static int failed(Exception e, CommandLine command) {
        LOG.debug("The command failed", e);
        String message = Optional.ofNullable(e.getMessage()).orElse(e.toString());
        command.getErr()
                .println("error: "
                        + withoutSecrets(message.lines()
                                .map(String::strip)
                                .reduce((a, b) -> a + ' ' + b)
                                .orElse("")));
        return FAILED;
    }

    /// A message may quote an argument that was not understood.
    private static String withoutSecrets(String message) {
        return SECRET.matcher(message).replaceAll("***");
    }

    private static int wrongUsage(ParameterException e) {
        PrintWriter err = e.getCommandLine().getErr();
        err.println("error: " + withoutSecrets(String.valueOf(e.getMessage())));
        err.println(
                "Try '%s --help'.".formatted(e.getCommandLine().getCommandSpec().qualifiedName()));
        return WRONG_USAGE;
    }

    /// The version in the jar's manifest.
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
}
