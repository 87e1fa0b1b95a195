package io.diffmm.model.blend;

import io.diffmm.model.View;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The ways in which a model's views rank without each other: each alone, and those of one kind together.
public final class ViewBlends {

    private ViewBlends() {}

    /// The blends, by the names of views and of kinds.
    public static Map<String, Blend> of(BlendedRecommender model) {
        Map<String, Blend> blends = new LinkedHashMap<>();
        Map<String, List<String>> kinds = new LinkedHashMap<>();
        for (String view : model.views()) {
            blends.put(view, blend(model, List.of(view)));
            kinds.computeIfAbsent(View.kind(view), _ -> new ArrayList<>()).add(view);
        }
        kinds.forEach((kind, views) -> {
            if (views.size() > 1) {
                blends.put(kind, blend(model, views));
            }
        });
        return blends;
    }

    private static Blend blend(BlendedRecommender model, List<String> views) {
        Map<String, Blend.Part> parts = new LinkedHashMap<>();
        views.forEach(view -> parts.put(view, new Blend.Part(1, model.blend().recency(view))));
        return new Blend(parts);
    }
}
