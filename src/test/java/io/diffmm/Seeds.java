package io.diffmm;

import java.util.stream.LongStream;

/// Seeds of property tests: the failing one is in the test's name, small ones give small cases.
public final class Seeds {

    private Seeds() {}

    public static LongStream first20() {
        return LongStream.range(0, 20);
    }

    public static LongStream first200() {
        return LongStream.range(0, 200);
    }
}
