package io.diffmm.interactions;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// What is left of an erased user: enough to know the id when it comes again, not to tell it.
final class UserHashes {

    private UserHashes() {}

    /// The SHA-256 of an id, in hexadecimal.
    static String of(String userId) {
        try {
            byte[] bytes = userId.getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
