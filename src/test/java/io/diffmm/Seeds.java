package io.diffmm;

import java.util.stream.LongStream;

/// Seeds of property tests. The name of a test contains its seed; small seeds give small cases.
public final class Seeds {

    private Seeds() {}

    public static LongStream first20() {
        return LongStream.range(0, 20);
    }

    public static LongStream first200() {
        return LongStream.range(0, 200);
    }
}
