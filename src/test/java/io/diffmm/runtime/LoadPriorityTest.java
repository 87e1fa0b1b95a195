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
    void run_lowersThePriorityOfTheWorkOnly() {
        int before = niceness();

        assertThat(LoadPriority.BACKGROUND.run(LoadPriorityTest::niceness))
                .isEqualTo(Math.min(19, before + LoadPriority.NICENESS));
        assertThat(niceness()).isEqualTo(before);
    }

    /// Reads the niceness of the thread: field 19 of its `stat`, in which the name, field 2, may contain blanks.
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
    void run_usesAThreadOfItsOwn_thatEnds() throws InterruptedException {
        Thread worker = LoadPriority.BACKGROUND.run(Thread::currentThread);

        assertThat(worker.getName()).isEqualTo("model-loading");
        assertThat(worker).isNotEqualTo(Thread.currentThread());
        worker.join();
    }

    @Test
    void run_workFails_throwsItsException() {
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

    /// The caller may free the resources of the work after the call.
    @Test
    void run_interrupted_interruptsTheWork_andWaitsForItsEnd() throws InterruptedException {
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
