package io.diffmm.training.search;

import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.model.Recency;
import io.diffmm.model.blend.Blend;
import io.diffmm.report.BlendSelection;
import io.diffmm.training.search.BlendSpace.Mix;
import io.diffmm.training.search.Persons.Users;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/// Chooses the blend of a model's views on held-out items, and measures how reliable the choice is.
public final class BlendSearch {

    /// Maximum number of users. The standard error of a mean over them is far below the effect of the weights.
    private static final int MAX_USERS = 10_000;

    /// Number of parts of the users for figures out of fold.
    private static final int PARTS = 5;

    private final BlendSpace space;
    private final MixOutcomes valid;
    private final Optional<MixOutcomes> folds;
    private final MixFit fit;
    private final Persons persons;
    private final Function<String, Recency> recency;
    private final long seed;

    /// Creates a search.
    ///
    /// @param views names of the views, in the order of the candidates' scores
    /// @param logForm whether the linear view has a log form
    /// @param valid users of `valid` with a history
    /// @param folds users of all folds; empty without folds
    /// @param recency recency weights of each view
    /// @param seed seed of the division of users
    public BlendSearch(
            List<String> views,
            boolean logForm,
            HeldOutScores valid,
            Optional<HeldOutScores> folds,
            Function<String, Recency> recency,
            long seed) {
        this.space = new BlendSpace(views, logForm, valid.users());
        this.valid = new MixOutcomes(space, valid);
        this.folds = folds.map(scores -> new MixOutcomes(space, scores));
        this.fit = new MixFit(space, this.valid, this.folds);
        this.persons = new Persons(valid, folds);
        this.recency = recency;
        this.seed = seed;
    }

    /// Result of a search.
    ///
    /// @param seeds comparison of all seeds with the first one; empty for a single seed
    /// @param outOfFold blends for figures out of fold; together they contain all users of `valid`
    public record Result(
            Blend blend, Optional<SeedComparison> seeds, List<OutOfFold> outOfFold, BlendSelection selection) {

        public Result {
            outOfFold = List.copyOf(outOfFold);
        }

        /// Returns whether the blend has the views of all seeds.
        public boolean joined() {
            return seeds.map(SeedComparison::areJoined).orElse(true);
        }
    }

    /// NDCG@20 of the models of all seeds, joined, and of the first one alone, each with its best
    /// blend.
    ///
    /// @param joined of all seeds on `valid`
    /// @param first of the first seed on `valid`
    /// @param joinedOnFolds of all seeds on the folds; empty without folds
    /// @param firstOnFolds of the first seed on the folds
    public record SeedComparison(
            double joined, double first, Optional<Double> joinedOnFolds, Optional<Double> firstOnFolds) {

        /// Returns whether the seeds are joined: joined models take more memory and time, so they must
        /// be better on
        /// `valid` and, if there are folds, on these.
        public boolean areJoined() {
            return joined > first && joinedOnFolds.orElse(1.0) > firstOnFolds.orElse(0.0);
        }
    }

    /// Blend that is fitted without some users of `valid`, and without their interactions in the folds.
    public record OutOfFold(Blend blend, List<HeldOutUser> users) {}

    /// Returns the users of a split that a search uses: a sample of those with a history.
    ///
    /// @param histories each user's earlier interactions
    /// @throws IllegalArgumentException if no user has a history
    public static List<HeldOutUser> sample(List<HeldOutUser> users, Function<HeldOutUser, int[]> histories, long seed) {
        List<HeldOutUser> known = new ArrayList<>(
                users.stream().filter(user -> histories.apply(user).length > 0).toList());
        if (known.isEmpty()) {
            throw new IllegalArgumentException("a blend needs a user with a history and a held-out item");
        }
        Collections.shuffle(known, new Random(seed));
        return known.subList(0, Math.min(known.size(), MAX_USERS));
    }

    /// Chooses the blend.
    ///
    /// @param sampled users whose candidates were passed, in the same order
    /// @param all all users of `valid`
    public Result search(List<HeldOutUser> sampled, List<HeldOutUser> all) {
        Optional<SeedComparison> seeds = space.hasSeeds() ? Optional.of(seeds()) : Optional.empty();
        boolean joined = seeds.map(SeedComparison::areJoined).orElse(true);
        Mix chosen = fit.fit(persons.all(), joined);
        BlendAnalysis analysis = new BlendAnalysis(space, fit, valid, folds, persons, PARTS, seed);
        return new Result(
                space.blend(chosen, recency), seeds, outOfFold(sampled, all, joined), analysis.selection(chosen));
    }

    private SeedComparison seeds() {
        Users users = persons.all();
        Mix all = fit.fit(users, true);
        Mix first = fit.fit(users, false);
        return new SeedComparison(
                valid.mean(all, users.valid()),
                valid.mean(first, users.valid()),
                folds.map(hidden -> hidden.mean(all, users.folds())),
                folds.map(hidden -> hidden.mean(first, users.folds())));
    }

    /// Fits a blend without the persons of each part in turn. Users outside the sample are divided
    /// evenly.
    private List<OutOfFold> outOfFold(List<HeldOutUser> sampled, List<HeldOutUser> all, boolean joined) {
        Set<HeldOutUser> known = new HashSet<>(sampled);
        List<HeldOutUser> others =
                all.stream().filter(user -> !known.contains(user)).toList();
        List<OutOfFold> parts = new ArrayList<>();
        for (int part = 0; part < PARTS; part++) {
            int own = part;
            IntPredicate inside = at -> at % PARTS == own;
            Users fitted = persons.where(inside.negate());
            List<HeldOutUser> users = new ArrayList<>(users(sampled, inside));
            users.addAll(users(others, inside));
            if (!users.isEmpty()) {
                parts.add(new OutOfFold(space.blend(fit.fit(fitted, joined), recency), users));
            }
        }
        return List.copyOf(parts);
    }

    private static List<HeldOutUser> users(List<HeldOutUser> all, IntPredicate chosen) {
        return IntStream.range(0, all.size()).filter(chosen).mapToObj(all::get).toList();
    }
}
