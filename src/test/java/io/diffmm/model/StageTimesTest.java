package io.diffmm.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.model.StageTimes.Span;
import io.diffmm.model.StageTimes.Stage;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;

class StageTimesTest {

    private final StageTimes times = new StageTimes();

    @Test
    void measure_onTwoThreadsAtOnce_sumsTimes_butNotSpans() throws Exception {
        var together = new CyclicBarrier(2);
        Thread other = Thread.ofPlatform().start(() -> times.measure(Stage.DIFFUSION, () -> work(together)));
        times.measure(Stage.DIFFUSION, () -> work(together));
        other.join();

        Span span = Objects.requireNonNull(times.spans().get(Stage.DIFFUSION));
        long nanos = span.end() - span.start();
        assertThat(times.measured().get(Stage.DIFFUSION)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
        assertThat(Duration.ofNanos(nanos)).isGreaterThanOrEqualTo(Duration.ofMillis(50));
        assertThat(times.measured().get(Stage.DIFFUSION)).isGreaterThan(Duration.ofNanos(nanos));
    }

    private static boolean work(CyclicBarrier together) {
        try {
            together.await();
            Thread.sleep(50);
            together.await();
            return true;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
