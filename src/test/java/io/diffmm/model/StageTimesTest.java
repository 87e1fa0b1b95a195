package io.diffmm.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.model.StageTimes.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

        List<Stage> stages = new ArrayList<>();
        times.forEach((stage, total, start, end) -> {
            stages.add(stage);
            Duration span = Duration.ofNanos(end - start);
            assertThat(total).isGreaterThanOrEqualTo(Duration.ofMillis(100));
            assertThat(span).isGreaterThanOrEqualTo(Duration.ofMillis(50));
            assertThat(total).isGreaterThan(span);
        });
        assertThat(stages).containsExactly(Stage.DIFFUSION);
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
