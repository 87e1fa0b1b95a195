package io.diffmm.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.diffmm.artifacts.InvalidArtifactException;
import io.diffmm.deployment.DeploymentEvents.DeploymentListener;
import io.diffmm.deployment.ServedModels.ModelLease;
import io.diffmm.deployment.ServedModels.Role;
import io.diffmm.deployment.ServedModels.ServedVersion;
import io.diffmm.deployment.VersionChangeException.VersionRefusedException;
import io.diffmm.deployment.VersionState.Condition;
import io.diffmm.runtime.FakeModelRuntime;
import io.diffmm.runtime.LoadPriority;
import io.diffmm.runtime.ModelRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ModelDeploymentTest {

    private static final Optional<String> NONE = Optional.empty();

    private final FakeRepository repository = new FakeRepository("v-1");
    private final Set<String> unfit = ConcurrentHashMap.newKeySet();
    private final Set<String> failing = ConcurrentHashMap.newKeySet();
    private final List<String> opened = new CopyOnWriteArrayList<>();
    private final List<String> openers = new CopyOnWriteArrayList<>();
    private final List<LoadPriority> priorities = new CopyOnWriteArrayList<>();
    private final List<String> closed = new CopyOnWriteArrayList<>();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private Instant now = Instant.EPOCH;
    private ModelDeployment deployment = deployed(new DeploymentSettings(NONE, NONE, 0, 0));

    private ModelDeployment deployed(DeploymentSettings settings) {
        ModelDeployment made = ModelDeployment.open(repository, this::open, settings, () -> now);
        listen(made);
        heard.clear();
        return made;
    }

    private void listen(ModelDeployment made) {
        made.listen(new DeploymentListener() {
            @Override
            public void serving(List<ServedVersion> versions) {
                heard.add(versions.stream()
                        .map(version -> version.model().version())
                        .toList()
                        .toString());
            }

            @Override
            public void refused(String version, String reason) {
                heard.add("%s refused: %s".formatted(version, reason));
            }

            @Override
            public void unavailable(String reason) {
                heard.add("unavailable: " + reason);
            }
        });
    }

    private ModelRuntime open(Path directory, LoadPriority priority) {
        String version = directory.toString();
        if (failing.contains(version)) {
            throw new UncheckedIOException(new IOException(version + " cannot be read"));
        }
        if (unfit.contains(version)) {
            throw new InvalidArtifactException(directory, "is damaged");
        }
        opened.add(version);
        openers.add(Thread.currentThread().getName());
        priorities.add(priority);
        var runtime = new FakeModelRuntime(() -> closed.add(version));
        runtime.setVersion(version);
        return runtime;
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    private String current() {
        try (ModelLease lease = deployment.served().current()) {
            return lease.version();
        }
    }

    private Map<String, Condition> conditions() {
        return deployment.versions().stream().collect(Collectors.toMap(VersionState::version, VersionState::condition));
    }

    @Test
    void check_newVersion_isServed_andTheOldOneClosesAfterItsLastLease() throws InterruptedException {
        ModelLease working = deployment.served().current();
        repository.publish("v-2");

        deployment.check();

        assertThat(current()).isEqualTo("v-2");
        assertThat(heard).containsExactly("[v-2]");
        assertThat(working.version()).isEqualTo("v-1");
        assertThat(closed).isEmpty();
        deployment.served().version("v-1").orElseThrow().close(); // a version in use can still be leased

        working.close();
        working.close();
        await("closed", () -> closed.equals(List.of("v-1")));
        assertThat(deployment.served().version("v-1")).isEmpty();
        assertThat(deployment.served().served("v-1")).isTrue();
        assertThat(deployment.served().served("v-0")).isFalse();
    }

    @Test
    void check_unfit_changesNothing_andIsNotTriedUntilItChanges() {
        repository.publish("v-2");
        unfit.add("v-2");

        deployment.check();
        deployment.check();

        assertThat(current()).isEqualTo("v-1");
        assertThat(heard).containsExactly("v-2 refused: v-2: is damaged");
        assertThat(conditions()).isEqualTo(Map.of("v-1", Condition.CURRENT, "v-2", Condition.REFUSED));
        assertThat(deployment.refusing()).isTrue();

        repository.put("v-2", "mended");
        unfit.clear();
        deployment.check();
        assertThat(current()).isEqualTo("v-2");
        assertThat(conditions()).isEqualTo(Map.of("v-1", Condition.AVAILABLE, "v-2", Condition.CURRENT));
        assertThat(deployment.refusing()).isFalse();
    }

    @Test
    void check_cannotBeOpened_isTriedAgain_laterEachTime() {
        repository.publish("v-2");
        failing.add("v-2");

        List<Integer> tries = new ArrayList<>();
        for (int second = 0; second <= 250; second++) {
            heard.clear();
            deployment.check();
            if (!heard.isEmpty()) {
                tries.add(second);
            }
            now = now.plusSeconds(1);
        }

        assertThat(tries).containsExactly(0, 30, 90, 210);
        failing.clear();
        now = now.plusSeconds(1_000);
        deployment.check();
        assertThat(current()).isEqualTo("v-2");
    }

    @Test
    void check_cannotBeFetched_isReportedOnce_andTriedAgain() {
        repository.publish("v-2");
        repository.setAway(true);

        deployment.check();
        deployment.check();

        assertThat(current()).isEqualTo("v-1");
        assertThat(heard).containsExactly("unavailable: java.io.IOException: the store is away");
        assertThat(conditions()).containsEntry("v-2", Condition.AVAILABLE);

        repository.setAway(false);
        deployment.check();
        assertThat(current()).isEqualTo("v-2");
    }

    @Test
    void retained_areTheVersionsThatAreNeeded() {
        assertThat(repository.retained()).containsExactly("v-1");

        repository.publish("v-2");
        deployment.check();

        assertThat(repository.retained()).containsExactly("v-2");
        deployed(new DeploymentSettings(Optional.of("v-1"), Optional.of("v-2"), 0.5, 0));
        assertThat(repository.retained()).containsExactlyInAnyOrder("v-1", "v-2");
    }

    @Test
    void versions_areLoadedInTheBackground_byPollsOnly() {
        repository.publish("v-2");

        deployment.check();
        deployment.pin("v-1");
        deployment.rollBack();

        assertThat(opened).containsExactly("v-1", "v-2", "v-1", "v-2");
        assertThat(priorities)
                .containsExactly(
                        LoadPriority.NORMAL, LoadPriority.BACKGROUND, LoadPriority.NORMAL, LoadPriority.NORMAL);
    }

    @Test
    void versions_atTheStart_areLoadedWithNormalPriority() {
        repository.put("v-0", "");
        priorities.clear();

        deployed(new DeploymentSettings(NONE, Optional.of("v-0"), 0.5, 0));

        assertThat(priorities).containsExactly(LoadPriority.NORMAL, LoadPriority.NORMAL);
    }

    @Test
    void check_anotherVersionInItsManifest_isNotFit() {
        assertThatThrownBy(() -> ModelDeployment.open(
                        new FakeRepository("v-3"),
                        (_, priority) -> open(Path.of("v-1"), priority),
                        new DeploymentSettings(NONE, NONE, 0, 0),
                        InstantSource.system()))
                .hasMessageContaining("its manifest names the version v-1");
        assertThat(closed).containsExactly("v-1");
    }

    @Test
    void check_currentIsMissing_isReportedOnce_andNothingChanges() {
        repository.publish("v-2");
        repository.lose("v-2");

        deployment.check();
        deployment.check();

        assertThat(current()).isEqualTo("v-1");
        assertThat(heard).containsExactly(" refused: current: names the version v-2, which does not exist");
        assertThat(deployment.refusing()).isTrue();
        assertThat(deployment.versions())
                .extracting(VersionState::version, VersionState::published)
                .containsExactly(tuple("v-1", false));

        assertThatThrownBy(() -> deployment.follow())
                .isInstanceOf(VersionRefusedException.class)
                .hasMessageContaining("v-2, which does not exist");
        repository.put("v-0", "");
        deployment.pin("v-0");
        assertThat(current()).isEqualTo("v-0");
        deployment.check();
        assertThat(deployment.refusing()).as("another start would fail").isTrue();
    }

    @Test
    void pin_staysAfterPublications_untilFollowed() {
        repository.put("v-0", "");

        deployment.pin("v-0");
        repository.publish("v-2");
        deployment.check();

        assertThat(current()).isEqualTo("v-0");
        assertThat(deployment.versions().stream().filter(VersionState::pinned))
                .extracting(VersionState::version)
                .containsExactly("v-0");

        deployment.follow();
        assertThat(current()).isEqualTo("v-2");
    }

    @Test
    void follow_publishedIsUnfit_staysPinned() {
        repository.put("v-0", "");
        deployment.pin("v-0");
        repository.publish("v-2");
        unfit.add("v-2");

        assertThatThrownBy(() -> deployment.follow())
                .isInstanceOf(VersionRefusedException.class)
                .hasMessageContaining("is damaged");

        assertThat(deployment.versions().stream().filter(VersionState::pinned))
                .extracting(VersionState::version)
                .containsExactly("v-0");
    }

    @Test
    void start_publishedIsUnfit_fails() {
        repository.publish("v-2");
        unfit.add("v-2");

        assertThatThrownBy(() -> deployed(new DeploymentSettings(NONE, NONE, 0, 0)))
                .isInstanceOf(InvalidArtifactException.class)
                .hasMessageContaining("v-2");
    }

    @Test
    void reload_stillUnfit_isRefused() {
        repository.publish("v-2");
        unfit.add("v-2");
        deployment.check();

        assertThatThrownBy(() -> deployment.reload()).isInstanceOf(VersionRefusedException.class);
        assertThat(current()).isEqualTo("v-1");
    }

    @Test
    void changes_areMadeOnAThreadOfTheirOwn() {
        repository.publish("v-2");
        deployment.check();

        assertThat(openers.subList(1, 2)).containsExactly("model-deployment");
    }

    @Test
    void check_whileAnotherIsCopied_aPinDoesNotWait() throws InterruptedException {
        repository.put("v-0", "");
        repository.publish("v-2");
        CountDownLatch copied = repository.hold("v-2");
        Thread looking = Thread.ofPlatform().start(deployment::check);
        await("copying", repository::isHeld);

        deployment.pin("v-0");

        assertThat(current()).isEqualTo("v-0");
        copied.countDown();
        looking.join();
        assertThat(current()).isEqualTo("v-0");
    }

    @Test
    void check_whileAnotherIsCopied_doesNotRevertTheChangeOfAnOperator() throws InterruptedException {
        repository.publish("v-2");
        CountDownLatch copied = repository.hold("v-2");
        Thread looking = Thread.ofPlatform().start(deployment::check);
        await("copying", repository::isHeld);
        repository.publish("v-3");

        deployment.follow();

        assertThat(current()).isEqualTo("v-3");
        copied.countDown();
        looking.join();
        assertThat(current()).isEqualTo("v-3");
        assertThat(opened).doesNotContain("v-2");
    }

    @Test
    void pin_unfitOrUnknown_changesNothing() {
        repository.put("v-2", "");
        unfit.add("v-2");

        assertThatThrownBy(() -> deployment.pin("v-2"))
                .isInstanceOf(VersionRefusedException.class)
                .hasMessageContaining("is damaged");
        assertThatThrownBy(() -> deployment.pin("v-9"))
                .isInstanceOf(VersionRefusedException.class)
                .hasMessage("v-9: there is no such version");

        assertThat(current()).isEqualTo("v-1");
        assertThat(deployment.versions()).noneMatch(VersionState::pinned);
    }

    @Test
    void rollBack_pinsThePreviousVersion_elseTheNewestOlder() {
        repository.put("v-0", "");
        assertThat(deployment.rollBack()).isEqualTo("v-0");
        repository.publish("v-3");
        deployment.follow();

        assertThat(deployment.rollBack()).isEqualTo("v-0");
        assertThat(current()).isEqualTo("v-0");
        assertThat(deployment.rollBack()).isEqualTo("v-3");
    }

    @Test
    void rollBack_neverToTheCanary() {
        repository.publish("v-2");
        repository.put("v-3", "");
        deployment = deployed(new DeploymentSettings(Optional.of("v-1"), Optional.of("v-3"), 0.1, 0));
        deployment.follow();
        assertThat(current()).isEqualTo("v-2");

        assertThat(deployment.rollBack()).isEqualTo("v-1");
        assertThat(deployment.served().serving())
                .extracting(served -> served.model().version())
                .containsExactly("v-1", "v-3");
    }

    @Test
    void rollBack_nothingBefore_isRefused() {
        assertThatThrownBy(() -> deployment.rollBack())
                .isInstanceOf(VersionRefusedException.class)
                .hasMessageContaining("there is no version before it");
    }

    @Test
    void reload_triesRefusedVersions() {
        repository.publish("v-2");
        unfit.add("v-2");
        deployment.check();
        unfit.clear();

        deployment.reload();

        assertThat(current()).isEqualTo("v-2");
    }

    @Test
    void canary_isForItsShareOfUsers_alwaysTheSame() {
        repository.put("v-2", "");
        deployment = deployed(new DeploymentSettings(NONE, Optional.of("v-2"), 0.2, 0));

        List<String> versions = IntStream.range(0, 5_000)
                .mapToObj(user -> versionOf("u" + user))
                .toList();

        assertThat(versions.stream().filter("v-2"::equals).count()).isBetween(900L, 1_100L);
        assertThat(IntStream.range(0, 5_000).mapToObj(user -> versionOf("u" + user)))
                .isEqualTo(versions);
        assertThat(deployment.served().serving())
                .extracting(served -> served.model().version(), ServedVersion::role, ServedVersion::share)
                .containsExactly(tuple("v-1", Role.CURRENT, 0.8), tuple("v-2", Role.CANARY, 0.2));
        assertThat(current()).isEqualTo("v-1");
    }

    private String versionOf(String user) {
        try (ModelLease lease = deployment.served().forUser(user)) {
            return lease.version();
        }
    }

    @Test
    void canary_thatIsPublished_isNotOpenedAgain() {
        repository.put("v-2", "");
        deployment = deployed(new DeploymentSettings(NONE, Optional.of("v-2"), 0.2, 0));
        opened.clear();

        repository.publish("v-2");
        deployment.check();

        assertThat(opened).isEmpty();
        assertThat(current()).isEqualTo("v-2");
        assertThat(deployment.served().serving()).hasSize(1);
    }

    @Test
    void canary_thatWasCurrent_isNotOpenedAgain() {
        deployment = deployed(new DeploymentSettings(NONE, Optional.of("v-1"), 0.5, 0));
        opened.clear();

        repository.publish("v-2");
        deployment.check();

        assertThat(opened).containsExactly("v-2");
        assertThat(deployment.served().serving())
                .extracting(served -> served.model().version())
                .containsExactly("v-2", "v-1");
    }

    @Test
    void canary_unfit_isNotServed_andReportedToLaterListeners() {
        repository.put("v-2", "");
        unfit.add("v-2");
        deployment = deployed(new DeploymentSettings(NONE, Optional.of("v-2"), 1, 0));

        assertThat(versionOf("u1")).isEqualTo("v-1");
        assertThat(deployment.served().serving()).hasSize(1);
        assertThat(deployment.refusing()).isFalse();
        listen(deployment);
        assertThat(heard).containsExactly("[v-1]", "v-2 refused: v-2: is damaged");
    }

    @Test
    void canary_missing_isListedAsRefused() {
        deployment = deployed(new DeploymentSettings(NONE, Optional.of("v-9"), 1, 0));

        assertThat(conditions()).isEqualTo(Map.of("v-1", Condition.CURRENT, "v-9", Condition.REFUSED));
    }

    @Test
    void prune_keepsTheNewest_andServedOrConfiguredVersions() {
        List.of("u-1", "u-2", "u-3", "u-4").forEach(version -> repository.put(version, ""));
        deployment = deployed(new DeploymentSettings(NONE, Optional.of("u-1"), 0.5, 3));

        repository.publish("v-2");
        deployment.check();

        assertThat(repository.versions()).containsExactly("u-1", "v-1", "v-2");
    }

    @Test
    void prune_afterRollback_keepsNewerVersions() {
        List.of("u-1", "u-2", "u-3").forEach(version -> repository.put(version, ""));
        deployment = deployed(new DeploymentSettings(NONE, NONE, 0, 2));
        repository.publish("v-2");
        unfit.add("v-2");
        deployment.check();

        deployment.rollBack();

        assertThat(current()).isEqualTo("u-3");
        assertThat(repository.versions()).containsExactly("u-1", "u-2", "u-3", "v-1", "v-2");
        assertThat(deployment.refusing()).isTrue();
    }

    @Test
    void versions_servedButRemoved_isListed() {
        repository.publish("v-2");
        repository.lose("v-1");

        assertThat(conditions()).isEqualTo(Map.of("v-1", Condition.CURRENT, "v-2", Condition.AVAILABLE));
    }

    @Test
    void manyLeases_whileVersionsChange_areNeverOfAClosedOne() throws InterruptedException {
        List<Thread> users = IntStream.range(0, 4)
                .mapToObj(number -> Thread.ofPlatform().start(() -> {
                    while (opened.size() < 50) {
                        try (ModelLease lease = deployment.served().forUser("u" + number)) {
                            String version = lease.version();
                            LockSupport.parkNanos(1);
                            if (closed.contains(version)) {
                                heard.add("used after it was closed: " + version);
                            }
                        }
                    }
                }))
                .toList();
        for (int version = 2; opened.size() < 50; version++) {
            repository.publish("v-" + version);
            deployment.check();
        }
        for (Thread user : users) {
            user.join();
        }

        await("all but the last are closed", () -> closed.size() == opened.size() - 1);
        assertThat(heard).noneMatch(event -> event.startsWith("used"));
    }
}
