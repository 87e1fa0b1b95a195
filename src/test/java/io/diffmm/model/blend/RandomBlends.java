package io.diffmm.model.blend;

import io.diffmm.linear.ItemItemModel;
import io.diffmm.model.Recency;
import io.diffmm.model.ScoringModel;
import io.diffmm.model.ScoringModel.Scorer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/// Random blends.
final class RandomBlends {

    private RandomBlends() {}

    /// Returns a blend of at least one view, of any weight and recency.
    static Blend of(ScoringModel views, Optional<ItemItemModel> links, SplittableRandom random) {
        List<String> names =
                new ArrayList<>(views.all().stream().map(Scorer::name).toList());
        links.ifPresent(_ -> names.add(BlendedRecommender.LINEAR));
        return of(names, links, random);
    }

    /// Returns a blend of at least one of some views, of any weight and recency, and of any form that the
    /// links allow.
    static Blend of(List<String> names, Optional<ItemItemModel> links, SplittableRandom random) {
        Map<String, Blend.Part> parts = new LinkedHashMap<>();
        String always = names.get(random.nextInt(names.size()));
        for (String name : names) {
            if (name.equals(always) || random.nextBoolean()) {
                boolean log = name.equals(BlendedRecommender.LINEAR)
                        && !links.orElseThrow().hasNegativeLinks()
                        && random.nextInt(4) > 0;
                parts.put(
                        name,
                        new Blend.Part(
                                0.1 + random.nextDouble(),
                                new Recency(random.nextDouble(), 2),
                                log ? Optional.of(Math.pow(10, random.nextInt(-5, 2))) : Optional.empty()));
            }
        }
        return new Blend(parts);
    }
}
