package io.diffmm.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@Timeout(60)
class LoadPriorityTest {

    @Test
    @EnabledOnOs(OS.LINUX)
    void call_lowersThePriorityOfTheWork_andNoOther() {
        int before = niceness();

        assertThat(LoadPriority.BACKGROUND.run(LoadPriorityTest::niceness))
                .isEqualTo(Math.min(19, before + LoadPriority.NICENESS));
        assertThat(niceness()).isEqualTo(before);
    }

    /// As the kernel sees the thread: the nineteenth field, of which the second, its name, may have blanks.
    private static int niceness() {
        try {
            String status = Files.readString(Path.of("/proc/thread-self/stat"));
            return Integer.parseInt(
                    status.substring(status.lastIndexOf(')') + 2).split(" ", -1)[16]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void call_runsOnAThreadOfItsOwn_thatEnds() throws InterruptedException {
        Thread worker = LoadPriority.BACKGROUND.run(Thread::currentThread);

        assertThat(worker.getName()).isEqualTo("model-loading");
        assertThat(worker).isNotEqualTo(Thread.currentThread());
        worker.join();
    }

    @Test
    void call_workFails_itsExceptionIsThrown() {
        var failure = new IllegalArgumentException("unfit");
        var error = new OutOfMemoryError("of a device");

        assertThatThrownBy(() -> LoadPriority.BACKGROUND.run(() -> {
                    throw failure;
                }))
                .isSameAs(failure);
        assertThatThrownBy(() -> LoadPriority.BACKGROUND.run(() -> {
                    throw error;
                }))
                .isSameAs(error);
    }

    /// What the work holds may be freed once nobody waits for it.
    @Test
    void call_interrupted_interruptsTheWork_andWaitsForItsEnd() throws InterruptedException {
        var begun = new CountDownLatch(1);
        var ended = new AtomicBoolean();
        var endedFirst = new AtomicBoolean();
        var interrupted = new AtomicBoolean();
        Thread caller = Thread.ofPlatform().start(() -> {
            LoadPriority.BACKGROUND.run(() -> {
                begun.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException _) {
                    ended.set(true);
                }
                return true;
            });
            endedFirst.set(ended.get());
            interrupted.set(Thread.currentThread().isInterrupted());
        });
        begun.await();

        caller.interrupt();
        caller.join();

        assertThat(endedFirst).isTrue();
        assertThat(interrupted).isTrue();
    }
}
