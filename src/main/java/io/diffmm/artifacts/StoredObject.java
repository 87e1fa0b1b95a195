package io.diffmm.artifacts;

/// An object in a bucket.
///
/// @param tag another one when its content is another
record StoredObject(String key, long bytes, String tag) {

    /// What is after the last slash of its key.
    String name() {
        return key.substring(key.lastIndexOf('/') + 1);
    }
}
