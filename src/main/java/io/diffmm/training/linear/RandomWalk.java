package io.diffmm.training.linear;

import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.model.linear.ItemLinks;
import io.diffmm.ranking.Ranking;
import io.diffmm.ranking.TopK.BestRows;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/// Links items with those that a random walk from them visits most: to one of the item's users, on to one of the
/// user's items, and so on.
///
/// With `X` the users' items, `D_u` the diagonal of how many items users have and `D_i` of how many users items have,
/// ```
/// P = D_i^-1 X^T D_u^-1 X    P' = (1 - share) P + share K    B = sum over k = 1..steps of r^k P'^k
/// ```
/// where K's rows are an item's neighbours. An item without users goes to its neighbours only, one without neighbours
/// to its users only, so that every row of `P'` that holds anything sums to 1.
///
/// What a walk visits is what walks that are one step shorter visit from where its first step leads (Jeh and Widom
/// 2003, <https://doi.org/10.1145/775152.775191>), so `B` is made one step after the other for all items at once:
/// ```
/// C = D_u^-1 X (1 + B)    B := r ((1 - share) D_i^-1 X^T C + share K (1 + B))
/// ```
/// Only the greatest numbers of a row of `B` or `C` are kept, as many as the width says. Time grows with interactions,
/// steps and width; memory is 8 bytes a number kept, of items twice and of users with a longer history once.
final class RandomWalk {

    /// Wide enough for lists as good as those of whole rows.
    private static final int LEAST_WIDTH = 500;

    /// Items of a user whose row of `C` is not worth keeping until all items of the user have added it.
    private static final int DIRECT = 4;

    private final InteractionMatrix itemsOfUsers;
    private final InteractionMatrix usersOfItems;
    private final ItemLinks neighbours;
    private final LinearSettings settings;
    private final int width;

    /// A walk over interactions only.
    RandomWalk(InteractionMatrix train, LinearSettings settings) {
        this(train, none(train.columns()), settings);
    }

    /// A walk over interactions and neighbours.
    ///
    /// @param neighbours of every item; the weights of a row sum to 1, or it is empty
    RandomWalk(InteractionMatrix train, ItemLinks neighbours, LinearSettings settings) {
        this(train, neighbours, settings, Math.max(LEAST_WIDTH, 2 * settings.links()));
    }

    RandomWalk(InteractionMatrix train, ItemLinks neighbours, LinearSettings settings, int width) {
        this.itemsOfUsers = train;
        this.usersOfItems = train.transposed();
        this.neighbours = neighbours;
        this.settings = settings;
        this.width = width;
    }

    private static ItemLinks none(int items) {
        return new ItemLinks(new int[items + 1], new int[0], new float[0]);
    }

    /// Walks from every item.
    ///
    /// @param threads that walk; the links do not depend on it
    ItemLinks links(int threads) {
        try (Rows rows = new Rows(itemsOfUsers.columns(), width, threads)) {
            List<SparseRow> visits = Collections.nCopies(itemsOfUsers.columns(), SparseRow.empty());
            for (int step = 0; step < settings.walkSteps(); step++) {
                visits = step(visits, rows);
            }
            List<SparseRow> last = visits;
            return LinkRows.compress(IntStream.range(0, last.size())
                    .mapToObj(item -> best(item, last.get(item)))
                    .toList());
        }
    }

    private List<SparseRow> step(List<SparseRow> visits, Rows rows) {
        List<SparseRow> ofUsers = rows.make(itemsOfUsers.rows(), (user, sums) -> {
            if (itemsOfUsers.rowLength(user) > DIRECT) {
                passUser(user, 1, visits, sums);
            }
        });
        return rows.make(visits.size(), (item, sums) -> leave(item, ofUsers, visits, sums));
    }

    private void leave(int item, List<SparseRow> ofUsers, List<SparseRow> visits, SparseSums sums) {
        double share = shareOfNeighbours(item);
        double weight = settings.walkContinuation() * (1 - share) / usersOfItems.rowLength(item); // unused if 0
        for (int user : usersOfItems.row(item)) {
            if (itemsOfUsers.rowLength(user) > DIRECT) {
                sums.add(ofUsers.get(user), weight);
            } else {
                passUser(user, weight, visits, sums);
            }
        }
        double rest = settings.walkContinuation() * share;
        neighbours.forEach(item, (other, likeness) -> arrive(other, rest * likeness, visits, sums));
    }

    private void passUser(int user, double weight, List<SparseRow> visits, SparseSums sums) {
        for (int item : itemsOfUsers.row(user)) {
            arrive(item, weight / itemsOfUsers.rowLength(user), visits, sums);
        }
    }

    private double shareOfNeighbours(int item) {
        if (neighbours.links(item) == 0) {
            return 0;
        }
        return usersOfItems.rowLength(item) == 0 ? 1 : settings.featureShare();
    }

    private static void arrive(int item, double weight, List<SparseRow> visits, SparseSums sums) {
        sums.add(item, weight);
        sums.add(visits.get(item), weight);
    }

    private Ranking best(int item, SparseRow visits) {
        BestRows best = new BestRows(settings.links());
        for (int at = 0; at < visits.size(); at++) {
            if (visits.place(at) != item) {
                best.offer(visits.place(at), visits.value(at));
            }
        }
        return best.drain();
    }
}
