package io.diffmm.runtime;

/// Thrown when a request cannot be computed in time; the client may retry later.
///
/// It has no stack trace, because it is thrown most often when the server has the least time.
public final class OverloadedException extends RuntimeException {

    private static final long serialVersionUID = 2;

    private final DropReason reason;

    public OverloadedException(DropReason reason) {
        super(reason.description(), null, false, false);
        this.reason = reason;
    }

    public DropReason reason() {
        return reason;
    }

    /// Reason why a request was not computed.
    public enum DropReason {
        /// The queue is at capacity.
        QUEUE_FULL("too many requests are waiting"),
        /// The request waited longer than its deadline.
        DEADLINE("the request waited longer than its deadline"),
        /// The caller cancelled the request or stopped waiting for it.
        CALLER_GONE("the caller no longer waits for the answer"),
        /// The runtime is closing.
        CLOSING("the model is being unloaded");

        private final String description;

        DropReason(String description) {
            this.description = description;
        }

        /// Returns a short phrase for messages.
        public String description() {
            return description;
        }
    }
}
