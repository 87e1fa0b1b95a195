package io.diffmm.interactions;

/// Tells a repeated write from a new one.
///
/// @param key chosen by the client, for one user
/// @param requestHash the SHA-256 of what was sent with it, in hexadecimal
public record IdempotencyKey(String key, String requestHash) {

    /// The key of a request with this body.
    public static IdempotencyKey of(String key, byte[] body) {
        return new IdempotencyKey(key, Hashes.of(body));
    }
}
