package io.diffmm.interactions;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InteractionRulesTest {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00.123456789Z");
    private final InteractionRules rules =
            new InteractionRules(Duration.ofMinutes(1), 10, Clock.fixed(NOW, ZoneOffset.UTC));

    @Test
    void now_isTruncatedToTheStoredPrecision() {
        assertThat(rules.now()).isEqualTo(Instant.parse("2026-11-22T12:00:00.123456Z"));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 10})
    void violations_weightWithinItsBounds_none(double weight) {
        assertThat(rules.violations(new Interaction("i", NOW, weight, Optional.of("v-1.0a"))))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1e-9, 10.001, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void violations_weightOutsideItsBounds_isReported(double weight) {
        assertThat(rules.violations(new Interaction("i", NOW, weight, Optional.empty())))
                .containsExactly(new InteractionRules.Violation("weight", "must be a number from 0 to 10"));
    }

    @Test
    void violations_timeOutside1970ToNowPlusSkew_isReported() {
        assertThat(violations(Instant.EPOCH)).isZero();
        assertThat(violations(NOW.plusSeconds(60))).isZero();
        assertThat(violations(NOW.plusSeconds(61))).isOne();
        assertThat(violations(Instant.EPOCH.minusNanos(1))).isOne();
        assertThat(violations(Instant.MAX)).isOne();
    }

    private int violations(Instant time) {
        return rules.violations(new Interaction("i", time, 1, Optional.empty())).size();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "a\u0000b", "a\nb", "\u007f", "\u0085", "\uD83D", "\uDE00\uD83D", "a\uD83Db"})
    void id_blankOrUnstorable_isRefused(String id) {
        assertThat(InteractionRules.id("itemId", id, 256)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a b", "ä/ö?#%", "\uD83D\uDE00", "映"})
    void id_otherText_isAccepted(String id) {
        assertThat(InteractionRules.id("itemId", id, 256)).isEmpty();
    }

    @Test
    void id_tooLong_isRefused() {
        assertThat(InteractionRules.id("x", "a".repeat(256), 256)).isEmpty();
        assertThat(InteractionRules.id("x", "a".repeat(257), 256))
                .contains(new InteractionRules.Violation("x", "size must be between 1 and 256"));
        assertThat(rules.violations(new Interaction("i", NOW, 1, Optional.of("r".repeat(129)))))
                .extracting(InteractionRules.Violation::field)
                .containsExactly("recommendationId");
    }
}
