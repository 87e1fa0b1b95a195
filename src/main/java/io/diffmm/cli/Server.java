package io.diffmm.cli;

import java.util.List;

/// The HTTP service, as the command line sees it.
@FunctionalInterface
public interface Server {

    /// Serves until the process is told to stop.
    ///
    /// @param properties configuration as `--key=value`
    /// @return the exit code; what went wrong has been reported
    int serve(List<String> properties);
}
