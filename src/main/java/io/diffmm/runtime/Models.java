package io.diffmm.runtime;

import java.util.List;
import java.util.Optional;

/// The versions of a model that are being served: the current one, and perhaps a canary for some of the users.
///
/// Versions come and go. Who computes with one holds a lease of it, and computes with nothing else until the answer is
/// made; the version's arrays are freed when nobody holds a lease any more.
public interface Models {

    /// The version that is for everybody.
    ModelLease current();

    /// The version that is for this user, always the same one for as long as the same versions are served.
    ModelLease forUser(String userId);

    /// A version that is loaded; empty if it is no more.
    Optional<ModelLease> version(String version);

    /// Whether this server has served a version, lately at least.
    boolean served(String version);

    /// What is being served, the current version first.
    List<ServedVersion> serving();

    /// What a version is served as.
    enum Role {
        CURRENT,
        CANARY
    }

    /// A version, and for whom it is.
    ///
    /// @param share of the users who get it, from 0 to 1
    record ServedVersion(ServedModel model, Role role, double share) {}
}
