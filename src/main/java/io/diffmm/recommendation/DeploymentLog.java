package io.diffmm.recommendation;

import io.diffmm.runtime.DeploymentListener;
import io.diffmm.runtime.Models.ServedVersion;
import io.diffmm.runtime.ServedModel;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says in the log what is served.
final class DeploymentLog implements DeploymentListener {

    private static final Logger LOG = LoggerFactory.getLogger(DeploymentLog.class);

    @Override
    public void serving(List<ServedVersion> versions) {
        for (ServedVersion version : versions) {
            ServedModel model = version.model();
            LOG.info(
                    "Serving {} {} ({}, {} users, {} items) on {}, items scanned in {}, to {} % of the users",
                    model.name(),
                    model.version(),
                    model.family(),
                    model.users().size(),
                    model.items().size(),
                    model.device(),
                    model.precision(),
                    Math.round(100 * version.share()));
        }
    }
}
