package io.diffmm.runtime;

/// Why a request was not computed.
public enum DropReason {
    /// As many requests wait as may.
    QUEUE_FULL("too many requests are waiting"),
    /// It waited longer than its deadline.
    DEADLINE("the request waited longer than its deadline"),
    /// Nobody waits for the answer any more.
    CALLER_GONE("nobody waits for the answer"),
    /// The model is being unloaded.
    CLOSING("the model is being unloaded");

    private final String description;

    DropReason(String description) {
        this.description = description;
    }

    /// In a few words, for a message.
    public String description() {
        return description;
    }
}
